//! Search by part of a name. Ranks only what is in the table; it does not correct spelling.

use super::{Region, Regions, Row};

/// Endings of town names, longest first, that people leave out or confuse.
const ENDINGS: [&str; 6] = ["街道办事处", "地区办事处", "街道", "地区", "镇", "乡"];

/// The rows that match, best first: the name itself; then the wider division before the narrower, and within a level the
/// same stem, the beginning, anywhere. Who types 西湖 means the district before any of the towns of that name.
pub(super) fn best<'a>(table: &'a Regions, rows: &'a [Row], part: &str, limit: usize) -> Vec<Region<'a>> {
    let part: String = part.chars().filter(|c| !c.is_whitespace()).collect();
    if part.is_empty() {
        return Vec::new();
    }
    let sought = stem(&part);
    let mut found: Vec<(u8, &Row)> = rows
        .iter()
        .filter(|row| !row.hidden())
        .filter_map(|row| Some((rank(table.name(row), &part, sought)?, row)))
        .collect();
    found.sort_by_key(|(rank, row)| (row.valid_to.is_some(), *rank > 0, row.code.level(), *rank, row.code));
    let mut kept: Vec<Region<'a>> = Vec::new();
    for (_, row) in found {
        if kept.len() == limit {
            break;
        }
        // A division that changed its name matches under both; it is offered once, under the better one.
        if !kept.iter().any(|region| region.code == row.code) {
            kept.push(table.region(row));
        }
    }
    kept
}

fn rank(name: &str, part: &str, sought: &str) -> Option<u8> {
    let at = name.find(sought)?;
    Some(match at {
        _ if name == part => 0,
        0 if stem(name) == sought => 1,
        0 => 2,
        _ => 3,
    })
}

/// The name without its ending, as long as two characters remain.
fn stem(name: &str) -> &str {
    ENDINGS
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .filter(|rest| rest.chars().nth(1).is_some())
        .unwrap_or(name)
}
