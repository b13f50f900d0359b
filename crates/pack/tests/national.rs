//! The packs of the house are proved, and say in words why a step is not possible.

mod common;

use kernel::guard::{Guard, conditions, sentence};
use kernel::ids::Class;
use kernel::mechanism::{Action, Field, Mechanism};
use kernel::text::Text;
use pack::check::check;
use std::collections::BTreeSet;

#[test]
fn the_national_packs_are_proved() {
    assert!(common::national().len() >= 3, "the packs of the house are built in");
    for (name, m) in common::national() {
        let found = check(&m, None);
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}

/// The words for whoever is refused because of each condition, all together and one by one.
fn told(m: &Mechanism) -> Vec<(String, Text)> {
    let conditioned = m.action.iter().filter_map(|(id, a)| Some((id, a, a.when.as_ref()?)));
    let words = conditioned.flat_map(|(id, a, when)| {
        let unmet = when.conjuncts();
        let each = conditions(m, &unmet).into_iter().map(|c| c.words);
        let derived = [sentence(m, None, &unmet), sentence(m, Some(a), &unmet)];
        each.chain(derived).map(move |words| (id.clone(), words)).collect::<Vec<_>>()
    });
    words.collect()
}

#[test]
fn every_condition_has_words_and_no_name_of_the_code_in_them() {
    let mut n = 0;
    for (name, m) in common::national() {
        let inner = m.action.values().flat_map(|a| &a.sets).flat_map(|(fact, value)| [fact, value]);
        let inner: BTreeSet<&str> =
            inner.chain(m.field.keys()).chain(m.cap.keys()).map(String::as_str).filter(|w| w.contains('_')).collect();
        for (action, words) in told(&m) {
            let at = format!("{name} {action}: {} {}", words.zh, words.en);
            assert!(!words.zh.contains("“”") && !words.en.contains("“”"), "something has no name: {at}");
            assert!(!words.en.contains(|c: char| ('\u{4e00}'..'\u{9fff}').contains(&c)), "no Chinese in it: {at}");
            let said = |w: &&&str| words.zh.contains(**w) || words.en.contains(**w);
            assert!(!inner.iter().any(|w| said(&w)), "a name of the code: {at}");
            assert!(!words.zh.contains("办过，才能") && !words.en.contains("  "), "nothing was named: {at}");
            n += 1;
        }
    }
    assert!(n > 200, "there are conditions to tell: {n}");
}

#[test]
fn a_condition_is_told_as_it_is_asked() {
    let of = |pack: &str| common::national().into_iter().find(|(name, _)| name == pack).unwrap().1;
    let derived = |m: &Mechanism, when: &str| sentence(m, None, &when.parse::<Guard>().unwrap().conjuncts());
    let m = of("convention");
    assert_eq!(
        derived(&m, "fines = no and rights != yes").zh,
        "只有“有没有罚款、没收、停水停电之类的条文”选的是“否”，而且“有没有违法、违背公序良俗，或者侵犯人身、民主、财产权利的条文”选的不是“是”，才能办这一步。"
    );
    assert_eq!(derived(&m, "half = passed").zh, "只有“表决公约（过半数到会）”的表决结果是“通过”，才能办这一步。");
    assert_eq!(
        derived(&m, "child(comment) != open").en,
        "This step is possible only if “comment on the draft” has not been raised or has ended."
    );
    let m = of("consultation");
    assert_eq!(
        derived(&m, "talked = yes and (all(side) in [agreed] or sides >= 2)").zh,
        "只有办过“记一轮商量”，而且（每一个“会商单位”都是“同意协议稿”或者“和哪几家商量（提出的也算一家）”不少于 2），才能办这一步。"
    );
    assert_eq!(derived(&of("demand"), "not room(total)").zh, "只有今年的“这一类全年总数”已经用完，才能办这一步。");
    assert_eq!(
        derived(&of("theme"), "share(after, before) < 1/2").en,
        "This step is possible only if “How many came in the three months after” is less than half of “How many came in the three months before”."
    );
    // The pack's own words go before.
    let (m, when) = (of("whistle"), "not some(measure) in [undone]".parse::<Guard>().unwrap());
    assert!(sentence(&m, m.action.get("say_solved"), &[when]).zh.starts_with("有措施没做成"));
}

#[test]
fn what_not_everybody_may_know_is_named_and_nothing_more() {
    let mut m = common::national().into_iter().find(|(name, _)| name == "petition").unwrap().1;
    let words = |m: &Mechanism, when: &str| sentence(m, None, &when.parse::<Guard>().unwrap().conjuncts());
    let outcome = m.field["outcome"].clone();
    let open = words(&m, "outcome = supported");
    assert!(open.zh.contains("予以支持") && open.en.contains("Supported"));
    let hide: [fn(&mut Field); 3] =
        [|f| f.hidden_until_end_from = vec!["handler".into()], |f| f.class = Class::Sealed, |f| f.withhold = true];
    for hide in hide {
        m.field.insert("outcome".into(), outcome.clone());
        hide(m.field.get_mut("outcome").unwrap());
        for when in [
            "outcome = supported",
            "outcome != supported",
            "outcome is set",
            "outcome >= 3",
            "share(outcome, outcome) < 1/2",
        ] {
            let told = words(&m, when);
            assert_eq!(told.zh, "只有“结论”符合这一步的要求，才能办这一步。", "{when}");
            assert_eq!(told.en, "This step is possible only if “Outcome” is as this step asks.", "{when}");
        }
    }
}

#[test]
fn words_for_a_refusal_belong_to_a_condition_and_go_with_it() {
    let base = common::national().into_iter().find(|(name, _)| name == "whistle").unwrap().1;
    let found = |m: &Mechanism| check(m, Some(&base)).into_iter().map(|f| f.path).collect::<Vec<_>>();
    let with = |change: fn(&mut Action)| {
        let mut m = base.clone();
        change(m.action.get_mut("agree").unwrap());
        m
    };
    let at = ["action.agree.unless".to_owned()];
    assert!(found(&base).is_empty());
    assert_eq!(found(&with(|a| a.unless.as_mut().unwrap().en = "no full stop".into())), at);
    assert!(found(&with(|a| a.when = None)).contains(&at[0]), "words without a condition");
    assert!(found(&with(|a| a.when = Some("visited = yes".parse().unwrap()))).contains(&at[0]), "stale words");
    let both = |a: &mut Action| {
        a.when = Some("visited = yes".parse().unwrap());
        a.unless = Some(Text::new("还没有一起看过现场。", "The place has not been seen."));
    };
    assert!(!found(&with(both)).contains(&at[0]));
}
