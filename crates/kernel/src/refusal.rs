//! Refusals as data: what is wrong, which rule says so, and what would make it possible.
//! A refusal leaves no entry; an official non-acceptance is an action of a mechanism and is an entry.

use crate::ids::BodyId;
use crate::text::Text;
use crate::time::Timestamp;

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule}")]
pub struct Refusal {
    /// The rule that says so.
    pub rule: Rule,
    /// The clause that the pack gives for it, if any.
    pub clause: Option<String>,
    /// The actions that are possible instead, for this actor.
    pub possible: Vec<String>,
}

/// The rules by which the kernel refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rule {
    /// There is no such action.
    #[error("the mechanism has no action `{0}`")]
    UnknownAction(String),
    /// The file has ended.
    #[error("the matter has ended")]
    Ended,
    /// Not in this state.
    #[error("not possible while the matter is `{state}`")]
    State {
        /// Where it is.
        state: String,
    },
    /// The guard does not hold.
    #[error("the condition `{guard}` does not hold")]
    Guard {
        /// The guard, as the pack writes it.
        guard: String,
    },
    /// It was done as often as it may be.
    #[error("done {at_most} times already, which is the most")]
    AtMost {
        /// How often.
        at_most: u32,
        /// What remains.
        then: Option<String>,
    },
    /// The clock that it prolongs does not run.
    #[error("the clock `{clock}` does not run")]
    ClockStopped {
        /// Which.
        clock: String,
    },
    /// A value that the region's overlay has not set.
    #[error("`{number}` has no value in this region")]
    NotOffered {
        /// Which number.
        number: String,
    },
    /// The person may not do it.
    #[error("only `{}` may do this", roles.join("`, `"))]
    Role {
        /// Who may.
        roles: Vec<String>,
    },
    /// Separation of duty keeps this person or body out.
    #[error("who handled the matter may not do this")]
    Separation,
    /// A role finds nobody in the directory.
    #[error("the role `{role}` finds nobody")]
    Nobody {
        /// Which.
        role: String,
    },
    /// The body is complained about, or below one that is.
    #[error("the body is complained about in this matter")]
    Shielded {
        /// Which field named it.
        field: String,
        /// Which body.
        body: BodyId,
    },
    /// The form is not right.
    #[error("{} field(s) to mend", .0.len())]
    Fields(Vec<FieldError>),
    /// Such a proposal waits for approval already.
    #[error("a proposal waits for approval already")]
    Pending,
    /// There is no such proposal.
    #[error("no such proposal waits")]
    NoProposal,
    /// It was posted in time, but silence was settled before it came, and somebody has acted since.
    #[error("posted in time, but the matter has moved on since by more than the clock")]
    Overtaken,
    /// There is no such part, or it cannot be told which one is meant.
    #[error("say which part of the matter is meant (`{part}`)")]
    NoPart {
        /// What was said, or the kind of part.
        part: String,
    },
    /// The body works on it already.
    #[error("the body works on the matter already")]
    PartOpen {
        /// Which field named it.
        field: String,
        /// Which body.
        body: BodyId,
    },
    /// The time given lies before the file or too far back, or after now; the raiser herself acts now.
    #[error("the time given cannot be")]
    Time {
        /// The latest that it may be.
        latest: Timestamp,
    },
    /// Every place is taken.
    #[error("all {places} places are taken")]
    Full {
        /// How many there are.
        places: u32,
    },
}

impl Rule {
    /// The stable name of the rule: in the API, in scenarios, in the words of pages.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Rule::UnknownAction(_) => "unknown_action",
            Rule::Ended => "ended",
            Rule::State { .. } => "state",
            Rule::Guard { .. } => "guard",
            Rule::AtMost { .. } => "at_most",
            Rule::ClockStopped { .. } => "clock_stopped",
            Rule::NotOffered { .. } => "not_offered",
            Rule::Role { .. } => "role",
            Rule::Separation => "separation",
            Rule::Nobody { .. } => "nobody",
            Rule::Shielded { .. } => "shielded",
            Rule::Fields(_) => "fields",
            Rule::Pending => "pending",
            Rule::NoProposal => "no_proposal",
            Rule::Overtaken => "overtaken",
            Rule::NoPart { .. } => "no_part",
            Rule::PartOpen { .. } => "part_open",
            Rule::Time { .. } => "time",
            Rule::Full { .. } => "full",
        }
    }
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Which field.
    pub field: String,
    /// A stable code for programs.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: Text,
}

impl From<Rule> for Refusal {
    fn from(rule: Rule) -> Refusal {
        Refusal { rule, clause: None, possible: Vec::new() }
    }
}
