//! Faults in everything else: head, roles, numbers, forms, states, parts, letters, plans, votes, lists.

use super::{Plant, Planted, changed, fields, hers, more, said_by_her};
use kernel::ids::Class;
use kernel::mechanism::{Door, FieldKind, Mechanism, PlanOf, RAISE, RAISER, Vote};
use kernel::number::Value;
use kernel::role::{BodyExpr, Exclusion};
use kernel::time::Length;

pub const ALL: [(&str, Plant); 55] = [
    ("mechanism.door", |m| {
        let open = hers(&m.action[RAISE]) && m.mechanism.door != Door::Staff;
        open.then(|| changed(m, "mechanism.door", |m| m.mechanism.door = Door::Staff)).into_iter().collect()
    }),
    ("mechanism.feedback", |m| {
        let asks = m.mechanism.feedback;
        asks.then(|| changed(m, "mechanism.feedback", |m| m.mechanism.feedback = false)).into_iter().collect()
    }),
    ("mechanism.sample", |m| {
        let mut p = changed(m, "mechanism.sample", |m| m.mechanism.sample = false);
        p.base.mechanism.sample = true;
        vec![p]
    }),
    ("mechanism.shelf", |m| {
        let there = m.mechanism.shelf.is_some();
        there.then(|| changed(m, "mechanism.shelf", |m| m.mechanism.shelf = None)).into_iter().collect()
    }),
    ("mechanism.invites", |m| invites(m, "mechanism.invites", |m| m.mechanism.invites = None)),
    ("mechanism.invites.door", |m| {
        invites(m, "mechanism.invites", |m| m.mechanism.invites.as_mut().unwrap().door = Door::Staff)
    }),
    ("mechanism.invites.while", |m| {
        invites(m, "mechanism.invites", |m| drop(m.mechanism.invites.as_mut().unwrap().clocks.pop()))
    }),
    ("mechanism.invites.tells", |m| {
        let tells = m.mechanism.invites.as_ref().is_some_and(|i| !i.tells.is_empty());
        let none = |m: &mut Mechanism| m.mechanism.invites.as_mut().unwrap().tells.clear();
        if tells { invites(m, "mechanism.invites.tells", none) } else { Vec::new() }
    }),
    ("role.is", |m| {
        let above = m.role.iter().filter(|(_, r)| matches!(r.is, BodyExpr::Superior(..)));
        let plant = |(id, _): (&String, _)| {
            changed(m, format!("role.{id}.is"), |m| m.role.get_mut(id).unwrap().is = BodyExpr::Office("front".into()))
        };
        above.map(plant).collect()
    }),
    ("role.is approving", |m| {
        let late = m.clock.values().filter_map(|c| c.expiry.as_ref()).collect::<std::collections::BTreeSet<_>>();
        let all = late
            .into_iter()
            .filter(|r| m.role.get(*r).is_some_and(|r| r.not.is_empty() && matches!(r.is, BodyExpr::Office(_))));
        let plant = |id: &String| {
            changed(m, format!("role.{id}.is"), |m| m.role.get_mut(id).unwrap().is = BodyExpr::Office("front".into()))
        };
        all.map(plant).collect()
    }),
    ("role.not", |m| {
        let all = m.role.iter().filter(|(_, r)| r.not.contains(&Exclusion::Assignee));
        let plant =
            |(id, _): (&String, _)| changed(m, format!("role.{id}.not"), |m| m.role.get_mut(id).unwrap().not.clear());
        all.map(plant).collect()
    }),
    ("number.value", super::acts::lengths),
    ("number.floor", |m| {
        let all = m.number.iter().filter(|(_, n)| n.floor);
        let plant =
            |(id, _): (&String, _)| changed(m, format!("number.{id}"), |m| m.number.get_mut(id).unwrap().floor = false);
        all.map(plant).collect()
    }),
    ("number.floor cut", |m| {
        let all = m.number.iter().filter(|(_, n)| n.floor && !n.value.is_missing());
        let plant = |(id, _): (&String, _)| {
            changed(m, format!("number.{id}"), |m| more(&mut m.number.get_mut(id).unwrap().value, -1))
        };
        all.map(plant).collect()
    }),
    ("field.label", |m| {
        fields(m, "", |_, _| true, |f| (f.label.zh, f.label.en) = ("先交的保证金".into(), "Deposit".into()))
    }),
    ("field.class", |m| fields(m, "class", |_, f| f.class == Class::Sealed, |f| f.class = Class::Handlers)),
    ("field.class public", |m| fields(m, "class", |_, f| f.class == Class::Public, |f| f.class = Class::Handlers)),
    ("field.of", |m| {
        let raised = m.fields_of(&m.action[RAISE]);
        fields(m, "", |id, f| raised.contains(&id) && f.of.len() > 1, |f| drop(f.of.pop()))
    }),
    ("field.of office", |m| fields(m, "of", |id, f| !said_by_her(m, id) && f.of.len() > 1, |f| drop(f.of.pop()))),
    ("field.of[].id", |m| {
        let law = |f: &kernel::mechanism::Field| f.of.iter().any(|o| o.source.is_some());
        let own = |f: &mut kernel::mechanism::Field| {
            let mut o = f.of[0].clone();
            o.id = "another_ground".into();
            f.of.push(o);
        };
        fields(m, "of", |_, f| law(f), own)
    }),
    ("field.max", |m| {
        let raised = m.fields_of(&m.action[RAISE]);
        let fits = |id: &str, f: &kernel::mechanism::Field| raised.contains(&id) && f.max.is_some_and(|n| n > 1);
        fields(m, "", fits, |f| f.max = Some(1))
    }),
    ("field.function", |m| {
        let raised = m.fields_of(&m.action[RAISE]);
        let takes = |f: &kernel::mechanism::Field| matches!(f.kind, FieldKind::Body | FieldKind::Bodies);
        fields(m, "", |id, f| raised.contains(&id) && takes(f), |f| f.function = Some("one_alone".into()))
    }),
    ("field.shield", |m| fields(m, "shield", |_, f| f.shield, |f| f.shield = false)),
    ("field.withhold", |m| fields(m, "shield", |_, f| f.withhold && !f.shield, |f| f.withhold = false)),
    ("field.ahead", |m| fields(m, "ahead", |_, f| f.ahead, |f| f.ahead = false)),
    ("field.hidden_until_end_from", |m| {
        fields(
            m,
            "hidden_until_end_from",
            |_, f| !f.hidden_until_end_from.is_empty(),
            |f| f.hidden_until_end_from.clear(),
        )
    }),
    ("state.holder", |m| {
        let Some(other) = m.role.keys().next() else { return Vec::new() };
        let all = m.state.iter().filter(|(_, s)| s.holder.as_deref() == Some(RAISER));
        let plant = |(id, _): (&String, _)| {
            changed(m, format!("state.{id}.holder"), |m| m.state.get_mut(id).unwrap().holder = Some(other.clone()))
        };
        all.map(plant).collect()
    }),
    ("part.opened_by", |m| parts(m, "", |p| p.opened_by.len() > 1, |p| drop(p.opened_by.pop()))),
    ("part.outlives", |m| parts(m, "", |p| p.outlives, |p| p.outlives = false)),
    ("part.state", |m| {
        let all = m.part.iter().filter_map(|(id, p)| Some((id, p.state.keys().next()?)));
        let plant = |(id, state): (&String, &String)| {
            changed(m, format!("part.{id}.state.{state}"), |m| drop(m.part.get_mut(id).unwrap().state.remove(state)))
        };
        all.map(plant).collect()
    }),
    ("clock.expiry", |m| {
        let Some(other) = m.role.iter().find(|(_, r)| r.is == BodyExpr::Assignee) else { return Vec::new() };
        expiry(m, |old| old != other.0.as_str(), other.0)
    }),
    ("clock.expiry unrelated", |m| {
        // The model: any office that the mechanism names and to which nothing of this body goes.
        let mut p = expiry(m, |_| true, "elsewhere");
        for p in &mut p {
            let mut role = p.base.role.values().next().unwrap().clone();
            role.is = BodyExpr::Office("elsewhere".into());
            p.base.role.insert("elsewhere".into(), role.clone());
            p.new.role.insert("elsewhere".into(), role);
        }
        p
    }),
    ("escalation.within", |m| {
        let number = m.escalation.as_ref().map(|e| e.within.clone());
        slower(m, "escalation", number)
    }),
    ("approval.within", |m| {
        let number = m.approval.as_ref().map(|a| a.within.clone());
        slower(m, "approval", number)
    }),
    ("approval.expiry", |m| {
        let late = m.action.values().find_map(|a| a.approval.clone());
        let (Some(late), Some(_)) = (late, &m.approval) else { return Vec::new() };
        vec![changed(m, "approval.expiry", |m| m.approval.as_mut().unwrap().expiry = late)]
    }),
    ("letter.template", |m| {
        let all = m.letter.iter().filter(|(_, l)| l.template.contains("{{"));
        let plant = |(id, _): (&String, _)| {
            changed(m, format!("letter.{id}.template"), |m| m.letter.get_mut(id).unwrap().template = "好的。".into())
        };
        all.map(plant).collect()
    }),
    ("letter.fields hers", |m| letters(m, "", |to| to == RAISER)),
    ("letter.fields", |m| letters(m, ".fields", |to| to != RAISER)),
    ("plan.every", |m| plans(m, "every", |p| p.every = Some(Length::Days(9999)))),
    ("plan.on", |m| plans(m, "on", |p| drop(p.on.pop()))),
    ("plan.repeats", |m| plans(m, "repeats", |p| p.repeats = None)),
    ("plan.repeats.of", |m| plans(m, "repeats.of", |p| p.repeats.iter_mut().for_each(|r| r.of.clear()))),
    ("plan.repeats.within", |m| counted(m, "within", Value::Fixed(Length::Days(90)), Value::Fixed(Length::Days(30)))),
    ("plan.repeats.at_least", |m| counted(m, "at_least", Value::Count(6), Value::Count(7))),
    ("vote.options", |m| votes(m, "options", |v| drop(v.options.pop()))),
    ("vote.options[].id", |m| votes(m, "options", |v| v.options[0].id = "else".into())),
    ("vote.secret", |m| votes(m, "secret", |v| v.secret = false)),
    ("vote.proxies", |m| votes(m, "proxies", |v| v.proxies += 1)),
    ("vote.paper", |m| votes(m, "paper", |v| v.paper = false)),
    ("vote.quorum", |m| votes(m, "quorum", |v| v.quorum = "at least 1/9 of base".parse().unwrap())),
    ("vote.majority", |m| votes(m, "majority", |v| v.majority = "at least 1/9 of present".parse().unwrap())),
    ("retention.after_end", |m| {
        let mut all = kept(m, |r| r.after_end.clone());
        all.extend(kept(m, |r| r.identity.clone()));
        all
    }),
    ("retention.identity", |m| kept(m, |r| r.identity.clone())),
    ("retention.archive", |m| {
        let there = m.retention.as_ref().is_some_and(|r| r.archive.is_some());
        let none = |m: &mut Mechanism| m.retention.as_mut().unwrap().archive = None;
        there.then(|| changed(m, "retention.archive", none)).into_iter().collect()
    }),
    ("set.column", |m| columns(m, "", |s, c| drop(s.column.remove(c)))),
];

/// The rest of the lists, apart for their length.
pub const LISTS: [(&str, Plant); 3] = [
    ("set.column.*.of", |m| columns(m, ".of", |s, c| drop(s.column.get_mut(c).unwrap().of.pop()))),
    ("set.column.*.of[].id", |m| {
        columns(m, ".of", |s, c| s.column.get_mut(c).unwrap().of.iter_mut().for_each(|o| o.id.push('x')))
    }),
    ("cap.number", |m| {
        let all = m.cap.iter().filter(|(_, c)| c.number.is_some());
        let plant = |(id, _): (&String, _)| {
            changed(m, format!("cap.{id}"), |m| {
                let c = m.cap.get_mut(id).unwrap();
                c.number = c.number.map(|n| n + 1);
            })
        };
        all.map(plant).collect()
    }),
];

fn invites(m: &Mechanism, path: &str, change: fn(&mut Mechanism)) -> Vec<Planted> {
    m.mechanism.invites.is_some().then(|| changed(m, path, change)).into_iter().collect()
}

fn parts(
    m: &Mechanism,
    key: &str,
    fits: fn(&kernel::mechanism::Part) -> bool,
    change: fn(&mut kernel::mechanism::Part),
) -> Vec<Planted> {
    let all = m.part.iter().filter(|(_, p)| fits(p));
    all.map(|(id, _)| changed(m, format!("part.{id}{key}"), |m| change(m.part.get_mut(id).unwrap()))).collect()
}

fn expiry(m: &Mechanism, fits: impl Fn(&str) -> bool, to: &str) -> Vec<Planted> {
    let all = m.clock.iter().filter(|(_, c)| c.expiry.as_deref().is_some_and(&fits));
    let plant = |(id, _): (&String, _)| {
        changed(m, format!("clock.{id}.expiry"), |m| m.clock.get_mut(id).unwrap().expiry = Some(to.into()))
    };
    all.map(plant).collect()
}

fn slower(m: &Mechanism, path: &str, number: Option<String>) -> Vec<Planted> {
    let set = number.filter(|n| m.number.get(n).is_some_and(|n| !n.value.is_missing()));
    set.map(|n| changed(m, path, |m| more(&mut m.number.get_mut(&n).unwrap().value, 1))).into_iter().collect()
}

fn letters(m: &Mechanism, key: &str, fits: fn(&str) -> bool) -> Vec<Planted> {
    let all = m.letter.iter().filter(|(_, l)| fits(&l.to) && !l.fields.is_empty());
    all.map(|(id, _)| changed(m, format!("letter.{id}{key}"), |m| m.letter.get_mut(id).unwrap().fields.clear()))
        .collect()
}

fn plans(m: &Mechanism, key: &str, change: fn(&mut kernel::mechanism::Plan)) -> Vec<Planted> {
    let there = |p: &kernel::mechanism::Plan| match key {
        "every" => p.every.is_some(),
        "on" => !p.on.is_empty(),
        _ => p.of == PlanOf::Repeats,
    };
    let all = m.plan.iter().filter(|(_, p)| there(p));
    all.map(|(id, _)| changed(m, format!("plan.{id}.{key}"), |m| change(m.plan.get_mut(id).unwrap()))).collect()
}

/// The numbers of repeats are `local` in the country: a base that has set one, and a region that asks for more.
fn counted(m: &Mechanism, key: &str, was: Value, now: Value) -> Vec<Planted> {
    let number = |r: &kernel::mechanism::Repeats| if key == "within" { r.within.clone() } else { r.at_least.clone() };
    let all = m.plan.iter().filter_map(|(id, p)| Some((id, number(p.repeats.as_ref()?))));
    let plant = |(id, number): (&String, String)| {
        let mut p = changed(m, format!("plan.{id}.repeats.{key}"), |m| {
            m.number.get_mut(&number).unwrap().value = now.clone();
        });
        p.base.number.get_mut(&number).unwrap().value = was.clone();
        p
    };
    all.map(plant).collect()
}

fn votes(m: &Mechanism, key: &str, change: fn(&mut Vote)) -> Vec<Planted> {
    let there = |v: &Vote| match key {
        "secret" => v.secret,
        "paper" => v.paper,
        _ => true,
    };
    let all = m.vote.iter().filter(|(_, v)| there(v));
    all.map(|(id, _)| changed(m, format!("vote.{id}.{key}"), |m| change(m.vote.get_mut(id).unwrap()))).collect()
}

fn kept(m: &Mechanism, number: fn(&kernel::mechanism::Retention) -> Option<String>) -> Vec<Planted> {
    let id = m.retention.as_ref().and_then(number).filter(|n| m.number.contains_key(n));
    let plant = |id: String| {
        let longer = Value::Fixed(Length::Days(99_999));
        let mut p = changed(m, "retention", |m| m.number.get_mut(&id).unwrap().value = longer);
        p.base.number.get_mut(&id).unwrap().value = Value::Fixed(Length::Days(10));
        p
    };
    id.map(plant).into_iter().collect()
}

fn columns(m: &Mechanism, key: &str, change: fn(&mut kernel::mechanism::Set, &str)) -> Vec<Planted> {
    let all = m.set.iter().flat_map(|(id, s)| s.column.iter().map(move |(c, column)| (id, c, column)));
    let fits = all.filter(|(.., column)| key.is_empty() || !column.of.is_empty());
    let plant = |(id, c, _): (&String, &String, _)| {
        changed(m, format!("set.{id}.column.{c}{key}"), |m| change(m.set.get_mut(id).unwrap(), c))
    };
    fits.map(plant).collect()
}
