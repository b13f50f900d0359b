//! The bytes of search: sorted terms of one append, and blocks of terms with the serials that hold them. Pure.

use crate::fail::{Fail, Run};

/// Serials of one period share everything above these bits: 2^31 milliseconds, about 25 days.
const PERIOD_BITS: u32 = 51;
const SEQUENCE_BITS: u32 = 20;
/// A block is closed when it is this long, so that it fits into a page beside its key.
const BLOCK: usize = 3_600;

/// The period of a serial.
pub fn period(serial: i64) -> i64 {
    serial >> PERIOD_BITS
}

/// The first serial of a period.
pub fn first_serial(period: i64) -> i64 {
    period.saturating_mul(1 << PERIOD_BITS)
}

/// A term as a column that sorts as the term does.
pub fn column(term: u64) -> i64 {
    (term ^ (1 << 63)).cast_signed()
}

/// The terms of one append, eight bytes each, big end first.
pub fn terms_to_bytes(terms: &[u64]) -> Vec<u8> {
    terms.iter().flat_map(|term| term.to_be_bytes()).collect()
}

/// Read back.
pub fn terms_of(bytes: &[u8]) -> Run<&[[u8; 8]]> {
    match bytes.as_chunks::<8>() {
        (terms, []) => Ok(terms),
        _ => Err(Fail::corrupt("a row of search terms of broken length")),
    }
}

/// Builds the blocks of a segment from ascending terms.
#[derive(Default)]
pub struct Builder {
    blocks: Vec<(i64, Vec<u8>)>,
    open: Vec<u8>,
    first: u64,
}

impl Builder {
    /// Adds a term with its ascending serials, all of one period.
    pub fn add(&mut self, term: u64, serials: &[i64]) {
        let bytes = encode(serials);
        if self.open.is_empty() {
            self.first = term;
        } else if self.open.len() + bytes.len() > BLOCK {
            self.close();
            self.first = term;
        }
        self.open.extend(term.to_be_bytes());
        put(&mut self.open, bytes.len() as u64);
        self.open.extend(bytes);
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.blocks.push((column(self.first), std::mem::take(&mut self.open)));
        }
    }

    /// The blocks, each with the column of its first term.
    pub fn finish(mut self) -> Vec<(i64, Vec<u8>)> {
        self.close();
        self.blocks
    }
}

/// Ascending serials of one period, each as its distance from the one before.
fn encode(serials: &[i64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(serials.len() * 5);
    let (mut millis, mut sequence) = (0, 0);
    for serial in serials {
        let local = (serial - first_serial(period(*serial))).cast_unsigned();
        let (m, s) = (local >> SEQUENCE_BITS, local & ((1 << SEQUENCE_BITS) - 1));
        put(&mut bytes, m - millis);
        put(&mut bytes, if m == millis { s - sequence } else { s });
        (millis, sequence) = (m, s);
    }
    bytes
}

/// A block without one serial: shorter, and empty if nothing else was in it; none if the serial is not in it.
pub fn without(block: &[u8], period: i64, serial: i64) -> Run<Option<Vec<u8>>> {
    let mut rest = Vec::with_capacity(block.len());
    let (mut held, mut list) = (false, Vec::new());
    for one in Block(block) {
        let (term, encoded) = one?;
        list.clear();
        serials(encoded, period, &mut list)?;
        let all = list.len();
        list.retain(|other| *other != serial);
        held |= list.len() < all;
        if list.is_empty() {
            continue;
        }
        let bytes = if list.len() < all { encode(&list) } else { encoded.to_vec() };
        rest.extend(term.to_be_bytes());
        put(&mut rest, bytes.len() as u64);
        rest.extend(bytes);
    }
    Ok(held.then_some(rest))
}

/// Walks the terms of a block, each with its encoded serials.
pub struct Block<'a>(pub &'a [u8]);

impl<'a> Iterator for Block<'a> {
    type Item = Run<(u64, &'a [u8])>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let one = (|| {
            let (term, mut rest) = self.0.split_first_chunk::<8>()?;
            let length = usize::try_from(get(&mut rest)?).ok()?;
            let (serials, rest) = rest.split_at_checked(length)?;
            self.0 = rest;
            Some((u64::from_be_bytes(*term), serials))
        })();
        if one.is_none() {
            self.0 = &[];
        }
        Some(one.ok_or_else(|| Fail::corrupt("a block of a search segment")))
    }
}

/// Adds the serials of a term to a list.
pub fn serials(mut bytes: &[u8], period: i64, to: &mut Vec<i64>) -> Run<()> {
    let base = first_serial(period);
    let (mut millis, mut sequence) = (0_u64, 0_u64);
    while !bytes.is_empty() {
        let pair = (|| Some((get(&mut bytes)?, get(&mut bytes)?)))();
        let (m, s) = pair.ok_or_else(|| Fail::corrupt("the serials of a search segment"))?;
        sequence = if m == 0 { sequence.wrapping_add(s) } else { s };
        millis = millis.wrapping_add(m);
        let local = ((millis << SEQUENCE_BITS) | (sequence & ((1 << SEQUENCE_BITS) - 1))) & ((1 << PERIOD_BITS) - 1);
        to.push(base | local.cast_signed());
    }
    Ok(())
}

/// Seven bits a byte, the low ones first.
fn put(bytes: &mut Vec<u8>, mut value: u64) {
    while value > 127 {
        bytes.push((value & 127) as u8 | 128);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn get(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 127) << shift;
        if *byte < 128 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_is_read() {
        let base = first_serial(820);
        let lists: Vec<(u64, Vec<i64>)> = (0..500_u64)
            .map(|n| {
                let serials = (0..n as i64 % 60 + 1).map(|k| base + ((k * k * (n as i64 + 1)) << 19) + k).collect();
                (n.wrapping_mul(0x9E37_79B9_7F4A_7C15), serials)
            })
            .collect();
        let mut sorted = lists.clone();
        sorted.sort();
        let mut builder = Builder::default();
        for (term, serials) in &sorted {
            builder.add(*term, serials);
        }
        let blocks = builder.finish();
        assert!(blocks.len() > 5 && blocks.is_sorted_by(|a, b| a.0 < b.0), "columns sort as terms do");
        let mut found = Vec::new();
        for (first, bytes) in &blocks {
            assert_eq!(*first, column(Block(bytes).next().expect("a term").expect("sound").0));
            for one in Block(bytes) {
                let (term, encoded) = one.expect("sound");
                let mut list = Vec::new();
                serials(encoded, 820, &mut list).expect("sound");
                found.push((term, list));
            }
        }
        assert_eq!(found, sorted);
    }

    #[test]
    fn a_block_without_a_serial_is_what_would_have_been_built() {
        let at = |millis: i64, sequence: i64| first_serial(9) + (millis << SEQUENCE_BITS) + sequence;
        let lists = [vec![at(5, 0), at(5, 3), at(5, 900), at(70_000, 1)], vec![at(5, 3)], vec![at(5, 4), at(9, 0)]];
        let build = |skip: i64| {
            let mut builder = Builder::default();
            for (term, list) in (10_u64..).zip(&lists) {
                let list: Vec<i64> = list.iter().copied().filter(|s| *s != skip).collect();
                if !list.is_empty() {
                    builder.add(term, &list);
                }
            }
            builder.finish().pop().map(|block| block.1)
        };
        let whole = build(0).expect("a block");
        for serial in lists.concat() {
            assert_eq!(without(&whole, 9, serial).expect("sound"), build(serial));
        }
        assert_eq!(without(&whole, 9, at(6, 6)).expect("sound"), None);
        let mut alone = Builder::default();
        alone.add(1, &[at(1, 1)]);
        let alone = alone.finish().remove(0).1;
        assert_eq!(without(&alone, 9, at(1, 1)).expect("sound"), Some(Vec::new()));
    }

    #[test]
    fn a_damaged_block_is_refused() {
        let mut builder = Builder::default();
        builder.add(7, &[first_serial(3) + 9]);
        let bytes = builder.finish().remove(0).1;
        let ends = |n: usize| Block(&bytes[..n]).any(|one| one.is_err());
        assert!((1..bytes.len()).all(ends));
    }
}
