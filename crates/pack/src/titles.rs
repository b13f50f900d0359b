//! The sources of rules written out: packs cite by short names (`XF 35; CC 203`), which nobody outside can read.
//! Knows the names of laws from `packs/sources.tsv` and nothing of what they say.

use kernel::text::Text;

/// Short name, Chinese and English name, a line each; a fourth column for what is no document with articles.
const NAMES: &str = include_str!("../../../packs/sources.tsv");

/// The source as a reader finds it: 《信访工作条例》第 35 条. What is not a known short name stays as it is.
#[must_use]
pub fn spelled(source: &str) -> Text {
    let parts: Vec<Text> = source.split("; ").map(one).collect();
    let join = |each: fn(&Text) -> &String, between: &str| {
        parts.iter().map(|p| each(p).as_str()).collect::<Vec<_>>().join(between)
    };
    Text::new(join(|t| &t.zh, "；"), join(|t| &t.en, "; "))
}

/// What a short name stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Title {
    /// In both languages, without title marks.
    pub name: Text,
    /// It is no document: it has neither a title nor articles.
    pub plain: bool,
}

/// The title of a text by its short name; none for what packs write out themselves.
#[must_use]
pub fn title(key: &str) -> Option<Title> {
    NAMES.lines().filter(|l| !l.starts_with('#')).find_map(|line| {
        let mut columns = line.split('\t');
        let known = columns.next() == Some(key);
        let name = known.then(|| Some(Text::new(columns.next()?, columns.next()?)))??;
        Some(Title { name, plain: columns.next().is_some() })
    })
}

fn one(part: &str) -> Text {
    let (key, articles) = part.split_once(' ').unwrap_or((part, ""));
    let known = title(key).map(|t| (t.name.zh, t.name.en, t.plain));
    match (known, articles.is_empty()) {
        (None, _) => Text::new(part, part),
        (Some((zh, en, true)), _) => Text::new(zh, en),
        (Some((zh, en, false)), true) => Text::new(format!("《{zh}》"), en),
        (Some((zh, en, false)), false) => {
            Text::new(format!("《{zh}》第 {} 条", articles.replace(", ", "、")), format!("{en}, art. {articles}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn short_names_are_written_out_and_the_rest_stays() {
        let text = spelled("CC 31(6), 36; URC 20");
        assert_eq!(text.zh, "《民法典》第 31(6)、36 条；《城市居民委员会组织法》第 20 条");
        assert_eq!(text.en, "Civil Code, art. 31(6), 36; Organic Law of Urban Residents’ Committees, art. 20");
        assert_eq!(spelled("CC").zh, "《民法典》");
        assert_eq!(spelled("某地办法 16").zh, "某地办法 16");
        let plain = spelled("design");
        assert!(!plain.zh.contains('《') && plain.en.starts_with("set by"), "what is no document has no title");
        assert_eq!(spelled("SRC 12"), spelled("SRC"), "and no articles");
    }
}
