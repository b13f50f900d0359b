//! What a child tells its parent, over both mechanisms: the child can do it, and a post that raises it for somebody else names
//! the parent.

use super::{Reach, say};
use crate::check::{Findings, unknown};
use kernel::mechanism::{CLOCK, Child, FieldKind, Mechanism, RAISE, RAISER};

impl Reach<'_> {
    pub(super) fn told(&self, id: &str, child: &Child, other: &Mechanism, out: &mut Findings) {
        for did in child.told.keys().filter(|did| *did == RAISE || !other.action.contains_key(*did)) {
            let known = other.action.keys().filter(|a| *a != RAISE);
            unknown(out, format!("child.{id}.told"), ("那个机制的动作", "action of that mechanism"), did, known);
        }
        let (Some(field), Some(raise)) = (&child.joins, other.action.get(RAISE)) else { return };
        let names = |f: &String| other.field.get(f).is_some_and(|x| x.kind == FieldKind::Matter && x.links());
        if !raise.needs.contains(field) || !names(field) {
            let says = (
                format!("“{}”登记时不一定写明这是哪一件的", other.mechanism.id),
                format!("raising `{}` does not surely say beside which matter it stands", other.mechanism.id),
            );
            let help = (
                "joins 写那边 type = \"matter\" 的字段，并写进 raise 的 needs",
                "let `joins` name a `matter` field there that its `raise` needs",
            );
            say(out, format!("child.{id}.joins"), says, help);
        }
        if raise.by.iter().all(|r| r == RAISER || r == CLOCK) {
            let says = (
                format!("“{}”没有工作人员可以登记", other.mechanism.id),
                format!("no post may raise `{}`", other.mechanism.id),
            );
            let help = ("那个机制的 raise 在 by 里写上一个岗位", "name a role of a post in the `by` of its `raise`");
            say(out, format!("child.{id}.joins"), says, help);
        }
    }
}
