//! The words of a derivation, in Chinese and English, one line for each step.
//!
//! Only plain sentences: no markup, no counting, no decision.

use super::step::{CC_201, CC_203, Step};
use crate::text::Lang;
use crate::time::{Date, DayEnd};
/// One line for each step, in order.
pub fn explain(steps: &[Step], lang: Lang) -> Vec<String> {
    let line = match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    steps.iter().map(line).collect()
}

fn zh(step: &Step) -> String {
    let source = source_zh(step.source());
    match step {
        Step::Start { date, counted_from, .. } => {
            format!("{}当天不算，从第二天 {} 起算{source}", day_zh(*date), day_zh(*counted_from))
        }
        Step::StartAt { at, .. } => {
            format!("按小时计算，从 {} {} 起算{source}", day_zh(at.date()), clock(at.hour_minute()))
        }
        Step::Skipped { from, to, name, .. } => {
            format!("{}{name}放假，不算{source}", span_zh(*from, *to))
        }
        Step::Weekends { days, .. } => format!("其间周末 {days} 天，不算{source}"),
        Step::MakeUp { date, name, .. } => {
            format!("{}（{}）{name}调休上班，算{source}", day_zh(*date), weekday_zh(*date))
        }
        Step::Counted { length, last, .. } => {
            format!("满 {}，到 {}（{}）", length.zh(), day_zh(*last), weekday_zh(*last))
        }
        Step::Rolled { from, to, name, .. } => {
            let why = if name.is_empty() { "周末".to_owned() } else { format!("{name}假期") };
            let (from, next) = (day_zh(*from), weekday_zh(*to));
            format!("{from}是{why}，顺延到假后第一个工作日 {}（{next}）{source}", day_zh(*to))
        }
        Step::DayEnd { at, end: DayEnd::Midnight, .. } => format!("截止到 {} 24:00{source}", day_zh(at.date())),
        Step::DayEnd { at, .. } => {
            format!("截止到 {} {} 下班时{source}", day_zh(at.date()), clock(at.hour_minute()))
        }
        Step::Provisional { year, .. } => {
            format!("{year} 年的放假安排还没有公布，暂按周一至周五和法定节假日推算；公布后重新计算，并记录在案")
        }
        Step::Extended { from, by, .. } => {
            format!("延长 {}，从原到期日 {} 的第二天接着算{source}", by.zh(), day_zh(*from))
        }
        Step::Resumed { stopped, resumed, to, .. } => {
            let (stopped, resumed) = (day_zh(stopped.date()), day_zh(resumed.date()));
            format!("{stopped}起暂停计时，{resumed}恢复，余下的时间接着算，到期日为 {}", day_zh(*to))
        }
        Step::Suspended { days, to, .. } => {
            format!("中止的 {days} 天不算，到期日推到 {}", day_zh(*to))
        }
    }
}

fn en(step: &Step) -> String {
    let source = source_en(step.source());
    match step {
        Step::Start { date, counted_from, .. } => {
            format!("{date} itself is not counted; the count begins the next day, {counted_from}{source}")
        }
        Step::StartAt { at, .. } => {
            format!("Hours run at once, from {} {}{source}", at.date(), clock(at.hour_minute()))
        }
        Step::Skipped { from, to, name_en, .. } if from == to => format!("{from} is {name_en}: not counted{source}"),
        Step::Skipped { from, to, name_en, .. } => format!("{from} to {to}, {name_en}: not counted{source}"),
        Step::Weekends { days: 1, .. } => format!("1 weekend day: not counted{source}"),
        Step::Weekends { days, .. } => format!("{days} weekend days: not counted{source}"),
        Step::MakeUp { date, name_en, .. } => {
            format!("{date} ({}) is worked in exchange for {name_en}: counted{source}", weekday_en(*date))
        }
        Step::Counted { length, last, .. } => format!("{} are complete on {last} ({})", length.en(), weekday_en(*last))
            .replacen("1 day are", "1 day is", 1),
        Step::Rolled { from, to, name_en, .. } => {
            let why = if name_en.is_empty() { "a weekend day".to_owned() } else { format!("a day off for {name_en}") };
            format!("{from} is {why}: the end moves to the next working day, {to} ({}){source}", weekday_en(*to))
        }
        Step::DayEnd { at, end: DayEnd::Midnight, .. } => format!("Ends at 24:00 on {}{source}", at.date()),
        Step::DayEnd { at, .. } => {
            format!("Ends at closing time, {} on {}{source}", clock(at.hour_minute()), at.date())
        }
        Step::Provisional { year, .. } => format!(
            "The holiday notice for {year} has not been published; counted by Monday to Friday and the statutory \
             holidays for now, and counted again, on record, once it is published"
        ),
        Step::Extended { from, by, .. } => {
            format!("Extended by {}, counted on from the day after the original due day {from}{source}", by.en())
        }
        Step::Resumed { stopped, resumed, to, .. } => {
            let (stopped, resumed) = (stopped.date(), resumed.date());
            format!("Stood still from {stopped} to {resumed}; what was left is counted on: now due on {to}")
        }
        Step::Suspended { days, to, .. } => {
            format!("Suspended for {days} days, given back: now due on {to}")
        }
    }
}

fn source_zh(source: &str) -> String {
    match source {
        "" => String::new(),
        CC_201 => "（民法典第201条）".to_owned(),
        CC_203 => "（民法典第203条）".to_owned(),
        other => format!("（{other}）"),
    }
}

fn source_en(source: &str) -> String {
    match source {
        "" => String::new(),
        CC_201 => " (Civil Code, article 201)".to_owned(),
        CC_203 => " (Civil Code, article 203)".to_owned(),
        other => format!(" ({other})"),
    }
}

fn day_zh(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

fn span_zh(from: Date, to: Date) -> String {
    if from == to {
        day_zh(from)
    } else if from.first_of_month() == to.first_of_month() {
        format!("{}至{}日", day_zh(from), to.day())
    } else {
        format!("{}至{}月{}日", day_zh(from), to.month(), to.day())
    }
}

fn weekday_zh(date: Date) -> &'static str {
    ["周一", "周二", "周三", "周四", "周五", "周六", "周日"][weekday_index(date)]
}

fn weekday_en(date: Date) -> &'static str {
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][weekday_index(date)]
}

fn weekday_index(date: Date) -> usize {
    usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())
}

fn clock((hour, minute): (i8, i8)) -> String {
    format!("{hour:02}:{minute:02}")
}
