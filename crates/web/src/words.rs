//! Words and shapes that portal and desk share: texts of packs in the reader's language, days and times, the ring of a
//! matter. Decides nothing.

use crate::components::ring::{PHASES, Phase, Ring};
use crate::i18n::{Lang, date_long, date_time};
use app::lists::ItemView;
use app::view::MatterView;
use jiff::civil::{Date, DateTime};
use kernel::text::Text;
use kernel::time::Timestamp;

/// The words in the language of the page.
#[must_use]
pub fn say(lang: Lang, text: &Text) -> &str {
    match lang {
        Lang::Zh => &text.zh,
        Lang::En => &text.en,
    }
}

/// An instant as a day and time of the office.
#[must_use]
pub fn moment(at: Timestamp) -> DateTime {
    let (hour, minute) = at.hour_minute();
    at.date().at(hour, minute, 0, 0)
}

/// Day and time; with the year where it is not this one.
#[must_use]
pub fn when(lang: Lang, at: Timestamp, today: Date) -> String {
    if at.date().year() == today.year() { date_time(lang, moment(at)) } else { date_long(lang, at.date()) }
}

/// The ring of a matter. Its last segment closes only when the person was answered and heard (decisions 8).
#[must_use]
pub fn ring_of(view: &MatterView) -> Ring {
    let late = view.clocks.iter().any(|c| c.overdue && !c.window);
    let ring = draw(view.ring, view.heard.as_deref(), view.ended.is_some(), late);
    Ring { stopped: view.ended.is_some() && view.answered_at.is_none(), ..ring }
}

/// The ring of a row of a list.
#[must_use]
pub fn ring_of_item(item: &ItemView) -> Ring {
    draw(item.ring, item.heard.as_deref(), item.ended_at.is_some(), item.overdue)
}

/// The ring of a file at a segment.
pub fn draw(segment: u8, heard: Option<&str>, ended: bool, late: bool) -> Ring {
    let phase = match PHASES[usize::from(segment.clamp(1, 5)) - 1] {
        Phase::Heard if heard != Some("yes") => Phase::Answered,
        phase => phase,
    };
    Ring { phase, late: late && !ended, unheard: heard == Some("not_heard"), stopped: ended && heard.is_none() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_person_closes_the_ring() {
        assert_eq!(draw(5, Some("yes"), true, false).phase, Phase::Heard);
        assert_eq!(draw(5, None, false, false).phase, Phase::Answered);
        assert!(draw(5, Some("not_heard"), true, false).unheard);
    }
}
