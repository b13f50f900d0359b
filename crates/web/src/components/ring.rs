//! The ring (环): the state of a matter, the same on the portal and on desks. Five segments; the last belongs to the
//! person and closes only when she has been heard. Silence leaves it open.

use crate::i18n::{Lang, t, tf};
use maud::{Markup, html};

/// The segment that the matter has reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// 收到
    #[default]
    Received,
    /// 接手
    Taken,
    /// 办理: under way, the segment is half filled.
    Working,
    /// 答复: answered; the person's segment is open.
    Answered,
    /// 回话: the person has spoken; the ring is closed.
    Heard,
}

/// All phases in order.
pub const PHASES: [Phase; 5] = [Phase::Received, Phase::Taken, Phase::Working, Phase::Answered, Phase::Heard];

impl Phase {
    /// Words of the segment.
    #[must_use]
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::Received => t(lang, "ring.received"),
            Self::Taken => t(lang, "ring.taken"),
            Self::Working => t(lang, "ring.working"),
            Self::Answered => t(lang, "ring.answered"),
            Self::Heard => t(lang, "ring.heard"),
        }
    }
}

/// S in lists (an arc without words), M on desks, L at the head of a portal page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    #[default]
    S,
    M,
    L,
}

/// State of a matter as the ring shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ring {
    pub phase: Phase,
    /// A clock owed by a body is overdue.
    pub late: bool,
    /// Answered, asked, and no word came within the window: 没听到回话. The last segment stays open for good.
    pub unheard: bool,
    /// Ended before it was answered (withdrawn, sent elsewhere): shown grey.
    pub stopped: bool,
}

impl Ring {
    /// A ring in `phase`, on time.
    #[must_use]
    pub fn at(phase: Phase) -> Self {
        Self { phase, ..Self::default() }
    }

    /// The state in words, for screen readers and tooltips.
    #[must_use]
    pub fn words(self, lang: Lang) -> String {
        let state = match (self.stopped, self.unheard, self.phase) {
            (true, ..) => t(lang, "ring.words.stopped").to_owned(),
            (_, true, _) => t(lang, "ring.words.unheard").to_owned(),
            (_, _, Phase::Answered) => t(lang, "ring.words.answered").to_owned(),
            (_, _, Phase::Heard) => t(lang, "ring.words.heard").to_owned(),
            (_, _, phase) => {
                let n = (phase as u8 + 1).to_string();
                tf(lang, "ring.words.at", &[("n", &n), ("phase", phase.label(lang))])
            }
        };
        if self.late { format!("{state}{}", t(lang, "ring.words.late")) } else { state }
    }
}

/// The ring. Its words are its accessible name.
#[must_use]
pub fn ring(lang: Lang, size: Size, ring: Ring) -> Markup {
    let size_name = match size {
        Size::S => "s",
        Size::M => "m",
        Size::L => "l",
    };
    let closed = ring.phase == Phase::Heard && !ring.unheard && !ring.stopped;
    let center = if ring.unheard { t(lang, "ring.center.unheard") } else { ring.phase.label(lang) };
    html! {
        svg.ring data-size=(size_name) data-late[ring.late] data-stopped[ring.stopped] viewBox="0 0 48 48" role="img" aria-label=(ring.words(lang)) {
            @if closed { circle.r-done cx="24" cy="24" r="20" {} }
            @else { @for phase in PHASES { (segment(ring, phase)) } }
            @if size != Size::S { text x="24" y=(if lang == Lang::Zh { "27.2" } else { "26" }) font-size=(if center.len() > 6 { "6" } else { "8.6" }) aria-hidden="true" { (center) } }
            @else if closed { circle.r-dot cx="24" cy="24" r="5" {} }
        }
    }
}

fn segment(ring: Ring, phase: Phase) -> Markup {
    let index = phase as u8;
    let offset = format!("{}", -(i32::from(index) * 20 + 2));
    let class = match () {
        () if phase == Phase::Heard => "r-yours",
        () if phase < ring.phase || (phase == ring.phase && phase != Phase::Working) => "r-done",
        () => "r-todo",
    };
    let dash = if class == "r-yours" { "1.6 2 1.6 2 1.6 2 1.6 2 1.6 83.6" } else { "16 84" };
    html! {
        circle class=(class) cx="24" cy="24" r="20" pathLength="100" stroke-dasharray=(dash) stroke-dashoffset=(offset) {}
        @if phase == Phase::Working && ring.phase == Phase::Working {
            circle.r-done cx="24" cy="24" r="20" pathLength="100" stroke-dasharray="8 92" stroke-dashoffset=(offset) {}
        }
    }
}

/// The mark beside the installation's name: an open ring, decorative.
#[must_use]
pub fn brand_mark() -> Markup {
    html! {
        svg.ring.mark viewBox="0 0 48 48" aria-hidden="true" focusable="false" {
            circle.r-done cx="24" cy="24" r="20" pathLength="100" stroke-dasharray="80 20" stroke-dashoffset="-2" {}
            circle.r-yours cx="24" cy="24" r="20" pathLength="100" stroke-dasharray="1.6 2 1.6 2 1.6 2 1.6 2 1.6 83.6" stroke-dashoffset="-83" {}
        }
    }
}

/// Every state in every size.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let late = Ring { late: true, ..Ring::at(Phase::Working) };
    let unheard = Ring { unheard: true, ..Ring::at(Phase::Answered) };
    let stopped = Ring { stopped: true, ..Ring::at(Phase::Taken) };
    let states: Vec<Ring> = PHASES.into_iter().map(Ring::at).chain([late, unheard, stopped]).collect();
    html! { @for size in [Size::S, Size::M, Size::L] {
        p.row { @for state in &states { (ring(lang, size, *state)) } }
    } }
}
