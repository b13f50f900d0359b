//! What a decision on a matter is told from outside its file: room under caps from this year's counters, and the count of
//! secret ballots, opened only when they may be counted.

use crate::error::AppError;
use crate::installation::App;
use crate::matter::{Matter, open_fields};
use kernel::directory::Directory;
use kernel::entry::{Entry, PollEvent};
use kernel::file::CaseFile;
use kernel::form::Coded;
use kernel::ids::Cell;
use kernel::mechanism::{Cap, LIMIT, Mechanism};
use kernel::outside::Room;
use kernel::vote::{BALLOT, add_up, is_open};
use std::collections::{BTreeMap, BTreeSet};
use store::CounterQuery;

impl App {
    /// Fills in what stands outside the file.
    ///
    /// # Errors
    /// The store; `Corrupt` for a ballot that does not open.
    pub(crate) async fn look_outside(&self, matter: &mut Matter) -> Result<(), AppError> {
        let mechanism = matter.mechanism.clone();
        if let Some((field, of)) = mechanism.about().zip(matter.file.about()) {
            // A matter that a restore lost can be neither read nor erased.
            let standing = self.standing(of).await.unwrap_or(kernel::personal::STANDINGS[3]);
            matter.outside.about = Some((field.to_owned(), standing.to_owned()));
        }
        if matter.file.ended.is_some() {
            return Ok(());
        }
        for (id, cap) in &mechanism.cap {
            if let Some(room) = self.room(&mechanism, id, cap, &matter.file).await? {
                matter.outside.rooms.insert(id.clone(), room);
            }
        }
        let ripe: Vec<&String> = mechanism.vote.keys().filter(|id| self.ripe(matter, id)).collect();
        if !ripe.is_empty() {
            let ballots = self.ballots(matter).await?;
            for id in ripe {
                matter.outside.ballots.insert(id.clone(), ballots.get(id).cloned().unwrap_or_default());
            }
        }
        Ok(())
    }

    /// Whether secret ballots may be counted: the time is over, or every slip was used.
    fn ripe(&self, matter: &Matter, id: &str) -> bool {
        let (Some(vote), Some(poll)) = (matter.mechanism.vote.get(id), matter.file.polls.get(id)) else { return false };
        let over = matter.file.clocks.get(&vote.window).is_none_or(|c| c.dates.due < self.now());
        let all = poll.present() >= poll.base;
        vote.secret && poll.closed.is_none() && (over || all || !is_open(vote, id, &matter.file))
    }

    async fn ballots(&self, matter: &Matter) -> Result<BTreeMap<String, BTreeMap<String, u32>>, AppError> {
        let Some(keys) = &matter.keys else { return Ok(BTreeMap::new()) };
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in self.inner.store.vault(matter.id).await? {
            let opened = |id: &str| matter.file.polls.get(id).is_some_and(|p| row.seq > p.opened);
            for (field, value) in open_fields(keys, matter.id, &row)? {
                if let Some(id) = field.strip_prefix(BALLOT).filter(|id| opened(id)) {
                    all.entry(id.to_owned()).or_default().push(value.text);
                }
            }
        }
        Ok(all.into_iter().map(|(id, texts)| (id, add_up(texts.iter().map(String::as_str)))).collect())
    }

    /// How much of a cap is left this calendar year; none where nobody has said how much there is.
    async fn room(&self, m: &Mechanism, id: &str, cap: &Cap, file: &CaseFile) -> Result<Option<Room>, AppError> {
        let Some(opened) = &file.opened else { return Ok(None) };
        let per = match &cap.per {
            Some(field) => match file.facts.get(field) {
                Some(value) => Some(value.as_code().into_owned()),
                None => return Ok(None),
            },
            None => None,
        };
        let most = match &cap.set {
            None => cap.number,
            Some(set) => {
                let row = cap.row.clone().or_else(|| per.clone());
                let row = row.and_then(|code| self.directory().row(set, &code));
                row.and_then(|r| match r.columns.get(LIMIT) {
                    Some(Coded::Number(n)) => u32::try_from(*n).ok(),
                    _ => None,
                })
            }
        };
        let Some(most) = most else { return Ok(None) };
        let year = self.now().date().year();
        let series = vec![format!("{}/{}", m.mechanism.id, cap_series(id, per.as_deref()))];
        let day = |month, day| kernel::time::Date::constant(year, month, day);
        let mut used = 0i64;
        let mut cells = self.inner.store.cells_fanout().await?;
        cells.retain(|c| *c != Cell::INSTALLATION);
        if !cells.contains(&self.cell_of(&opened.region)) {
            cells.push(self.cell_of(&opened.region));
        }
        for cell in cells {
            // Both books: whoever was complained about, it was done.
            let (from, to, series) = (day(1, 1), day(12, 31), series.clone());
            let query = CounterQuery { cell, shielded: true, series, from, to, body: None, region: None };
            used += self.inner.store.counters(query).await?.iter().map(|r| r.n).sum::<i64>();
        }
        Ok(Some(Room { used: u32::try_from(used.max(0)).unwrap_or(u32::MAX), most }))
    }
}

/// The series of counters of a cap.
#[must_use]
pub fn cap_series(cap: &str, per: Option<&str>) -> String {
    per.map_or_else(|| format!("cap/{cap}"), |per| format!("cap/{cap}/{per}"))
}

/// The caps that an entry uses up.
#[must_use]
pub fn caps_used(m: &Mechanism, entry: &Entry, after: &CaseFile) -> Vec<String> {
    let Some(action) = entry.act.effect() else { return Vec::new() };
    let counts = BTreeMap::new();
    let facts = kernel::guard::Facts { facts: &after.facts, counts: &counts, parts: &after.parts };
    let uses = |cap: &&Cap| cap.action() == Some(action) && cap.when.as_ref().is_none_or(|g| g.holds(&facts));
    let used = m.cap.iter().filter(|(_, c)| uses(c));
    let series = |(id, cap): (&String, &Cap)| match &cap.per {
        Some(field) => Some(cap_series(id, Some(&after.facts.get(field)?.as_code()))),
        None => Some(cap_series(id, None)),
    };
    used.filter_map(series).collect()
}

/// The entries whose sealed choices are history: their vote was counted, or opened anew, by a later one.
#[must_use]
pub fn counted_ballots<'a>(entries: impl DoubleEndedIterator<Item = &'a Entry>) -> Vec<u32> {
    let mut past: BTreeSet<&str> = BTreeSet::new();
    let mut counted = Vec::new();
    for entry in entries.rev() {
        for event in &entry.polls {
            match event {
                PollEvent::Closed { vote, .. } | PollEvent::Opened { vote, .. } => drop(past.insert(vote)),
                PollEvent::Ballot { vote, .. } | PollEvent::Paper { vote, .. } => {
                    if past.contains(vote.as_str()) && !entry.sealed.is_empty() {
                        counted.push(entry.seq);
                    }
                }
                PollEvent::Handed { .. } | PollEvent::Printed { .. } => {}
            }
        }
    }
    counted
}
