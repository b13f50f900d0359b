//! Names, seventh part: what is said about matters of the same kind fits into its own mechanism: the category, the counts of
//! it, the plan that raises a matter when there are so many, and how many that is. What the counted mechanisms say is asked
//! over the whole set of packs (`crate::kin`).

use super::Findings;
use super::kin::{say, unknown};
use kernel::form::kept_as;
use kernel::ids::Class;
use kernel::mechanism::{FieldKind, Mechanism, Plan, PlanOf, RAISE, Tally, WORDS, Word};
use kernel::number::Value;
use kernel::time::Length;

/// Fewer are no repeats, and a count of one or two says too much about the people in it.
const FEWEST: u32 = 3;

pub(super) fn check(m: &Mechanism, out: &mut Findings) {
    if let Some(field) = &m.mechanism.category {
        match m.field.get(field) {
            None => unknown(out, "mechanism.category".into(), ("字段", "field"), field, m.field.keys()),
            Some(f) if f.kind != FieldKind::Choice || kept_as(f) != Class::Coded => {
                let help = ("写一个 type = \"choice\"、class = \"coded\" 的字段", "name a coded choice");
                say(out, "mechanism.category", "按类数的字段要是选择题", "what is counted by is no coded choice", help);
            }
            Some(_) => {}
        }
    }
    for (id, action) in &m.action {
        for (field, tally) in action.counts.iter().filter_map(|(f, c)| Some((f, c.tally()?))) {
            counted(m, id, field, tally, out);
        }
    }
    counts(m, out);
}

/// A count of a category: of what, over which days, and by nobody's hand where the system does it.
fn counted(m: &Mechanism, id: &str, field: &str, tally: &Tally, out: &mut Findings) {
    let path = format!("action.{id}.counts.{field}");
    let Some(known) = m.field.get(field) else {
        return unknown(out, path, ("字段", "field"), field, m.field.keys());
    };
    let always = tally.when.is_none();
    let typed = |a: &&kernel::mechanism::Action| {
        if always { m.fields_of(a).contains(&field) } else { a.needs.iter().any(|f| f == field) }
    };
    if known.kind != FieldKind::Number
        || kept_as(known) != Class::Coded
        || id == RAISE
        || m.action.values().any(|a| typed(&a))
    {
        let help = (
            "写一个 type = \"number\"、class = \"coded\" 的字段；系统数的时候谁也不填：有别的数法的，写 when，并只在 needs_when 或 may 里填",
            "a coded number that no form asks for while it is counted: where it may be counted elsewhere, say `when`, and ask for it in `needs_when` or `may`",
        );
        say(out, &*path, &format!("“{field}”不能由系统数"), &format!("`{field}` cannot be what is counted"), help);
    }
    category(m, &path, out);
    days(m, &format!("{path}.days"), &tally.days, out);
    if let Some(clock) = tally.since.as_ref().filter(|c| !m.clock.contains_key(*c)) {
        unknown(out, format!("{path}.since"), ("期限", "clock"), clock, m.clock.keys());
    }
    if let Some(guard) = &tally.when {
        super::guards::one(m, &format!("{path}.when"), guard, None, out);
    }
}

fn category(m: &Mechanism, path: &str, out: &mut Findings) {
    if m.mechanism.category.is_none() {
        let help = ("在 [mechanism] 里写 category = \"字段\"", "write category = \"FIELD\" in [mechanism]");
        say(out, path, "没有说按哪个字段分类", "nothing says by which field it is counted", help);
    }
}

/// A length in days, or left to the region.
fn days(m: &Mechanism, path: &str, number: &str, out: &mut Findings) {
    match m.number.get(number).map(|n| &n.value) {
        None => unknown(out, path.to_owned(), ("数值", "number"), number, m.number.keys()),
        Some(Value::Local) => {}
        Some(Value::Fixed(Length::Days(n))) if *n > 0 => {}
        Some(_) => {
            let help = ("写成日，如 \"90d\"，或者 \"local\"", "write days, such as \"90d\", or \"local\"");
            say(out, path, "数的是整天", "whole days are counted", help);
        }
    }
}

/// A number of matters is no length of time, and the other way round.
fn counts(m: &Mechanism, out: &mut Findings) {
    let lengths = m.clock.iter().map(|(id, c)| (format!("clock.{id}.length"), &c.length));
    let prolongs =
        m.action.iter().filter_map(|(id, a)| Some((format!("action.{id}.extends.by"), &a.extends.as_ref()?.by)));
    let above = m.escalation.iter().map(|e| ("escalation.within".to_owned(), &e.within));
    let approval = m.approval.iter().map(|a| ("approval.within".to_owned(), &a.within));
    let kept = m.retention.iter().flat_map(|r| {
        let both = [("retention.after_end", &r.after_end), ("retention.identity", &r.identity)];
        both.into_iter().filter_map(|(path, n)| Some((path.to_owned(), n.as_ref()?)))
    });
    for (path, number) in lengths.chain(prolongs).chain(above).chain(approval).chain(kept) {
        if m.number.get(number).is_some_and(|n| n.value.count().is_some()) {
            let help = ("写 \"5wd\" 这样的时长", "give a length such as \"5wd\"");
            let (zh, en) =
                (format!("“{number}”是件数，不是时长"), format!("`{number}` is a count and no length of time"));
            say(out, path, &zh, &en, help);
        }
    }
}

/// A plan for what repeats: it stands in the mechanism that it raises, and hands over the category.
pub(super) fn plan(m: &Mechanism, id: &str, plan: &Plan, out: &mut Findings) {
    let at = |key: &str| format!("plan.{id}.{key}");
    let timed = plan.every.is_some() || !plan.on.is_empty() || plan.starts.is_some() || plan.stops.is_some();
    let Some(repeats) = plan.repeats.as_ref().filter(|_| plan.of == PlanOf::Repeats && !timed) else {
        let help = (
            "of = \"repeats\" 只写 repeats = { of, level, within, at_least }，不写 every、on、starts、stops；别的计划不写 repeats",
            "of = \"repeats\" has repeats = { of, level, within, at_least } and neither days nor a register; other plans have no `repeats`",
        );
        return say(out, at("of"), "反复来的计划没有日子", "a plan for what repeats has no days", help);
    };
    category(m, &at("repeats"), out);
    days(m, &at("repeats.within"), &repeats.within, out);
    match m.number.get(&repeats.at_least).map(|n| &n.value) {
        None => {
            let name = &repeats.at_least;
            unknown(out, at("repeats.at_least"), ("数值", "number"), name, m.number.keys());
        }
        Some(Value::Local) => {}
        Some(Value::Count(n)) if *n >= FEWEST => {}
        Some(_) => {
            let help = (
                "写成件数，如 { count = 10 }，至少 3 件，或者 \"local\"",
                "give a count of at least 3, such as { count = 10 }, or \"local\"",
            );
            say(
                out,
                at("repeats.at_least"),
                "满多少件写的不是件数，或者太少",
                "it is no count, or too small a one",
                help,
            );
        }
    }
    if repeats.of.is_empty() || repeats.of.contains(&m.mechanism.id) {
        let help = ("写数哪些机制的事，不写自己", "name the mechanisms whose matters are counted, and not this one");
        say(out, at("repeats.of"), "没有写数什么，或者数的是自己", "nothing is counted, or its own matters are", help);
    }
    if plan.raises.mechanism != m.mechanism.id {
        let help = ("把这个计划写到它要提出的那个机制里", "write the plan in the mechanism that it raises");
        let (zh, en) = ("反复来的计划只提出自己这个机制的事", "a plan for what repeats raises its own mechanism");
        say(out, at("raises.mechanism"), zh, en, help);
    }
    let given = m.mechanism.category.as_ref().and_then(|c| plan.raises.with.get(c));
    if given.and_then(|w| Word::of(w)) != Some(Word::Category) {
        let help = ("在 with 里写 分类字段 = \"category\"", "write CATEGORY_FIELD = \"category\" in `with`");
        let (zh, en) = (
            "提出来的事不知道是哪一类，就会一提再提",
            "what is raised would not know of which category it is, and be raised again and again",
        );
        say(out, at("raises.with"), zh, en, help);
    }
    for word in plan.raises.with.values().filter(|w| !w.starts_with('=') && Word::of(w).is_none()) {
        let known = WORDS.map(|(w, _)| w.to_owned());
        unknown(out, at("raises.with"), ("数出来的东西", "thing that is counted"), word, &known);
    }
}
