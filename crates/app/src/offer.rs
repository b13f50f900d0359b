//! The packs of the binary as the catalogue wants them: a mechanism is offered where its values are set.

use crate::catalogue::Packs;
use kernel::calendar::Calendar;
use kernel::mechanism::Mechanism;
use kernel::region::RegionCode;
use kernel::time::Timestamp;
use pack::packs::PackSet;
use std::sync::Arc;

/// The packs of a set.
pub struct FromPacks {
    set: PackSet,
}

impl FromPacks {
    /// Over a set that was read.
    #[must_use]
    pub fn new(set: PackSet) -> FromPacks {
        FromPacks { set }
    }
}

impl Packs for FromPacks {
    fn ids(&self) -> Vec<String> {
        let mut ids: Vec<(u32, String)> = Vec::new();
        for id in self.set.mechanisms() {
            let order = self.set.base(id).map_or(u32::MAX, |m| m.mechanism.order);
            ids.push((order, id.to_owned()));
        }
        ids.sort();
        ids.into_iter().map(|(_, id)| id).collect()
    }

    fn effective(&self, id: &str, region: &RegionCode) -> Option<Arc<Mechanism>> {
        if !self.set.offered(id, region) {
            return None;
        }
        self.set.effective(id, region).ok()
    }

    fn promise(&self, _: &Mechanism, _: &Calendar, _: Timestamp) -> Option<(Timestamp, Timestamp, bool)> {
        None
    }
}
