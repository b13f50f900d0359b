//! The mechanisms that this installation offers, by region, and every version that a matter was ever raised under.

pub use pack::difference::{Difference, Direction};
pub use pack::graph::{Edge, Graph, Node, graph};
pub use pack::story::{Scene, Story};

use crate::error::AppError;
use kernel::calendar::Calendar;
use kernel::chain::hex;
use kernel::mechanism::Mechanism;
use kernel::region::RegionCode;
use kernel::text::Text;
use kernel::time::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

/// Where effective mechanisms come from: the packs of the binary, or a few of a test.
pub trait Packs: Send + Sync {
    /// The ids, in the order of their heads.
    fn ids(&self) -> Vec<String>;
    /// The mechanism as it holds in a region; none where it is not offered (not proved, or values missing).
    fn effective(&self, id: &str, region: &RegionCode) -> Option<Arc<Mechanism>>;
    /// The ordinary and the latest lawful date of the first answer, and whether they are provisional.
    fn promise(
        &self,
        mechanism: &Mechanism,
        calendar: &Calendar,
        start: Timestamp,
    ) -> Option<(Timestamp, Timestamp, bool)>;
    /// The promise with the way that it comes about.
    fn explained(&self, mechanism: &Mechanism, calendar: &Calendar, start: Timestamp) -> Option<Worked>;
    /// What the nine rules find in a mechanism, of the base or of a region.
    fn findings(&self, id: &str, region: Option<&RegionCode>) -> Vec<Text>;
    /// The regions that have overlays of it.
    fn regions(&self, id: &str) -> Vec<RegionCode>;
    /// The national base of it.
    fn base(&self, id: &str) -> Option<Arc<Mechanism>>;
    /// The nine rules with what each finds, of the base or of a region.
    fn proofs(&self, _id: &str, _region: Option<&RegionCode>) -> Vec<Proof> {
        Vec::new()
    }
    /// What a region changes in the base.
    fn differences(&self, _id: &str, _region: &RegionCode) -> Vec<Difference> {
        Vec::new()
    }
    /// An office's own template for letters as Word files: that of a body (`bodies/ID`), of all bodies with a function, or of
    /// everybody (`office`).
    fn letterhead(&self, _of: &str) -> Option<Arc<[u8]>> {
        None
    }
    /// The scenarios, played, by mechanism and file.
    fn stories(&self) -> Arc<Stories> {
        Arc::default()
    }
}

/// Stories by mechanism and name.
pub type Stories = BTreeMap<(String, String), Arc<Story>>;

/// One of the nine rules and what it found.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Its number.
    pub rule: u8,
    /// What is wrong: in words, what to change, and along which path.
    pub found: Vec<(Text, Text, Vec<String>)>,
}

/// A promise with the way that it comes about, for whoever asks why.
#[derive(Clone, Debug)]
pub struct Worked {
    /// The ordinary date of the first answer.
    pub due_by: Timestamp,
    /// The latest lawful date of it.
    pub promised_by: Timestamp,
    /// The end of the file with every appeal.
    pub final_end: Timestamp,
    /// How the first comes about.
    pub ordinary: Steps,
    /// How the second comes about.
    pub latest: Steps,
    /// How the third comes about.
    pub last: Steps,
}

/// A worked path in words.
#[derive(Clone, Debug)]
pub struct Steps {
    /// 中文.
    pub zh: Vec<String>,
    /// English.
    pub en: Vec<String>,
}

/// An effective mechanism under its name for ever.
#[derive(Clone, Debug)]
pub struct Effective {
    /// Itself.
    pub mechanism: Arc<Mechanism>,
    /// Its hash, hex.
    pub version: Arc<str>,
}

/// Two dates and whether they are provisional.
type Promise = Option<(Timestamp, Timestamp, bool)>;

/// By version: the minute, and how its promise comes about.
type Explained = BTreeMap<Arc<str>, (i64, Option<Arc<Worked>>)>;

/// Packs with what is remembered of them.
pub struct Catalogue {
    packs: Box<dyn Packs>,
    offered: Mutex<HashMap<(String, RegionCode), Option<Effective>>>,
    versions: Mutex<HashMap<String, Arc<Mechanism>>>,
    promises: Mutex<BTreeMap<(Arc<str>, i64), Promise>>,
    worked: Mutex<Explained>,
}

/// How many promises are remembered; one is one mechanism and one minute.
const REMEMBERED: usize = 512;

impl Catalogue {
    /// A catalogue over packs.
    #[must_use]
    pub fn new(packs: Box<dyn Packs>) -> Catalogue {
        Catalogue {
            packs,
            offered: Mutex::default(),
            versions: Mutex::default(),
            promises: Mutex::default(),
            worked: Mutex::default(),
        }
    }

    /// The ids of all mechanisms.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.packs.ids()
    }

    /// The mechanism as it is offered in a region.
    #[must_use]
    pub fn effective(&self, id: &str, region: &RegionCode) -> Option<Effective> {
        let key = (id.to_owned(), *region);
        if let Some(known) = self.offered.lock().expect("invariant: no panic under this lock").get(&key) {
            return known.clone();
        }
        let found = self.packs.effective(id, region).map(|mechanism| {
            let version: Arc<str> = hex(&mechanism.hash()).into();
            Effective { mechanism, version }
        });
        self.offered.lock().expect("invariant: no panic under this lock").insert(key, found.clone());
        found
    }

    /// How the promise for a matter raised now comes about, by the minute: reckoning it anew for each reader takes too long.
    #[must_use]
    pub fn explained(&self, effective: &Effective, calendar: &Calendar, now: Timestamp) -> Option<Arc<Worked>> {
        let minute = now.0.div_euclid(60_000);
        let known = |all: &Explained| {
            all.get(&effective.version).filter(|(at, _)| *at == minute).map(|(_, worked)| worked.clone())
        };
        let lock = || self.worked.lock().expect("invariant: no panic under this lock");
        if let Some(found) = known(&lock()) {
            return found;
        }
        let worked = self.packs.explained(&effective.mechanism, calendar, Timestamp(minute * 60_000)).map(Arc::new);
        lock().insert(effective.version.clone(), (minute, worked.clone()));
        worked
    }

    /// The packs themselves, for pages about mechanisms.
    #[must_use]
    pub fn packs(&self) -> &dyn Packs {
        &*self.packs
    }

    /// A version that a matter was raised under, from memory or through `load`.
    ///
    /// # Errors
    /// `Corrupt` if what was loaded is not that version.
    pub fn version(&self, version: &str, json: Option<&str>) -> Result<Option<Arc<Mechanism>>, AppError> {
        if let Some(known) = self.versions.lock().expect("invariant: no panic under this lock").get(version) {
            return Ok(Some(known.clone()));
        }
        let Some(json) = json else { return Ok(None) };
        let mechanism: Mechanism =
            serde_json::from_str(json).map_err(|e| AppError::corrupt(format!("mechanism {version}: {e}")))?;
        if hex(&mechanism.hash()) != version {
            return Err(AppError::corrupt(format!("mechanism {version} is another one")));
        }
        let mechanism = Arc::new(mechanism);
        self.remember(version, mechanism.clone());
        Ok(Some(mechanism))
    }

    /// Remembers a version that is stored by now.
    pub fn remember(&self, version: &str, mechanism: Arc<Mechanism>) {
        self.versions.lock().expect("invariant: no panic under this lock").insert(version.to_owned(), mechanism);
    }

    /// Whether this version is known to be stored.
    #[must_use]
    pub fn is_remembered(&self, version: &str) -> bool {
        self.versions.lock().expect("invariant: no panic under this lock").contains_key(version)
    }

    /// Forgets what was reckoned under another edition of the calendar.
    pub fn forget_promises(&self) {
        self.promises.lock().expect("invariant: no panic under this lock").clear();
        self.worked.lock().expect("invariant: no panic under this lock").clear();
    }

    /// The promise for a matter raised now, by the minute.
    #[must_use]
    pub fn promise(&self, effective: &Effective, calendar: &Calendar, now: Timestamp) -> Promise {
        let minute = now.0.div_euclid(60_000);
        let key = (effective.version.clone(), minute);
        if let Some(known) = self.promises.lock().expect("invariant: no panic under this lock").get(&key) {
            return *known;
        }
        let promise = self.packs.promise(&effective.mechanism, calendar, Timestamp(minute * 60_000));
        let mut all = self.promises.lock().expect("invariant: no panic under this lock");
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(key, promise);
        promise
    }
}
