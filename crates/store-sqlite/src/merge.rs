//! Merging the tail of search terms into generations, and small generations into larger ones. The heavy part (reading,
//! sorting, encoding) runs on the caller's thread; the writer only inserts finished blocks, in small steps.

use crate::append::take;
use crate::fail::{Fail, Run};
use crate::matters::rows;
use crate::postings::{Block, Builder, period, serials, terms_of};
use crate::{SqliteStore, search};
use kernel::ids::Cell;
use rusqlite::Connection;
use std::collections::BTreeMap;
use store::StoreError;

/// So many generations of one level become one of the next.
const FAN: usize = 8;
/// Blocks written in one step.
const STEP: usize = 256;

/// Finished blocks, each under the column of its first term.
type Blocks = Vec<(i64, Vec<u8>)>;

/// What a merge of the tail will write.
struct Merge {
    rows: Vec<(i64, u32)>,
    periods: Vec<(i64, Blocks)>,
}

/// Merges the oldest rows of the tail; how many.
pub async fn merge(store: &SqliteStore, cell: Cell, limit: u32) -> Result<u32, StoreError> {
    let Ok(_guard) = store.merging.try_lock() else { return Ok(0) };
    let Some(merge) = store.readers.read("merge", |db| read_tail(db, cell, limit))? else { return Ok(0) };
    let count = u32::try_from(merge.rows.len()).unwrap_or(u32::MAX);
    let periods: Vec<i64> = merge.periods.iter().map(|(period, _)| *period).collect();
    store.writer.write("merge", move |db| write_merge(db, cell, merge)).await?;
    for period in periods {
        while compact(store, cell, period).await? {}
    }
    Ok(count)
}

fn read_tail(db: &Connection, cell: Cell, limit: u32) -> Run<Option<Merge>> {
    let mut get =
        db.prepare_cached("SELECT serial, seq, terms FROM tail WHERE cell = ?1 ORDER BY serial, seq LIMIT ?2")?;
    let mut found = get.query((cell.0, limit))?;
    let mut keys = Vec::new();
    let mut periods: BTreeMap<i64, Vec<(u64, i64)>> = BTreeMap::new();
    while let Some(row) = found.next()? {
        let (serial, seq): (i64, u32) = (row.get(0)?, row.get(1)?);
        let value = row.get_ref(2)?;
        let terms = terms_of(value.as_blob().unwrap_or(&[0]))?;
        let pairs = periods.entry(period(serial)).or_default();
        pairs.extend(terms.iter().map(|term| (u64::from_be_bytes(*term), serial)));
        keys.push((serial, seq));
    }
    if keys.is_empty() {
        return Ok(None);
    }
    let periods = periods.into_iter().map(|(period, pairs)| (period, blocks(pairs))).collect();
    Ok(Some(Merge { rows: keys, periods }))
}

fn blocks(mut pairs: Vec<(u64, i64)>) -> Blocks {
    pairs.sort_unstable();
    pairs.dedup();
    let mut builder = Builder::default();
    for of_term in pairs.chunk_by(|a, b| a.0 == b.0) {
        let serials: Vec<i64> = of_term.iter().map(|pair| pair.1).collect();
        builder.add(of_term[0].0, &serials);
    }
    builder.finish()
}

fn write_merge(db: &Connection, cell: Cell, merge: Merge) -> Run<()> {
    let mut gone = db.prepare_cached("DELETE FROM tail WHERE cell = ?1 AND serial = ?2 AND seq = ?3")?;
    for (serial, seq) in merge.rows {
        // A row that went in between (a rebuild) would come back as a segment.
        crate::writer::one(gone.execute((cell.0, serial, seq))?)?;
    }
    for (period, blocks) in merge.periods {
        let gen_ = take(db, cell, "generation", 1)?;
        insert(db, cell, period, gen_, &blocks)?;
        register(db, cell, period, gen_, 0)?;
    }
    Ok(())
}

fn insert(db: &Connection, cell: Cell, period: i64, gen_: i64, blocks: &[(i64, Vec<u8>)]) -> Run<()> {
    let mut put =
        db.prepare_cached("INSERT INTO segment (cell, period, gen, first, block) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (first, block) in blocks {
        put.execute((cell.0, period, gen_, first, block))?;
    }
    Ok(())
}

fn register(db: &Connection, cell: Cell, period: i64, gen_: i64, level: i64) -> Run<()> {
    let mut put = db.prepare_cached("INSERT INTO generation (cell, period, gen, level) VALUES (?1, ?2, ?3, ?4)")?;
    put.execute((cell.0, period, gen_, level))?;
    Ok(())
}

/// Joins the generations of a full level into one of the next, if there is one: written unseen, then shown in one step,
/// then the old blocks go. What a crash leaves unseen is swept by the next one.
async fn compact(store: &SqliteStore, cell: Cell, period: i64) -> Result<bool, StoreError> {
    let full = store.readers.read("merge", |db| full_level(db, cell, period))?;
    let Some((level, gens)) = full else { return Ok(false) };
    let blocks = store.readers.read_as_one("merge", |db| join(db, cell, period, &gens))?;
    let gen_ = store.writer.write("merge", move |db| take(db, cell, "generation", 1)).await?;
    let mut blocks = blocks.into_iter();
    loop {
        let step: Blocks = blocks.by_ref().take(STEP).collect();
        if step.is_empty() {
            break;
        }
        store.writer.write("merge", move |db| insert(db, cell, period, gen_, &step)).await?;
    }
    let old = gens.clone();
    store.writer.write("merge", move |db| show(db, cell, period, gen_, level + 1, &old)).await?;
    while store.writer.write("merge", move |db| sweep(db, cell, period)).await? {}
    Ok(true)
}

fn full_level(db: &Connection, cell: Cell, period: i64) -> Run<Option<(i64, Vec<i64>)>> {
    let mut get =
        db.prepare_cached("SELECT level, gen FROM generation WHERE cell = ?1 AND period = ?2 ORDER BY level, gen")?;
    let all: Vec<(i64, i64)> = rows(get.query((cell.0, period))?, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut levels = all.chunk_by(|a, b| a.0 == b.0);
    let full = levels.find(|level| level.len() >= FAN);
    Ok(full.map(|level| (level[0].0, level.iter().map(|row| row.1).collect())))
}

/// One generation as a walk over its terms; holds one block at a time.
struct Walk<'a> {
    found: rusqlite::Rows<'a>,
    period: i64,
    block: std::vec::IntoIter<(u64, Vec<i64>)>,
}

impl Walk<'_> {
    fn next(&mut self) -> Run<Option<(u64, Vec<i64>)>> {
        loop {
            if let Some(one) = self.block.next() {
                return Ok(Some(one));
            }
            let Some(row) = self.found.next()? else { return Ok(None) };
            let bytes: Vec<u8> = row.get(0)?;
            let mut block = Vec::new();
            for one in Block(&bytes) {
                let (term, encoded) = one?;
                let mut list = Vec::new();
                serials(encoded, self.period, &mut list)?;
                block.push((term, list));
            }
            self.block = block.into_iter();
        }
    }
}

fn join(db: &Connection, cell: Cell, period: i64, gens: &[i64]) -> Run<Blocks> {
    let sql = "SELECT block FROM segment WHERE cell = ?1 AND period = ?2 AND gen = ?3 ORDER BY first";
    let mut statements = gens.iter().map(|_| db.prepare(sql)).collect::<rusqlite::Result<Vec<_>>>()?;
    let mut heads: BTreeMap<(u64, usize), Vec<i64>> = BTreeMap::new();
    let mut walks = Vec::new();
    for (gen_, statement) in gens.iter().zip(&mut statements) {
        let found = statement.query((cell.0, period, gen_))?;
        let mut walk = Walk { found, period, block: Vec::new().into_iter() };
        if let Some((term, list)) = walk.next()? {
            heads.insert((term, walks.len()), list);
        }
        walks.push(walk);
    }
    let mut builder = Builder::default();
    let mut open: Option<(u64, Vec<i64>)> = None;
    while let Some(((term, which), list)) = heads.pop_first() {
        if let Some((next, list)) = walks[which].next()? {
            heads.insert((next, which), list);
        }
        match &mut open {
            Some((same, all)) if *same == term => all.extend(list),
            _ => {
                finish(&mut builder, open.replace((term, list)));
            }
        }
    }
    finish(&mut builder, open);
    Ok(builder.finish())
}

fn finish(builder: &mut Builder, term: Option<(u64, Vec<i64>)>) {
    if let Some((term, mut list)) = term {
        list.sort_unstable();
        list.dedup();
        builder.add(term, &list);
    }
}

fn show(db: &Connection, cell: Cell, period: i64, gen_: i64, level: i64, old: &[i64]) -> Run<()> {
    let mut hide = db.prepare_cached("DELETE FROM generation WHERE cell = ?1 AND period = ?2 AND gen = ?3")?;
    for gen_ in old {
        crate::writer::one(hide.execute((cell.0, period, gen_))?)?;
    }
    register(db, cell, period, gen_, level)
}

/// Deletes some blocks of a generation that is not shown; whether there were any.
fn sweep(db: &Connection, cell: Cell, period: i64) -> Run<bool> {
    let shown = search::generations(db, cell, period)?;
    let mut after = i64::MIN;
    let mut next = db.prepare_cached("SELECT min(gen) FROM segment WHERE cell = ?1 AND period = ?2 AND gen > ?3")?;
    while let Some(gen_) = next.query_row((cell.0, period, after), |row| row.get::<_, Option<i64>>(0))? {
        if !shown.contains(&gen_) {
            let mut gone = db.prepare_cached(
                "DELETE FROM segment WHERE rowid IN \
                 (SELECT rowid FROM segment WHERE cell = ?1 AND period = ?2 AND gen = ?3 LIMIT ?4)",
            )?;
            let step = i64::try_from(STEP).map_err(|_| Fail::corrupt("a step"))?;
            return Ok(gone.execute((cell.0, period, gen_, step))? > 0);
        }
        after = gen_;
    }
    Ok(false)
}
