//! What a step expects afterwards, compared with the file. Nothing is played here.

use super::told::Told;
use super::{RESIDENT, Stage, Then};
use crate::fault::Fault;
use kernel::decide::{Actor, Context};
use kernel::entry::Entry;
use kernel::mechanism::{HEARD, RAISER};
use kernel::part::PartFile;

impl Stage<'_> {
    pub(super) fn holder(&self) -> Option<String> {
        let role = self.mechanism.state.get(&self.file.state)?.holder.as_deref()?;
        if role == RAISER {
            return Some(RESIDENT.to_owned());
        }
        self.file.roles.get(role).map(|b| self.directory.name(*b))
    }

    pub(super) fn then(
        &self,
        then: &Then,
        entries: &[Entry],
        ctx: &Context<'_>,
        actor: &Actor,
        told: &Told<'_>,
    ) -> Result<(), Box<Fault>> {
        let file = &self.file;
        let yes = |key: &str, expected: Option<bool>, got: bool| match expected {
            Some(e) if e != got => Err(told.fault(&format!("then.{key}"), &e.to_string(), &got.to_string())),
            _ => Ok(()),
        };
        let word = |key: &str, expected: Option<&String>, got: Option<&str>| match expected {
            Some(e) => told.same(&format!("then.{key}"), e, got.unwrap_or("nothing")),
            None => Ok(()),
        };
        word("state", then.state.as_ref(), Some(&file.state))?;
        word("holder", then.holder.as_ref(), self.holder().as_deref())?;
        let fact = |f: &str| file.facts.get(f).map(|c| c.as_code().into_owned());
        word("heard", then.heard.as_ref(), fact(HEARD).as_deref())?;
        for (name, expected) in &then.facts {
            word(&format!("facts.{name}"), Some(expected), fact(name).as_deref())?;
        }
        yes("answered", then.answered, file.answered.is_some())?;
        yes("ended", then.ended, file.ended.is_some())?;
        yes("overdue_listed", then.overdue_listed, file.clocks.values().any(|c| c.listed))?;
        let letters: Vec<&str> = entries.iter().filter_map(|e| e.letter.as_deref()).collect();
        word("letter", then.letter.as_ref(), letters.last().copied())?;
        let served = entries.iter().rev().find_map(|e| Some(e.served.as_ref()?.how.as_str()));
        word("served", then.served.as_ref(), served)?;
        for (clock, expected) in &then.due {
            word(&format!("due.{clock}"), Some(expected), Some(&self.due(clock, expected.len())))?;
        }
        for (part, expected) in &then.parts {
            let is = |p: &PartFile, name: &str| self.directory.name(p.body) == name;
            let of_kind =
                |p: &PartFile| part.split_once('@').is_some_and(|(kind, name)| p.kind() == kind && is(p, name));
            let named = file.parts.values().find(|p| p.key == *part || is(p, part) || of_kind(p));
            word(&format!("parts.{part}"), Some(expected), named.map(|p| p.state.as_str()))?;
        }
        for clock in &then.overdue {
            let got = self.running(clock).is_some_and(|c| c.expired);
            yes(&format!("overdue.{clock}"), Some(true), got)?;
        }
        self.then_known(then, told)?;
        self.then_kin(then, told)?;
        let possible = kernel::decide::possible_for(ctx, file, actor);
        for (list, key, expected) in [(&then.may, "may", true), (&then.may_not, "may_not", false)] {
            for action in list {
                yes(&format!("{key}.{action}"), Some(expected), possible.contains(&action.as_str()))?;
            }
        }
        Ok(())
    }

    /// What the rated may not know before the end, and what they may.
    fn then_known(&self, then: &Then, told: &Told<'_>) -> Result<(), Box<Fault>> {
        for (list, key, kept) in [(&then.hidden, "hidden", true), (&then.shown, "shown", false)] {
            for (name, fields) in list {
                let known = self.directory.bodies().map(|b| b.name.as_str());
                let body = self.directory.body_named(name).ok_or_else(|| told.unknown(key, name, known))?;
                for field in fields {
                    if !self.mechanism.field.contains_key(field) {
                        return Err(told.unknown(key, field, self.mechanism.field.keys().map(String::as_str)));
                    }
                    let got = kernel::rating::hidden_from(&self.mechanism, &self.file, field).contains(&body);
                    if got != kept {
                        let word = |hidden: bool| if hidden { "hidden" } else { "shown" };
                        return Err(told.fault(&format!("then.{key}.{name}.{field}"), word(kept), word(got)));
                    }
                }
            }
        }
        Ok(())
    }

    /// When a clock is due, as long as the expectation is written: a day, or a day and a time; `stopped` if it does not run.
    fn due(&self, clock: &str, length: usize) -> String {
        let due = self.running(clock).map(|c| c.dates.due.to_string());
        due.map_or_else(|| "stopped".to_owned(), |d| d.chars().take(length.max(10)).collect())
    }
}
