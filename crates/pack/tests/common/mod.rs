//! What the tests of the checker share: fixtures, the packs of the house where they are there, and a calendar.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(dead_code, reason = "each test uses a part")]

pub mod oracle;

use kernel::calendar::Calendar;
use kernel::mechanism::Mechanism;
use std::path::Path;

/// The fixtures, by name.
pub const FIXTURES: [&str; 2] = ["full", "plain"];

/// A fixture.
pub fn fixture(name: &str) -> Mechanism {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(format!("{name}.toml"));
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Monday to Friday.
pub fn calendar() -> Calendar {
    Calendar::new("", Vec::new()).unwrap()
}

/// The fixtures and every national pack that is there.
pub fn subjects() -> Vec<(String, Mechanism)> {
    let mut all: Vec<(String, Mechanism)> = FIXTURES.iter().map(|f| ((*f).to_owned(), fixture(f))).collect();
    all.extend(national());
    all
}

/// The national packs.
pub fn national() -> Vec<(String, Mechanism)> {
    let fixed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/national");
    let root = std::env::var_os("GONGZHI_TEST_PACKS").map_or(fixed, Into::into);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
        let Ok(text) = std::fs::read_to_string(entry.path().join("mechanism.toml")) else {
            continue;
        };
        let name = entry.file_name().to_string_lossy().into_owned();
        found.push((name.clone(), toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"))));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// Monday to Friday with notices for 2004 to 2026 that rest on seven days at a made-up New Year and in October.
pub fn calendar_of_years() -> Calendar {
    use kernel::calendar::{Exception, YearNotice};
    use kernel::time::Date;
    let year = |year: i16| {
        let week = |month, day: i8| (day..day + 7).map(move |d| Date::constant(year, month, d));
        let rest = |d| (d, Exception::Rest { name: "节".into() });
        let exceptions = week(2, 10).chain(week(10, 1)).map(rest).collect();
        YearNotice { year, source: "test".into(), exceptions }
    };
    Calendar::new("", (2004..=2026).map(year).collect()).unwrap()
}
