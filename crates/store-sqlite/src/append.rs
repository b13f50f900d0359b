//! The one write entrance for matters: an append as statements of one transaction, the counters last.

use crate::code;
use crate::fail::{Fail, Run};
use crate::writer::one;
use kernel::chain::GENESIS;
use kernel::ids::{BodyId, Cell, MatterId};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;
use store::{Append, Appended, Change, CommandRow, CounterDelta, DueRow, Lane, LeafKey, LeafRow};
use store::{LetterDraft, LetterRow, MarkRow, MatterRow, OutboxDraft, StoreError, VaultRow, WorkRow};

/// Carries out an append whose form was checked; `sealing` if it brings anything sealed, keys in the other file included.
pub fn append(db: &Connection, append: Append, sealing: bool) -> Run<Appended> {
    let id = append.matter.id;
    if let Some(row) = &append.command {
        command(db, id.cell, row)?;
    }
    // Names of people come with sealed rows; keys, which lie in the other file, only with the first entry.
    let gone = if sealing { crate::erase::find(db, id)? } else { None };
    if gone.is_some_and(|row| !row.identity || append.names_people() || append.expected.0 == 0) {
        return Err(StoreError::Conflict.into());
    }
    matter(db, &append)?;
    entries(db, &append)?;
    destroy(db, id, &append.destroy)?;
    vault(db, id, &append.vault)?;
    work(db, id, &append.work)?;
    due(db, id, &append.due)?;
    marks(db, id, &append.marks)?;
    outbox(db, id, append.outbox)?;
    terms(db, id, append.matter.seq, &append.terms)?;
    for (blob, sealed) in &append.blobs {
        let mut claim = db.prepare_cached(
            "UPDATE blob SET serial = ?3, sealed_key = ?4 WHERE cell = ?1 AND id = ?2 AND serial IS NULL",
        )?;
        one(claim.execute(params![id.cell.0, blob, id.serial, code::seal(sealed)])?)?;
    }
    let letters = letters(db, id, append.letters)?;
    counters(db, &append.counters)?;
    Ok(Appended { letters })
}

fn command(db: &Connection, cell: Cell, row: &CommandRow) -> Run<()> {
    let mut put = db.prepare_cached(
        "INSERT INTO command (cell, principal, key, request, serial, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT DO NOTHING",
    )?;
    let new = put.execute(params![cell.0, row.principal, row.key, row.request, row.matter.serial, row.at.0])?;
    if new == 1 {
        return Ok(());
    }
    let before = crate::matters::command(db, cell, &row.principal, &row.key)?;
    let before = before.ok_or_else(|| Fail::corrupt("a command that is there and is not"))?;
    Err(StoreError::Duplicate(Box::new(before)).into())
}

/// Compare and set.
fn matter(db: &Connection, append: &Append) -> Run<()> {
    let (seq, head) = append.expected;
    if seq == 0 {
        if head != GENESIS {
            return Err(StoreError::Conflict.into());
        }
        return one(put_matter(db, &append.matter, "ON CONFLICT DO NOTHING")?);
    }
    let mut set = db.prepare_cached(
        "UPDATE OR ABORT matter SET seq = ?3, head = ?4, year = ?5, number = ?6, mechanism = ?7, version = ?8, region = ?9, \
         state = ?10, ring = ?11, holder = ?12, raised_at = ?13, last_at = ?14, due_at = ?15, due_by = ?16, \
         promised_by = ?17, answered_at = ?18, ended_at = ?19, heard = ?20, shield = ?21, title = ?22 \
         WHERE cell = ?1 AND serial = ?2 AND seq = ?23 AND head = ?24",
    )?;
    bind_matter(&mut set, &append.matter)?;
    set.raw_bind_parameter(23, seq)?;
    set.raw_bind_parameter(24, head)?;
    one(set.raw_execute()?)
}

/// Inserts the row of a matter; what happens when it is there is said by `conflict`.
pub fn put_matter(db: &Connection, row: &MatterRow, conflict: &str) -> Run<usize> {
    let mut put = db.prepare_cached(&format!(
        "INSERT INTO matter (cell, serial, seq, head, year, number, mechanism, version, region, state, ring, holder, \
         raised_at, last_at, due_at, due_by, promised_by, answered_at, ended_at, heard, shield, title) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22) \
         {conflict}"
    ))?;
    bind_matter(&mut put, row)?;
    Ok(put.raw_execute()?)
}

fn bind_matter(to: &mut rusqlite::Statement<'_>, row: &MatterRow) -> Run<()> {
    to.raw_bind_parameter(1, row.id.cell.0)?;
    to.raw_bind_parameter(2, row.id.serial)?;
    to.raw_bind_parameter(3, row.seq)?;
    to.raw_bind_parameter(4, row.head)?;
    to.raw_bind_parameter(5, row.number.0)?;
    to.raw_bind_parameter(6, row.number.1)?;
    to.raw_bind_parameter(7, &row.mechanism)?;
    to.raw_bind_parameter(8, &row.version)?;
    to.raw_bind_parameter(9, row.region.as_str())?;
    to.raw_bind_parameter(10, &row.state)?;
    to.raw_bind_parameter(11, row.ring)?;
    to.raw_bind_parameter(12, row.holder.map(|body| body.0))?;
    let times = [
        Some(row.raised_at),
        Some(row.last_at),
        row.due_at,
        row.due_by,
        row.promised_by,
        row.answered_at,
        row.ended_at,
    ];
    for (place, time) in (13..).zip(times) {
        to.raw_bind_parameter(place, time.map(|time| time.0))?;
    }
    to.raw_bind_parameter(20, &row.heard)?;
    to.raw_bind_parameter(21, code::shield(&row.shield))?;
    to.raw_bind_parameter(22, row.title.as_ref().map(code::seal))?;
    Ok(())
}

fn entries(db: &Connection, append: &Append) -> Run<()> {
    let id = append.matter.id;
    let mut put = db.prepare_cached(
        "INSERT INTO entry (cell, serial, seq, salt, alg, hash, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for row in &append.entries {
        put.execute(params![id.cell.0, id.serial, row.seq, row.salt, row.alg, row.hash, row.body])?;
        crate::log::queue(db, &LeafRow { key: LeafKey::entry(id, row.seq), alg: row.alg, hash: row.hash })?;
    }
    Ok(())
}

fn destroy(db: &Connection, id: MatterId, seqs: &[u32]) -> Run<()> {
    let mut gone =
        db.prepare_cached("DELETE FROM vault WHERE cell = ?1 AND serial = ?2 AND seq = ?3 AND class = ?4")?;
    for seq in seqs {
        gone.execute(params![id.cell.0, id.serial, seq, code::class(kernel::ids::Class::Sealed)])?;
    }
    Ok(())
}

fn vault(db: &Connection, id: MatterId, rows: &[VaultRow]) -> Run<()> {
    let mut put =
        db.prepare_cached("INSERT INTO vault (cell, serial, seq, class, sealed) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for row in rows {
        put.execute(params![id.cell.0, id.serial, row.seq, code::class(row.class), code::seal(&row.sealed)])?;
    }
    Ok(())
}

/// Work rows, and the counts of their lanes by what really went and came.
pub fn work(db: &Connection, id: MatterId, change: &Change<WorkRow>) -> Run<()> {
    let mut counts: BTreeMap<(BodyId, Lane), i64> = BTreeMap::new();
    let values = |row: &WorkRow| (id.cell.0, row.body.0, row.lane as u8, row.order, id.serial);
    if !change.remove.is_empty() {
        let mut drop = db.prepare_cached(
            "DELETE FROM work WHERE cell = ?1 AND body = ?2 AND lane = ?3 AND ord = ?4 AND serial = ?5",
        )?;
        for row in &change.remove {
            let gone = drop.execute(values(row))?;
            *counts.entry((row.body, row.lane)).or_default() -= i64::from(gone > 0);
        }
    }
    let mut put = db.prepare_cached(
        "INSERT INTO work (cell, body, lane, ord, serial) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
    )?;
    for row in &change.add {
        let new = put.execute(values(row))?;
        *counts.entry((row.body, row.lane)).or_default() += i64::from(new > 0);
    }
    let mut count = db.prepare_cached(
        "INSERT INTO lane_count (cell, body, lane, n) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (cell, body, lane) DO UPDATE SET n = n + excluded.n",
    )?;
    for ((body, lane), by) in counts.into_iter().filter(|(_, by)| *by != 0) {
        count.execute((id.cell.0, body.0, lane as u8, by))?;
    }
    Ok(())
}

/// Due rows.
pub fn due(db: &Connection, id: MatterId, change: &Change<DueRow>) -> Run<()> {
    if !change.remove.is_empty() {
        let mut drop = db.prepare_cached(
            "DELETE FROM due WHERE cell = ?1 AND listed = ?2 AND at = ?3 AND serial = ?4 AND clock = ?5 AND body = ?6",
        )?;
        for row in &change.remove {
            drop.execute((id.cell.0, row.listed, row.at.0, id.serial, &row.clock, code::body(row.body)))?;
        }
    }
    let mut put = db.prepare_cached(
        "INSERT INTO due (cell, listed, at, serial, clock, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
    )?;
    for row in &change.add {
        put.execute((id.cell.0, row.listed, row.at.0, id.serial, &row.clock, code::body(row.body)))?;
    }
    Ok(())
}

fn outbox(db: &Connection, id: MatterId, drafts: Vec<OutboxDraft>) -> Run<()> {
    if drafts.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(drafts.len()).expect("invariant: a handful");
    let first = take(db, id.cell, "outbox", count)?;
    let mut put = db.prepare_cached(
        "INSERT INTO outbox (cell, id, serial, at, kind, seq, body, about) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (place, row) in (first..).zip(drafts) {
        let values = (id.cell.0, place, id.serial, row.at.0, row.kind, row.seq, code::body(row.to), row.about);
        put.execute(values)?;
    }
    Ok(())
}

/// The first of `count` numbers of a sequence that nobody got before and nobody will get again.
pub fn take(db: &Connection, cell: Cell, name: &str, count: i64) -> Run<i64> {
    let mut next = db.prepare_cached(
        "INSERT INTO sequence (cell, name, last) VALUES (?1, ?2, ?3) \
         ON CONFLICT (cell, name) DO UPDATE SET last = last + excluded.last RETURNING last",
    )?;
    let last: i64 = next.query_row((cell.0, name, count), |row| row.get(0))?;
    Ok(last - count + 1)
}

/// Marks that go and that come.
pub fn marks(db: &Connection, id: MatterId, change: &Change<MarkRow>) -> Run<()> {
    let mut drop = db.prepare_cached(
        "DELETE FROM mark WHERE cell = ?1 AND kind = ?2 AND key = ?3 AND ord = ?4 AND serial = ?5 AND about = ?6",
    )?;
    for row in &change.remove {
        drop.execute(params![id.cell.0, row.kind, row.key, row.order, id.serial, row.about])?;
    }
    let mut put = db.prepare_cached(
        "INSERT OR IGNORE INTO mark (cell, kind, key, ord, serial, about) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for row in &change.add {
        put.execute(params![id.cell.0, row.kind, row.key, row.order, id.serial, row.about])?;
    }
    Ok(())
}

/// One row of terms beside the merged ones.
pub fn terms(db: &Connection, id: MatterId, seq: u32, terms: &[u64]) -> Run<()> {
    if terms.is_empty() {
        return Ok(());
    }
    let mut put =
        db.prepare_cached("INSERT OR REPLACE INTO tail (cell, serial, seq, terms) VALUES (?1, ?2, ?3, ?4)")?;
    put.execute((id.cell.0, id.serial, seq, crate::postings::terms_to_bytes(terms)))?;
    Ok(())
}

fn letters(db: &Connection, id: MatterId, drafts: Vec<(Cell, LetterDraft)>) -> Run<Vec<LetterRow>> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let mut last = db.prepare_cached("SELECT max(place) FROM letter WHERE cell = ?1 AND serial = ?2")?;
    let last: Option<i64> = last.query_row((id.cell.0, id.serial), |row| row.get(0)).optional()?.flatten();
    let mut put = db.prepare_cached(
        "INSERT INTO letter (cell, serial, place, seq, letter, body, series, year, number) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let mut rows = Vec::with_capacity(drafts.len());
    for (place, (home, draft)) in (last.unwrap_or(0) + 1..).zip(drafts) {
        let number = match &draft.series {
            Some(series) => number(db, home, &draft, series)?,
            None => 0,
        };
        let LetterDraft { seq, letter, body, series, year } = &draft;
        put.execute(params![id.cell.0, id.serial, place, seq, letter, body.0, series, year, number])?;
        rows.push(LetterRow { draft, number });
    }
    Ok(rows)
}

/// The next number of a body's series. A series that has none in the body's home cell yet goes on where one stood in the
/// cells of matters, where numbers were drawn before: no number is ever given twice.
fn number(db: &Connection, home: Cell, draft: &LetterDraft, series: &str) -> Run<u32> {
    let key = (home.0, draft.body.0, draft.year, series);
    let mut next = db.prepare_cached(
        "UPDATE letter_series SET last = last + 1 WHERE cell = ?1 AND body = ?2 AND year = ?3 AND series = ?4 RETURNING last",
    )?;
    if let Some(next) = next.query_row(key, |row| row.get(0)).optional()? {
        return Ok(next);
    }
    let mut stood =
        db.prepare_cached("SELECT max(last) FROM letter_series WHERE body = ?1 AND year = ?2 AND series = ?3")?;
    let stood: Option<u32> = stood.query_row((draft.body.0, draft.year, series), |row| row.get(0))?;
    let last = match (stood, crate::skip::before_letters(db, draft.year)?) {
        (Some(last), _) => last,
        (None, Some((high, at))) => {
            crate::skip::gap_before(db, home, (draft.body.0, draft.year, series), high, at)?;
            high
        }
        (None, None) => 0,
    };
    let mut first = db.prepare_cached(
        "INSERT INTO letter_series (cell, body, year, series, last) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING last",
    )?;
    Ok(first.query_row((home.0, draft.body.0, draft.year, series, last + 1), |row| row.get(0))?)
}

/// Counters; nothing follows them in a transaction.
pub fn counters(db: &Connection, deltas: &[CounterDelta]) -> Run<()> {
    let mut add = db.prepare_cached(
        "INSERT INTO counter (cell, book, series, day, body, region, class, bucket, slot, n) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
         ON CONFLICT (cell, book, series, day, body, region, class, bucket, slot) DO UPDATE SET n = n + excluded.n",
    )?;
    for CounterDelta { key, slot, by } in deltas {
        add.execute(params![
            key.cell.0,
            key.book,
            key.series,
            code::day(key.day),
            key.body.0,
            key.region.as_str(),
            key.class,
            key.bucket,
            slot,
            by
        ])?;
    }
    Ok(())
}
