//! What a check of a mechanism finds: which rule, where, along which path, and what to change.
//! It knows nothing of files and lines; `fault` adds those.

use kernel::text::Text;
use std::fmt;

/// The rules that a mechanism is proved against (design: mechanisms), and what must hold before them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rule {
    /// Names, classes and references fit together; without this no proof can start.
    Sound,
    /// 1: every state can be reached, and from every state an end can.
    Reachable,
    /// 2: every state that is not an end has one holder who can act.
    Held,
    /// 3: a clock runs in every state that is not an end.
    Clocked,
    /// 4: every path to an end answers the raiser.
    Answered,
    /// 5: no matter can be sent round for ever.
    Bounded,
    /// 6: an expiry starts somebody else's clock, up to the public list.
    Escalates,
    /// 7: nothing reaches the body complained about.
    Shielded,
    /// 8: the longest time is a number.
    Promise,
    /// 9: an overlay takes nothing away.
    OverlaySafe,
}

impl Rule {
    /// Every rule, in order.
    pub const ALL: [Rule; 10] = [
        Rule::Sound,
        Rule::Reachable,
        Rule::Held,
        Rule::Clocked,
        Rule::Answered,
        Rule::Bounded,
        Rule::Escalates,
        Rule::Shielded,
        Rule::Promise,
        Rule::OverlaySafe,
    ];

    /// Its name in machine output.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Rule::Sound => "sound",
            Rule::Reachable => "reachable",
            Rule::Held => "held",
            Rule::Clocked => "clocked",
            Rule::Answered => "answered",
            Rule::Bounded => "bounded",
            Rule::Escalates => "escalates",
            Rule::Shielded => "shielded",
            Rule::Promise => "promise",
            Rule::OverlaySafe => "overlay_safe",
        }
    }

    /// Its number among the nine; 0 for what must hold before them.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// What it demands, in a few words.
    #[must_use]
    pub fn name(self) -> Text {
        let (zh, en) = match self {
            Rule::Sound => ("前后对得上", "the parts fit together"),
            Rule::Reachable => ("走得到、出得来", "reachable, no traps"),
            Rule::Held => ("每一步都有人管", "always held by somebody"),
            Rule::Clocked => ("每一步都有期限", "a clock always runs"),
            Rule::Answered => ("件件有答复", "always answered"),
            Rule::Bounded => ("不会没完没了地转", "never sent round for ever"),
            Rule::Escalates => ("逾期有上级接着管", "an expiry climbs"),
            Rule::Shielded => ("不落到被反映单位手里", "the body complained about is kept out"),
            Rule::Promise => ("最长多久说得出", "the longest time is a number"),
            Rule::OverlaySafe => ("地方规定只能更好", "a region may only do better"),
        };
        Text::new(zh, en)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Something in a mechanism that a rule refuses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Which rule.
    pub rule: Rule,
    /// The place in the file, as keys joined with dots: `action.transfer.assign`, `clock.handle`. A place that the
    /// file does not spell out is found by its nearest parent.
    pub path: String,
    /// The offending path as `state -action-> state …`, one link each, where there is one.
    pub chain: Vec<String>,
    /// What is wrong.
    pub message: Text,
    /// What to change.
    pub help: Text,
}
