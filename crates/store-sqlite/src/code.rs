//! How values stand in columns: the pieces that SQLite has no type for.

use crate::fail::{Fail, Run};
use kernel::ids::{BodyId, Cell, Class, MatterId};
use kernel::region::RegionCode;
use kernel::time::{Date, Timestamp};
use rusqlite::Row;
use store::{Lane, MatterRow, Sealed};

/// The columns of a matter in the order that `matter` reads and `matter_values` writes.
macro_rules! matter_columns {
    () => {
        "m.cell, m.serial, m.seq, m.head, m.year, m.number, m.mechanism, m.version, m.region, m.state, m.ring, m.holder, \
         m.raised_at, m.last_at, m.due_at, m.due_by, m.promised_by, m.answered_at, m.ended_at, m.heard, m.shield, m.title"
    };
}
pub(crate) use matter_columns;

/// Cipher, length of the nonce, nonce, text.
pub fn seal(sealed: &Sealed) -> Vec<u8> {
    let length = u8::try_from(sealed.nonce.len()).expect("invariant: a nonce has fewer than 256 bytes");
    let mut bytes = Vec::with_capacity(2 + sealed.nonce.len() + sealed.text.len());
    bytes.extend([sealed.alg, length]);
    bytes.extend(&sealed.nonce);
    bytes.extend(&sealed.text);
    bytes
}

pub fn unseal(bytes: &[u8]) -> Run<Sealed> {
    let [alg, length, rest @ ..] = bytes else { return Err(Fail::corrupt("a sealed value is too short")) };
    let (nonce, text) =
        rest.split_at_checked(usize::from(*length)).ok_or_else(|| Fail::corrupt("a sealed value ends in its nonce"))?;
    Ok(Sealed { alg: *alg, nonce: nonce.to_vec(), text: text.to_vec() })
}

/// Year, month and day as one number that sorts.
pub fn day(date: Date) -> i64 {
    (i64::from(date.year()) * 100 + i64::from(date.month())) * 100 + i64::from(date.day())
}

pub fn undate(day: i64) -> Run<Date> {
    let part = |n: i64| i8::try_from(n).unwrap_or(-1);
    let year = i16::try_from(day / 10_000).unwrap_or(i16::MIN);
    Date::new(year, part(day / 100 % 100), part(day % 100)).map_err(|_| Fail::corrupt("a day that is none"))
}

pub fn class(class: Class) -> u8 {
    match class {
        Class::Coded => 0,
        Class::Public => 1,
        Class::Handlers => 2,
        Class::Sealed => 3,
    }
}

pub fn unclass(code: u8) -> Run<Class> {
    match code {
        0 => Ok(Class::Coded),
        1 => Ok(Class::Public),
        2 => Ok(Class::Handlers),
        3 => Ok(Class::Sealed),
        _ => Err(Fail::corrupt("a class that is none")),
    }
}

pub fn unlane(code: u8) -> Run<Lane> {
    let all = [Lane::Mine, Lane::Others, Lane::Ended, Lane::Decide, Lane::Escalated];
    all.into_iter().find(|lane| *lane as u8 == code).ok_or_else(|| Fail::corrupt("a lane that is none"))
}

/// A body or none, in a column of a key.
pub fn body(body: Option<BodyId>) -> i64 {
    body.map_or(-1, |body| i64::from(body.0))
}

pub fn unbody(code: i64) -> Run<Option<BodyId>> {
    match code {
        -1 => Ok(None),
        _ => u32::try_from(code).map(|id| Some(BodyId(id))).map_err(|_| Fail::corrupt("a body that is none")),
    }
}

pub fn region(text: &str) -> Run<RegionCode> {
    text.parse().map_err(|_| Fail::corrupt("a region that is none"))
}

pub fn shield(bodies: &[BodyId]) -> Option<Vec<u8>> {
    (!bodies.is_empty()).then(|| bodies.iter().flat_map(|body| body.0.to_be_bytes()).collect())
}

fn unshield(bytes: Option<Vec<u8>>) -> Run<Vec<BodyId>> {
    let bytes = bytes.unwrap_or_default();
    let (words, rest) = bytes.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(Fail::corrupt("a shield of broken length"));
    }
    Ok(words.iter().map(|word| BodyId(u32::from_be_bytes(*word))).collect())
}

/// A matter from a row that begins with `matter_columns`, at column `at`.
pub fn matter(row: &Row<'_>, at: usize) -> Run<MatterRow> {
    let time = |n: usize| -> Run<Option<Timestamp>> { Ok(row.get::<_, Option<i64>>(at + n)?.map(Timestamp)) };
    let region_text = row.get_ref(at + 8)?;
    let title: Option<Vec<u8>> = row.get(at + 21)?;
    Ok(MatterRow {
        id: MatterId { cell: Cell(row.get(at)?), serial: row.get(at + 1)? },
        seq: row.get(at + 2)?,
        head: row.get(at + 3)?,
        number: (row.get(at + 4)?, row.get(at + 5)?),
        mechanism: row.get(at + 6)?,
        version: row.get(at + 7)?,
        region: region(region_text.as_str().map_err(|_| Fail::corrupt("a region that is no text"))?)?,
        state: row.get(at + 9)?,
        ring: row.get(at + 10)?,
        holder: row.get::<_, Option<u32>>(at + 11)?.map(BodyId),
        raised_at: Timestamp(row.get(at + 12)?),
        last_at: Timestamp(row.get(at + 13)?),
        due_at: time(14)?,
        due_by: time(15)?,
        promised_by: time(16)?,
        answered_at: time(17)?,
        ended_at: time(18)?,
        heard: row.get(at + 19)?,
        shield: unshield(row.get(at + 20)?)?,
        title: title.map(|bytes| unseal(&bytes)).transpose()?,
    })
}
