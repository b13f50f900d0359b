//! Conditions in words, for whoever was refused: what has to be so, by the labels that the pack gave, in both languages.
//! It says what the condition asks and never what the file holds; of what is not everybody's to know it names the field alone.

use super::{Guard, Many};
use crate::form::kept_as;
use crate::ids::Class;
use crate::kin::{ENDED, NONE, OPEN};
use crate::mechanism::{Action, Choice, FAILED, Field, FieldKind, Mechanism, NO_QUORUM, PASSED};
use crate::numeric::{Comparison, Numeric};
use crate::personal::STANDINGS;
use crate::text::Text;
use std::collections::BTreeSet;

/// One thing that an action waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// The stable name of its kind: `value`, `set`, `count`, `number`, `share`, `room`, `parts`, `any`, `all`.
    pub code: &'static str,
    /// The fields, facts, actions, parts or caps of the mechanism that it is about, by their ids.
    pub about: Vec<String>,
    /// What has to be so, without a full stop.
    pub words: Text,
}

/// What has to be so, one by one.
#[must_use]
pub fn conditions(m: &Mechanism, unmet: &[Guard]) -> Vec<Condition> {
    unmet.iter().map(|g| Condition { code: code(g), about: about(g), words: phrase(m, g, true, false) }).collect()
}

/// Why the action is not possible, in one sentence: the words of its pack (`unless`), else those of what does not hold.
#[must_use]
pub fn sentence(m: &Mechanism, action: Option<&Action>, unmet: &[Guard]) -> Text {
    if let Some(words) = action.and_then(|a| a.unless.clone()) {
        return words;
    }
    let all: Vec<Text> = unmet.iter().map(|g| phrase(m, g, true, unmet.len() > 1)).collect();
    let all = join(&all, "，而且", ", and ");
    Text::new(
        format!("只有{}，才能办这一步。", all.zh),
        format!("This step is possible only if {}.", all.en.trim_end_matches('.')),
    )
}

fn code(g: &Guard) -> &'static str {
    match g {
        Guard::And(_) => "all",
        Guard::Or(_) => "any",
        Guard::Not(g) => code(g),
        Guard::In(..) => "value",
        Guard::Set(_) => "set",
        Guard::CountBelow(..) => "count",
        Guard::Parts(..) => "parts",
        Guard::Numeric(Numeric::Number(..)) => "number",
        Guard::Numeric(Numeric::Share(..)) => "share",
        Guard::Numeric(Numeric::Room(_)) => "room",
    }
}

fn about(g: &Guard) -> Vec<String> {
    let (mut ids, mut acts) = (Vec::new(), Vec::new());
    g.visit(&mut |fact, _| ids.push(fact.to_owned()), &mut |action| acts.push(action.to_owned()));
    g.visit_parts(&mut |_, kind, _| ids.push(kind.to_owned()));
    g.numerics(&mut |n| {
        if let Numeric::Room(cap) = n {
            ids.push(cap.clone());
        }
    });
    ids.into_iter().chain(acts).collect::<BTreeSet<_>>().into_iter().collect()
}

fn join(texts: &[Text], zh: &str, en: &str) -> Text {
    let each = |get: fn(&Text) -> &str, with: &str| texts.iter().map(get).collect::<Vec<_>>().join(with);
    Text::new(each(|t| &t.zh, zh), each(|t| &t.en, en))
}

fn either(texts: &[Text]) -> Text {
    join(texts, "或者", " or ")
}

/// The condition, or its opposite; `inner` puts alternatives into brackets, so that nothing beside them is drawn in.
fn phrase(m: &Mechanism, g: &Guard, wanted: bool, inner: bool) -> Text {
    let (all, gs) = match (g, wanted) {
        (Guard::And(gs), _) => (wanted, gs),
        (Guard::Or(gs), _) => (!wanted, gs),
        (Guard::Not(g), _) => return phrase(m, g, !wanted, inner),
        _ => return one(m, g, wanted),
    };
    let each: Vec<Text> = gs.iter().map(|g| phrase(m, g, wanted, all)).collect();
    match (all, inner) {
        (true, _) => join(&each, "并且", " and "),
        (false, false) => join(&each, "，或者", ", or "),
        (false, true) => {
            let any = either(&each);
            Text::new(format!("（{}）", any.zh), format!("({})", any.en))
        }
    }
}

fn one(m: &Mechanism, g: &Guard, wanted: bool) -> Text {
    match g {
        Guard::In(fact, values) => value(m, fact, values, wanted),
        Guard::Set(fact) => set(m, fact, wanted),
        Guard::CountBelow(action, n) => count(m, action, *n, wanted),
        Guard::Parts(many, kind, states) => parts(m, *many, kind, states, wanted),
        Guard::Numeric(n) => numeric(m, n, wanted),
        Guard::And(_) | Guard::Or(_) | Guard::Not(_) => phrase(m, g, wanted, true),
    }
}

fn quoted(t: &Text) -> Text {
    Text::new(format!("“{}”", t.zh), format!("“{}”", t.en))
}

/// What a fact is called: a field, a column of a field's row, a vote. None for a fact that only actions set.
fn name(m: &Mechanism, fact: &str) -> Option<Text> {
    if let Some(field) = m.field.get(fact) {
        return Some(quoted(&field.label));
    }
    if let Some(vote) = m.vote.get(fact) {
        let t = quoted(&vote.name);
        return Some(Text::new(format!("{}的表决结果", t.zh), format!("the result of the vote {}", t.en)));
    }
    let (field, column) = fact.split_once('.')?;
    let field = m.field.get(field)?;
    let found = field.set.as_ref().and_then(|s| m.set.get(s)).and_then(|s| s.column.get(column));
    let named = found.and_then(|c| c.name.clone()).unwrap_or_else(|| Text::new(column, column));
    let (f, c) = (quoted(&field.label), quoted(&named));
    Some(Text::new(format!("{}的{}", f.zh, c.zh), format!("{} of {}", c.en, f.en)))
}

/// Whether only some readers may know the value: then the field is named and nothing is said of what it has to be.
fn kept(field: &Field) -> bool {
    kept_as(field) != Class::Coded || !field.hidden_until_end_from.is_empty() || field.withhold
}

fn vague(label: &Text) -> Text {
    Text::new(format!("{}符合这一步的要求", label.zh), format!("{} is as this step asks", label.en))
}

/// What the values of a fact are called.
fn values_of(m: &Mechanism, fact: &str, values: &BTreeSet<String>) -> Text {
    let column = || {
        let (field, column) = fact.split_once('.')?;
        Some(m.set.get(m.field.get(field)?.set.as_ref()?)?.column.get(column)?.of.as_slice())
    };
    let of: &[Choice] = m.field.get(fact).map(|f| f.of.as_slice()).or_else(column).unwrap_or(&[]);
    let said = |v: &String| {
        let choice = of.iter().find(|c| c.id == *v).map(|c| Text::new(&c.zh, &c.en));
        quoted(&choice.unwrap_or_else(|| match v.as_str() {
            "yes" => Text::new("是", "yes"),
            "no" => Text::new("否", "no"),
            PASSED => Text::new("通过", "passed"),
            FAILED => Text::new("没有通过", "not passed"),
            NO_QUORUM => Text::new("人数不够", "too few took part"),
            other => Text::new(other, other),
        }))
    };
    either(&values.iter().map(said).collect::<Vec<_>>())
}

fn value(m: &Mechanism, fact: &str, values: &BTreeSet<String>, wanted: bool) -> Text {
    let within = |word: &str| fact.strip_prefix(word)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(child) = within("child") {
        return child_stands(m, child, values, wanted);
    }
    if let Some(field) = within("about") {
        let label = m.field.get(field).map(|f| f.label.clone()).unwrap_or_default();
        return other_stands(&quoted(&label), values, wanted);
    }
    let Some(label) = name(m, fact) else { return done(m, fact, Some(values), wanted) };
    let field = m.field.get(fact.split('.').next().unwrap_or(fact));
    if field.is_some_and(kept) {
        return vague(&label);
    }
    let values = values_of(m, fact, values);
    let chosen = m.field.get(fact).is_some_and(|f| matches!(f.kind, FieldKind::Choice | FieldKind::YesNo));
    let zh = match (chosen, wanted) {
        (true, true) => "选的是",
        (true, false) => "选的不是",
        (false, true) => "是",
        (false, false) => "不是",
    };
    let en = if wanted { "is" } else { "is not" };
    Text::new(format!("{}{zh}{}", label.zh, values.zh), format!("{} {en} {}", label.en, values.en))
}

/// A fact that actions set has no name of its own: those that make it so are named.
fn done(m: &Mechanism, fact: &str, values: Option<&BTreeSet<String>>, wanted: bool) -> Text {
    let makes = |v: &String| values.is_none_or(|vs| vs.contains(v));
    let by = m.action.values().filter(|a| a.sets.get(fact).is_some_and(makes));
    let mut by: Vec<Text> = by.map(|a| quoted(&a.label)).collect();
    by.dedup();
    if let Some(child) = m.child.values().find(|c| c.brings.contains_key(fact)) {
        return vague(&result(&child.name));
    }
    let acts = either(&by);
    if wanted {
        Text::new(format!("办过{}", acts.zh), format!("{} was done", acts.en))
    } else {
        Text::new(format!("没有办过{}", acts.zh), format!("{} was not done", acts.en))
    }
}

fn result(child: &Text) -> Text {
    let child = quoted(child);
    Text::new(format!("{}的结果", child.zh), format!("the outcome of {}", child.en))
}

fn set(m: &Mechanism, fact: &str, wanted: bool) -> Text {
    let Some(label) = name(m, fact) else { return done(m, fact, None, wanted) };
    if m.field.get(fact).is_some_and(kept) {
        return vague(&label);
    }
    if wanted {
        Text::new(format!("{}填写了", label.zh), format!("{} is filled in", label.en))
    } else {
        Text::new(format!("{}没有填", label.zh), format!("{} is not filled in", label.en))
    }
}

fn child_stands(m: &Mechanism, child: &str, values: &BTreeSet<String>, wanted: bool) -> Text {
    let name = quoted(&m.child.get(child).map(|c| c.name.clone()).unwrap_or_default());
    let all = [NONE, OPEN, ENDED].into_iter().filter(|s| values.contains(*s) == wanted);
    let said = all.map(|s| match s {
        OPEN => Text::new("还在办", "is under way"),
        ENDED => Text::new("已经办完", "has ended"),
        _ => Text::new("还没有提出", "has not been raised"),
    });
    let said = either(&said.collect::<Vec<_>>());
    Text::new(format!("{}{}", name.zh, said.zh), format!("{} {}", name.en, said.en))
}

fn other_stands(label: &Text, values: &BTreeSet<String>, wanted: bool) -> Text {
    let words = [("还在办", "open"), ("已经办结", "ended"), ("已经归档", "archived"), ("内容已经删除", "erased")];
    let all = STANDINGS.iter().zip(words).filter(|(s, _)| values.contains(**s) == wanted);
    let said = either(&all.map(|(_, (zh, en))| Text::new(zh, en)).collect::<Vec<_>>());
    Text::new(format!("{}的那件事{}", label.zh, said.zh), format!("the matter under {} is {}", label.en, said.en))
}

fn count(m: &Mechanism, action: &str, n: u32, fewer: bool) -> Text {
    let act = quoted(&m.action.get(action).map(|a| a.label.clone()).unwrap_or_default());
    match (n, fewer) {
        (..=1, true) => Text::new(format!("还没有办过{}", act.zh), format!("{} has not been done", act.en)),
        (..=1, false) => Text::new(format!("办过{}", act.zh), format!("{} has been done", act.en)),
        (_, true) => {
            Text::new(format!("{}办过不到 {n} 次", act.zh), format!("{} has been done fewer than {n} times", act.en))
        }
        (_, false) => {
            Text::new(format!("{}办过至少 {n} 次", act.zh), format!("{} has been done at least {n} times", act.en))
        }
    }
}

fn parts(m: &Mechanism, many: Many, kind: &str, states: &BTreeSet<String>, wanted: bool) -> Text {
    let part = m.part.get(kind);
    let p = quoted(&part.map(|p| p.name.clone()).unwrap_or_default());
    let named = states.iter().map(|s| part.and_then(|p| p.state.get(s)).map(|s| quoted(&s.name)).unwrap_or_default());
    let s = either(&named.collect::<Vec<_>>());
    let (zh, en) = match (many, wanted) {
        (Many::All, true) => (format!("每一个{}都是{}", p.zh, s.zh), format!("every {} is {}", p.en, s.en)),
        (Many::All, false) => (format!("不是每一个{}都是{}", p.zh, s.zh), format!("not every {} is {}", p.en, s.en)),
        (Many::Some, true) => (format!("至少一个{}是{}", p.zh, s.zh), format!("at least one {} is {}", p.en, s.en)),
        (Many::Some, false) => (format!("没有哪个{}还是{}", p.zh, s.zh), format!("no {} is {}", p.en, s.en)),
        (Many::Most, true) => {
            (format!("过半数的{}是{}", p.zh, s.zh), format!("more than half of {} are {}", p.en, s.en))
        }
        (Many::Most, false) => {
            (format!("{}的{}不过半数", s.zh, p.zh), format!("no more than half of {} are {}", p.en, s.en))
        }
        (Many::Lead, true) => (format!("牵头的{}是{}", p.zh, s.zh), format!("the leading {} is {}", p.en, s.en)),
        (Many::Lead, false) => (format!("牵头的{}不是{}", p.zh, s.zh), format!("the leading {} is not {}", p.en, s.en)),
        (Many::None, true) => (format!("没有{}", p.zh), format!("there is no {}", p.en)),
        (Many::None, false) => (format!("有{}", p.zh), format!("there is at least one {}", p.en)),
    };
    Text::new(zh, en)
}

/// The comparison that holds where this one does not.
fn opposite(how: Comparison, wanted: bool) -> Comparison {
    match (how, wanted) {
        (_, true) => how,
        (Comparison::Below, _) => Comparison::AtLeast,
        (Comparison::AtMost, _) => Comparison::Above,
        (Comparison::AtLeast, _) => Comparison::Below,
        (Comparison::Above, _) => Comparison::AtMost,
    }
}

fn numeric(m: &Mechanism, n: &Numeric, wanted: bool) -> Text {
    let label = |fact: &str| name(m, fact).unwrap_or_else(|| Text::new(fact, fact));
    let hidden = |fact: &str| m.field.get(fact.split('.').next().unwrap_or(fact)).is_some_and(kept);
    if let Some(fact) = n.reads().into_iter().find(|f| hidden(f)) {
        return vague(&label(fact));
    }
    let compared = |how: Comparison| match opposite(how, wanted) {
        Comparison::Below => ("少于", "is less than"),
        Comparison::AtMost => ("不超过", "is at most"),
        Comparison::AtLeast => ("不少于", "is at least"),
        Comparison::Above => ("多于", "is more than"),
    };
    match n {
        Numeric::Number(a, how, n) => {
            let (a, (zh, en)) = (label(a), compared(*how));
            Text::new(format!("{}{zh} {n}", a.zh), format!("{} {en} {n}", a.en))
        }
        Numeric::Share(a, b, how, n, d) => {
            let (a, b, (zh, en)) = (label(a), label(b), compared(*how));
            let of = match (n, d) {
                (n, d) if n == d => Text::new("", ""),
                (1, 2) => Text::new("的一半", "half of "),
                _ => Text::new(format!("的 {n}/{d}"), format!("{n}/{d} of ")),
            };
            Text::new(format!("{}{zh}{}{}", a.zh, b.zh, of.zh), format!("{} {en} {}{}", a.en, of.en, b.en))
        }
        Numeric::Room(cap) => {
            let cap = quoted(&m.cap.get(cap).map(|c| c.name.clone()).unwrap_or_default());
            if wanted {
                Text::new(format!("今年的{}还没有用完", cap.zh), format!("this year’s {} is not used up", cap.en))
            } else {
                Text::new(format!("今年的{}已经用完", cap.zh), format!("this year’s {} is used up", cap.en))
            }
        }
    }
}
