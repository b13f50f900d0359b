//! What can be done next in a trial run: every lawful action with everybody who may do it, and what has to be chosen.

use super::Stage;
use crate::view::body_name;
use kernel::clocks::level;
use kernel::decide::{decidable_by, possible_for};
use kernel::file::CaseFile;
use kernel::ids::BodyId;
use kernel::mechanism::{Action, CLOCK, FieldKind, PART, RAISE, RAISER};
use kernel::text::Text;
use kernel::time::Timestamp;
use std::collections::BTreeSet;

/// One thing that somebody may do now.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The action, `approve:…` or `reject:…`.
    pub action: String,
    /// What the button says.
    pub label: Text,
    /// What it does.
    pub does: Option<Text>,
    /// As which role.
    pub who: String,
    /// What that role is called.
    pub role: Text,
    /// The body that acts; none for the person.
    pub body: Option<(BodyId, Text)>,
    /// What has to be or may be chosen.
    pub asked: Vec<Asked>,
    /// The state that it leads to.
    pub to: Option<Text>,
    /// It waits for an approval first.
    pub approval: bool,
}

/// A choice in a form.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The field.
    pub field: String,
    /// Its label.
    pub label: Text,
    /// Code and words.
    pub options: Vec<(String, Text)>,
    /// It may be left out.
    pub optional: bool,
}

impl Stage<'_> {
    pub(super) fn offers(&self, file: &CaseFile, now: Timestamp) -> Vec<Offer> {
        let ground = self.ground(file);
        let mut all: Vec<(u32, Offer)> = Vec::new();
        if file.seq == 0 {
            let raise = self.mechanism.action.get(RAISE);
            let roles = raise.into_iter().flat_map(|r| &r.by);
            for role in roles.filter(|r| *r == RAISER || ground.roles.contains_key(*r)) {
                let body = ground.roles.get(role).copied();
                all.extend(raise.map(|a| (0, self.offer(RAISE, a, role, body, &ground))));
            }
            // Another matter or a plan: for whom it asks is taken to be the first of those that may raise it themselves.
            if let Some(action) = raise.filter(|r| r.by.iter().any(|r| r == CLOCK)) {
                let body = action.by.iter().find_map(|r| ground.roles.get(r)).copied();
                all.push((0, self.offer(RAISE, action, CLOCK, body, &ground)));
            }
            return all.into_iter().map(|(_, o)| o).collect();
        }
        let ctx = self.ctx(now, 0);
        for (id, action) in self.mechanism.action.iter().filter(|(id, _)| *id != RAISE) {
            for (role, body) in action.by.iter().flat_map(|r| self.places(r, file)) {
                if possible_for(&ctx, file, &self.actor(file, &role, body)).contains(&id.as_str()) {
                    all.push((action.order, self.offer(id, action, &role, body, &ground)));
                }
            }
        }
        all.sort_by_key(|(order, o)| (o.who != RAISER && !self.moves(&o.action), *order));
        let mut decisions = Vec::new();
        for waiting in file.proposals.keys() {
            let Some(action) = self.mechanism.action.get(waiting) else { continue };
            for (role, body) in action.approval.iter().flat_map(|r| self.places(r, file)) {
                if decidable_by(&ctx, file, &self.actor(file, &role, body)).contains(&waiting.as_str()) {
                    let offer = self.offer(waiting, action, &role, body, &ground);
                    let said = |zh: &str, en: &str| {
                        Text::new(format!("{zh}“{}”", action.label.zh), format!("{en} “{}”", action.label.en))
                    };
                    let bare = Offer { asked: Vec::new(), approval: false, ..offer };
                    let (yes, no) = (format!("approve:{waiting}"), format!("reject:{waiting}"));
                    decisions.push(Offer { action: yes, label: said("同意", "approve"), ..bare.clone() });
                    decisions.push(Offer { action: no, label: said("不同意", "do not approve"), to: None, ..bare });
                }
            }
        }
        decisions.into_iter().chain(all.into_iter().map(|(_, o)| o)).collect()
    }

    fn moves(&self, id: &str) -> bool {
        self.mechanism.action.get(id).is_some_and(|a| self.mechanism.moves(id, a))
    }

    /// The bodies that a role is now: the one that the file names, and superiors whose clocks run.
    fn places(&self, role: &str, file: &CaseFile) -> Vec<(String, Option<BodyId>)> {
        match role {
            CLOCK => Vec::new(),
            RAISER => vec![(role.to_owned(), None)],
            PART => {
                let bodies: BTreeSet<BodyId> = file.parts.values().map(|p| p.body).collect();
                bodies.into_iter().map(|b| (role.to_owned(), Some(b))).collect()
            }
            _ => {
                let climbs = self.mechanism.clock.values().any(|c| c.expiry.as_deref() == Some(role));
                let superiors = file.clocks.iter().filter(|(id, _)| climbs && level(id).1 > 0);
                let mut bodies: Vec<BodyId> = file.roles.get(role).copied().into_iter().collect();
                bodies.extend(superiors.filter_map(|(_, c)| c.started.body));
                bodies.dedup();
                bodies.into_iter().map(|b| (role.to_owned(), Some(b))).collect()
            }
        }
    }

    fn offer(&self, id: &str, action: &Action, role: &str, body: Option<BodyId>, file: &CaseFile) -> Offer {
        let nobody = match role {
            CLOCK => Text::new("另一件事，或者到了日子", "another matter, or the calendar"),
            _ => Text::new("本人", "the person"),
        };
        let name = self.mechanism.role.get(role).map_or(nobody, |r| r.name.clone());
        Offer {
            action: id.to_owned(),
            label: action.label.clone(),
            does: action.does.clone(),
            who: role.to_owned(),
            role: name,
            body: body.map(|b| (b, body_name(self.directory, b).name)),
            asked: self.asked(action, file),
            to: action.to.as_ref().and_then(|s| self.mechanism.state.get(s)).map(|s| s.name.clone()),
            approval: action.approval.is_some(),
        }
    }

    /// The choices of a form: what the rules look at. Words are filled in.
    fn asked(&self, action: &Action, file: &CaseFile) -> Vec<Asked> {
        let mut asked = Vec::new();
        for id in self.mechanism.fields_of(action) {
            let Some(field) = self.mechanism.field.get(id) else { continue };
            let optional = !action.needs.iter().any(|n| n == id);
            let options: Vec<(String, Text)> = match field.kind {
                FieldKind::Choice => field.of.iter().map(|c| (c.id.clone(), Text::new(&c.zh, &c.en))).collect(),
                FieldKind::YesNo => {
                    vec![("yes".into(), Text::new("是", "yes")), ("no".into(), Text::new("否", "no"))]
                }
                FieldKind::Body | FieldKind::Bodies => {
                    let name = |b: BodyId| (b.0.to_string(), body_name(self.directory, b).name);
                    self.bodies(action, id, field, file).into_iter().map(name).collect()
                }
                _ => continue,
            };
            let label = field.label.clone();
            asked.extend((!options.is_empty()).then(|| Asked { field: id.to_owned(), label, options, optional }));
        }
        asked
    }
}
