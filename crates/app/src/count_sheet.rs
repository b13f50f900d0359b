//! The published count of a vote as lines and as a table: what was due and came, what was chosen, whether that was enough, when,
//! and who counted. Whoever may see the count of a vote may take it along. It knows no slip and nobody on a roll.

use crate::access::Access;
use crate::error::AppError;
use crate::installation::App;
use crate::sheet::to_xlsx;
use crate::viewer::Viewer;
use crate::vote::{VoteView, view};
use crate::words::{date, date_en};
use kernel::decide::Actor;
use kernel::ids::MatterId;
use kernel::text::Text;
use kernel::time::Timestamp;

/// A line: what it says, and that.
pub type CountLine = (Text, Text);

/// The count of a vote.
#[derive(Clone, Debug)]
pub struct CountSheet {
    /// The public number of the matter.
    pub number: String,
    /// What is voted on.
    pub name: Text,
    /// What was published of it for everybody: its first line.
    pub about: Option<String>,
    /// The lines, in their order.
    pub lines: Vec<CountLine>,
}

impl App {
    /// The count of a vote that was counted, for whoever may see it: whoever may see the matter, and everybody where it was published.
    ///
    /// # Errors
    /// `NotFound` for everybody else, and before the count.
    pub async fn count_sheet(&self, viewer: &Viewer, id: MatterId, vote: &str) -> Result<CountSheet, AppError> {
        let matter = self.matter(id).await?;
        let published = self.published_alone(&matter).await.ok();
        if self.access(viewer, &matter) == Access::None && published.is_none() {
            return Err(AppError::NotFound);
        }
        let spec = matter.mechanism.vote.get(vote).ok_or(AppError::NotFound)?;
        let poll = matter.file.polls.get(vote).ok_or(AppError::NotFound)?;
        let closed = poll.closed.as_ref().ok_or(AppError::NotFound)?;
        let at = |seq: u32| matter.entries.iter().find(|e| e.seq == seq).map(|e| e.at);
        let directory = self.directory();
        let ctx = self.context(&matter, &*directory);
        let shown = view(&ctx, &matter, &Actor::default(), vote, spec);
        let number = self.number_text(id, matter.row.number);
        let place = self.place(&matter.row.region);
        let mut lines =
            vec![line("事项", "Matter", matter.mechanism.mechanism.name.clone()), line("在哪里", "Where", place)];
        lines.extend(counted(&shown, [at(poll.opened), at(closed.seq)]));
        let first =
            |p: crate::kin::PublishedView| p.words.lines().map(str::trim).find(|l| !l.is_empty()).map(str::to_owned);
        Ok(CountSheet { number, name: spec.name.clone(), about: published.and_then(first), lines })
    }
}

impl CountSheet {
    /// As a file for Excel.
    ///
    /// # Errors
    /// A table that no sheet can hold.
    pub fn xlsx(&self, zh: bool) -> Result<Vec<u8>, AppError> {
        let say = |t: &Text| if zh { t.zh.clone() } else { t.en.clone() };
        let mut table = vec![
            vec![if zh { "表决结果" } else { "Result of the vote" }.to_owned(), say(&self.name)],
            vec![if zh { "编号" } else { "Number" }.to_owned(), self.number.clone()],
        ];
        if let Some(about) = &self.about {
            table.push(vec![if zh { "表决的是" } else { "Voted on" }.to_owned(), about.clone()]);
        }
        table.extend(self.lines.iter().map(|(label, value)| vec![say(label), say(value)]));
        to_xlsx(&table).map_err(|t| AppError::corrupt(t.en))
    }
}

fn line(zh: &str, en: &str, value: Text) -> CountLine {
    (Text::new(zh, en), value)
}

fn plain(value: impl ToString) -> Text {
    Text::new(value.to_string(), value.to_string())
}

fn counted(v: &VoteView, [opened, closed]: [Option<Timestamp>; 2]) -> Vec<CountLine> {
    let of = |n: u32| Text::new(format!("{n} {}", v.per.zh), format!("{n}"));
    let day = |at: Option<Timestamp>| at.map_or_else(Text::default, |t| Text::new(date(t.date()), date_en(t.date())));
    let enough = |yes: bool| if yes { ("，够了", " (reached)") } else { ("，不够", " (not reached)") };
    let rule = |rule: &Text, least: u32, yes: bool| {
        let (zh, en) = enough(yes);
        Text::new(format!("{}，至少 {least} {}{zh}", rule.zh, v.per.zh), format!("{}; at least {least}{en}", rule.en))
    };
    let favour = v.options.iter().find(|o| o.favour).and_then(|o| o.count).unwrap_or(0);
    let mut lines = vec![line("应到", "Due", of(v.base))];
    lines.extend(v.handed.map(|n| line("照名册发票", "Slips handed out by the roll", of(n))));
    lines.push(line("实到（收回的票）", "Taking part", of(v.present)));
    if v.paper {
        lines.push(line("其中纸质票", "of them on paper", of(v.on_paper)));
        lines.push(line("其中网上投票", "of them online", of(v.present.saturating_sub(v.on_paper))));
    }
    if v.proxies > 0 {
        lines.push(line("其中代投", "of them by proxy", of(v.by_proxy)));
    }
    lines.extend(v.options.iter().map(|o| (o.label.clone(), plain(o.count.unwrap_or(0)))));
    if v.paper {
        lines.push(line("废票", "Invalid", plain(v.invalid.unwrap_or(0))));
    }
    lines.push(line("到会要求", "Quorum", rule(&v.quorum_rule, v.quorum, v.present >= v.quorum)));
    if let Some(least) = v.majority {
        lines.push(line("通过要求", "Majority", rule(&v.majority_rule, least, favour >= least)));
    }
    lines.push(line("结果", "Result", result(v)));
    lines.push(line("发票", "Slips given out on", day(opened)));
    lines.push(line("计票", "Counted on", day(closed)));
    let join = |pick: fn(&Text) -> &str, by: &str| v.tellers.iter().map(pick).collect::<Vec<_>>().join(by);
    if !v.tellers.is_empty() {
        lines.push(line("发票、唱票的", "Tellers", Text::new(join(|t| &t.zh, "、"), join(|t| &t.en, ", "))));
    }
    let how = if v.secret { ("无记名", "secret") } else { ("记名", "open") };
    lines.push(line("怎么投", "How", Text::new(how.0, how.1)));
    lines.extend(v.source.as_ref().map(|s| line("依据", "Clause", plain(s))));
    lines
}

fn result(v: &VoteView) -> Text {
    match v.outcome.as_deref() {
        Some(kernel::mechanism::PASSED) => Text::new("通过", "passed"),
        Some(kernel::mechanism::FAILED) => Text::new("没有通过", "not passed"),
        _ => Text::new("参加的不够，表决无效", "too few took part; the vote does not count"),
    }
}
