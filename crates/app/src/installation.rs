//! The installation: what every use case needs, put together once. Wiring is the binary's.

use crate::catalogue::Catalogue;
use crate::clock::Clock;
use crate::directory::Snapshot;
use crate::editions::Editions;
use crate::error::AppError;
use crate::keyring::Keyring;
use crate::keys::MasterKey;
use crate::note::SigningKeys;
use crate::note::sm2::Sm2Keys;
use crate::number::NumberBlock;
use crate::profile::Profile;
use crate::random::Random;
use crate::terms::TermKey;
use kernel::calendar::Calendar;
use kernel::ids::Cell;
use kernel::mechanism::Mechanism;
use kernel::region::RegionCode;
use kernel::time::Timestamp;
use pack::regions::Regions;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, RwLock};
use store::Store;

/// What an installation says of itself.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its name on pages, e.g. 汀云共治.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// The origin in its receipts: letters, digits, dots, slashes.
    pub origin: String,
    /// The region that it serves.
    pub territory: RegionCode,
    /// The letters before its numbers: two to five capitals.
    pub alias: String,
    /// The telephone people can always call.
    pub phone: Option<String>,
    /// A believable demo: sign-ins are shown on the sign-in page.
    pub demo: bool,
    /// The address people reach it at, for QR codes.
    pub address: String,
}

/// How `Random` is made for one use.
pub type NewRandom = Arc<dyn Fn() -> Box<dyn Random + Send> + Send + Sync>;

/// The parts of an installation.
pub struct Parts {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The mechanisms.
    pub catalogue: Catalogue,
    /// The calendar.
    pub calendar: Calendar,
    /// The regions.
    pub regions: Regions,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: NewRandom,
    /// The master key; only the secrets that it opens are kept.
    pub master: MasterKey,
    /// What it says of itself.
    pub settings: Settings,
}

/// An installation at work. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub store: Arc<dyn Store>,
    pub catalogue: Catalogue,
    pub calendars: Editions,
    pub regions: Regions,
    pub clock: Arc<dyn Clock>,
    pub random: NewRandom,
    pub keyring: Keyring,
    pub profile: Profile,
    pub signing: SigningKeys,
    /// The same key under the log's name, which is another one after a declared loss.
    pub log_keys: SigningKeys,
    /// The second signature below checkpoints, under the profile that asks for it.
    pub log_sm2: Option<Sm2Keys>,
    pub losses: Vec<crate::log::loss::Loss>,
    pub witnessed: crate::log::witnessed::Witnessed,
    pub terms: TermKey,
    pub settings: Settings,
    directory: RwLock<Arc<Snapshot>>,
    numbers: Mutex<HashMap<(Cell, i16), NumberBlock>>,
    last_id: Mutex<(i64, u32)>,
    pub(crate) tries: crate::tries::Tries,
    pub(crate) recomputed: Mutex<BTreeSet<Cell>>,
    pub(crate) finished: crate::finished::Finished,
    pub(crate) ledger: std::sync::OnceLock<Arc<dyn crate::erase::Ledger>>,
}

/// How many numbers are leased at once.
const LEASE: u32 = 256;

impl App {
    /// Puts an installation together.
    ///
    /// # Errors
    /// A store that does not answer, or an origin that cannot stand in a receipt.
    pub async fn new(parts: Parts) -> Result<App, AppError> {
        let Parts { store, catalogue, calendar, regions, clock, random, master, settings } = parts;
        // Six letters are for counties, so that the two can never be taken for each other.
        if !(2..=5).contains(&settings.alias.len()) || !settings.alias.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(AppError::corrupt("the alias must be two to five capital letters"));
        }
        let profile = Profile::of(&*store).await?;
        let keyring = Keyring::open(&*store, &master, profile.cipher(), random().as_mut()).await?;
        let signing = SigningKeys::from_seed(&settings.origin, keyring.receipt_seed())
            .map_err(|e| AppError::corrupt(format!("the origin cannot stand in a receipt: {e}")))?;
        let losses = crate::log::loss::declared(&*store).await?;
        let log_keys = losses.last().map_or(Ok(signing.clone()), |loss| signing.named(&loss.opened));
        let log_keys = log_keys.map_err(|e| AppError::corrupt(format!("the log's name: {e}")))?;
        let log_sm2 = (profile == Profile::Sm).then(|| Sm2Keys::from_seed(log_keys.origin(), keyring.receipt_seed()));
        let log_sm2 = log_sm2.transpose().map_err(|e| AppError::corrupt(format!("the log's name: {e}")))?;
        let terms = TermKey::new(keyring.term_key());
        let inner = Inner {
            store,
            catalogue,
            calendars: Editions::new(calendar),
            regions,
            clock,
            random,
            keyring,
            profile,
            signing,
            log_keys,
            log_sm2,
            losses,
            witnessed: Default::default(),
            terms,
            settings,
            directory: RwLock::default(),
            numbers: Mutex::default(),
            last_id: Mutex::default(),
            tries: crate::tries::Tries::default(),
            recomputed: Mutex::default(),
            finished: crate::finished::Finished::default(),
            ledger: std::sync::OnceLock::new(),
        };
        let app = App { inner: Arc::new(inner) };
        app.reload_directory().await?;
        Ok(app)
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// What the installation says of itself.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The calendar, in its newest edition.
    #[must_use]
    pub fn calendar(&self) -> &Calendar {
        self.inner.calendars.newest()
    }

    /// The regions.
    #[must_use]
    pub fn regions(&self) -> &Regions {
        &self.inner.regions
    }

    /// The catalogue of mechanisms.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.inner.catalogue
    }

    /// The store, for operating the installation; pages go through use cases.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.inner.store
    }

    /// The secrets of the installation, opened.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.inner.keyring
    }

    /// The cipher and the hash of new rows.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.inner.profile
    }

    /// The key by which anybody checks receipts.
    #[must_use]
    pub fn verifier_key(&self) -> String {
        self.inner.signing.verifier_key().to_string()
    }

    /// The directory as it stands.
    #[must_use]
    pub fn directory(&self) -> Arc<Snapshot> {
        self.inner.directory.read().expect("invariant: no panic under this lock").clone()
    }

    /// Reads the directory again.
    ///
    /// # Errors
    /// The store.
    pub async fn reload_directory(&self) -> Result<(), AppError> {
        let version = self.inner.store.directory_version().await?;
        let rows = self.inner.store.directory().await?;
        let mut sets = Vec::new();
        for open in self.inner.store.set_versions().await?.into_iter().filter(|v| v.closed.is_none()) {
            let rows = self.inner.store.set_rows(&open.set, open.version).await?;
            sets.push((open.set, open.version, rows));
        }
        sets.extend(crate::resting::sets(&self.inner.catalogue, &self.inner.settings.territory));
        let fresh = Snapshot::new(rows, self.now().date(), version).with_sets(sets);
        *self.inner.directory.write().expect("invariant: no panic under this lock") = Arc::new(fresh);
        self.inner.finished.outdate();
        Ok(())
    }

    /// Reads the directory again if somebody else changed it, or the day did.
    ///
    /// # Errors
    /// The store.
    pub async fn refresh_directory(&self) -> Result<(), AppError> {
        let (known, today) = (self.directory(), self.now().date());
        if known.version != self.inner.store.directory_version().await? || known.day != Some(today) {
            self.reload_directory().await?;
        }
        Ok(())
    }

    /// The cell of a region: its county; a prefecture without counties is its own.
    #[must_use]
    pub fn cell_of(&self, region: &RegionCode) -> Cell {
        let digits: String = region.as_str().chars().chain("000000".chars()).take(6).collect();
        Cell(digits.parse().expect("invariant: six digits"))
    }

    /// The alias of a cell in public numbers: the installation's own for its only county, else six letters for the county.
    #[must_use]
    pub fn alias_of(&self, cell: Cell) -> String {
        if cell == self.cell_of(&self.inner.settings.territory) {
            return self.inner.settings.alias.clone();
        }
        let mut letters = [b'C'; 6];
        let mut rest = cell.0;
        for letter in letters[1..].iter_mut().rev() {
            *letter = b'A' + u8::try_from(rest % 26).expect("invariant: below 26");
            rest /= 26;
        }
        letters.iter().map(|b| char::from(*b)).collect()
    }

    /// The cell of an alias.
    #[must_use]
    pub fn cell_by_alias(&self, alias: &str) -> Option<Cell> {
        if alias.eq_ignore_ascii_case(&self.inner.settings.alias) {
            return Some(self.cell_of(&self.inner.settings.territory));
        }
        let letters = alias.strip_prefix('C').filter(|rest| rest.len() == 5)?;
        let value = |sum: u32, b: u8| b.checked_sub(b'A').filter(|v| *v < 26).map(|v| sum * 26 + u32::from(v));
        letters.bytes().try_fold(0, value).map(Cell)
    }

    pub(crate) fn random(&self) -> Box<dyn Random + Send> {
        (self.inner.random)()
    }

    /// A number nobody else has; leased in blocks, so that gaps are possible and repeats are not.
    pub(crate) async fn next_number(&self, cell: Cell, year: i16) -> Result<u32, AppError> {
        let take = |block: &mut NumberBlock| block.take().and_then(|n| u32::try_from(n).ok());
        let known = self
            .inner
            .numbers
            .lock()
            .expect("invariant: no panic under this lock")
            .get_mut(&(cell, year))
            .and_then(take);
        if let Some(n) = known {
            return Ok(n);
        }
        let first = self.inner.store.lease_numbers(cell, year, LEASE).await?;
        let mut block = NumberBlock { next: u64::from(first), end: u64::from(first) + u64::from(LEASE) };
        let n = block
            .take()
            .and_then(|n| u32::try_from(n).ok())
            .ok_or_else(|| AppError::corrupt("no number could be leased"))?;
        self.inner.numbers.lock().expect("invariant: no panic under this lock").insert((cell, year), block);
        Ok(n)
    }

    /// Gives no number any more that may have been given in a part that is lost; what is in hand of a lease is void.
    pub(crate) async fn skip_numbers(&self, skip: store::Skip) -> Result<(), AppError> {
        self.inner.store.skip_numbers(skip).await?;
        self.inner.numbers.lock().expect("invariant: no panic under this lock").clear();
        Ok(())
    }

    /// A time-ordered id that this process has not given before.
    pub(crate) fn next_id(&self, cell: Cell) -> kernel::ids::MatterId {
        let now = self.now().0;
        let mut last = self.inner.last_id.lock().expect("invariant: no panic under this lock");
        *last = if now > last.0 { (now, 0) } else { (last.0, last.1 + 1) };
        if last.1 > 0xF_FFFF {
            *last = (last.0 + 1, 0);
        }
        kernel::ids::MatterId::new(cell, last.0, last.1)
    }

    /// The version of a mechanism that a matter was raised under.
    pub(crate) async fn version(&self, version: &str) -> Result<Arc<Mechanism>, AppError> {
        if let Some(known) = self.inner.catalogue.version(version, None)? {
            return Ok(known);
        }
        let json = self.inner.store.find_mechanism(version).await?;
        let found = self.inner.catalogue.version(version, json.as_deref())?;
        found.ok_or_else(|| AppError::corrupt(format!("mechanism {version} is missing")))
    }
}
