//! A sum in every row that no chain, key or recount covers (commands, letters, messages, the installation's own rows):
//! the database keeps it with each write, `audit` makes it again. It tells damage, and a row that was moved or rewritten by
//! hand; whoever computes it too can forge it, so what must withstand that stands in a chain.

use kernel::chain::{HashAlg, inner};
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;

/// The name of the function in the schema.
pub const NAME: &str = "row_sum";

/// The column that holds the sum.
pub const COLUMN: &str = "ck";

const SALT: [u8; 16] = *b"gongzhi row sum\0";

/// Teaches a connection the function; without it a table with sums can be read and not written.
///
/// # Errors
/// SQLite's.
pub fn teach(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    db.create_scalar_function(NAME, -1, flags, |context| {
        let mut bytes = Vec::with_capacity(256);
        for place in 0..context.len() {
            put(&mut bytes, context.get_raw(place));
        }
        let sum: [u8; 8] =
            inner(HashAlg::Sha256, &SALT, &bytes)[..8].try_into().expect("invariant: a hash has 32 bytes");
        Ok(i64::from_be_bytes(sum))
    })
}

/// Type, length, content: no two lists of values give the same bytes.
fn put(to: &mut Vec<u8>, value: ValueRef<'_>) {
    let mut part = |kind: u8, bytes: &[u8]| {
        to.push(kind);
        to.extend((bytes.len() as u64).to_be_bytes());
        to.extend(bytes);
    };
    match value {
        ValueRef::Null => part(0, &[]),
        ValueRef::Integer(n) => part(1, &n.to_be_bytes()),
        ValueRef::Real(x) => part(2, &x.to_bits().to_be_bytes()),
        ValueRef::Text(text) => part(3, text),
        ValueRef::Blob(blob) => part(4, blob),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_tells_place_type_and_order() {
        let db = Connection::open_in_memory().expect("a database");
        teach(&db).expect("taught");
        let sum =
            |list: &str| db.query_row(&format!("SELECT row_sum({list})"), [], |r| r.get::<_, i64>(0)).expect("a sum");
        let all = ["1, 2", "2, 1", "12", "'1', 2", "x'31', 2", "1, NULL, 2", "1, 2, NULL", "'a', 'bc'", "'ab', 'c'"];
        let mut sums: Vec<i64> = all.iter().map(|list| sum(list)).collect();
        sums.sort_unstable();
        sums.dedup();
        assert_eq!(sums.len(), all.len());
        assert_eq!(sum("'x', 5"), sum("'x', 5"));
    }
}
