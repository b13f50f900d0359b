//! Tests of the regions.

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::date;
use std::io::Write;

fn code(text: &str) -> RegionCode {
    text.parse().expect("a valid code")
}

fn today() -> Date {
    date(2026, 10, 1)
}

fn codes(regions: &[Region<'_>]) -> Vec<String> {
    regions.iter().map(|region| region.code.to_string()).collect()
}

/// What is known of the real country stands with the data, one check a line, because no name of a place
/// belongs into this code.
const CHECKS: &str = include_str!("../../../../packs/regions/checks.tsv");

/// Runs the lines of one sort and tells how many there were.
fn checks(sort: &str, check: impl Fn(&[&str])) -> usize {
    let lines = CHECKS.lines().filter(|line| !line.starts_with('#'));
    let of_sort = lines.filter_map(|line| line.strip_prefix(sort)?.strip_prefix('\t'));
    of_sort.map(|line| check(&line.split('\t').collect::<Vec<_>>())).count()
}

#[test]
fn codes_mean_what_they_meant_on_their_day() {
    let count = checks("get", |line| {
        let [text, on, expected] = line else { panic!("three columns: {line:?}") };
        let found = embedded().get(&code(text), on.parse().expect("a date"));
        assert_eq!(found.map_or("", |r| r.name), *expected, "{line:?}");
    });
    assert!(count > 35, "{count}");
}

#[test]
fn gone_codes_name_their_heir() {
    let count = checks("heir", |line| {
        let gone = embedded().get_any(&code(line[0])).expect("still known");
        assert_eq!(gone.successor, Some(code(line[1])), "{line:?}");
        assert!(gone.valid_to.is_some());
    });
    assert!(count > 7, "{count}");
}

#[test]
fn paths_leave_placeholders_out() {
    let count = checks("path", |line| {
        assert_eq!(embedded().path(&code(line[0])).join(" > "), line[1], "{line:?}");
    });
    assert!(count > 9, "{count}");
    assert!(embedded().path(&code("99")).is_empty());
}

#[test]
fn a_path_of_a_day_has_the_names_of_the_day() {
    let town = code("410923208");
    let now = embedded().path(&town);
    let then = embedded().path_on(&town, date(2024, 1, 1));
    assert_eq!(now[..3], then[..3]);
    assert_ne!(now[3], then[3]);
}

#[test]
fn padded_codes_give_every_candidate() {
    let count = checks("twelve", |line| {
        let found = embedded().from_12_digits(line[0]).expect("twelve digits");
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found.join(" "), line[1], "{line:?}");
    });
    assert!(count > 8, "{count}");
    assert!(embedded().from_12_digits("110101").is_err());
    assert!(embedded().from_12_digits("11010100100x").is_err());
}

#[test]
fn search_forgives_the_ending_and_puts_the_gone_last() {
    let table = embedded();
    let count = checks("find", |line| {
        let [part, within, expected] = line else { panic!("three columns: {line:?}") };
        let within = (!within.is_empty()).then(|| code(within));
        let mut found = codes(&table.find(part, within.as_ref(), 9));
        let wanted: Vec<&str> = expected.split_whitespace().collect();
        found.truncate(wanted.len().max(1));
        assert_eq!(found, wanted, "{line:?}");
    });
    assert!(count > 9, "{count}");
    assert!(table.find("", None, 5).is_empty());
    // The name itself before its relatives, of which the streets have the lower codes.
    let same = table.find("城关镇", None, 7);
    assert_eq!(same.len(), 7);
    assert!(same.iter().all(|r| r.name == "城关镇"));
    // The districts before the towns of the same name, and the name as it was typed before both.
    assert_eq!(codes(&table.find("西湖", None, 2)), ["330106", "360103"]);
    assert_eq!(table.find("西湖街道", None, 1)[0].name, "西湖街道");
}

#[test]
fn towns_follow_their_county() {
    let table = embedded();
    // 31 streets and 11 towns here, 6 streets and 11 towns there, by the announcement.
    assert_eq!(table.children(&code("500157"), today()).len(), 42);
    assert_eq!(table.choices(&code("500109"), today()).len(), 17);
    assert!(table.children(&code("500112"), today()).is_empty());
    assert_eq!(table.children(&code("500112"), date(2025, 11, 5)).len(), 30);
}

#[test]
fn unusual_characters_survive() {
    let extra = "99\t1\t𬒔山省\t\n9901\t2\t\u{E170}口市（Ａ）\t99\n";
    let table = embedded().with_extra(extra.as_bytes()).expect("reads");
    assert_eq!(table.path(&code("9901")), ["𬒔山省", "\u{E170}口市（Ａ）"]);
    assert_eq!(codes(&table.find("𬒔", None, 2)), ["99"]);
}

#[test]
fn the_table_has_the_published_size() {
    let table = embedded();
    let count = |level, kind| {
        let wanted = |r: &Region<'_>| r.level() == level && r.kind == kind && r.valid_to.is_none();
        table.iter().filter(wanted).count()
    };
    assert_eq!(count(RegionLevel::Province, RegionKind::Ordinary), 34);
    assert_eq!(count(RegionLevel::Prefecture, RegionKind::Ordinary), 333);
    assert_eq!(count(RegionLevel::Prefecture, RegionKind::Placeholder), 9);
    // The 2,847 counties of civil affairs.
    assert_eq!(count(RegionLevel::County, RegionKind::Ordinary), 2847);
    let zones = table
        .iter()
        .filter(|r| r.level() == RegionLevel::County && r.kind == RegionKind::Zone)
        .filter(|r| r.code.as_str().as_bytes()[4] == b'7')
        .count();
    assert_eq!(zones, 124);
    assert!(table.iter().filter(|r| r.level() == RegionLevel::Town).count() > 41_000);
}

#[test]
fn choices_open_hidden_levels() {
    let table = embedded();
    let beijing = codes(&table.choices(&code("11"), today()));
    assert_eq!(beijing.len(), 16);
    assert_eq!(beijing[0], "110101");
    assert_eq!(codes(&table.children(&code("11"), today())), ["1101"]);
    assert!(table.choices(&code("4419"), today()).len() > 30);
    assert_eq!(table.provinces(today()).count(), 34);
    // In 2010 the municipality still had counties beside its districts.
    let earlier = codes(&table.children(&code("11"), date(2010, 1, 1)));
    assert_eq!(earlier, ["1101", "1102"]);
}

#[test]
fn every_row_stands_under_its_parent() {
    let table = embedded();
    let mut before: Option<Region<'_>> = None;
    for row in table.iter() {
        if let Some(parent) = row.code.parent() {
            assert!(row.code.as_str().starts_with(parent.as_str()));
            let first = row.valid_from.unwrap_or(date(2009, 12, 31));
            let above = table.get(&parent, first);
            assert!(above.is_some(), "{} without its parent on {first}", row.code);
            if row.valid_to.is_none() {
                let above = table.get(&parent, today());
                assert!(above.is_some(), "{} outlives its parent", row.code);
            }
        }
        if let Some(heir) = row.successor {
            assert!(table.get_any(&heir).is_some(), "{} has an unknown heir", row.code);
        }
        if let Some(one) = before.filter(|one| one.code == row.code) {
            assert!(one.valid_to <= row.valid_from && one.valid_to.is_some());
        }
        before = Some(row);
    }
}

fn zipped(text: &str) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(text.as_bytes()).expect("memory");
    out.finish().expect("memory")
}

#[test]
fn extra_rows_are_merged() {
    let extra = "#code\tlevel\tname\tparent\n99\t1\t示例省\t\n110101\t3\t示例区\t1101\t2026-01-01\n\
                 110101001001\t5\t示例社区\t110101001\n";
    for bytes in [extra.as_bytes().to_vec(), zipped(extra)] {
        let table = embedded().with_extra(&bytes).expect("reads");
        assert_eq!(table.len(), embedded().len() + 2);
        assert_eq!(table.path(&code("110101001001")).last(), Some(&"示例社区"));
        // The given rows replace every row of the code.
        assert_eq!(table.get(&code("110101"), date(2025, 12, 31)), None);
        let now = table.get(&code("110101"), today()).expect("given");
        assert_eq!((now.name, now.kind), ("示例区", RegionKind::Ordinary));
        assert_eq!(table.get_any(&code("4419")), embedded().get_any(&code("4419")));
    }
}

#[test]
fn damaged_tables_are_refused() {
    let cut = &EMBEDDED[..EMBEDDED.len() / 2];
    assert!(matches!(Regions::parse(cut), Err(RegionsError::Damaged(_))));
    for at in (0..EMBEDDED.len()).step_by(EMBEDDED.len() / 12) {
        let mut bytes = EMBEDDED.to_vec();
        bytes[at] ^= 0x55;
        // Bytes 4 to 9 of a gzip header carry no data; every other flip must be noticed.
        assert!((4..10).contains(&at) || Regions::parse(&bytes).is_err(), "{at}");
    }
    assert!(matches!(Regions::parse(&[0x1F, 0x8B]), Err(RegionsError::Damaged(_))));
    assert!(matches!(Regions::parse(&[0xFF, 0xFE, 0x31]), Err(RegionsError::NotUtf8)));
    assert!(Regions::parse(b"").expect("nothing").is_empty());
}

#[test]
fn malformed_lines_name_their_place() {
    let error = |text: &str| Regions::parse(text.as_bytes()).expect_err("refused").to_string();
    assert_eq!(error("#x\n99\t2\t甲\t\n"), "line 2: the column level is missing or wrong");
    assert_eq!(error("99\t1\t\t\n"), "line 1: the column name is missing or wrong");
    assert_eq!(error("9901\t2\t甲\t98\n"), "line 1: the column parent is missing or wrong");
    assert_eq!(error("99\t1\t甲\t\t2026-02-30\n"), "line 1: the column valid_from is missing or wrong");
    assert!(error("99\t1\t甲\t\t2026-02-02\t2026-02-01\n").contains("valid_to"));
    assert!(error("99\t1\t甲\t\t\t\tq\n").contains("kind"));
    assert!(error("９９\t1\t甲\t\n").starts_with("line 1: a region code has digits"));
    assert!(matches!(Regions::parse("9901\t2\t甲\t99\n".as_bytes()), Err(RegionsError::Orphan(_))));
    let twice = "99\t1\t甲\t\n99\t1\t乙\t\n";
    assert!(matches!(Regions::parse(twice.as_bytes()), Err(RegionsError::Overlap(_))));
    let touching = "99\t1\t甲\t\t\t2026-01-01\n99\t1\t乙\t\t2026-01-01\n";
    let table = Regions::parse(touching.as_bytes()).expect("one after the other");
    assert_eq!(table.get(&code("99"), date(2026, 1, 1)).map(|r| r.name), Some("乙"));
}

#[test]
fn the_table_is_small() {
    let table = Regions::parse(EMBEDDED).expect("reads");
    assert!(table.resident_bytes() < 6_000_000, "{}", table.resident_bytes());
    assert_eq!(table.find("城关", None, 20).len(), 20);
}
