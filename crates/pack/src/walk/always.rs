//! What must hold after every entry of every file, looked at from outside the kernel.

use super::Ground;
use crate::demo_directory::DemoDirectory;
use kernel::clocks::{level, part_key};
use kernel::decide::Decision;
use kernel::entry::{By, ClockEvent, Entry};
use kernel::file::CaseFile;
use kernel::ids::PersonId;
use kernel::mechanism::{CLOCK, RAISER};
use kernel::role::{BodyExpr, Exclusion};

/// More changes of state than any bounded mechanism makes.
const MOST_CHANGES: usize = 200;

/// What does not hold after a decision.
pub fn broken(ground: &Ground<'_>, before: &CaseFile, entries: &[Entry], decision: &Decision) -> Vec<String> {
    let mut out = Vec::new();
    let mut all = entries.to_vec();
    let mut at = before.clone();
    for entry in &decision.entries {
        one(ground, &at, entry, &mut out);
        at.evolve(entry);
        all.push(entry.clone());
        if CaseFile::fold(&all) != at {
            out.push(format!("the fold of {} entries is not what they led to", all.len()));
        }
    }
    if at != decision.file {
        out.push("the file that was decided is not the fold of its entries".into());
    }
    if all.iter().filter(|e| e.state.is_some()).count() > MOST_CHANGES {
        out.push(format!("the state changed more than {MOST_CHANGES} times"));
    }
    standing(ground, &at, &mut out);
    out
}

fn one(ground: &Ground<'_>, before: &CaseFile, entry: &Entry, out: &mut Vec<String>) {
    if entry.seq != before.seq + 1 {
        out.push(format!("entry {} follows entry {}", entry.seq, before.seq));
    }
    if before.last_at.is_some_and(|last| entry.at < last) {
        out.push(format!("entry {} was written before the one before it", entry.seq));
    }
    let json = serde_json::to_string(entry).unwrap_or_default();
    match serde_json::from_str::<Entry>(&json) {
        Ok(back) if back == *entry => {}
        Ok(_) => out.push(format!("entry {} comes back from JSON as another: {json}", entry.seq)),
        Err(e) => out.push(format!("entry {} does not come back from JSON: {e}", entry.seq)),
    }
    if let By::Post { person, body } = entry.by {
        // The entry that names a body may still be its own: somebody may complain about his superior, not act from inside.
        let of_person = ground.directory.people().iter().find(|p| p.id == person);
        let posts = of_person.into_iter().flat_map(|p| p.posts.iter().map(|p| p.body)).chain([body]);
        if posts.into_iter().any(|b| before.standing.shields(ground.directory, b)) {
            out.push(format!("entry {} was made by somebody inside the shield", entry.seq));
        }
        separation(ground, before, entry, person, out);
    }
    for event in &entry.clocks {
        if let ClockEvent::Started(s) = event
            && let Some(body) = s.body.filter(|b| before.standing.shields(ground.directory, *b))
        {
            out.push(format!("clock `{}` is started for {} inside the shield", s.id, ground.directory.name(body)));
        }
    }
}

/// Where every role that may do this keeps handlers out, nobody who handled the matter did it.
fn separation(ground: &Ground<'_>, before: &CaseFile, entry: &Entry, person: PersonId, out: &mut Vec<String>) {
    let Some(action) = entry.act.effect().and_then(|a| ground.mechanism.action.get(a)) else { return };
    if action.approval.is_some() || !before.handled.contains(&person) {
        return;
    }
    let apart = |role: &String| {
        let role = ground.mechanism.role.get(role);
        role.is_some_and(|r| r.not.iter().any(|e| matches!(e, Exclusion::Assignee | Exclusion::FormerAssignees)))
    };
    let mut doers = action.by.iter().filter(|r| *r != RAISER && *r != CLOCK).peekable();
    if doers.peek().is_some() && doers.all(apart) {
        out.push(format!("entry {} was made by somebody who handled the matter", entry.seq));
    }
}

/// Whoever works on a part lies outside the shield; a part that is not at an end has a clock, one that is has none.
fn parts(ground: &Ground<'_>, file: &CaseFile, out: &mut Vec<String>) {
    for part in file.parts.values() {
        let name = || ground.directory.name(part.body);
        if file.standing.shields(ground.directory, part.body) && !part.ended {
            out.push(format!("part `{}` is of {}, inside the shield", part.key, name()));
        }
        let outlives = ground.mechanism.part.get(part.kind()).is_some_and(|p| p.outlives);
        let mut clocks = file.clocks.keys().filter(|id| part_key(ground.mechanism, id).as_ref() == Some(&part.key));
        let over = part.ended || (file.ended.is_some() && !outlives);
        if over != clocks.next().is_none() {
            out.push(format!(
                "part `{}` of {} stands in `{}`: over {over}, clocks the other way",
                part.key,
                name(),
                part.state
            ));
        }
    }
}

fn standing(ground: &Ground<'_>, file: &CaseFile, out: &mut Vec<String>) {
    let directory: &DemoDirectory = ground.directory;
    let inside = |b| file.standing.shields(directory, b);
    for (role, body) in file.roles.iter().filter(|(_, b)| inside(**b)) {
        out.push(format!("role `{role}` is {}, inside the shield", directory.name(*body)));
    }
    if file.ended.is_some() {
        let outlives = |id: &String| {
            let key = part_key(ground.mechanism, id);
            key.is_some_and(|k| ground.mechanism.part.get(kernel::part::kind(&k)).is_some_and(|p| p.outlives))
        };
        if !file.clocks.keys().all(outlives) || !file.proposals.is_empty() {
            out.push("something still runs after the end".into());
        }
        return parts(ground, file, out);
    }
    parts(ground, file, out);
    let Some(state) = ground.mechanism.state.get(&file.state) else {
        return out.push(format!("there is no state `{}`", file.state));
    };
    let holder = state.holder.as_deref().unwrap_or_default();
    let is_raiser = ground.mechanism.role.get(holder).map_or(holder == RAISER, |r| r.is == BodyExpr::Raiser);
    if !is_raiser && !file.roles.contains_key(holder) {
        out.push(format!("nobody holds the matter in `{}`", file.state));
    }
    if file.clocks.is_empty() {
        out.push(format!("no clock runs in `{}`", file.state));
    }
    for (id, clock) in file.clocks.iter().filter(|(_, c)| c.expired && !c.listed) {
        let (base, n) = level(id);
        if !file.clocks.contains_key(&format!("{base}^{}", n + 1)) {
            out.push(format!("`{id}` expired on {} and nobody above was given a clock", clock.dates.due));
        }
    }
}
