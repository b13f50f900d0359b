//! What is offered to residents, door by door, from the catalogue. No mechanism is known here by its name.

use super::words::say;
use crate::components::tile_doors::{Door as Tile, DoorKind};
use crate::i18n::t;
use crate::visitor::Visitor;
use app::catalogue::Effective;
use kernel::mechanism::{Door, RAISE, RAISER};
use kernel::region::RegionCode;

/// The mechanisms that a resident may raise in a region, under one door, in the order of their heads.
#[must_use]
pub fn offered(visitor: &Visitor, region: &RegionCode, door: Door) -> Vec<Effective> {
    let catalogue = visitor.site.app.catalogue();
    let open = |e: &Effective| {
        let raises = |a: &kernel::mechanism::Action| a.by.iter().any(|r| r == RAISER);
        e.mechanism.mechanism.door == door && e.mechanism.action.get(RAISE).is_some_and(raises)
    };
    let mut found: Vec<Effective> =
        catalogue.ids().iter().filter_map(|id| catalogue.effective(id, region)).filter(open).collect();
    found.sort_by_key(|e| (e.mechanism.mechanism.order, e.mechanism.mechanism.id.clone()));
    found
}

/// All that a resident may raise in a region, door by door.
#[must_use]
pub fn all(visitor: &Visitor, region: &RegionCode) -> Vec<Effective> {
    [Door::Report, Door::Suggest, Door::Find, Door::Join].iter().flat_map(|d| offered(visitor, region, *d)).collect()
}

/// The other ways that a person may take instead of `id`: those under the door for reports, the formal one among them.
#[must_use]
pub fn others(visitor: &Visitor, region: &RegionCode, id: &str) -> Vec<Effective> {
    let mut ways = offered(visitor, region, Door::Report);
    ways.retain(|e| e.mechanism.mechanism.id != id);
    ways
}

/// The doors of the home page that lead somewhere.
#[must_use]
pub fn tiles(visitor: &Visitor) -> Vec<Tile> {
    let territory = visitor.site.app.settings().territory;
    let kinds = [
        (Door::Report, DoorKind::Problem, "problem"),
        (Door::Suggest, DoorKind::Suggest, "suggest"),
        (Door::Find, DoorKind::Find, "find"),
        (Door::Join, DoorKind::TakePart, "take_part"),
    ];
    let lang = visitor.lang;
    let tile = |(door, kind, key): (Door, DoorKind, &str)| {
        let found = offered(visitor, &territory, door);
        let first = found.first()?;
        let (href, text) = if found.len() == 1 {
            let head = &first.mechanism.mechanism;
            (format!("/raise/{}", head.id), say(lang, &head.summary).to_owned())
        } else {
            (format!("/raise?door={}", word(door)), t(lang, &format!("door.{key}.text")).to_owned())
        };
        let title = t(lang, &format!("door.{key}.title")).to_owned();
        Some(Tile { kind, href, title, text })
    };
    kinds.into_iter().filter_map(tile).collect()
}

/// The door in an address.
#[must_use]
pub fn word(door: Door) -> &'static str {
    match door {
        Door::Report => "report",
        Door::Suggest => "suggest",
        Door::Find => "find",
        Door::Join => "join",
        Door::Staff => "staff",
    }
}

/// The door of an address; the one for reports where it says nothing.
#[must_use]
pub fn door(word: &str) -> Door {
    match word {
        "suggest" => Door::Suggest,
        "find" => Door::Find,
        "join" => Door::Join,
        _ => Door::Report,
    }
}
