//! The four doors of the home page. One glance, one press.

use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// What a door leads to; decides its drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoorKind {
    Problem,
    Suggest,
    Find,
    TakePart,
}

/// One door.
#[derive(Clone, Debug)]
pub struct Door {
    pub kind: DoorKind,
    pub href: String,
    pub title: String,
    pub text: String,
}

/// The doors.
#[must_use]
pub fn tile_doors(doors: &[Door]) -> Markup {
    html! { ul.doors { @for door in doors { li { a href=(door.href) {
        (drawing(door.kind)) b { (door.title) } span { (door.text) }
    } } } } }
}

/// Each drawing is the ring, changed a little.
fn drawing(kind: DoorKind) -> Markup {
    html! { svg viewBox="0 0 32 32" aria-hidden="true" { @match kind {
        DoorKind::Problem => { circle cx="16" cy="16" r="12" pathLength="100" stroke-dasharray="82 18" stroke-dashoffset="-6" {} path d="M16 10v7M16 21.5v.5" {} },
        DoorKind::Suggest => { circle cx="16" cy="16" r="12" pathLength="100" stroke-dasharray="82 18" stroke-dashoffset="-6" {} path d="M16 11v10M11 16h10" {} },
        DoorKind::Find => { circle cx="16" cy="16" r="12" {} circle cx="16" cy="16" r="3.5" {} },
        DoorKind::TakePart => { circle cx="12" cy="16" r="8.5" {} circle cx="20" cy="16" r="8.5" {} },
    } } }
}

/// The four.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let door = |kind, key: &str| Door {
        kind,
        href: "#".into(),
        title: t(lang, &format!("door.{key}.title")).into(),
        text: t(lang, &format!("door.{key}.text")).into(),
    };
    tile_doors(&[
        door(DoorKind::Problem, "problem"),
        door(DoorKind::Suggest, "suggest"),
        door(DoorKind::Find, "find"),
        door(DoorKind::TakePart, "take_part"),
    ])
}
