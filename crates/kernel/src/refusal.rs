//! Refusals as data: what is wrong, which rule says so, and what would make it possible.
//! A refusal leaves no entry; an official non-acceptance is an action of a mechanism and is an entry.

mod votes;

pub use votes::VoteRule;

use crate::guard::Guard;
use crate::ids::BodyId;
use crate::text::Text;
use crate::time::{Date, Timestamp};

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
    #[error("not so: `{}`", unmet.iter().map(ToString::to_string).collect::<Vec<_>>().join("`, `"))]
    Guard {
        /// The action.
        action: String,
        /// The conditions of it that do not hold; what they mean to people says `guard::sentence`.
        unmet: Vec<Guard>,
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
    /// A body says that its own act happened earlier than it records it.
    #[error("what a body does itself counts from when it is recorded")]
    OwnAct,
    /// Every place is taken.
    #[error("all {places} places are taken")]
    Full {
        /// How many there are.
        places: u32,
    },
    /// A ballot or a count that does not fit.
    #[error("{}", .0.words().en)]
    Vote(VoteRule),
    /// A letter cannot be served or declared void like that.
    #[error("{}", .0.words().en)]
    Paper(PaperRule),
    /// Matters of the same kind cannot be counted, or are too few.
    #[error("{}", .0.words().en)]
    Count(crate::tally::CountRule),
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
            Rule::OwnAct => "own_act",
            Rule::Full { .. } => "full",
            Rule::Vote(v) => v.code(),
            Rule::Paper(p) => p.code(),
            Rule::Count(c) => c.code(),
        }
    }
}

/// Why a letter cannot be served or declared void like that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaperRule {
    /// There is no such letter, or none that has still to be served.
    Nothing,
    /// Served in a way to which she has to agree, and did not.
    Consent,
    /// Told by telephone where no number is on file, or none that this body may know.
    Number,
    /// The day lies before the letter or after today.
    Day {
        /// The first day that can be.
        from: Date,
        /// The last.
        to: Date,
    },
    /// It is void already.
    Void,
    /// It was served: time runs from it.
    Served,
    /// It has to be served, so another has to come in its place.
    Owed,
}

impl PaperRule {
    /// The stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            PaperRule::Nothing => "letter_unknown",
            PaperRule::Consent => "service_consent",
            PaperRule::Number => "service_number",
            PaperRule::Day { .. } => "service_day",
            PaperRule::Void => "letter_void",
            PaperRule::Served => "letter_served",
            PaperRule::Owed => "letter_owed",
        }
    }

    /// What is wrong and what to do, in both languages.
    #[must_use]
    pub fn words(&self) -> Text {
        match self {
            PaperRule::Nothing => {
                Text::new("没有这样一份还要送达的文书", "there is no such letter, or none to be served")
            }
            PaperRule::Consent => Text::new(
                "这种送达方式要本人同意；没有同意的，请换一种方式送达",
                "this way of serving needs the person's consent; without it, serve the letter in another way",
            ),
            PaperRule::Number => Text::new(
                "这件事没有留下本单位可以看到的电话，不能以电话告知；请换一种方式",
                "no telephone number was left that your body may see, so it cannot be told by telephone; choose another way",
            ),
            PaperRule::Day { from, to } => Text::new(
                format!("送达的日子要在 {from}（文书作出那天）到 {to}（今天）之间"),
                format!("the day of service lies between {from}, when the letter was issued, and {to}, today"),
            ),
            PaperRule::Void => Text::new("这份文书已经作废", "the letter is void already"),
            PaperRule::Served => Text::new(
                "文书已经送达，期限已经起算，不能作废；要改正，请依程序另行作出",
                "the letter was served and time runs from it; it cannot be void. To put it right, decide anew by the procedure",
            ),
            PaperRule::Owed => Text::new(
                "这份文书还要送达给本人；作废的同时要重新出具一份",
                "this letter has still to be served; declare it void and issue it anew at once",
            ),
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
