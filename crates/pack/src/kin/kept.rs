//! Whom a matter keeps out, the matters that come out of it keep out as well; and a mechanism that rests on the body which
//! raises it is raised by one.

use super::{Reach, say};
use crate::check::Findings;
use crate::finding::Rule;
use kernel::guard::Guard;
use kernel::mechanism::Mechanism;
use std::collections::BTreeMap;

impl Reach<'_> {
    /// Where roles of the other mechanism are the body that raised it, a body does.
    pub(super) fn for_a_body(&self, path: &str, other: &Mechanism, body: bool, out: &mut Findings) {
        if !body && crate::check::roles::needs_body(other) {
            let says = (
                format!("“{}”有角色是提出它的单位，这里却可能由本人或系统提出", other.mechanism.id),
                format!(
                    "a role of `{}` is the body that raises it; here the person or the clock may",
                    other.mechanism.id
                ),
            );
            let help = (
                "这个动作只由单位的角色做；或者那边写 is = \"raiser_body or 角色\"",
                "let roles of bodies alone do this, or write is = \"raiser_body or ROLE\" there",
            );
            say(out, path.to_owned(), says, help);
        }
    }

    /// Who is kept out here is kept out there. Not where the condition says that nobody is; and a matter of the offices
    /// says of nobody who she is.
    pub(super) fn kept_out(
        &self,
        path: &str,
        other: &Mechanism,
        with: &BTreeMap<String, String>,
        (internal, when): (bool, Option<&Guard>),
        out: &mut Findings,
    ) {
        let nobody = |id: &str| when.is_some_and(|g| never_set(g, id));
        let marked = self.m.field.iter().filter(|(id, f)| (f.shield || (f.withhold && !internal)) && !nobody(id));
        for (id, mark) in marked {
            let kept = with.iter().filter(|(_, from)| *from == id).filter_map(|(to, _)| other.field.get(to));
            if kept.filter(|f| (f.shield || !mark.shield) && (f.withhold || !mark.withhold)).count() == 0 {
                let mut shielded = Findings::of(Rule::Shielded);
                say(
                    &mut shielded,
                    format!("{path}.with"),
                    (
                        format!("这里回避“{id}”写的单位，到了“{}”就不回避了", other.mechanism.id),
                        format!("the bodies of `{id}` are kept out here and not in `{}`", other.mechanism.id),
                    ),
                    (
                        "在 with 里把它交给那边同样写了 shield（或 withhold）的字段",
                        "hand it over in `with` to a field there that is marked the same way",
                    ),
                );
                out.list.append(&mut shielded.list);
            }
        }
    }
}

/// Whether a condition surely fails where a field is set.
fn never_set(guard: &Guard, field: &str) -> bool {
    match guard {
        Guard::And(gs) => gs.iter().any(|g| never_set(g, field)),
        Guard::Or(gs) => gs.iter().all(|g| never_set(g, field)),
        Guard::Not(g) => matches!(&**g, Guard::Set(name) if name == field),
        _ => false,
    }
}
