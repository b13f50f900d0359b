//! What is offered to residents, door by door, from the catalogue. No mechanism is known here by its name.

use crate::components::tile_doors::{Door as Tile, DoorKind};
use crate::i18n::{Lang, t};
use crate::visitor::Visitor;
use app::catalogue::Effective;
use kernel::mechanism::{Door, RAISE, RAISER};
use kernel::region::RegionCode;

/// The mechanisms that a resident may raise in a region, under one door, in the order of their heads.
#[must_use]
pub fn offered(visitor: &Visitor, region: &RegionCode, door: Door) -> Vec<Effective> {
    let catalogue = visitor.site.app.catalogue();
    let app = &visitor.site.app;
    let open = |e: &Effective| {
        let raises = |a: &kernel::mechanism::Action| a.by.iter().any(|r| r == RAISER);
        e.mechanism.mechanism.door == door
            && e.mechanism.action.get(RAISE).is_some_and(raises)
            && app.nobody_in(e, region).is_none()
    };
    let mut found: Vec<Effective> =
        catalogue.ids().iter().filter_map(|id| catalogue.effective(id, region)).filter(open).collect();
    found.sort_by_key(|e| (e.mechanism.mechanism.order, e.mechanism.mechanism.id.clone()));
    found
}

/// Whatever is in force in a region, door by door, residents' doors first.
#[must_use]
pub fn everything(visitor: &Visitor, region: &RegionCode) -> Vec<(Door, Vec<Effective>)> {
    let catalogue = visitor.site.app.catalogue();
    let open = |e: &Effective| visitor.site.app.nobody_in(e, region).is_none();
    let mut all: Vec<Effective> =
        catalogue.ids().iter().filter_map(|id| catalogue.effective(id, region)).filter(open).collect();
    all.sort_by_key(|e| (e.mechanism.mechanism.order, e.mechanism.mechanism.id.clone()));
    let behind = |door: Door| (door, all.iter().filter(|e| e.mechanism.mechanism.door == door).cloned().collect());
    let doors = DOORS.into_iter().chain(std::iter::once(Door::Staff));
    doors.map(behind).filter(|(_, ways): &(Door, Vec<Effective>)| !ways.is_empty()).collect()
}

/// What a door is called; what no resident raises stands behind one of its own.
#[must_use]
pub fn title(lang: Lang, door: Door) -> &'static str {
    match door {
        Door::Staff => t(lang, "portal.open.between"),
        other => t(lang, &format!("door.{}.title", key(other))),
    }
}

/// The other ways that a person may take instead of `id`: those under the door for reports, the formal one among them.
#[must_use]
pub fn others(visitor: &Visitor, region: &RegionCode, id: &str) -> Vec<Effective> {
    let mut ways = offered(visitor, region, Door::Report);
    // What is about the data of another matter is no way for the same problem; it stands on that matter's own page.
    ways.retain(|e| e.mechanism.mechanism.id != id && e.mechanism.about().is_none());
    ways
}

/// The doors of the home page that lead somewhere.
#[must_use]
pub fn tiles(visitor: &Visitor) -> Vec<Tile> {
    let territory = visitor.site.app.settings().territory;
    let lang = visitor.lang;
    let tile = |door: &Door| Tile {
        kind: kind(*door),
        href: format!("/door/{}", word(*door)),
        title: t(lang, &format!("door.{}.title", key(*door))).to_owned(),
        text: t(lang, &format!("door.{}.text", key(*door))).to_owned(),
    };
    DOORS.iter().filter(|d| !offered(visitor, &territory, **d).is_empty()).map(tile).collect()
}

/// The doors, in their order.
const DOORS: [Door; 4] = [Door::Report, Door::Suggest, Door::Find, Door::Join];

/// The drawing of a door.
#[must_use]
pub fn kind(door: Door) -> DoorKind {
    match door {
        Door::Suggest => DoorKind::Suggest,
        Door::Find => DoorKind::Find,
        Door::Join => DoorKind::TakePart,
        Door::Report | Door::Staff => DoorKind::Problem,
    }
}

/// Its word in the catalogue of texts.
#[must_use]
pub fn key(door: Door) -> &'static str {
    match door {
        Door::Suggest => "suggest",
        Door::Find => "find",
        Door::Join => "take_part",
        Door::Report | Door::Staff => "problem",
    }
}

/// The door that an address names, if it is one for residents.
#[must_use]
pub fn known(name: &str) -> Option<Door> {
    DOORS.into_iter().find(|d| word(*d) == name)
}

/// The door in an address.
#[must_use]
pub fn word(door: Door) -> &'static str {
    door.word()
}

/// The door of an address; the one for reports where it says nothing.
#[must_use]
pub fn door(word: &str) -> Door {
    known(word).unwrap_or(Door::Report)
}
