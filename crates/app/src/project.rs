//! What is derived from a case file: its row, its places in work lists, its due rows. Pure, so that a rebuild gives the same
//! bytes as the live path.

use kernel::clocks::level;
use kernel::file::CaseFile;
use kernel::form::Coded;
use kernel::ids::{BodyId, MatterId};
use kernel::mechanism::{Door, HEARD, Invites, Mechanism, Ring, Slots};
use kernel::part::PartFile;
use kernel::region::RegionCode;
use kernel::time::Timestamp;
use std::collections::BTreeSet;
use store::{Change, DueRow, Lane, MarkRow, MatterRow, Sealed, WorkRow};

/// The segment of the ring, 1 to 5.
#[must_use]
pub fn segment(ring: Ring) -> u8 {
    match ring {
        Ring::Received => 1,
        Ring::Taken => 2,
        Ring::Handling => 3,
        Ring::Answer => 4,
        Ring::Heard => 5,
    }
}

/// The body that holds a matter now; none for the raiser and after the end.
#[must_use]
pub fn holder(mechanism: &Mechanism, file: &CaseFile) -> Option<BodyId> {
    let state = mechanism.state.get(&file.state)?;
    state.holder.as_ref().and_then(|role| file.roles.get(role)).copied()
}

/// The row of a matter. `before` gives what entries do not say: number and sealed title.
#[must_use]
pub fn row(
    mechanism: &Mechanism,
    file: &CaseFile,
    id: MatterId,
    number: (i16, u32),
    title: Option<Sealed>,
    head: [u8; 32],
) -> MatterRow {
    let opened = file.opened.as_ref().expect("invariant: a file begins by being opened");
    MatterRow {
        id,
        number,
        mechanism: opened.mechanism.clone(),
        version: opened.version.clone(),
        region: opened.region,
        state: file.state.clone(),
        ring: mechanism.state.get(&file.state).map_or(1, |s| segment(s.ring)),
        holder: holder(mechanism, file),
        raised_at: file.raised_at.unwrap_or(kernel::time::Timestamp(0)),
        last_at: file.last_at.unwrap_or(kernel::time::Timestamp(0)),
        due_at: file.clocks.values().filter(|c| c.suspended.is_none()).map(|c| c.dates.due).min(),
        due_by: opened.due_by,
        promised_by: opened.promised_by,
        answered_at: file.answered,
        ended_at: file.ended,
        heard: file.facts.get(HEARD).map(|h| h.as_code().into_owned()),
        shield: file.standing.shield.iter().copied().collect(),
        title,
        seq: file.seq,
        head,
    }
}

/// The places of a matter in work lists, sorted. A body stands in one lane for its own turn and may have others beside it.
#[must_use]
pub fn work(mechanism: &Mechanism, file: &CaseFile, id: MatterId) -> Vec<WorkRow> {
    let mut rows = BTreeSet::new();
    let mut place = |body: BodyId, lane: Lane, order: i64| {
        rows.insert(WorkRow { body, lane, order, id });
    };
    let holds = holder(mechanism, file).filter(|_| file.ended.is_none());
    // Whoever has a part to do has the matter before it, also after its end where the part outlives it.
    let outlives = |p: &PartFile| mechanism.part.get(p.kind()).is_some_and(|k| k.outlives);
    let parts = file.parts.values().filter(|p| !p.ended && (file.ended.is_none() || outlives(p)));
    let mine: BTreeSet<BodyId> = parts.map(|p| p.body).chain(holds).collect();
    let due = |body: Option<BodyId>| {
        let clocks =
            file.clocks.values().filter(|c| c.suspended.is_none() && (body.is_none() || c.started.body == body));
        clocks.map(|c| c.dates.due.0).min()
    };
    let any = due(None).unwrap_or(i64::MAX);
    for body in &mine {
        place(*body, Lane::Mine, due(Some(*body)).unwrap_or(any));
    }
    for body in file.took_part.iter().filter(|b| !mine.contains(b)) {
        match file.ended {
            Some(ended) => place(*body, Lane::Ended, -ended.0),
            None => place(*body, Lane::Others, any),
        }
    }
    for (clock, running) in &file.clocks {
        let Some(body) = running.started.body else { continue };
        if clock.starts_with("approve:") && level(clock).1 == 0 {
            place(body, Lane::Decide, running.dates.due.0);
        } else if level(clock).1 > 0 {
            place(body, Lane::Escalated, running.dates.due.0);
        }
    }
    rows.into_iter().collect()
}

/// The due rows of a matter, sorted: what the follower fires, and what the public list shows.
#[must_use]
pub fn due(file: &CaseFile, id: MatterId) -> Vec<DueRow> {
    let running = file.clocks.iter().filter(|(_, c)| c.suspended.is_none() && (!c.expired || c.listed));
    let mut rows: Vec<DueRow> = running
        .map(|(clock, c)| DueRow { at: c.dates.due, id, clock: clock.clone(), body: c.started.body, listed: c.listed })
        .collect();
    rows.sort();
    rows
}

/// The index of what came out of a matter: the key is the parent.
pub const CHILDREN: &str = "child";
/// The index of published texts, the newest first.
pub const PUBLISHED: &str = "published";
/// The key in that index of what stands on the shelf of questions and answers.
pub const SHELF: &str = "shelf";
/// The index of plans, by their next day.
pub const PLANS: &str = "plan";
/// The index of matters with free places: the key is the mechanism, the order the day.
pub const PLACES: &str = "places";

/// The index of published matters that ask people in now, the newest first: the key is a door, or a mechanism.
pub const INVITED: &str = "invited";

/// The key in that index of what stands at a door.
#[must_use]
pub fn at_door(door: Door) -> String {
    format!("at {}", door.word())
}

/// The key in that index of the matters of a mechanism.
#[must_use]
pub fn of_mechanism(id: &str) -> String {
    format!("of {id}")
}

/// The index of matters that are raised for what repeats: the key is mechanism, category and region; what runs comes first,
/// then what ended last.
pub const REPEATED: &str = "repeated";

/// A key in that index.
#[must_use]
pub fn repeated_key(mechanism: &str, category: &str, region: &RegionCode) -> String {
    format!("{mechanism}/{category}/{region}")
}

/// The index of what is about a matter: the key is that one.
pub const ABOUT: &str = "about";

/// Until when a matter asks people in: the clock that runs of those its mechanism names. One that was missed asks nobody.
#[must_use]
pub fn asks_in(invites: &Invites, file: &CaseFile) -> Option<Timestamp> {
    let running = invites.clocks.iter().filter_map(|c| file.clocks.get(c));
    running.filter(|c| c.suspended.is_none() && !c.expired).map(|c| c.dates.due).max()
}

/// The marks of a matter, sorted.
#[must_use]
pub fn marks(mechanism: &Mechanism, file: &CaseFile, id: MatterId) -> Vec<MarkRow> {
    let mark =
        |kind: &str, key: String, order: i64, about: String| MarkRow { kind: kind.into(), key, order, id, about };
    let mut rows = Vec::new();
    let Some(opened) = &file.opened else { return rows };
    if let (Some(about), Some(at)) = (opened.origin.about, file.raised_at) {
        rows.push(mark(ABOUT, about.to_string(), at.0, String::new()));
    }
    if let Some(parent) = &opened.origin.parent {
        let order = file.raised_at.map_or(0, |at| at.0);
        rows.push(mark(CHILDREN, parent.matter.to_string(), order, parent.child.clone()));
    }
    // What concerns a shielded matter is never published (second book).
    if let Some(published) = file.kin.published.as_ref().filter(|_| file.standing.shield.is_empty()) {
        rows.push(mark(PUBLISHED, String::new(), -published.at.0, String::new()));
        if mechanism.mechanism.shelf.is_some() && file.ended.is_none() {
            rows.push(mark(PUBLISHED, SHELF.into(), -published.at.0, String::new()));
        }
        if let Some(invites) = mechanism.mechanism.invites.as_ref().filter(|i| asks_in(i, file).is_some()) {
            // A vote on what was published weeks ago is news on the day on which it is opened. Without `goes_on` the order
            // stays that of earlier programs, whose stores hold it.
            let clocks = invites.clocks.iter().filter(|_| invites.goes_on);
            let began = clocks.filter_map(|c| file.clocks.get(c)).map(|c| c.started.from);
            let newest = began.max().map_or(published.at, |from| from.max(published.at));
            for key in [at_door(invites.door), of_mechanism(&opened.mechanism)] {
                rows.push(mark(INVITED, key, -newest.0, String::new()));
            }
        }
    }
    if let Some(category) = mechanism.mechanism.category.as_ref().and_then(|c| file.facts.get(c))
        && mechanism.plan.values().any(|p| p.repeats.is_some())
    {
        let key = repeated_key(&opened.mechanism, &category.as_code(), &opened.region);
        rows.push(mark(REPEATED, key, file.ended.map_or(i64::MIN, |at| -at.0), String::new()));
    }
    for (plan, row) in &file.kin.plans {
        let day = mechanism.plan.get(plan).and_then(|p| p.next_after(row.since, row.last.unwrap_or(row.since)));
        rows.extend(day.map(|day| mark(PLANS, String::new(), Timestamp::at(day, 0, 0).0, plan.clone())));
    }
    let known = |s: &&Slots| file.ended.is_none() && file.facts.contains_key(&s.capacity);
    if let Some(slots) = mechanism.slots.as_ref().filter(known) {
        let day = slots.day.as_ref().and_then(|d| file.facts.get(d));
        let at = match day {
            Some(Coded::Date(day)) => Timestamp::at(*day, 0, 0).0,
            _ => file.raised_at.map_or(0, |at| at.0),
        };
        let (all, taken) = (kernel::kin::places(mechanism, file), file.kin.takers.len());
        let free = all.saturating_sub(u32::try_from(taken).unwrap_or(u32::MAX));
        rows.push(mark(PLACES, opened.mechanism.clone(), at, format!("{free}/{all}")));
    }
    let (keeping, over) = (&file.keeping, file.parts.values().all(|p| p.ended));
    let whole = keeping.until.filter(|_| over && keeping.erased.is_none());
    let identity = keeping.identity_until.filter(|_| over && !keeping.anonymous());
    let kinds = [(crate::erase::RETAINED, whole), (crate::erase::RETAINED_IDENTITY, identity)];
    rows.extend(kinds.into_iter().filter_map(|(kind, at)| Some(mark(kind, String::new(), at?.0, String::new()))));
    rows.sort();
    rows
}

/// What goes and what comes between two sorted lists.
#[must_use]
pub fn change<T: Ord + Clone>(before: &[T], after: &[T]) -> Change<T> {
    let gone = before.iter().filter(|r| after.binary_search(r).is_err());
    let new = after.iter().filter(|r| before.binary_search(r).is_err());
    Change { remove: gone.cloned().collect(), add: new.cloned().collect() }
}

/// The value of a coded fact as text.
#[must_use]
pub fn fact<'a>(file: &'a CaseFile, name: &str) -> Option<std::borrow::Cow<'a, str>> {
    file.facts.get(name).map(Coded::as_code)
}
