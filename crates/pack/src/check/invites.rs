//! Names, fifth part: what a mechanism says about asking people in. Whether anybody can then do anything is its children's
//! and its places' affair; who only comes and reads is asked in as well.

use super::Findings;
use super::kin::{say, unknown};
use super::lower::slots::gives;
use kernel::form::kept_as;
use kernel::ids::Class;
use kernel::mechanism::{Action, Door, Field, FieldKind, Mechanism, RAISE, RAISER};
use std::collections::BTreeSet;

pub(super) fn check(m: &Mechanism, out: &mut Findings) {
    let Some(invites) = &m.mechanism.invites else { return running(m, out) };
    let at = |key: &str| format!("mechanism.invites.{key}");
    if !m.action.values().any(|a| a.publishes.is_some()) {
        let help = ("让一个动作写 publishes", "let an action publish something");
        say(out, "mechanism.invites", "没有公开的话，请不来人", "nothing is published, so nobody is asked", help);
    }
    if invites.door == Door::Staff {
        let help = ("写 report、suggest、find 或者 join", "report, suggest, find or join");
        say(out, at("door"), "居民不从这个门进来", "residents do not come through this door", help);
    }
    if invites.clocks.is_empty() {
        let help = ("写上哪几个时钟走着的时候请人来", "name the clocks during which people are asked in");
        say(out, at("while"), "没有写到什么时候为止", "it does not say until when", help);
    }
    for clock in &invites.clocks {
        if m.clock.get(clock).is_none_or(|c| c.part.is_some()) {
            unknown(out, at("while"), ("时钟", "clock"), clock, m.clock.keys());
        }
    }
    // What stands at a door was written for everybody by a body, never by whoever raised the matter.
    let hers =
        |id: &String| m.action.values().any(|a| a.by.iter().any(|r| r == RAISER) && m.fields_of(a).contains(&&**id));
    let written = |id: &String| m.action.values().any(|a| a.needs.contains(id)) && !hers(id);
    let public = |f: &Field| f.class == Class::Public && f.kind == FieldKind::Text;
    if let Some(title) = invites.title.as_ref().filter(|t| !written(t) || !m.field.get(*t).is_some_and(public)) {
        let help = (
            "写某一步必填、不由本人填的公开文字",
            "a public text that some action needs and that no resident fills in",
        );
        let zh = format!("“{title}”不能当题目");
        say(out, at("title"), &zh, &format!("`{title}` cannot be the title"), help);
    }
    let dated = |f: &Field| f.kind == FieldKind::Date && kept_as(f) == Class::Coded;
    if let Some(day) = invites.day.as_ref().filter(|d| !m.field.get(*d).is_some_and(dated)) {
        let help = ("写 type = \"date\"、class = \"coded\" 的字段", "a coded date");
        say(out, at("day"), &format!("“{day}”不是日子"), &format!("`{day}` is no date"), help);
    }
    let telling = |f: &Field| f.class == Class::Public || kept_as(f) == Class::Coded && !f.shield && !f.withhold;
    for id in invites.tells.iter().filter(|id| !written(id) || !m.field.get(*id).is_some_and(telling)) {
        let help = (
            "写某一步必填、不由本人填的公开文字、地点、日期或者 coded 的字段",
            "a public or coded field that some action needs and that no resident fills in",
        );
        say(out, at("tells"), &format!("“{id}”不能告诉大家"), &format!("`{id}` cannot be told to everybody"), help);
    }
    running(m, out);
}

fn running(m: &Mechanism, out: &mut Findings) {
    for (id, _) in m.field.iter().filter(|(_, f)| f.running.is_some() && !f.links()) {
        let help = ("写 type = \"matter\"，不写 takes、about", "make it a plain `matter`, without `takes` and `about`");
        say(out, format!("field.{id}.running"), "这一项不是填另一件事的", "this field names no other matter", help);
    }
}

/// Whether a field is always given before a place can be taken: raising needs it, or whatever leads from elsewhere to a state
/// in which a place is given.
pub(super) fn known(m: &Mechanism, field: &String) -> bool {
    let needs = |a: &Action| a.needs.contains(field);
    let giving: BTreeSet<&String> =
        m.action.iter().filter(|(id, _)| gives(m, id)).flat_map(|(_, a)| &a.states).collect();
    let known_before = |a: &Action| !a.states.is_empty() && a.states.iter().all(|s| giving.contains(s));
    let leads = |a: &&Action| a.part.is_none() && a.to.as_ref().is_some_and(|to| giving.contains(to));
    let mut leading = m.action.values().filter(leads);
    m.action.get(RAISE).is_some_and(needs) || (!giving.is_empty() && leading.all(|a| needs(a) || known_before(a)))
}
