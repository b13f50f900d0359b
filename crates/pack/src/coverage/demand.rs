//! What scenarios have to show of a pack, one item each, and whether a story shows it. Which items there are is `wanted`'s.

use crate::scenario::StepLog;
use kernel::entry::{Act, By, ClockEvent, Entry};
use kernel::text::Text;

/// Something that a story has to show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shown {
    /// A matter comes to this end.
    End(String),
    /// An action is refused by this rule.
    Refused {
        /// Which action.
        action: String,
        /// The rule's code.
        rule: &'static str,
    },
    /// An action is refused because its form leaves out what it asks for on a condition.
    LeftOut {
        /// Which action.
        action: String,
        /// Which field.
        field: String,
    },
    /// A form, of whichever action, is refused because it leaves out a required field.
    Required(String),
    /// Separation of duty keeps somebody from being this role.
    Apart(String),
    /// A proposal is not approved.
    Rejected(String),
    /// Somebody may not approve what he proposed himself.
    OwnProposal(String),
    /// A window passes unused and its silence speaks.
    Silent {
        /// Which window.
        window: String,
        /// The action that follows.
        then: Option<String>,
    },
    /// An owed clock is missed, and the superior's starts or the matter is listed.
    Overdue(String),
    /// An approval is not given in time, and it climbs.
    ApprovalOverdue,
    /// This plan raises a matter because of repeats.
    Repeated(String),
}

impl Shown {
    /// Whether a step shows it.
    #[must_use]
    pub fn by(&self, step: &StepLog) -> bool {
        let refused = |what: &str, rule: &str| step.what == what && step.refused == Some(rule);
        let done = |what: &str| step.what == what && step.refused.is_none();
        match self {
            Shown::End(state) => step.state == *state,
            Shown::Refused { action, rule } => refused(action, rule),
            Shown::LeftOut { action, field } => step.what == *action && step.left_out.contains(field),
            Shown::Required(field) => step.left_out.contains(field),
            Shown::Apart(role) => step.apart.contains(role),
            Shown::Rejected(action) => done(&format!("reject:{action}")),
            Shown::OwnProposal(action) => refused(&format!("approve:{action}"), "separation") && step.apart.is_empty(),
            Shown::Silent { window, then } => step.entries.iter().any(|e| speaks(e, window, then.as_deref())),
            Shown::Overdue(clock) => step.entries.iter().any(|e| climbs(e, |id| of_part(id) == clock)),
            Shown::Repeated(plan) => step.entries.iter().any(|e| repeated(e) == Some(plan)),
            Shown::ApprovalOverdue => {
                step.entries.iter().any(|e| climbs(e, |id| id.starts_with("approve:") && !id.contains('^')))
            }
        }
    }
}

/// The plan that raised a matter because of repeats with this entry.
fn repeated(entry: &Entry) -> Option<&String> {
    let plan = entry.opened.as_ref()?.origin.plan.as_ref()?;
    plan.repeats.as_ref().map(|_| &plan.plan)
}

fn speaks(entry: &Entry, window: &str, then: Option<&str>) -> bool {
    let closed = entry.clocks.iter().any(|c| matches!(c, ClockEvent::Stopped { id } if of_part(id) == window));
    let said = match then {
        Some(action) => entry.act == Act::Did(action.to_owned()),
        None => matches!(&entry.act, Act::Expired(id) if of_part(id) == window),
    };
    closed && said && entry.by == By::Clock
}

/// The clock that an instance is of: `report` of `report@12`, which runs for one part.
fn of_part(id: &str) -> &str {
    id.split('@').next().unwrap_or(id)
}

fn climbs(entry: &Entry, is: impl Fn(&str) -> bool) -> bool {
    let Act::Expired(clock) = &entry.act else { return false };
    let above = format!("{clock}^1");
    is(clock)
        && entry.clocks.iter().any(|c| match c {
            ClockEvent::Started(s) => s.id == above,
            ClockEvent::Expired { listed, .. } => *listed,
            _ => false,
        })
}

/// An item with its place in the pack, in words, and the step that would show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Demand {
    /// What.
    pub shown: Shown,
    /// Its place, as `action.extend.when`.
    pub path: String,
    /// In words.
    pub what: Text,
    /// The step to write, and the shortest way to where it can be played.
    pub step: String,
}
