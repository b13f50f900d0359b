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

/// Whether an action happens on the word of a child.
pub(crate) fn is_told(m: &Mechanism, id: &str) -> bool {
    m.child.values().any(|c| c.told.values().any(|a| a == id))
}
