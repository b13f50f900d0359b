//! What the tests of the checker share: fixtures, the packs of the house, and calendars.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(dead_code, reason = "each test uses a part")]

pub mod cores;
pub mod oracle;

use kernel::calendar::{Calendar, Exception, YearNotice};
use kernel::mechanism::Mechanism;
use kernel::time::Date;

/// A mechanism with every construct, and the smallest one.
const FIXTURES: [(&str, &str); 3] = [
    ("full", include_str!("../fixtures/full.toml")),
    ("plain", include_str!("../fixtures/plain.toml")),
    ("parts", include_str!("../parts/national/gather/mechanism.toml")),
];

/// A fixture.
pub fn fixture(name: &str) -> Mechanism {
    toml::from_str(FIXTURES.iter().find(|(n, _)| *n == name).unwrap().1).unwrap()
}

/// Monday to Friday.
pub fn calendar() -> Calendar {
    Calendar::new("", Vec::new()).unwrap()
}

/// The fixtures and every national pack.
pub fn subjects() -> Vec<(String, Mechanism)> {
    let fixtures = FIXTURES.iter().map(|(name, _)| ((*name).to_owned(), fixture(name)));
    fixtures.chain(national()).collect()
}

/// The national packs.
pub fn national() -> Vec<(String, Mechanism)> {
    let name = |file: &str| Some(file.strip_prefix("national/")?.strip_suffix("/mechanism.toml")?.to_owned());
    let named = pack::packs::EMBEDDED.iter().filter_map(|(file, bytes)| Some((name(file)?, *bytes)));
    let read = |(name, bytes): (String, &[u8])| {
        let mut m: Mechanism = toml::from_slice(bytes).unwrap();
        let letters = pack::packs::EMBEDDED.iter();
        for letter in m.letter.values_mut() {
            let file = format!("national/{name}/letters/{}", letter.template);
            let mut text =
                letters.clone().filter(|(path, _)| path.strip_suffix(".txt").unwrap_or(path) == file || *path == file);
            letter.template = String::from_utf8(text.next().unwrap().1.to_vec()).unwrap();
        }
        (name, m)
    };
    named.map(read).collect()
}

/// Monday to Friday with notices for 2004 to 2026 that rest on seven days at a made-up New Year and in October.
pub fn calendar_of_years() -> Calendar {
    let year = |year: i16| {
        let week = |month, day: i8| (day..day + 7).map(move |d| Date::constant(year, month, d));
        let rest = |d| (d, Exception::Rest { name: "节".into() });
        YearNotice { year, source: "test".into(), exceptions: week(2, 10).chain(week(10, 1)).map(rest).collect() }
    };
    Calendar::new("", (2004..=2026).map(year).collect()).unwrap()
}
