//! Names: what a child tells its parent while it runs is followed here by something that the clock alone does, and that sets
//! nothing else in motion. Whether the child has such an action is asked over the whole set of packs (`crate::kin`).

use super::Findings;
use super::kin::{say, unknown};
use kernel::mechanism::{Action, CLOCK, Child, Mechanism, RAISE};

pub(super) fn child(m: &Mechanism, id: &str, child: &Child, out: &mut Findings) {
    let at = |key: &str| format!("child.{id}.{key}");
    if child.joins.is_some() && (child.hidden || child.internal || child.open_while.is_some()) {
        let help = ("去掉 hidden、internal、open_while", "remove `hidden`, `internal` and `open_while`");
        let (zh, en) =
            ("给另一个人登记的事项，不会又是别的样子的", "a matter of somebody else is no other kind of child");
        say(out, at("joins"), zh, en, help);
    }
    if child.hidden && !child.told.is_empty() {
        let help = ("去掉 told", "remove `told`");
        let (zh, en) = ("隐藏的子事项不能告诉原事项任何事", "a hidden child tells the parent nothing");
        say(out, at("told"), zh, en, help);
    }
    for (did, then) in &child.told {
        let path = format!("child.{id}.told.{did}");
        match m.action.get(then).filter(|_| then != RAISE) {
            None => unknown(out, path, ("动作", "action"), then, m.action.keys().filter(|a| *a != RAISE)),
            Some(a) if a.by != [CLOCK] => {
                let help = ("那个动作写 by = [\"clock\"]", "give that action by = [\"clock\"]");
                let (zh, en) = (
                    "子事项传来话时做的动作，只能由系统做",
                    "what happens on the word of a child is done by nobody else",
                );
                say(out, path, zh, en, help);
            }
            Some(a) if beyond(a) || silence(m, then) => {
                let help = (
                    "另写一个动作：不另立事项、不公开、不用附表，也不是哪个期限到了做的",
                    "write another action: one that raises and publishes nothing, and that no silence does",
                );
                let (zh, en) =
                    ("子事项传来一句话，不能由此再引出别的事", "on the word of a child nothing else is set in motion");
                say(out, path, zh, en, help);
            }
            Some(_) => {}
        }
    }
}

fn beyond(a: &Action) -> bool {
    a.raises.is_some() || a.publishes.is_some() || a.assign.is_some() || a.part.is_some()
}

fn silence(m: &Mechanism, then: &str) -> bool {
    m.clock.values().any(|c| c.silence.as_ref().is_some_and(|s| s.then.as_deref() == Some(then)))
}

/// Whether an action happens on the word of another matter.
pub(crate) fn is_told(m: &Mechanism, id: &str) -> bool {
    m.child.values().any(|c| c.told.values().any(|a| a == id)) || m.action.get(id).is_some_and(|a| a.on_word)
}

/// What happens on the word of the matter out of which this one came is done by nobody else and sets nothing else in motion.
pub(super) fn on_word(m: &Mechanism, out: &mut Findings) {
    for (id, a) in m.action.iter().filter(|(_, a)| a.on_word) {
        let told = m.child.values().any(|c| c.told.values().any(|t| t == id));
        if a.by != [CLOCK] || id == RAISE || beyond(a) || silence(m, id) || told {
            let help = (
                "写 by = [\"clock\"]；不另立事项、不公开、不用附表，也不是哪个期限到了或者子事项传话时做的",
                "say by = [\"clock\"]; it raises and publishes nothing, and neither a silence nor a child does it",
            );
            let (zh, en) = (
                "原来那件事传来话时做的动作，只能由系统做，也不能再引出别的事",
                "what happens on the word of the matter out of which this came is done by nobody else, and sets nothing in motion",
            );
            say(out, format!("action.{id}.on_word"), zh, en, help);
        }
    }
    for (id, child) in m.child.iter().filter(|(_, c)| !c.tells.is_empty() || !c.hands.is_empty()) {
        for did in child.tells.keys().filter(|d| *d == RAISE || !m.action.contains_key(*d)) {
            let known = m.action.keys().filter(|a| *a != RAISE);
            unknown(out, format!("child.{id}.tells"), ("动作", "action"), did, known);
        }
        for ours in child.hands.values().filter(|f| !m.field.contains_key(*f)) {
            unknown(out, format!("child.{id}.hands"), ("字段", "field"), ours, m.field.keys());
        }
        if child.hidden || child.open_while.is_some() || child.tells.is_empty() {
            let help = ("去掉 tells 和 hands", "remove `tells` and `hands`");
            let (zh, en) = (
                "隐藏的、谁都能提的子事项听不到原来那件事；不传话的也不带东西",
                "a hidden child, and one that anybody may raise, hears nothing; without `tells` nothing is handed over",
            );
            say(out, format!("child.{id}.tells"), zh, en, help);
        }
    }
}
