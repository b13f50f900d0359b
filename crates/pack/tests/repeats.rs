//! What is said about matters of the same kind: each fault that can be planted is told at its place.

use pack::kin::check_in;
use pack::packs::{EMBEDDED, PackSet};

const THEME: &str = "theme/mechanism.toml";
const ORDERS: &str = "rapid-response/mechanism.toml";
const LOCAL: &str = "overlays/990101/theme.toml";

/// In a file, this text becomes that.
type Change<'a> = (&'a str, &'a str, &'a str);

/// The findings of the theme as one region has it, after changes of the packs.
fn found(changes: &[Change<'_>]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (file, from, to) in changes {
        let name = if file.starts_with("overlays") { (*file).to_owned() } else { format!("national/{file}") };
        let at = files.iter().position(|(n, _): &(String, String)| *n == name);
        let at = at.unwrap_or_else(|| {
            let (_, bytes) = EMBEDDED.iter().find(|(n, _)| **n == name).unwrap_or_else(|| panic!("{name}"));
            files.push((name.clone(), String::from_utf8(bytes.to_vec()).expect("UTF-8")));
            files.len() - 1
        });
        assert!(files[at].1.contains(from), "`{from}` is in {name}");
        files[at].1 = files[at].1.replacen(from, to, 1);
    }
    let packs = PackSet::embedded_with(files.into_iter().map(|(n, t)| (n, t.into_bytes())).collect());
    let region = "990101".parse().expect("a region");
    let (m, base) = match (packs.effective("theme", &region), packs.base("theme")) {
        (Ok(m), Ok(base)) => (m, base),
        (Err(faults), _) | (_, Err(faults)) => {
            return faults.iter().map(|f| (f.rule.to_string(), f.path.clone())).collect();
        }
    };
    let found = check_in(&packs, Some(&region), &m, Some(&base));
    found.iter().map(|f| (format!("{:?}", f.rule), f.path.clone())).collect()
}

const OPTION: &str = "  { id = \"animals\", zh = \"养犬、动物\", en = \"dogs and other animals\" } ]";

#[test]
fn what_is_planted_is_refused_at_its_place() {
    let plan = "of = [\"rapid-response\"], level";
    let cases: &[(&[Change<'_>], &str)] = &[
        // The category.
        (&[(THEME, "category = \"category\"\n", "category = \"catgory\"\n")], "mechanism.category"),
        (&[(THEME, "category = \"category\"\n", "category = \"repeats\"\n")], "mechanism.category"),
        (&[(THEME, "category = \"category\"\n", "")], "plan.repeats.repeats"),
        // What is counted.
        (&[(THEME, plan, "of = [\"rapid-respons\"], level")], "plan.repeats.repeats.of"),
        (&[(THEME, plan, "of = [\"petition\"], level")], "plan.repeats.repeats.of"),
        (&[(THEME, plan, "of = [\"theme\"], level")], "plan.repeats.repeats.of"),
        (&[(THEME, plan, "of = [], level")], "plan.repeats.repeats.of"),
        (&[(ORDERS, "category = \"subject\"\n", "")], "plan.repeats.repeats.of"),
        (&[(THEME, OPTION, "  ]")], "plan.repeats.repeats.of"),
        // The numbers.
        (&[(THEME, "within = \"repeat_within\"", "within = \"repeat_wihtin\"")], "plan.repeats.repeats.within"),
        (&[(THEME, "at_least = \"repeat_count\"", "at_least = \"month\"")], "plan.repeats.repeats.at_least"),
        (&[(LOCAL, "{ count = 6 }", "{ count = 2 }")], "plan.repeats.repeats.at_least"),
        (&[(LOCAL, "value = \"90d\"", "value = \"90wd\"")], "plan.repeats.repeats.within"),
        (&[(LOCAL, "judge   = { value = \"5wd\"", "judge   = { value = { count = 5 }")], "clock.judge.length"),
        // What it raises.
        (&[(THEME, "category = \"category\", topic", "topic")], "plan.repeats.raises.with"),
        (&[(THEME, "repeats = \"count\" }", "repeats = \"cuont\" }")], "plan.repeats.raises.with"),
        (&[(THEME, "repeats = \"count\" }", "repeats = \"region\" }")], "plan.repeats.raises.with.repeats"),
        (&[(THEME, ", repeats = \"count\" }", " }")], "plan.repeats.raises.with"),
        (
            &[(
                THEME,
                "raises = { mechanism = \"theme\", with = { why = \"= repeats\", category",
                "raises = { mechanism = \"watch\", with = { why = \"= repeats\", category",
            )],
            "plan.repeats.raises.mechanism",
        ),
        // It has no days, and other plans repeat nothing.
        (&[(THEME, "of   = \"repeats\"\n", "of   = \"repeats\"\nevery = \"30d\"\n")], "plan.repeats.of"),
        (&[(THEME, "of   = \"repeats\"\n", "of   = \"region\"\n")], "plan.repeats.of"),
        (
            &[(
                THEME,
                "of   = \"repeats\"\n",
                "of   = \"repeats\"\neach = { level = \"village\", office = \"committee\" }\n",
            )],
            "plan.repeats.each",
        ),
        // What actions count.
        (&[(THEME, "days = \"year\"", "days = \"yaer\"")], "action.recount.counts.recount.days"),
        (&[(THEME, "since = \"count\"", "since = \"cuont\"")], "action.count_after.counts.after.since"),
        (
            &[(THEME, "recount = { of = [\"rapid-response\"]", "recount = { of = [\"petition\"]")],
            "action.recount.counts.recount.of",
        ),
        (
            &[(
                THEME,
                "days = \"year\", when = \"counted_from = system\"",
                "days = \"year\", when = \"counted_from = sytem\"",
            )],
            "action.recount.counts.recount.when",
        ),
        (
            &[(THEME, "days = \"year\", when = \"counted_from = system\"", "days = \"year\"")],
            "action.recount.counts.recount",
        ),
        (
            &[(
                THEME,
                "needs = [\"counted_from\"]\nmay   = [\"category\"]",
                "needs = [\"counted_from\", \"recount\"]\nmay   = [\"category\"]",
            )],
            "action.recount.counts.recount",
        ),
        (
            &[(THEME, "counts = { linked_n = \"theme\", recount", "counts = { linked_n = \"theme\", note")],
            "action.recount.counts.note",
        ),
        // Counting what it raises would feed itself.
        (
            &[(
                THEME,
                "[plan.monthly]",
                "[child.more]\nname = { zh = \"单子\", en = \"order\" }\nmechanism = \"rapid-response\"\n\n[plan.monthly]",
            )],
            "plan.repeats.repeats.of",
        ),
    ];
    for (changes, path) in cases {
        let found = found(changes);
        assert!(found.iter().any(|(_, p)| p == path), "{changes:?}\n  should be told at {path}: {found:?}");
    }
}

#[test]
fn nothing_else_is_said_of_the_packs_as_they_are() {
    let found = found(&[]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn the_guide_quotes_the_packs_word_for_word() {
    let guide = include_str!("../../../docs/pack-authoring.md");
    for (fence, file) in [
        ("```toml theme\n", "national/theme/mechanism.toml"),
        ("```toml theme-story\n", "national/theme/scenarios/the-system-proposes.toml"),
    ] {
        let (_, bytes) = EMBEDDED.iter().find(|(n, _)| **n == *file).expect("it is embedded");
        let text = std::str::from_utf8(bytes).expect("UTF-8");
        let blocks: Vec<&str> = guide.split(fence).skip(1).filter_map(|b| b.split("```").next()).collect();
        assert!(!blocks.is_empty(), "the guide shows {file}");
        for block in blocks {
            assert!(text.contains(block.trim_end()), "the guide quotes what {file} does not say:\n{block}");
        }
    }
}
