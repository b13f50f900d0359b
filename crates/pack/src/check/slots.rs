//! Places of a day (名额) and who takes one: `[slots]`, `takes`, `link`, `gives_back`.

use super::Findings;
use super::kin::{say, unknown};
use super::lower::slots::gives;
use kernel::form::kept_as;
use kernel::ids::Class;
use kernel::mechanism::{FieldKind, Mechanism, RAISE};

pub(super) fn check(m: &Mechanism, out: &mut Findings) {
    if let Some(slots) = &m.slots {
        let coded = |f: &String, kind| m.field.get(f).is_some_and(|x| x.kind == kind && kept_as(x) == Class::Coded);
        let asked = |f: &String| super::invites::known(m, f);
        let fields =
            [("capacity", Some(&slots.capacity), FieldKind::Number), ("day", slots.day.as_ref(), FieldKind::Date)];
        for (key, field, kind) in fields.into_iter().filter_map(|(k, f, t)| Some((k, f?, t))) {
            if !m.field.contains_key(field) {
                unknown(out, format!("slots.{key}"), ("字段", "field"), field, m.field.keys());
            } else if !coded(field, kind) || !asked(field) {
                let help = (
                    "名额写 number，日子写 date，class = \"coded\"，并写进 raise 的 needs，或者写进通到可以给名额的状态的每个动作的 needs",
                    "a coded number (or date) that `raise` needs, or every action that leads to where a place is given",
                );
                say(
                    out,
                    format!("slots.{key}"),
                    "名额或日子不是给名额以前必填的数字或日期",
                    "it is no coded number or date that is given before a place can be",
                    help,
                );
            }
        }
        if !m.action.keys().any(|a| gives(m, a)) {
            let help =
                ("加一个 by = [\"clock\"] 的动作，例如 book", "add an action with by = [\"clock\"], such as `book`");
            say(out, "slots", "没有给出名额的动作", "no action gives a place", help);
        }
    }
    let raise = m.action.get(RAISE).map(|r| m.fields_of(r)).unwrap_or_default();
    for (id, field) in m.field.iter().filter(|(_, f)| f.takes.is_some()) {
        let other = m.action.iter().any(|(a, x)| a != RAISE && m.fields_of(x).contains(&id.as_str()));
        if field.kind != FieldKind::Matter || !raise.contains(&id.as_str()) || other {
            let help = ("写 type = \"matter\"，只在 raise 里填", "make it a `matter` that only `raise` asks for");
            say(
                out,
                format!("field.{id}.takes"),
                "占名额的字段要在提交时填另一件事的编号",
                "a place is taken by a `matter` field of raising",
                help,
            );
        }
    }
    for (id, _) in m.field.iter().filter(|(_, f)| f.link.is_some() && !f.links()) {
        let help =
            ("去掉 link，或者写 type = \"matter\"，不写 takes、about", "remove `link`, or make it a plain `matter`");
        let (zh, en) = ("这个字段不把两件事关联起来", "this field links no two matters");
        say(out, format!("field.{id}.link"), zh, en, help);
    }
    let takes = m.field.values().any(|f| f.takes.is_some());
    for (id, _) in m.action.iter().filter(|(_, a)| a.gives_back && !takes) {
        let help = ("去掉 gives_back", "remove `gives_back`");
        say(
            out,
            format!("action.{id}.gives_back"),
            "没有占名额，也就没有可退的",
            "no field takes a place that could be given back",
            help,
        );
    }
}
