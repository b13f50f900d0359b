//! Both catalogues are complete, and no page asks for a text that is not there.

use super::*;
use jiff::civil::date;
use std::fs;
use std::path::Path;

#[test]
fn both_catalogues_have_the_same_keys_and_placeholders() {
    let missing: Vec<_> = ZH.keys().filter(|key| !EN.contains_key(*key)).collect();
    let extra: Vec<_> = EN.keys().filter(|key| !ZH.contains_key(*key)).collect();
    assert!(missing.is_empty() && extra.is_empty(), "not in en: {missing:?}; not in zh: {extra:?}");
    for (key, text) in ZH.iter() {
        // A measure word (户、张) that English does not say.
        let measured = |name: &&str| *name != "per";
        let (zh, en) = (placeholders(text), placeholders(&EN[key]));
        assert!(
            zh.iter().filter(|n| measured(n)).eq(en.iter().filter(|n| measured(n))),
            "placeholders of {key}: {zh:?}, {en:?}"
        );
        assert!(!text.trim().is_empty() && !EN[key].trim().is_empty(), "empty text under {key}");
    }
}

fn placeholders(text: &str) -> Vec<&str> {
    let mut names: Vec<_> = text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn every_key_in_the_sources_exists() {
    let mut asked = Vec::new();
    collect(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut asked);
    assert!(asked.len() > 50, "the scan found only {} keys: it is broken", asked.len());
    let unknown: Vec<_> = asked.iter().filter(|key| !ZH.contains_key(*key)).collect();
    assert!(unknown.is_empty(), "keys without a text: {unknown:?}");
}

fn collect(dir: &Path, asked: &mut Vec<String>) {
    for entry in fs::read_dir(dir).expect("source folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            collect(&path, asked);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            literals(&fs::read_to_string(&path).expect("source"), asked);
        }
    }
}

/// Finds `t(x, "key")` and `tf(x, "key", …)`; a computed key is the caller's own affair.
fn literals(source: &str, asked: &mut Vec<String>) {
    for call in ["t(", "tf("] {
        for (at, _) in source.match_indices(call) {
            let before = source[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '"') {
                continue;
            }
            let arguments = &source[at + call.len()..];
            let Some((_, second)) = arguments.split_once(',') else {
                continue;
            };
            let Some(literal) = second.trim_start().strip_prefix('"') else {
                continue;
            };
            let Some((key, _)) = literal.split_once('"') else {
                continue;
            };
            if key.contains('.') && !key.contains(' ') {
                asked.push(key.to_owned());
            }
        }
    }
}

#[test]
fn dates_are_said_as_people_say_them() {
    let sunday = date(2026, 12, 6);
    assert_eq!(date_long(Lang::Zh, sunday), "2026年12月6日（周日）");
    assert_eq!(date_long(Lang::En, sunday), "Sun 6 Dec 2026");
    assert_eq!(date_short(Lang::Zh, sunday), "12月6日（周日）");
    assert_eq!(date_time(Lang::Zh, sunday.at(17, 30, 0, 0)), "12月6日（周日）17:30");
    assert_eq!(relative(Lang::Zh, sunday, date(2026, 12, 5)), "明天");
    assert_eq!(relative(Lang::En, sunday, date(2027, 1, 5)), "Sun 6 Dec 2026");
}

#[test]
fn lengths_are_said_as_people_say_them() {
    assert_eq!(working_left(Lang::Zh, 3), "还有 3 个工作日");
    assert_eq!(working_left(Lang::En, 1), "1 working day left");
    assert_eq!(overdue(Lang::Zh, 2, Unit::WorkingDay), "逾期 2 个工作日");
    assert_eq!(due_words(Lang::En, -2, Unit::Day), "2 days overdue");
    assert_eq!(due_words(Lang::Zh, 0, Unit::Day), "今天到期");
}
