//! Names, sixth part: numbers that rest on links. Nobody types what is counted, and a bound stands on a number alone.

use super::Findings;
use super::kin::{say, unknown};
use kernel::form::kept_as;
use kernel::ids::Class;
use kernel::mechanism::{FieldKind, Mechanism, RAISE};

pub(super) fn check(m: &Mechanism, out: &mut Findings) {
    for (id, action) in &m.action {
        for field in action.counts.iter().filter(|(_, c)| c.links().is_some()).map(|(f, _)| f) {
            let path = format!("action.{id}.counts");
            let Some(known) = m.field.get(field) else {
                unknown(out, path, ("字段", "field"), field, m.field.keys());
                continue;
            };
            let typed = m.action.values().any(|a| m.fields_of(a).contains(&field.as_str()));
            if known.kind != FieldKind::Number || kept_as(known) != Class::Coded || typed || id == RAISE {
                let help = (
                    "写一个 type = \"number\"、class = \"coded\"、谁也不填的字段；raise 的时候还没有关联",
                    "a coded number that no form asks for; nothing is linked yet when a matter is raised",
                );
                let zh = format!("“{field}”不能是数出来的");
                say(out, path, &zh, &format!("`{field}` cannot be what is counted"), help);
            }
        }
    }
    for (id, _) in m.field.iter().filter(|(_, f)| f.within.is_some() && f.kind != FieldKind::Number) {
        let help = ("只给 type = \"number\" 的字段写 within", "only a number has `within`");
        say(out, format!("field.{id}.within"), "这不是数", "it is no number", help);
    }
}
