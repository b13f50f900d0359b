//! No telephone number in the words that say how a letter was served: the one that was called is sealed with the matter,
//! and each look at it is recorded. Written into these words it would stand in the open.

use super::{Filled, Given, error};
use crate::mechanism::Mechanism;
use crate::refusal::FieldError;

/// Faults of those words in a form.
pub(super) fn without_number(mechanism: &Mechanism, filled: &Filled) -> Vec<FieldError> {
    let serves = || mechanism.letter.values().filter_map(|l| l.serve.as_ref()).filter(|s| s.number.is_some());
    let typed = |(id, given): (&String, &Given)| match given {
        Given::Text(text) if serves().any(|s| s.words().any(|w| w == id)) && holds_number(text) => Some(error(
            id,
            "number_typed",
            "这里不写电话号码：打的是来件时留下的那个号码，封存在那里",
            "no telephone number here: the one that was left with the matter was called, and stays sealed there",
        )),
        _ => None,
    };
    filled.iter().filter_map(typed).collect()
}

/// Seven digits in a row, or the eleven of a mobile number with blanks or strokes between them. A day and an hour are neither.
fn holds_number(text: &str) -> bool {
    let plain: String = text.chars().map(|c| digit(c).unwrap_or(c)).collect();
    let joined: String = plain.chars().filter(|c| !matches!(c, ' ' | '-' | '－' | '　')).collect();
    let mobile = |run: &str| run.len() == 11 && run.starts_with('1') && run.as_bytes()[1] >= b'3';
    runs(&plain).any(|run| run.len() >= 7) || runs(&joined).any(mobile)
}

fn digit(c: char) -> Option<char> {
    let wide = u32::from(c).checked_sub(u32::from('０')).filter(|n| *n < 10)?;
    char::from_digit(wide, 10)
}

fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty())
}

#[cfg(test)]
mod tests {
    use super::holds_number;

    #[test]
    fn a_number_is_seen_and_a_day_is_not() {
        for text in ["拨的 13800000000", "138 0000 0000 接的", "８６５４３２１", "0990-8654321", "138-0000-0000"]
        {
            assert!(holds_number(text), "{text}");
        }
        for text in
            ["2026-11-20 10:30 本人接的", "张，11月20日10时30分", "110", "12345 话务员，2026年11月20日", "3 号楼 1202"]
        {
            assert!(!holds_number(text), "{text}");
        }
    }
}
