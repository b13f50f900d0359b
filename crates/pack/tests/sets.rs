//! The sample lists: the tables that officials load and the rows that stories and walks use are the same.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use kernel::directory::Directory;
use kernel::form::Coded;
use pack::demo_directory::DemoDirectory;
use pack::packs::EMBEDDED;
use std::collections::{BTreeMap, BTreeSet};

/// The rows of a sample table by code, each column under its Chinese head. None of these tables quotes a comma.
fn table(name: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let (_, bytes) = EMBEDDED.iter().find(|(file, _)| *file == format!("sets/990101/{name}.csv")).unwrap();
    let mut lines = std::str::from_utf8(bytes).unwrap().lines().map(|l| l.split(',').map(str::to_owned));
    let head: Vec<String> = lines.next().unwrap().collect();
    let mut rows = BTreeMap::new();
    for line in lines {
        let cells: Vec<String> = line.collect();
        assert_eq!(cells.len(), head.len(), "{name}: {cells:?}");
        let row: BTreeMap<_, _> = head.iter().cloned().zip(cells).collect();
        assert!(rows.insert(row["编号"].clone(), row).is_none(), "{name}: a code stands there twice");
    }
    rows
}

#[test]
fn the_sample_tables_and_the_rows_of_stories_agree() {
    let directory = DemoDirectory::embedded().unwrap();
    for name in ["duty_list", "forbidden_proofs", "retained_proofs", "held_data", "burden_caps", "coordination"] {
        let codes: BTreeSet<&str> = directory.codes(name).into_iter().collect();
        let rows = table(name);
        assert_eq!(rows.keys().map(String::as_str).collect::<BTreeSet<_>>(), codes, "{name}");
        assert!(!codes.is_empty(), "{name}");
    }
    let kinds = BTreeMap::from([("基本履职", "basic"), ("配合履职", "assist"), ("上级收回", "taken_back")]);
    for (code, row) in table("duty_list") {
        let columns = directory.row("duty_list", &code).unwrap().columns;
        assert_eq!(columns["list"], Coded::Code(kinds[row["哪一张"].as_str()].into()), "{code}");
        assert_eq!(columns["lead"], Coded::Body(directory.body_named(&row["牵头（指导）部门"]).unwrap()), "{code}");
        assert_eq!(columns["money"], Coded::Number(row["一年经费（元）"].parse().unwrap()), "{code}");
    }
    for (code, row) in table("burden_caps") {
        let columns = directory.row("burden_caps", &code).unwrap().columns;
        assert_eq!(columns["limit"], Coded::Number(row["全区一年最多（件）"].parse().unwrap()), "{code}");
    }
    assert_eq!(table("forbidden_proofs").len(), 20, "the twenty kinds of 民发〔2020〕20号");
}

#[test]
fn a_register_has_its_own_column_and_no_other_list_has_it() {
    let packs = pack::packs::PackSet::embedded();
    let base = (*packs.effective("law-version", &"990101".parse().unwrap()).unwrap()).clone();
    assert_eq!(pack::check::check(&base, None), [], "the control");
    let codes = base.set["clauses"].column["rules"].clone();
    let refused = |change: &dyn Fn(&mut kernel::mechanism::Set)| {
        let mut m = base.clone();
        change(m.set.get_mut("clauses").unwrap());
        pack::check::check(&m, None).iter().any(|f| f.path == "set.clauses.column")
    };
    assert!(refused(&|s| s.column.clear()));
    assert!(refused(&|s| drop(s.column.insert("money".into(), codes.clone()))));
    assert!(refused(&|s| s.column.get_mut("rules").unwrap().kind = kernel::mechanism::ColumnKind::Text));
    assert!(refused(&|s| s.register = false));
}
