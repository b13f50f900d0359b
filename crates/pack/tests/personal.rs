//! Personal content of another matter: every way of saying it wrongly is refused by the rule that it breaks, and the guide
//! quotes the pack as it is.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use kernel::ids::Class;
use kernel::mechanism::{FieldKind, Mechanism, Retention};
use kernel::number::Value;
use kernel::text::Text;
use pack::check::check;
use pack::finding::Rule;
use pack::packs::PackSet;

type Change = fn(&mut Mechanism);

fn base() -> Mechanism {
    (*PackSet::embedded().base("personal-data-request").expect("reads")).clone()
}

fn act<'a>(m: &'a mut Mechanism, id: &str) -> &'a mut kernel::mechanism::Action {
    m.action.get_mut(id).unwrap()
}

const MUTANTS: [(&str, Rule, Change); 24] = [
    ("nobody approves", Rule::Sound, |m| act(m, "erase").approval = None),
    ("whoever proposes may approve", Rule::Sound, |m| act(m, "erase").by.push("officer".into())),
    ("erased whatever the other does", Rule::Sound, |m| act(m, "erase").when = None),
    ("erased while it runs", Rule::Sound, |m| {
        act(m, "erase").when = Some("about(which) in [open, ended]".parse().unwrap());
    }),
    ("erased though archived", Rule::Sound, |m| {
        act(m, "erase").when = Some("kind = erase and about(which) = archived".parse().unwrap());
    }),
    ("erased where it has not ended", Rule::Sound, |m| {
        act(m, "erase").when = Some("not about(which) = open".parse().unwrap());
    }),
    ("corrected after it was erased", Rule::Sound, |m| {
        act(m, "correct").when = Some("about(which) in [ended, erased]".parse().unwrap());
    }),
    ("a ground without clause", Rule::Sound, |m| m.field.get_mut("ground").unwrap().of[0].source = None),
    ("a ground that is not asked for", Rule::Sound, |m| act(m, "erase").needs.retain(|f| f != "ground")),
    ("a ground of words", Rule::Sound, |m| act(m, "erase").erases = Some("answer".into())),
    ("a correction that is a choice", Rule::Sound, |m| act(m, "correct").corrects = Some("kind".into())),
    ("a correction that is public", Rule::Sound, |m| {
        m.field.get_mut("correction").unwrap().class = kernel::ids::Class::Sealed;
    }),
    ("two deeds at once", Rule::Sound, |m| act(m, "erase").restricts = Some("ground".into())),
    ("about no matter", Rule::Sound, |m| m.field.get_mut("which").unwrap().about = false),
    ("about another one later", Rule::Sound, |m| act(m, "accept").may.push("which".into())),
    ("a standing that there is not", Rule::Sound, |m| {
        act(m, "give").when = Some("about(which) = lost".parse().unwrap());
    }),
    ("a field that is about nothing", Rule::Sound, |m| {
        act(m, "give").when = Some("about(kind) = ended".parse().unwrap());
    }),
    ("refused without remedy", Rule::Answered, |m| act(m, "refuse").remedy = None),
    ("refused without answer", Rule::Answered, |m| act(m, "refuse").answers = false),
    ("refused without ground", Rule::Answered, |m| act(m, "refuse").needs.retain(|f| f != "refusal")),
    ("refused without reasons", Rule::Answered, |m| act(m, "refuse").needs.retain(|f| f != "answer")),
    ("refused on condition", Rule::Answered, |m| act(m, "refuse").when = Some("kind = erase".parse().unwrap())),
    ("the letter keeps the remedy to itself", Rule::Answered, |m| {
        m.letter.get_mut("refused").unwrap().template = "不予办理。".into();
    }),
    ("only stored, and no remedy told", Rule::Answered, |m| act(m, "restrict").remedy = None),
];

#[test]
fn every_mutant_is_refused_by_its_rule() {
    let base = base();
    assert_eq!(check(&base, None), [], "the control");
    let mut slipped = Vec::new();
    for (name, rule, change) in MUTANTS {
        let mut m = base.clone();
        change(&mut m);
        assert!(m != base, "{name} changes something");
        let found = check(&m, None);
        if !found.iter().any(|f| f.rule == rule) {
            slipped.push(format!("{name}: {found:?}"));
        }
    }
    assert!(slipped.is_empty(), "{slipped:#?}");
}

#[test]
fn how_long_it_is_kept_is_said_once_and_rightly() {
    let wrong: [(&str, Change); 9] = [
        ("both", |m| m.retention.as_mut().unwrap().archive = Some(Text::new("归档", "archived"))),
        ("neither", |m| m.retention.as_mut().unwrap().after_end = None),
        ("no such number for who they are", |m| m.retention.as_mut().unwrap().identity = Some("for_ever".into())),
        ("who they are longer than the rest", |m| {
            m.number.get_mut("keep").unwrap().value = Value::Fixed("30d".parse().unwrap());
            m.number.get_mut("keep_identity").unwrap().value = Value::Fixed("31d".parse().unwrap());
        }),
        ("who they are out of an archive", |m| {
            let r = m.retention.as_mut().unwrap();
            (r.after_end, r.archive) = (None, Some(Text::new("归档", "archived")));
        }),
        ("a sealed attachment", |m| {
            let files = m.field.values_mut().find(|f| f.kind == FieldKind::Files).unwrap();
            files.class = Class::Sealed;
        }),
        ("nobody in it", |m| {
            m.field.values_mut().filter(|f| f.class == Class::Sealed).for_each(|f| f.class = Class::Handlers);
        }),
        ("no such number", |m| m.retention.as_mut().unwrap().after_end = Some("for_ever".into())),
        ("one language", |m| {
            m.retention = Some(Retention {
                after_end: None,
                identity: None,
                archive: Some(Text::new("归档", "")),
                source: "PIPL 72".into(),
            });
        }),
    ];
    for (name, change) in wrong {
        let mut m = base();
        change(&mut m);
        assert!(check(&m, None).iter().any(|f| f.rule == Rule::Sound), "{name}");
    }
}

#[test]
fn a_region_keeps_nothing_longer_and_takes_no_remedy_away() {
    let mut base = base();
    base.number.get_mut("keep").unwrap().value = Value::Fixed("365d".parse().unwrap());
    base.number.get_mut("keep_identity").unwrap().value = Value::Fixed("180d".parse().unwrap());
    assert_eq!(check(&base, Some(&base)), [], "no looser than itself");
    let looser: [(&str, Change); 6] = [
        ("longer", |m| m.number.get_mut("keep").unwrap().value = Value::Fixed("366d".parse().unwrap())),
        ("who they are longer", |m| {
            m.number.get_mut("keep_identity").unwrap().value = Value::Fixed("181d".parse().unwrap());
        }),
        ("who they are with the rest", |m| m.retention.as_mut().unwrap().identity = None),
        ("for ever", |m| m.retention = None),
        ("no remedy", |m| act(m, "keep").remedy = None),
        ("no erasing", |m| act(m, "erase").erases = None),
    ];
    for (name, change) in looser {
        let mut m = base.clone();
        change(&mut m);
        assert!(check(&m, Some(&base)).iter().any(|f| f.rule == Rule::OverlaySafe), "{name}");
    }
}

/// Whoever wrote something that is not public learns what becomes of it.
#[test]
fn every_national_pack_says_how_long_it_is_kept() {
    let packs = PackSet::embedded();
    let silent = |id: &&str| packs.base(id).unwrap().retention.is_none();
    assert_eq!(packs.mechanisms().into_iter().filter(silent).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn the_guide_quotes_the_pack() {
    let guide = include_str!("../../../docs/pack-authoring.md");
    let file = include_str!("../../../packs/national/personal-data-request/mechanism.toml");
    let blocks: Vec<&str> = guide.split("```toml personal-data-request\n").skip(1).collect();
    assert!(blocks.len() > 1);
    for block in blocks {
        let quoted = block.split("\n```").next().unwrap();
        assert!(file.contains(quoted), "the guide and the pack differ:\n{quoted}");
    }
}
