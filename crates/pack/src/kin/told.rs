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

    /// What a matter says to a child: there it is an action that waits for that, and all that it needs is handed over from
    /// what the action here needs, kept no more openly there.
    pub(super) fn tells(&self, id: &str, child: &Child, other: &Mechanism, out: &mut Findings) {
        for (did, then) in &child.tells {
            let path = format!("child.{id}.tells.{did}");
            let Some(action) = other.action.get(then).filter(|a| a.on_word) else {
                let known = other.action.iter().filter(|(_, a)| a.on_word).map(|(id, _)| id);
                unknown(
                    out,
                    path,
                    ("那个机制写了 on_word 的动作", "action of that mechanism with `on_word`"),
                    then,
                    known,
                );
                continue;
            };
            let given = self.m.action.get(did);
            for field in &action.needs {
                let ours = child.hands.get(field);
                let sure = ours.is_some_and(|f| given.is_some_and(|a| a.needs.contains(f)));
                let kind = |m: &Mechanism, f: &String| m.field.get(f).map(|f| (f.kind, f.max));
                let kinds = ours.and_then(|f| kind(self.m, f)).zip(kind(other, field));
                let alike =
                    kinds.is_some_and(|(a, b)| a.0 == b.0 && a.1.unwrap_or(u32::MAX) <= b.1.unwrap_or(u32::MAX));
                let class = |m: &Mechanism, f: &String| m.field.get(f).map(|f| f.class);
                let open = ours.is_some_and(|f| class(self.m, f) != class(other, field));
                if !sure || !alike || open {
                    let says = (
                        format!("“{then}”要的“{field}”，这里的“{did}”不一定带得过去"),
                        format!("`{then}` needs `{field}`, which `{did}` does not surely hand over"),
                    );
                    let help = (
                        "在 hands 里写上来自哪个字段；那个字段写进这个动作的 needs，两边同样的 type、class，那边的 max 不小于这边",
                        "name its source in `hands`: a field that this action needs, of the same `type` and `class`, with no smaller `max` there",
                    );
                    say(out, path.clone(), says, help);
                }
            }
        }
    }
}
