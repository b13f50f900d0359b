//! Faults in actions and clocks.

use super::{Plant, Planted, actions, changed, clocks, hers, more, official};
use kernel::mechanism::{CLOCK, Mechanism, PART, RAISE, RAISER};
use kernel::role::BodyExpr;
use kernel::time::{DayEnd, Roll};

pub const ALL: [(&str, Plant); 41] = [
    ("action.in", |m| {
        let state = |a: &kernel::mechanism::Action| {
            m.state.iter().find(|(id, s)| !s.end && !a.states.contains(*id)).map(|(id, _)| id.clone())
        };
        let fits = |id: &str, a: &kernel::mechanism::Action| {
            official(id, a) && a.part.is_none() && !a.anytime && !a.after_end && state(a).is_some()
        };
        actions(m, "in", fits, |a| a.states.extend(state(a)))
    }),
    ("action.while", |m| {
        let by_others = |a: &kernel::mechanism::Action| !a.by.iter().any(|r| r == PART);
        actions(m, "while", |id, a| official(id, a) && by_others(a) && !a.during.is_empty(), |a| a.during.clear())
    }),
    ("action.anytime", |m| {
        let fits = |id: &str, a: &kernel::mechanism::Action| official(id, a) && !a.anytime && a.part.is_none();
        actions(m, "anytime", fits, |a| a.anytime = true)
    }),
    ("action.after_end", |m| actions(m, "after_end", |id, a| official(id, a) && !a.after_end, |a| a.after_end = true)),
    ("action.by superior", |m| {
        let above =
            |r: &String| m.role.get(r).is_some_and(|r| matches!(r.is, BodyExpr::Superior(..)) && r.not.is_empty());
        let other = m.role.iter().find(|(id, r)| !above(id) && r.not.is_empty()).map(|(id, _)| id.clone());
        let Some(other) = other else { return Vec::new() };
        actions(m, "by", |id, a| official(id, a) && a.by.iter().all(above), |a| a.by.push(other.clone()))
    }),
    ("action.by apart", |m| {
        let apart = |r: &String| m.role.get(r).is_some_and(|r| !r.not.is_empty());
        let other = m.role.iter().find(|(_, r)| r.not.is_empty()).map(|(id, _)| id.clone());
        let Some(other) = other else { return Vec::new() };
        actions(m, "by", |id, a| official(id, a) && a.by.iter().all(apart), |a| a.by.push(other.clone()))
    }),
    ("action.by clock", |m| actions(m, "by", |id, a| id != RAISE && a.by == [CLOCK], |a| a.by = vec!["nobody".into()])),
    ("action.by hers", |m| actions(m, "by", |id, a| id != RAISE && hers(a), |a| a.by.retain(|r| r != RAISER))),
    ("action.to", |m| {
        let end = m.state.iter().find(|(_, s)| s.end).map(|(id, _)| id.clone());
        let fits = |id: &str, a: &kernel::mechanism::Action| official(id, a) && a.part.is_none() && a.to != end;
        actions(m, "to", fits, |a| a.to.clone_from(&end))
    }),
    ("action.to own_end", |m| {
        let Some(end) = m.state.values().find(|s| s.end).cloned() else { return Vec::new() };
        let leads = |a: &kernel::mechanism::Action| {
            a.part.is_none() && a.to.as_ref().and_then(|to| m.state.get(to)).is_some_and(|s| !s.end)
        };
        let all = m.action.iter().filter(|(id, a)| official(id, a) && leads(a));
        let plant = |(id, _): (&String, _)| {
            changed(m, format!("action.{id}.to"), |m| {
                m.state.insert("put_away".into(), end.clone());
                m.action.get_mut(id).unwrap().to = Some("put_away".into());
            })
        };
        all.map(plant).collect()
    }),
    ("action.to added", |m| {
        let Some(end) = m.state.iter().find(|(_, s)| s.end).map(|(id, _)| id.clone()) else { return Vec::new() };
        let office =
            m.action.iter().find(|(id, a)| official(id, a) && a.to.is_some() && !a.answers && a.sets.is_empty());
        let Some((_, a)) = office.filter(|(_, a)| a.extends.is_none() && !a.unpublishes && a.part.is_none()) else {
            return Vec::new();
        };
        let mut a = a.clone();
        a.to = Some(end);
        vec![changed(m, "action.put_away.to", |m| drop(m.action.insert("put_away".into(), a)))]
    }),
    ("action.when", |m| {
        let fits = |id: &str, a: &kernel::mechanism::Action| official(id, a) && !a.after_end && a.when.is_some();
        actions(m, "when", fits, |a| (a.when, a.unless) = (None, None))
    }),
    ("action.when hers", |m| {
        let guard = |id: &str| format!("count({id}) < 9").parse().unwrap();
        let all = m.action.iter().filter(|(id, a)| *id != RAISE && a.by == [RAISER]);
        let plant = |(id, _): (&String, _)| {
            changed(m, format!("action.{id}.by"), |m| m.action.get_mut(id).unwrap().when = Some(guard(id)))
        };
        all.map(plant).collect()
    }),
    ("action.needs", |m| {
        let fits = |id: &str, a: &kernel::mechanism::Action| official(id, a) && !a.after_end && !a.needs.is_empty();
        actions(m, "needs", fits, |a| drop(a.needs.pop()))
    }),
    ("action.needs raising", |m| {
        let fits = |id: &str, a: &kernel::mechanism::Action| id == RAISE && !a.may.is_empty();
        actions(m, "needs", fits, |a| a.needs.push(a.may[0].clone()))
    }),
    ("action.may", |m| {
        let Some(a) = m.action.get(RAISE).filter(|a| hers(a)) else { return Vec::new() };
        let plant =
            |f: &String| changed(m, format!("field.{f}"), |m| m.action.get_mut(RAISE).unwrap().may.retain(|o| o != f));
        a.may.iter().map(plant).collect()
    }),
    ("action.needs_when", |m| {
        let fits =
            |id: &str, a: &kernel::mechanism::Action| official(id, a) && !a.after_end && !a.needs_when.is_empty();
        actions(m, "needs_when", fits, |a| a.needs_when.clear())
    }),
    ("action.approval", |m| actions(m, "approval", |_, a| a.approval.is_some(), |a| a.approval = None)),
    ("action.approval other", |m| {
        let lower =
            m.role.iter().find(|(_, r)| r.is == BodyExpr::Assignee && r.post.is_none()).map(|(id, _)| id.clone());
        let Some(lower) = lower else { return Vec::new() };
        actions(
            m,
            "approval",
            |_, a| a.approval.as_ref().is_some_and(|r| *r != lower),
            |a| a.approval = Some(lower.clone()),
        )
    }),
    ("action.approval hers", |m| {
        let role = m.role.keys().next().cloned();
        actions(m, "approval", |id, a| id != RAISE && hers(a) && a.approval.is_none(), |a| a.approval.clone_from(&role))
    }),
    ("action.at_most", |m| {
        actions(m, "at_most", |id, a| official(id, a) && a.at_most.is_some(), |a| a.at_most = a.at_most.map(|n| n + 1))
    }),
    ("action.then", |m| {
        let fits = |id: &str, a: &kernel::mechanism::Action| official(id, a) && !a.after_end && a.then.is_some();
        actions(m, "then", fits, |a| a.then = Some(RAISE.into()))
    }),
    ("action.letter hers", |m| {
        let to = |a: &kernel::mechanism::Action| a.letter.as_ref().and_then(|l| m.letter.get(l)).map(|l| l.to.as_str());
        actions(m, "letter", |_, a| to(a) == Some(RAISER), |a| a.letter = None)
    }),
    ("action.letter", |m| {
        let to = |a: &kernel::mechanism::Action| a.letter.as_ref().and_then(|l| m.letter.get(l)).map(|l| l.to.as_str());
        actions(m, "letter", |_, a| to(a).is_some_and(|to| to != RAISER), |a| a.letter = None)
    }),
    ("action.asks", |m| actions(m, "asks", |_, a| a.asks, |a| a.asks = false)),
    ("action.withdraws", |m| actions(m, "withdraws", official, |a| a.withdraws = true)),
    ("action.extends", |m| {
        let Some(clock) = m.clock.iter().find(|(_, c)| c.owed_by.is_some()) else { return Vec::new() };
        let by = clock.1.length.clone();
        let extends = kernel::mechanism::Extends { clock: clock.0.clone(), by };
        actions(m, "extends", |id, a| official(id, a) && a.extends.is_none(), |a| a.extends = Some(extends.clone()))
    }),
    ("action.extends.clock", |m| {
        actions(m, "extends", |_, a| a.extends.is_some(), |a| a.extends.as_mut().unwrap().clock = "another".into())
    }),
    ("action.extends.by", |m| {
        let by = |a: &kernel::mechanism::Action| {
            let value = a.extends.as_ref().and_then(|e| m.number.get(&e.by)).map(|n| n.value.clone());
            value.filter(|v| !v.is_missing())
        };
        let all = m.action.iter().filter_map(|(id, a)| Some((id, a.extends.as_ref()?, by(a)?)));
        let plant = |(id, e, mut value): (&String, &kernel::mechanism::Extends, kernel::number::Value)| {
            more(&mut value, 1);
            changed(m, format!("action.{id}.extends"), |m| m.number.get_mut(&e.by).unwrap().value = value)
        };
        all.map(plant).collect()
    }),
    ("action.sets", |m| actions(m, "sets", |_, a| !a.sets.is_empty(), |a| a.sets.clear())),
    ("action.sets heard", |m| {
        let fits = |id: &str, a: &kernel::mechanism::Action| official(id, a) && !a.sets.contains_key("heard");
        actions(m, "sets", fits, |a| drop(a.sets.insert("heard".into(), "yes".into())))
    }),
    ("action.unpublishes", |m| {
        actions(m, "unpublishes", |id, a| official(id, a) && !a.unpublishes, |a| a.unpublishes = true)
    }),
    ("action.remedy", |m| actions(m, "remedy", |_, a| a.remedy.is_some(), |a| a.remedy = None)),
    ("action.optional", |m| actions(m, "optional", |_, a| !a.optional, |a| a.optional = true)),
    ("clock.from", |m| clocks(m, "from", |c| c.owed_by.is_some() && c.from.len() > 1, |c| drop(c.from.pop()))),
    ("clock.to", |m| {
        let other = |c: &kernel::mechanism::Clock| {
            m.action.keys().find(|a| *a != RAISE && !c.to.contains(a) && !c.from.contains(a)).cloned()
        };
        clocks(m, "to", |c| c.owed_by.is_some() && other(c).is_some(), |c| c.to.push(other(c).unwrap()))
    }),
    ("clock.length", lengths),
    ("clock.roll", |m| {
        let fits = |c: &kernel::mechanism::Clock| c.owed_by.is_some() && c.roll == Roll::None;
        clocks(m, "length", fits, |c| c.roll = Roll::NextWorkingDay)
    }),
    ("clock.ends", |m| {
        let fits = |c: &kernel::mechanism::Clock| c.window_of.as_deref() == Some(RAISER) && c.ends == DayEnd::Midnight;
        clocks(m, "length", fits, |c| c.ends = DayEnd::Closing { hour: 9, minute: 0 })
    }),
    ("clock.silence", |m| clocks(m, "silence", |c| c.silence.is_some(), |c| c.silence = None)),
    ("clock.suspends", |m| {
        let owed = m.clock.iter().find(|(_, c)| c.owed_by.is_some()).map(|(id, _)| id.clone());
        let Some(owed) = owed else { return Vec::new() };
        clocks(m, "suspends", |c| !c.suspends.contains(&owed), |c| c.suspends.push(owed.clone()))
    }),
];

/// Deadlines longer, her windows shorter.
pub fn lengths(m: &Mechanism) -> Vec<Planted> {
    let all = m.clock.iter().filter(|(_, c)| c.owed_by.is_some() || c.window_of.as_deref() == Some(RAISER));
    let set = all.filter(|(_, c)| m.number.get(&c.length).is_some_and(|n| !n.value.is_missing() && !n.floor));
    let plant = |(id, c): (&String, &kernel::mechanism::Clock)| {
        let by = if c.owed_by.is_some() { 1 } else { -1 };
        changed(m, format!("clock.{id}.length"), |m| more(&mut m.number.get_mut(&c.length).unwrap().value, by))
    };
    set.map(plant).collect()
}
