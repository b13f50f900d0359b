//! Why a vote takes something not, with the words for it.

use crate::text::Text;
use crate::time::Timestamp;

/// Why a ballot or a count was not taken. Nothing of it is kept, so that whoever is refused loses nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoteRule {
    /// There is no such vote.
    Unknown(String),
    /// It was not opened yet.
    NotOpen,
    /// It is open already.
    Open,
    /// It is closed, or its time is over.
    Closed,
    /// It cannot be closed while ballots may still come.
    Running {
        /// Until when they may.
        until: Timestamp,
    },
    /// There is no such slip.
    NoSlip {
        /// Which.
        slip: u32,
        /// How many there are.
        base: u32,
    },
    /// The slip was counted already.
    Counted {
        /// Which.
        slip: u32,
        /// On paper.
        paper: bool,
    },
    /// The slip stands twice in a count.
    Twice {
        /// Which.
        slip: u32,
    },
    /// The slip has voted for as many others as it may.
    Proxies {
        /// For how many it may.
        most: u32,
    },
    /// No such option.
    Option(String),
    /// Paper ballots are not taken.
    NoPaper,
    /// The slips and the ballots of a count differ.
    Sum {
        /// How many slips.
        slips: usize,
        /// How many ballots.
        counts: u64,
    },
    /// The secret ballots at hand are not those that were cast.
    Uncounted,
    /// There is no such line of the roll.
    NoLine {
        /// Which; 0 where none was named.
        line: u32,
        /// How many there are.
        base: u32,
    },
    /// The line has a slip already, or (`back`) has none to give back.
    Handed {
        /// Which.
        line: u32,
        /// It was to be given back.
        back: bool,
    },
    /// Slips bear names in an open vote, so that handing them out is not written down.
    OnSlip,
    /// Whoever opened the vote prints no slips; `body`: nor does anybody of hers.
    Opener {
        /// Another body counts as well.
        body: bool,
    },
    /// Every slip was printed once.
    AllPrinted,
}

impl VoteRule {
    /// The stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            VoteRule::Unknown(_) => "vote_unknown",
            VoteRule::NotOpen => "vote_not_open",
            VoteRule::Open => "vote_open",
            VoteRule::Closed => "vote_closed",
            VoteRule::Running { .. } => "vote_running",
            VoteRule::NoSlip { .. } => "slip_unknown",
            VoteRule::Counted { .. } => "slip_counted",
            VoteRule::Twice { .. } => "slip_twice",
            VoteRule::Proxies { .. } => "proxy_limit",
            VoteRule::Option(_) => "option_unknown",
            VoteRule::NoPaper => "no_paper",
            VoteRule::Sum { .. } => "paper_sum",
            VoteRule::Uncounted => "vote_uncounted",
            VoteRule::NoLine { .. } => "line_unknown",
            VoteRule::Handed { .. } => "line_handed",
            VoteRule::OnSlip => "slip_named",
            VoteRule::Opener { .. } => "slip_opener",
            VoteRule::AllPrinted => "slip_printed",
        }
    }

    /// What is wrong and what to do, in both languages.
    #[must_use]
    pub fn words(&self) -> Text {
        match self {
            VoteRule::Unknown(id) => Text::new(format!("没有“{id}”这项表决"), format!("there is no vote `{id}`")),
            VoteRule::NotOpen => Text::new("表决还没有开始", "the vote has not been opened yet"),
            VoteRule::Open => Text::new("表决正在进行，不能再开一次", "the vote is open already"),
            VoteRule::Closed => {
                Text::new("表决已经截止，这一票没有计入", "the vote is closed; this ballot was not counted")
            }
            VoteRule::Running { until } => Text::new(
                format!("还有人没有投票，{until} 截止以后才能计票"),
                format!("not everybody has voted; ballots can be counted after {until}"),
            ),
            VoteRule::NoSlip { slip, base } => Text::new(
                format!("没有 {slip} 号票，票号从 1 到 {base}"),
                format!("there is no slip {slip}; they run from 1 to {base}"),
            ),
            VoteRule::Counted { slip, paper: true } => Text::new(
                format!("{slip} 号票已经按纸质票计入，不能再投"),
                format!("slip {slip} was counted on paper already"),
            ),
            VoteRule::Counted { slip, paper: false } => {
                Text::new(format!("{slip} 号票已经投过，不能再投"), format!("slip {slip} was used already"))
            }
            VoteRule::Twice { slip } => {
                Text::new(format!("{slip} 号票写了两次"), format!("slip {slip} stands there twice"))
            }
            VoteRule::Proxies { most: 0 } => Text::new("这项表决不能代别人投票", "nobody may vote for others here"),
            VoteRule::Proxies { most } => Text::new(
                format!("一张票最多代 {most} 张，已经代满了"),
                format!("one slip may vote for {most} at most, and has"),
            ),
            VoteRule::Option(id) => Text::new(format!("选票上没有“{id}”"), format!("there is no option `{id}`")),
            VoteRule::NoPaper => Text::new("这项表决不收纸质票", "paper ballots are not taken here"),
            VoteRule::Sum { slips, counts } => Text::new(
                format!("票号有 {slips} 个，各项加起来是 {counts} 票，要相等"),
                format!("there are {slips} slips and {counts} ballots; they must be equal"),
            ),
            VoteRule::NoLine { line: 0, .. } => Text::new("请选名册上的哪几行", "please say which lines of the roll"),
            VoteRule::NoLine { line, base } => Text::new(
                format!("名册上没有第 {line} 行，从 1 到 {base}"),
                format!("the roll has no line {line}; they run from 1 to {base}"),
            ),
            VoteRule::Handed { line, back: false } => Text::new(
                format!("名册第 {line} 行已经领过票，一人（户）只有一张"),
                format!("line {line} of the roll has a slip already; there is one for each"),
            ),
            VoteRule::Handed { line, back: true } => {
                Text::new(format!("名册第 {line} 行没有领过票"), format!("line {line} of the roll has no slip"))
            }
            VoteRule::Opener { body: true } => Text::new(
                "开始表决的单位不印票，由监督计票的另一方来印",
                "the body that opened the vote prints no slips; the other one that counts prints them",
            ),
            VoteRule::Opener { body: false } => Text::new(
                "谁开始的表决，谁不印票，请另一位来印",
                "whoever opened the vote prints no slips; somebody else does",
            ),
            VoteRule::AllPrinted => Text::new(
                "票都印过了；丢了的，写上票号重新印，原来的密码就作废",
                "every slip was printed; for one that was lost give its number, and its former code is void",
            ),
            VoteRule::OnSlip => Text::new(
                "记名表决的票上印着是谁的，不用另外登记",
                "in an open vote the slip says whose it is; nothing is to be written down",
            ),
            VoteRule::Uncounted => Text::new(
                "手上的选票和已登记的票数对不上，没有计票",
                "the ballots at hand are not those that were cast; nothing was counted",
            ),
        }
    }
}
