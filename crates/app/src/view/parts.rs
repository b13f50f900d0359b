//! The bodies that work on a matter side by side, as a viewer sees them: who, how far, until when, and what he may do there.

use super::actions::{self, ActionView};
use super::clocks::{self, ClockView};
use super::{BodyName, body_name};
use crate::access::Access;
use crate::installation::App;
use crate::matter::Matter;
use crate::viewer::Viewer;
use kernel::decide::possible_on;
use kernel::mechanism::Mechanism;
use kernel::part::{PartEvent, PartFile};
use kernel::text::Text;
use kernel::time::{Date, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;

/// One part.
#[derive(Clone, Debug, Serialize)]
pub struct PartView {
    /// Its key, sent back when acting on it.
    pub key: String,
    /// Which parts of the mechanism it is one of.
    pub kind: String,
    /// What such a part is called.
    pub name: Text,
    /// Whose it is.
    pub body: BodyName,
    /// What is to be done, for a task; none for whoever may not read words.
    pub task: Option<String>,
    /// The day that a task names.
    pub until: Option<Date>,
    /// It leads.
    pub lead: bool,
    /// Its state.
    pub state: String,
    /// The state's name.
    pub state_name: Text,
    /// It stands in an end state.
    pub ended: bool,
    /// When it was opened.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub opened_at: Timestamp,
    /// The clock that comes due first.
    pub clock: Option<ClockView>,
    /// The last thing that was done on it.
    pub last: Option<LastAct>,
    /// What this viewer may do on it now.
    pub actions: Vec<ActionView>,
}

/// What was done last on a part.
#[derive(Clone, Debug, Serialize)]
pub struct LastAct {
    /// With which entry.
    pub seq: u32,
    /// When.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub at: Timestamp,
    /// What, as the thread tells it.
    pub said: Text,
}

pub(super) fn parts(
    app: &App,
    viewer: &Viewer,
    matter: &Matter,
    access: &Access,
    texts: &BTreeMap<(u32, String), String>,
) -> Vec<PartView> {
    if !access.reads() && *access != Access::Progress {
        return Vec::new();
    }
    let mut all: Vec<&PartFile> = matter.file.parts.values().collect();
    // As they were opened; who leads comes first.
    all.sort_by_key(|p| (p.kind().to_owned(), !p.lead, p.seq, p.key.len(), p.key.clone()));
    all.into_iter().filter_map(|p| one(app, viewer, matter, access, texts, p)).collect()
}

fn one(
    app: &App,
    viewer: &Viewer,
    matter: &Matter,
    access: &Access,
    texts: &BTreeMap<(u32, String), String>,
    part: &PartFile,
) -> Option<PartView> {
    let mechanism: &Mechanism = &matter.mechanism;
    let kind = mechanism.part.get(part.kind())?;
    let directory = app.directory();
    let ctx = app.context(matter, &*directory);
    let running = matter.file.clocks.iter().filter(|(id, _)| {
        let own = kernel::clocks::part_key(mechanism, id).as_ref() == Some(&part.key);
        own && kernel::clocks::level(id).1 == 0
    });
    let first = running.min_by_key(|(_, c)| c.dates.due);
    let last = part.last.and_then(|seq| matter.entries.iter().find(|e| e.seq == seq));
    let said = |e: &kernel::entry::Entry| {
        let action = e.act.effect().and_then(|a| mechanism.action.get(a))?;
        Some(LastAct { seq: e.seq, at: e.occurred.unwrap_or(e.at), said: action.said.clone() })
    };
    let may = if access.reads() { possible_on(&ctx, &matter.file, &viewer.actor(matter.id), part) } else { Vec::new() };
    let mut actions: Vec<ActionView> = may
        .into_iter()
        .filter_map(|id| Some(actions::one(app, &ctx, matter, id, mechanism.action.get(id)?, Some(part))))
        .collect();
    actions.sort_by_key(|a| (a.final_act, mechanism.action.get(&a.name).map_or(0, |x| x.order)));
    Some(PartView {
        key: part.key.clone(),
        kind: part.kind().to_owned(),
        name: kind.name.clone(),
        body: body_name(&directory, part.body),
        task: task(matter, texts, part),
        until: part.until,
        lead: part.lead,
        state: part.state.clone(),
        state_name: kind.state.get(&part.state).map(|s| s.name.clone()).unwrap_or_default(),
        ended: part.ended,
        opened_at: part.opened,
        clock: first.map(|(id, c)| clocks::one(app, matter, id, c, app.now())),
        last: last.and_then(said),
        actions,
    })
}

/// The words of a task: the line of its row in the text that lies beside the entry which opened it.
fn task(matter: &Matter, texts: &BTreeMap<(u32, String), String>, part: &PartFile) -> Option<String> {
    part.until?;
    let each = &matter.mechanism.part.get(part.kind())?.each;
    let opened = matter.entries.iter().find(|e| e.seq == part.seq)?;
    let keys = opened.parts.iter().filter_map(|e| match e {
        PartEvent::Opened { key, .. } if kernel::part::kind(key) == part.kind() => Some(key),
        _ => None,
    });
    let row = keys.into_iter().position(|k| *k == part.key)?;
    texts.get(&(part.seq, each.clone()))?.lines().nth(row).map(str::to_owned)
}
