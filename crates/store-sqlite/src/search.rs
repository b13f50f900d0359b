//! Search: period by period, newest first, the serials that hold every term, whether merged or still in the tail.
//! Candidates only: terms are keyed hashes, and the caller confirms what he shows.

use crate::fail::Run;
use crate::matters::rows;
use crate::postings::{Block, column, first_serial, period, serials, terms_of};
use kernel::ids::{Cell, MatterId};
use rusqlite::{Connection, OptionalExtension};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

pub fn search(db: &Connection, cell: Cell, terms: &[u64], before: Option<i64>, limit: u32) -> Run<Vec<MatterId>> {
    let (mut before, limit) = (before.unwrap_or(i64::MAX), limit as usize);
    let terms: Vec<u64> = terms.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    if terms.is_empty() {
        return newest(db, cell, before, limit);
    }
    let mut found = Vec::new();
    while found.len() < limit
        && let Some(period) = newest_period(db, cell, before)?
    {
        let held = of_period(db, cell, period, &terms, before)?;
        found.extend(held.into_iter().rev().take(limit - found.len()).map(|serial| MatterId { cell, serial }));
        before = first_serial(period);
    }
    Ok(found)
}

fn newest(db: &Connection, cell: Cell, before: i64, limit: usize) -> Run<Vec<MatterId>> {
    let mut get =
        db.prepare_cached("SELECT serial FROM matter WHERE cell = ?1 AND serial < ?2 ORDER BY serial DESC LIMIT ?3")?;
    rows(get.query((cell.0, before, limit as i64))?, |row| Ok(MatterId { cell, serial: row.get(0)? }))
}

/// The newest period that has terms before a serial.
fn newest_period(db: &Connection, cell: Cell, before: i64) -> Run<Option<i64>> {
    let Some(last) = before.checked_sub(1) else { return Ok(None) };
    let mut merged = db.prepare_cached("SELECT max(period) FROM generation WHERE cell = ?1 AND period <= ?2")?;
    let merged: Option<i64> = merged.query_row((cell.0, period(last)), |row| row.get(0))?;
    let mut tail = db.prepare_cached("SELECT max(serial) FROM tail WHERE cell = ?1 AND serial <= ?2")?;
    let tail: Option<i64> = tail.query_row((cell.0, last), |row| row.get(0))?;
    Ok(merged.max(tail.map(period)))
}

/// The serials of a period that hold every term, ascending.
fn of_period(db: &Connection, cell: Cell, period: i64, terms: &[u64], before: i64) -> Run<Vec<i64>> {
    let end = before.min(first_serial(period.saturating_add(1)));
    let mut lists = tail_lists(db, cell, first_serial(period), end, terms)?;
    let gens = generations(db, cell, period)?;
    let mut held: Option<Vec<i64>> = None;
    for (term, list) in terms.iter().zip(&mut lists) {
        for gen_ in &gens {
            postings(db, cell, period, *gen_, *term, list)?;
        }
        list.sort_unstable();
        list.dedup();
        let both = match held {
            None => std::mem::take(list),
            Some(held) => held.into_iter().filter(|serial| list.binary_search(serial).is_ok()).collect(),
        };
        if both.is_empty() {
            return Ok(both);
        }
        held = Some(both);
    }
    let mut held = held.unwrap_or_default();
    held.truncate(held.partition_point(|serial| *serial < end));
    Ok(held)
}

/// For each term the serials in the tail that hold it.
fn tail_lists(db: &Connection, cell: Cell, from: i64, end: i64, terms: &[u64]) -> Run<Vec<Vec<i64>>> {
    let mut lists = vec![Vec::new(); terms.len()];
    let wanted: Vec<[u8; 8]> = terms.iter().map(|term| term.to_be_bytes()).collect();
    let mut get =
        db.prepare_cached("SELECT serial, terms FROM tail WHERE cell = ?1 AND serial >= ?2 AND serial < ?3")?;
    let mut found = get.query((cell.0, from, end))?;
    while let Some(row) = found.next()? {
        let serial: i64 = row.get(0)?;
        let value = row.get_ref(1)?;
        let held = terms_of(value.as_blob().unwrap_or(&[0]))?;
        for (term, list) in wanted.iter().zip(&mut lists) {
            if held.binary_search(term).is_ok() {
                list.push(serial);
            }
        }
    }
    Ok(lists)
}

/// The generations of a period that hold for reading.
pub fn generations(db: &Connection, cell: Cell, period: i64) -> Run<Vec<i64>> {
    let mut get = db.prepare_cached("SELECT gen FROM generation WHERE cell = ?1 AND period = ?2 ORDER BY gen")?;
    rows(get.query((cell.0, period))?, |row| Ok(row.get(0)?))
}

/// Adds the serials that hold a term in one generation.
fn postings(db: &Connection, cell: Cell, period: i64, gen_: i64, term: u64, to: &mut Vec<i64>) -> Run<()> {
    let mut get = db.prepare_cached(
        "SELECT block FROM segment WHERE cell = ?1 AND period = ?2 AND gen = ?3 AND first <= ?4 \
         ORDER BY first DESC LIMIT 1",
    )?;
    let mut found = get.query((cell.0, period, gen_, column(term)))?;
    let Some(row) = found.next()? else { return Ok(()) };
    let value = row.get_ref(0)?;
    for one in Block(value.as_blob().unwrap_or(&[0])) {
        let (other, encoded) = one?;
        if other >= term {
            return if other == term { serials(encoded, period, to) } else { Ok(()) };
        }
    }
    Ok(())
}

/// Segments are by term; verifying asks by matter. The answers for a few runs of matters are kept, since it asks in order.
pub struct Forward {
    kept: Mutex<VecDeque<Arc<Window>>>,
    windows: usize,
    size: i64,
    last: i64,
}

impl Default for Forward {
    fn default() -> Self {
        Forward { kept: Mutex::default(), windows: 1, size: 4_096, last: i64::MAX }
    }
}

struct Window {
    cell: Cell,
    gens: Vec<i64>,
    from: i64,
    to: i64,
    terms: HashMap<i64, Vec<u64>>,
}

impl Forward {
    /// For matters up to this one.
    pub fn up_to(last: i64) -> Self {
        Self { last, ..Self::default() }
    }

    /// For several threads that walk the whole of a store that stands still: each segment is read a few times only.
    pub fn shared() -> Self {
        Self { windows: 3, size: 16_384, ..Self::default() }
    }

    /// The terms of a matter, sorted.
    pub fn terms(&self, db: &Connection, id: MatterId) -> Run<Vec<u64>> {
        let mut get = db.prepare_cached("SELECT terms FROM tail WHERE cell = ?1 AND serial = ?2")?;
        let tails = rows(get.query((id.cell.0, id.serial))?, |row| Ok(row.get::<_, Vec<u8>>(0)?))?;
        self.with(db, id, &tails)
    }

    /// The terms of a matter whose rows of the tail are known, sorted.
    pub fn with(&self, db: &Connection, id: MatterId, tails: &[Vec<u8>]) -> Run<Vec<u64>> {
        let mut all: Vec<u64> = self.merged(db, id)?;
        for bytes in tails {
            all.extend(terms_of(bytes)?.iter().map(|term| u64::from_be_bytes(*term)));
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    /// Drops what is kept: segments were written anew.
    pub fn forget(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn merged(&self, db: &Connection, id: MatterId) -> Run<Vec<u64>> {
        let gens = generations(db, id.cell, period(id.serial))?;
        if gens.is_empty() {
            return Ok(Vec::new());
        }
        let window = {
            // Held while a window is made: whoever comes meanwhile mostly wants the same one.
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let fits = |w: &&Arc<Window>| w.cell == id.cell && w.gens == gens && (w.from..=w.to).contains(&id.serial);
            match kept.iter().find(fits) {
                Some(window) => window.clone(),
                None => {
                    let made = Arc::new(window(db, id, gens, (self.size, self.last))?);
                    if kept.len() >= self.windows {
                        kept.pop_front();
                    }
                    kept.push_back(made.clone());
                    made
                }
            }
        };
        Ok(window.terms.get(&id.serial).cloned().unwrap_or_default())
    }
}

fn window(db: &Connection, id: MatterId, gens: Vec<i64>, (size, last_wanted): (i64, i64)) -> Run<Window> {
    let period = period(id.serial);
    let end = first_serial(period.saturating_add(1));
    let mut last = db.prepare_cached(
        "SELECT serial FROM matter WHERE cell = ?1 AND serial >= ?2 AND serial < ?3 ORDER BY serial LIMIT 1 OFFSET ?4",
    )?;
    let to = last.query_row((id.cell.0, id.serial, end, size), |row| row.get(0)).optional()?.unwrap_or(end - 1);
    let to: i64 = to.min(last_wanted);
    let mut window = Window { cell: id.cell, gens, from: id.serial, to, terms: HashMap::new() };
    let mut get =
        db.prepare_cached("SELECT block FROM segment WHERE cell = ?1 AND period = ?2 AND gen = ?3 ORDER BY first")?;
    let mut list = Vec::new();
    for gen_ in &window.gens {
        let mut found = get.query((id.cell.0, period, gen_))?;
        while let Some(row) = found.next()? {
            let bytes: Vec<u8> = row.get(0)?;
            for one in Block(&bytes) {
                let (term, encoded) = one?;
                list.clear();
                serials(encoded, period, &mut list)?;
                for serial in list.iter().filter(|serial| (window.from..=window.to).contains(*serial)) {
                    window.terms.entry(*serial).or_default().push(term);
                }
            }
        }
    }
    Ok(window)
}
