//! The packs of the binary as the catalogue wants them: a mechanism is offered where its values are set.

use crate::catalogue::{Difference, Packs, Proof, Steps, Stories, Worked};
use kernel::calendar::Calendar;
use kernel::mechanism::Mechanism;
use kernel::region::RegionCode;
use kernel::text::{Lang, Text};
use kernel::time::Timestamp;
use pack::finding::Rule;
use pack::packs::PackSet;
use pack::promise::{PathStep, Plan, explain_path};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

/// The packs of a set.
pub struct FromPacks {
    set: PackSet,
    plans: Mutex<BTreeMap<[u8; 32], Arc<Plan>>>,
    stories: OnceLock<Arc<Stories>>,
}

impl FromPacks {
    /// Over a set that was read.
    #[must_use]
    pub fn new(set: PackSet) -> FromPacks {
        FromPacks { set, plans: Mutex::default(), stories: OnceLock::new() }
    }
}

impl FromPacks {
    /// A mechanism made ready for promises, once.
    fn plan(&self, mechanism: &Mechanism) -> Arc<Plan> {
        let hash = mechanism.hash();
        let mut plans = self.plans.lock().expect("invariant: no panic under this lock");
        plans.entry(hash).or_insert_with(|| Arc::new(Plan::new(mechanism))).clone()
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

    fn promise(
        &self,
        mechanism: &Mechanism,
        calendar: &Calendar,
        start: Timestamp,
    ) -> Option<(Timestamp, Timestamp, bool)> {
        self.plan(mechanism).answer(calendar, start, &BTreeMap::new())
    }

    fn explained(&self, mechanism: &Mechanism, calendar: &Calendar, start: Timestamp) -> Option<Worked> {
        let promise = self.plan(mechanism).at(calendar, start, &BTreeMap::new())?;
        let say = |path: &[PathStep]| {
            let [zh, en] = [Lang::Zh, Lang::En].map(|lang| explain_path(path, mechanism, lang));
            Steps { zh, en }
        };
        Some(Worked {
            due_by: promise.due_by,
            promised_by: promise.promised_by,
            final_end: promise.final_end,
            ordinary: say(&promise.due_path),
            latest: say(&promise.path),
            last: say(&promise.final_path),
        })
    }

    fn findings(&self, id: &str, region: Option<&RegionCode>) -> Vec<Text> {
        let Ok(effective) = self.set.effective_with_places(id, region) else { return Vec::new() };
        let base = region.and_then(|_| self.set.base(id).ok());
        pack::kin::check_in(&self.set, region, &effective.mechanism, base.as_deref())
            .into_iter()
            .map(|f| f.message)
            .collect()
    }

    fn regions(&self, id: &str) -> Vec<RegionCode> {
        self.set.regions_with_overlays(id)
    }

    fn base(&self, id: &str) -> Option<Arc<Mechanism>> {
        self.set.base(id).ok()
    }

    fn proofs(&self, id: &str, region: Option<&RegionCode>) -> Vec<Proof> {
        let Ok(effective) = self.set.effective_with_places(id, region) else { return Vec::new() };
        let base = region.and_then(|_| self.set.base(id).ok());
        let found = pack::kin::check_in(&self.set, region, &effective.mechanism, base.as_deref());
        let of = |rule: Rule| {
            let here = found.iter().filter(|f| f.rule == rule);
            let found = here.map(|f| (f.message.clone(), f.help.clone(), f.chain.clone())).collect();
            Proof { rule: rule.number(), found }
        };
        Rule::ALL.into_iter().map(of).collect()
    }

    fn differences(&self, id: &str, region: &RegionCode) -> Vec<Difference> {
        match (self.set.effective(id, region), self.set.base(id)) {
            (Ok(here), Ok(base)) => pack::difference::differences(&here, &base),
            _ => Vec::new(),
        }
    }

    fn letterhead(&self, of: &str) -> Option<Arc<[u8]>> {
        self.set.letterheads().get(of).cloned()
    }

    fn stories(&self) -> Arc<Stories> {
        // Scenarios are written against the published calendar; what was loaded since does not change what they tell.
        let told = || Arc::new(pack::story::tell_all(&self.set, pack::calendar::embedded()));
        self.stories.get_or_init(told).clone()
    }
}
