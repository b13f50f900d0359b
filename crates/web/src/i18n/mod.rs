//! The words of the pages in two languages, from one catalogue each, and the words for dates and lengths of time.
//! Does not hold the words of mechanisms: those come from packs, as props.

mod dates;
pub use dates::{
    Unit, count, date_long, date_numeric, date_short, date_time, date_time_long, due_words, overdue, relative, time,
    wait, weekday, working_left,
};

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The language of a page. Chinese is the source; English is complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    #[default]
    Zh,
    En,
}

impl Lang {
    /// The value of `<html lang>`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The value of `?lang=`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// Reads `?lang=` or a cookie; anything else is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "zh" | "zh-CN" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The language that the switch leads to.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }
}

type Catalogue = BTreeMap<String, String>;

static ZH: LazyLock<Catalogue> = LazyLock::new(|| parse(include_str!("zh.toml")));
static EN: LazyLock<Catalogue> = LazyLock::new(|| parse(include_str!("en.toml")));

fn parse(text: &str) -> Catalogue {
    let table: toml::Table = text.parse().expect("invariant: the embedded catalogue is valid TOML");
    let mut flat = Catalogue::new();
    flatten("", &table, &mut flat);
    flat
}

fn flatten(prefix: &str, table: &toml::Table, flat: &mut Catalogue) {
    for (key, value) in table {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(inner) => flatten(&path, inner, flat),
            toml::Value::String(text) => {
                flat.insert(path, text.clone());
            }
            other => {
                unreachable!("invariant: the embedded catalogue holds texts only, not {other}")
            }
        }
    }
}

fn catalogue(lang: Lang) -> &'static Catalogue {
    match lang {
        Lang::Zh => &ZH,
        Lang::En => &EN,
    }
}

/// The text under `key`. A missing key stops a debug build (and so every test); a release build shows nothing.
#[must_use]
pub fn t(lang: Lang, key: &str) -> &'static str {
    let found = catalogue(lang).get(key);
    debug_assert!(found.is_some(), "no text for {key} in {}", lang.code());
    found.map_or("", String::as_str)
}

/// The text under `key` with every `{name}` replaced by its value.
#[must_use]
pub fn tf(lang: Lang, key: &str, values: &[(&str, &str)]) -> String {
    let mut text = t(lang, key).to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

/// The source of a rule, written out.
#[must_use]
pub fn source(lang: Lang, source: &str) -> String {
    let text = app::source::spelled(source);
    match lang {
        Lang::Zh => text.zh,
        Lang::En => text.en,
    }
}

/// A label and what was said under it. A label that asks needs no colon behind its question mark.
#[must_use]
pub fn labelled(lang: Lang, label: &str, value: &str) -> String {
    if label.ends_with(['?', '？']) {
        return format!("{label}{}{value}", if lang == Lang::En { " " } else { "" });
    }
    tf(lang, "desk.entry.field", &[("label", label), ("value", value)])
}

#[cfg(test)]
mod tests;
