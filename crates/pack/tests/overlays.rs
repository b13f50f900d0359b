//! Overlays as somebody writes them: what loosens is refused at its line with the clause of the base, what is mistyped is
//! told with the name that was meant, and what is better or only called otherwise stands.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use kernel::mechanism::Mechanism;
use kernel::number::Value;
use kernel::time::Length;
use pack::check::{check, refused_by};
use pack::fault::{Fault, text};
use pack::finding::Rule;
use pack::packs::PackSet;

/// The faults of one overlay that a county below the demonstration region lays over a mechanism.
fn laid(of: &str, body: &str) -> Vec<Fault> {
    let head = format!(
        "[overlay]\nof = \"{of}\"\nregion = \"990101002\"\nname = {{ zh = \"街道规定\", en = \"street rules\" }}\nsource = \"示例\"\n"
    );
    let (remove, rest) = body.split_once('\n').filter(|(l, _)| l.starts_with("remove")).unwrap_or(("", body));
    let file = format!("overlays/990101002/{of}.toml");
    let packs = PackSet::embedded_with(vec![(file, format!("{head}{remove}\n{rest}\n").into_bytes())]);
    assert!(packs.faults().is_empty(), "{of}: {:?}", packs.faults());
    let region = "990101002".parse().unwrap();
    let effective = match packs.effective_with_places(of, Some(&region)) {
        Ok(effective) => effective,
        Err(faults) => return faults,
    };
    let above = packs.effective(of, &"990101".parse().unwrap()).unwrap();
    let found = check(&effective.mechanism, Some(&above));
    found.iter().map(|f| Fault::from_finding(f, &effective.place(&f.path))).collect()
}

fn refused(of: &str, body: &str, path: &str, says: &str) {
    let faults = laid(of, body);
    let shown = text(&faults, &Default::default(), false);
    let hit = faults.iter().any(|f| f.rule == "overlay_safe" && f.path == path && f.zh.contains(says));
    assert!(hit, "{of}: {body}\nexpected {path} with {says}, found\n{shown}");
}

#[test]
fn a_minimum_of_the_law_is_not_cut() {
    let short = |number: &str| format!("[number]\n{number} = {{ value = \"1d\", source = \"示例\" }}");
    refused("convention", &short("notice"), "number.notice", "《村民委员会组织法》第 25 条");
    refused("convention", &short("display"), "clock.display.length", "《村民委员会组织法》第 35 条");
    refused("convention", &short("comment"), "clock.comment.length", "说话的时间变短了");
    refused("village-decision", &short("notice"), "number.notice", "《村民委员会组织法》第 25 条");
    refused("suggestion-award", &short("display"), "number.display", "写短了");
    refused("assistance-order", &short("weigh"), "number.weigh", "写短了");
    refused("convention", "[number]\nnotice = { floor = false }", "number.notice", "floor");
}

#[test]
fn a_door_a_child_and_a_say_are_not_taken_away() {
    let gone = |what: &str| format!("remove = [\"{what}\"]\n");
    refused("reception", "[mechanism]\ndoor = \"staff\"", "mechanism.door", "不再对居民开放");
    refused("social-work-case", &gone("child.grievance"), "child.grievance", "别人自己可以另外提的事");
    refused("suggestion-call", &gone("child.suggestion"), "child.suggestion", "别人自己可以另外提的事");
    refused("whistle", &gone("action.reply"), "action.reply", "不能再说话了");
    refused("village-decision", "[vote.half]\ntellers = [\"committee\"]", "vote.half.tellers", "计票的人");
    let fine = "[field.fine]\nlabel = { zh = \"罚款（元）\", en = \"Fine\" }\ntype = \"number\"\nclass = \"coded\"";
    refused("watch", fine, "field.fine", "要钱");
}

#[test]
fn what_is_late_goes_up_and_never_aside() {
    refused("whistle", "[clock.send]\nexpiry = \"street\"", "clock.send.expiry", "不是它的上级");
    refused("whistle", "[clock.report]\nexpiry = \"street\"", "clock.report.expiry", "依据：");
    refused("whistle", "[approval]\nexpiry = \"street\"", "approval.expiry", "不是它的上级");
    refused("whistle", "[escalation]\nup = \"guided_by\"", "escalation.up", "不由地方定");
    refused("whistle", "[action.whistle]\napproval = \"street\"", "action.whistle.approval", "批准的人换成了别人");
    assert_eq!(laid("whistle", "[clock.send]\nexpiry = \"above\""), [], "higher up");
}

#[test]
fn what_is_looked_at_again_is_looked_at_as_often() {
    refused("convention", "[plan.yearly]\nevery = \"730d\"", "plan.yearly.every", "隔得更久");
    refused("convention", "remove = [\"plan.yearly\"]\n", "plan.yearly", "到时候自动提出");
    let many = "[number]\nrepeat_count = { value = { count = 900 }, source = \"示例\" }";
    refused("theme", many, "plan.repeats.repeats.at_least", "要更多、更密");
    assert_eq!(laid("convention", "[plan.yearly]\nevery = \"180d\""), [], "more often");
}

#[test]
fn a_step_between_and_one_more_condition_stand() {
    let more = "[action.answer_now]\nneeds = [\"answer\", \"outcome\", \"note\"]\nwhen = \"kind != other\"";
    assert_eq!(laid("enterprise-need", more), [], "more is asked of the office");
    let less = "[action.answer_now]\nneeds = [\"outcome\"]";
    refused("enterprise-need", less, "action.answer_now.needs", "少交代");
    let ends = "[action.press]\nto = \"done\"";
    refused("enterprise-need", ends, "action.press.to", "去了别处");
}

#[test]
fn a_refusal_of_a_longer_period_names_the_clause_at_its_line() {
    let faults = laid("affairs-disclosure", "[number]\nshown = { value = \"3d\", source = \"示例\" }");
    let fault = faults.iter().find(|f| f.path == "clock.shown.length").unwrap();
    assert!(fault.file.ends_with("990101002/affairs-disclosure.toml") && fault.span.is_some(), "{fault:?}");
    assert!(fault.zh.contains("依据：《城市居民委员会组织法》第 34 条"), "{}", fault.zh);
    assert!(fault.message.contains("Organic Law of Villagers’ Committees, art. 35"), "{}", fault.message);
}

#[test]
fn what_nothing_uses_is_told_with_the_nearest_name() {
    let told = |of: &str, body: &str, path: &str| {
        let faults = laid(of, body);
        faults.into_iter().find(|f| f.path == path).unwrap_or_else(|| panic!("{of}: {path}")).help_zh
    };
    let slip = "[number]\nansewr = { value = \"1d\", source = \"示例\" }";
    assert_eq!(told("enterprise-need", slip, "number.ansewr"), "是不是想写“answer”？");
    let field = "[field.quesion]\nlabel = { zh = \"问\", en = \"Question\" }\ntype = \"text\"\nclass = \"handlers\"";
    assert!(!told("knowledge-page", field, "field.quesion").is_empty());
    let cap = "[cap.metings]\nname = { zh = \"会\", en = \"meetings\" }\nnumber = 3\ncounts = \"did raise\"";
    assert!(!told("knowledge-page", cap, "cap.metings").is_empty());
    let set = "[set.lst]\nname = { zh = \"单\", en = \"list\" }";
    assert!(!told("knowledge-page", set, "set.lst").is_empty());
}

/// Whoever gives out the slips, or ran the selection, stays apart from whoever checks it; and urban law from that of villages.
#[test]
fn nobody_checks_his_own_number() {
    let by = |action: &str, by: &str| format!("[action.{action}]\nby = [{by}]");
    let own = by("check_roll", "\"watch\", \"street\", \"committee\"");
    refused("convention", &own, "action.check_roll.by", "由不相干的人判断的");
    refused("village-decision", &own, "action.check_roll.by", "由不相干的人判断的");
    let own = by("check_panel", "\"above\", \"office\"");
    refused("suggestion-award", &own, "action.check_panel.by", "由不相干的人判断的");
    let urban = by("call_representatives", "\"residents\", \"village\"");
    refused("convention", &urban, "action.call_representatives.by", "由不相干的人判断的");
    refused("convention", "[role.watch]\nis = \"same as committee\"", "role.watch.is", "换成了别人");
}

/// What the house itself lays over its packs loosens nothing and leaves nothing unused.
#[test]
fn the_overlays_of_the_house_are_accepted() {
    let packs = PackSet::embedded();
    let mut seen = 0;
    for (id, region, effective) in packs.variants().filter(|(_, region, _)| region.is_some()) {
        let above = packs.effective_with_places(id, region.and_then(|r| r.parent()).as_ref()).unwrap();
        let found = check(&effective.unwrap().mechanism, Some(&above.mechanism));
        assert_eq!(found, [], "{id} in {region:?}");
        seen += 1;
    }
    assert!(seen > 30, "{seen} overlays");
}

#[test]
fn what_is_better_or_only_called_otherwise_stands() {
    let name = "[mechanism]\nname = { zh = \"三务公开（试行）\", en = \"disclosure, on trial\" }";
    assert_eq!(laid("affairs-disclosure", name), []);
    let longer = "[number]\nshown = { value = \"20d\", floor = true, source = \"示例\" }";
    let faults = laid("affairs-disclosure", longer);
    assert_eq!(faults, [], "a longer display");
}

/// A minimum that measures a deadline contradicts itself.
#[test]
fn a_minimum_measures_no_deadline() {
    let mut m: Mechanism = common::fixture("plain");
    let owed = m.clock.values().find(|c| c.owed_by.is_some()).unwrap().length.clone();
    m.number.get_mut(&owed).unwrap().floor = true;
    assert!(refused_by(&m, None, &[Rule::Sound]));
    m.number.get_mut(&owed).unwrap().value = Value::Fixed(Length::Days(1));
    assert!(check(&m, None).iter().any(|f| f.path == format!("number.{owed}.floor")));
}

/// Whoever writes it herself comes by the way that the pack calls hers, and there is one.
#[test]
fn one_way_in_is_the_pages_own() {
    let (_, base) = common::national().into_iter().find(|(name, _)| name == "rapid-response").unwrap();
    let found = |m: &Mechanism| check(m, None).iter().any(|f| f.rule == Rule::Sound && f.path == "field.channel.of");
    assert!(!found(&base));
    let set = |change: fn(&mut kernel::mechanism::Choice)| {
        let mut m = base.clone();
        m.field.get_mut("channel").unwrap().of.iter_mut().for_each(change);
        m
    };
    assert!(found(&set(|o| o.online = false)), "no way is");
    assert!(found(&set(|o| o.online = true)), "all ways are");
}
