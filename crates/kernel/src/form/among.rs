//! Bodies that a form may only take from those who have a part in the matter: whoever is rated was called, and a task goes to
//! a body that knows of it.

use super::{Coded, Filled, Given, error};
use crate::decide::Context;
use crate::file::CaseFile;
use crate::ids::BodyId;
use crate::mechanism::{Action, Among, Mechanism};
use crate::part::of;
use crate::refusal::{FieldError, Rule};
use crate::text::Text;
use std::collections::BTreeSet;

impl Among {
    /// The bodies that may be named. Those whose part stands in one of `not` are left out, unless nobody would be left; where
    /// states are named, only those whose part stands in one of these. The bodies of `also` always count.
    #[must_use]
    pub fn bodies(&self, file: &CaseFile) -> BTreeSet<BodyId> {
        let parts = || of(&file.parts, &self.part);
        let fits =
            |state: &String| !self.not.contains(state) && (self.states.is_empty() || self.states.contains(state));
        let mut some: BTreeSet<BodyId> = parts().filter(|p| fits(&p.state)).map(|p| p.body).collect();
        if some.is_empty() && self.states.is_empty() {
            some = parts().map(|p| p.body).collect();
        }
        some.extend(self.also.iter().filter_map(|role| file.roles.get(role)));
        some
    }
}

/// Whether every body that has to have a part in the matter has one, and none of them is left out where all are asked for.
///
/// # Errors
/// `Fields`: `not_among`, `not_all`.
pub(crate) fn among(ctx: &Context<'_>, filled: &Filled, file: &CaseFile) -> Result<(), Rule> {
    let errors: Vec<_> = filled.iter().filter_map(|(id, given)| wrong(ctx, id, given, file)).collect();
    if errors.is_empty() { Ok(()) } else { Err(Rule::Fields(errors)) }
}

fn wrong(ctx: &Context<'_>, id: &str, given: &Given, file: &CaseFile) -> Option<FieldError> {
    let among = ctx.mechanism.field.get(id)?.among.as_ref()?;
    let named: BTreeSet<BodyId> = match given {
        Given::Coded(given) => bodies(given),
        Given::Tasks(tasks, _) => tasks.iter().map(|t| t.who).collect(),
        _ => return None,
    };
    let may = among.bodies(file);
    let name = &ctx.mechanism.part.get(&among.part)?.name;
    if let Some(strange) = named.difference(&may).next() {
        let says = strange_in_words(ctx, among, name, *strange, file);
        return Some(error(id, "not_among", says.zh, says.en));
    }
    let missing: Vec<BodyId> = may.difference(&named).copied().collect();
    if among.all && !missing.is_empty() {
        let all: Vec<Text> = missing.iter().map(|b| ctx.directory.called(*b)).collect();
        let (zh, en) = listed(&all);
        let (zh, en) = (
            format!("这件事的“{}”一家都不能少，还差{zh}", name.zh),
            format!("every “{}” of this matter belongs here; missing: {en}", name.en),
        );
        return Some(error(id, "not_all", zh, en));
    }
    None
}

fn bodies(given: &Coded) -> BTreeSet<BodyId> {
    given.bodies().iter().copied().collect()
}

fn listed(all: &[Text]) -> (String, String) {
    let words = |word: fn(&Text) -> String, with: &str| all.iter().map(word).collect::<Vec<_>>().join(with);
    (words(|t| format!("“{}”", t.zh), "、"), words(|t| format!("“{}”", t.en), ", "))
}

/// Which body it is, why it cannot be named, and what has to be done before it can.
fn strange_in_words(ctx: &Context<'_>, among: &Among, name: &Text, body: BodyId, file: &CaseFile) -> Text {
    let m = ctx.mechanism;
    let who = ctx.directory.called(body);
    let part = of(&file.parts, &among.part).find(|p| p.body == body);
    let state = part.and_then(|p| m.part.get(&among.part)?.state.get(&p.state));
    let ways = part.map_or_else(|| calling(m, among, file), |p| leading(m, among, &p.state, file));
    let (zh, en) = listed(&ways);
    let (why, because) = match state {
        Some(state) => (
            format!("{}现在是“{}”，还不能填在这里", who.zh, state.name.zh),
            format!("{} stands at “{}” and cannot be named here yet", who.en, state.name.en),
        ),
        None => (
            format!("{}不是这件事的“{}”，不能填在这里", who.zh, name.zh),
            format!("{} is no “{}” of this matter and cannot be named here", who.en, name.en),
        ),
    };
    match ways.is_empty() {
        true => Text::new(format!("{why}，请换一家"), format!("{because}; name another")),
        false => Text::new(format!("{why}；先办{zh}，再填它"), format!("{because}; first: {en}")),
    }
}

/// What calls a body now.
fn calling(m: &Mechanism, among: &Among, file: &CaseFile) -> Vec<Text> {
    let opens = m.part.get(&among.part).map(|p| p.opened_by.as_slice()).unwrap_or_default();
    let here = |a: &&Action| a.anytime || a.states.contains(&file.state);
    opens.iter().filter_map(|id| m.action.get(id)).filter(here).map(|a| a.label.clone()).collect()
}

/// What leads a part from where it stands to where its body counts.
fn leading(m: &Mechanism, among: &Among, state: &str, file: &CaseFile) -> Vec<Text> {
    let leads = |a: &&Action| {
        let during = a.during.is_empty() || a.during.contains(&file.state);
        let there = a.to.as_ref().is_some_and(|to| among.states.contains(to));
        a.part.as_deref() == Some(&among.part) && a.states.contains(state) && during && there
    };
    let again = || if among.states.is_empty() { Vec::new() } else { calling(m, among, file) };
    let ways: Vec<Text> = m.action.values().filter(leads).map(|a| a.label.clone()).collect();
    if ways.is_empty() { again() } else { ways }
}
