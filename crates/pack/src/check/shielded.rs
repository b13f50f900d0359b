//! Rule 7: the body complained about never holds, reads or is sent the matter. What is provable here: roles are resolved
//! through the kernel's shield filter whatever a pack says (`resolve`, `acts_as`), so the only way round it would be a
//! body that a form names, a shield that is asked too late or kept where no entry shows it, or a letter to somebody who
//! is no role. Those are refused. Tested elsewhere: that the filter itself holds on random trees (kernel).

use super::Findings;
use crate::finding::{Finding, Rule};
use kernel::form::kept_as;
use kernel::ids::Class;
use kernel::mechanism::{FieldKind, Letter, Mechanism, PART, RAISE, RAISER};

pub(super) fn check(m: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Shielded);
    marks(m, &mut out);
    let shields: Vec<&str> = m.field.iter().filter(|(_, f)| f.shield).map(|(id, _)| id.as_str()).collect();
    if let Some(shield) = shields.first() {
        asked_first(m, &shields, &mut out);
        assigned(m, shield, &mut out);
    }
    letters(m, &mut out);
    out.list
}

/// A shield or a withholding takes effect only as coded bodies.
fn marks(m: &Mechanism, out: &mut Findings) {
    for (id, field) in m.field.iter().filter(|(_, f)| f.shield || f.withhold) {
        let bodies = matches!(field.kind, FieldKind::Body | FieldKind::Bodies);
        if !bodies || kept_as(field) != Class::Coded {
            out.add(
                format!("field.{id}"),
                Vec::new(),
                (
                    format!("“{id}”写了 shield 或 withhold，但不是 coded 的单位，系统没法据此回避"),
                    format!(
                        "`{id}` is marked shield or withhold but is no coded body, so nothing can be kept out by it"
                    ),
                ),
                ("写 type = \"bodies\"、class = \"coded\"", "write type = \"bodies\" and class = \"coded\""),
            );
        }
    }
}

/// The raiser names the body before anybody can hold the matter.
fn asked_first(m: &Mechanism, shields: &[&str], out: &mut Findings) {
    let Some(raise) = m.action.get(RAISE) else {
        return;
    };
    let asked = |s: &&str| raise.needs.iter().any(|f| f == s) || raise.needs_when.contains_key(*s);
    if !shields.iter().any(asked) {
        let shield = shields[0];
        out.add(
            "action.raise",
            Vec::new(),
            (
                format!("提交时不一定要填“{shield}”，被反映的单位可能先拿到这件事"),
                format!("raising does not ask for `{shield}`, so the body complained about may hold the matter first"),
            ),
            (
                "把它写进 raise 的 needs；只有一部分来件是检举控告的，写进 needs_when 并给出条件",
                "name it in `needs` of `raise`, or in `needs_when` with the condition under which a complaint is about a body",
            ),
        );
    }
}

/// A body that a form names to act lies outside.
fn assigned(m: &Mechanism, shield: &str, out: &mut Findings) {
    for (kind, part) in &m.part {
        let named = std::iter::once(&part.each).chain(&part.lead);
        for (name, field) in named.filter_map(|f| m.field.get_key_value(f)) {
            if !field.outside.as_ref().and_then(|o| m.field.get(o)).is_some_and(|o| o.shield) {
                out.add(
                    format!("field.{name}"),
                    vec![format!("part.{kind} -each-> {name}")],
                    (
                        format!("“{kind}”可以叫上“{name}”里选的任何单位，包括被反映的单位"),
                        format!("`{kind}` may call any body in `{name}`, the one complained about too"),
                    ),
                    (
                        &format!("在这个字段写 outside = \"{shield}\""),
                        &format!("write outside = \"{shield}\" in this field"),
                    ),
                );
            }
        }
    }
    for (id, action) in &m.action {
        let Some((name, field)) = action.assign.as_ref().and_then(|a| m.field.get_key_value(a)) else {
            continue;
        };
        let outside = field.outside.as_ref().and_then(|o| m.field.get(o)).is_some_and(|o| o.shield);
        if !outside {
            out.add(
                format!("field.{name}"),
                vec![format!("{id} -assign-> {name}")],
                (
                    format!("“{id}”可以把事情交给“{name}”里选的任何单位，包括被反映的单位"),
                    format!("`{id}` may assign the matter to any body in `{name}`, the one complained about too"),
                ),
                (
                    &format!("在这个字段写 outside = \"{shield}\""),
                    &format!("write outside = \"{shield}\" in this field"),
                ),
            );
        }
    }
}

fn letters(m: &Mechanism, out: &mut Findings) {
    for (id, letter) in &m.letter {
        if letter.to != RAISER && letter.to != PART && !m.role.contains_key(&letter.to) {
            out.add(
                format!("letter.{id}.to"),
                Vec::new(),
                (
                    format!("函件“{id}”寄给“{}”，这不是经过回避筛选的角色", letter.to),
                    format!("the letter `{id}` goes to `{}`, which is no role and passes no shield", letter.to),
                ),
                ("to 写 raiser 或一个角色", "address it to `raiser` or to a role"),
            );
        }
        let sealed = letter.fields.iter().find(|f| m.field.get(*f).is_some_and(|f| f.class == Class::Sealed));
        if let Some(field) = sealed.filter(|_| letter.to != RAISER && !goes_to_holder(m, id, letter)) {
            out.add(
                format!("letter.{id}.fields"),
                Vec::new(),
                (
                    format!("函件“{id}”把密封的“{field}”写给了“{}”，它并不经手这件事", letter.to),
                    format!(
                        "the letter `{id}` quotes the sealed `{field}` to `{}`, who does not hold the matter",
                        letter.to
                    ),
                ),
                (
                    "从 fields 里去掉这一项，或者寄给来件人",
                    "take the field out of `fields`, or address the letter to the raiser",
                ),
            );
        }
    }
}

/// Wherever the letter is issued, its addressee holds the matter then.
fn goes_to_holder(m: &Mechanism, id: &str, letter: &Letter) -> bool {
    let mut issued = m.action.values().filter(|a| a.letter.as_deref() == Some(id)).peekable();
    let holds = |s: &String| m.state.get(s).is_some_and(|s| s.holder.as_ref() == Some(&letter.to));
    issued.peek().is_some()
        && issued.all(|a| a.to.as_ref().map_or(!a.states.is_empty() && a.states.iter().all(holds), holds))
}
