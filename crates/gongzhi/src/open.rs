//! Opening an installation: data directory, master key, settings, packs, store.

pub(crate) mod kept;
pub(crate) mod master_key;
mod settings;

use crate::clock::SystemClock;
use crate::ledger::FileLedger;
use crate::random::OsRandom;
use crate::witness::Watcher;
use anyhow::{Context, Result, bail};
use app::catalogue::{Catalogue, Packs};
use app::clock::Clock;
use app::installation::{App, Parts};
use app::keys::MasterKey;
use app::offer::FromPacks;
use app::profile::Profile;
use clap::Args;
use kernel::calendar::Calendar;
use kernel::region::{RegionCode, RegionCodeError};
use kernel::time::Timestamp;
use pack::packs::PackSet;
use pack::regions::Regions;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Store;

/// Where an installation is.
#[derive(Args, Clone)]
pub struct Place {
    /// The data directory with the embedded database
    #[arg(long, global = true, env = "GONGZHI_DATA", value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
    /// The file with the master key; beside the data by default
    #[arg(long, global = true, env = "GONGZHI_MASTER_KEY_FILE", value_name = "FILE")]
    pub master_key_file: Option<PathBuf>,
    /// A command that prints the master key, instead of a file
    #[arg(long, global = true, env = "GONGZHI_MASTER_KEY_COMMAND", value_name = "CMD")]
    pub master_key_command: Option<String>,
    /// The file with the wrapped keys of matters; keys.db beside the data by default
    #[arg(long, global = true, env = "GONGZHI_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// More packs, laid over those of the program
    #[arg(long = "packs", global = true, env = "GONGZHI_PACKS", value_name = "DIR")]
    pub packs: Vec<PathBuf>,
    /// Where the last cosigned checkpoint is kept, outside the data directory; beside it by default
    #[arg(long, global = true, env = "GONGZHI_CHECKPOINT_FILE", value_name = "FILE")]
    pub checkpoint_file: Option<PathBuf>,
    /// The time at start, for tests and rehearsals
    #[arg(long, global = true, env = "GONGZHI_CLOCK", value_name = "TIME")]
    pub clock: Option<Timestamp>,
}

/// What an installation says of itself; kept in the store at the first start.
#[derive(Args, Clone, Default)]
pub struct About {
    /// The region that it serves, e.g. 330106
    #[arg(long, env = "GONGZHI_TERRITORY", value_name = "CODE", value_parser = region_code)]
    pub territory: Option<RegionCode>,
    /// Its name on pages
    #[arg(long, env = "GONGZHI_NAME", value_name = "NAME")]
    pub name: Option<String>,
    /// Its name in English
    #[arg(long, env = "GONGZHI_NAME_EN", value_name = "NAME")]
    pub name_en: Option<String>,
    /// The letters before its numbers, two to five capitals
    #[arg(long, env = "GONGZHI_ALIAS", value_name = "LETTERS")]
    pub alias: Option<String>,
    /// The name under which it signs receipts, e.g. example.gov.cn/gongzhi
    #[arg(long, env = "GONGZHI_ORIGIN", value_name = "NAME")]
    pub origin: Option<String>,
    /// The telephone that people can always call
    #[arg(long, env = "GONGZHI_PHONE", value_name = "NUMBER")]
    pub phone: Option<String>,
    /// The algorithms of new rows: standard (ChaCha20-Poly1305, SHA-256) or sm (SM4-GCM, SM3)
    #[arg(long, env = "GONGZHI_CRYPTO", value_name = "PROFILE")]
    pub crypto: Option<Profile>,
    /// The address that people reach it at
    #[arg(long, env = "GONGZHI_ADDRESS", value_name = "URL")]
    pub address: Option<String>,
    /// Where it listens: what people reach it at as long as nothing else is said; never kept
    #[arg(skip)]
    pub listens: Option<std::net::SocketAddr>,
}

impl Place {
    /// An installation in a directory, everything else as usual.
    #[must_use]
    pub fn at(data: &Path) -> Place {
        Place {
            data: data.to_owned(),
            master_key_file: None,
            master_key_command: None,
            key_file: None,
            packs: Vec::new(),
            checkpoint_file: None,
            clock: None,
        }
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        match self.clock {
            Some(start) => Arc::new(SystemClock::starting_at(start)),
            None => Arc::new(SystemClock::real()),
        }
    }

    /// The packs of the program with those of the directories laid over them.
    pub fn packs(&self) -> Result<PackSet> {
        packs(&self.packs)
    }

    /// The calendar of the program with the notices of the packs, then those loaded into the installation, laid over it.
    pub async fn calendar(&self, store: &dyn Store) -> Result<Calendar> {
        let mut texts = Vec::new();
        for dir in &self.packs {
            let dir = dir.join("calendars");
            let mut files = Vec::new();
            if dir.is_dir() {
                read_dir(&dir, &dir, &mut files)
                    .with_context(|| format!("the calendars in {} cannot be read", dir.display()))?;
            }
            files.retain(|(name, _)| name.ends_with(".toml"));
            files.sort();
            for (name, bytes) in files {
                let text = String::from_utf8(bytes).with_context(|| format!("{name} is not UTF-8"))?;
                pack::calendar::layered([&*text])
                    .with_context(|| format!("{} is not a holiday notice", dir.join(&name).display()))?;
                texts.push(text);
            }
        }
        texts.extend(notices(store).await?);
        Ok(pack::calendar::layered(texts.iter().map(String::as_str))?)
    }

    /// The store of the data directory.
    pub fn store(&self, guest: bool) -> Result<Arc<dyn Store>> {
        self.opened(store_sqlite::Options { guest, ..Default::default() })
    }

    fn opened(&self, options: store_sqlite::Options) -> Result<Arc<dyn Store>> {
        store_sqlite::private_directory(&self.data)
            .with_context(|| format!("the data directory {} cannot be used", self.data.display()))?;
        let beside = self.data.join(store_sqlite::KEY_FILE);
        if self.key_file.as_ref().is_some_and(|file| *file != beside) && beside.exists() {
            bail!(
                "there are two key files, {} and {}; only one may stay, and the older would be taken for the newer one day",
                self.key_file().display(),
                beside.display()
            );
        }
        let options = store_sqlite::Options { key_file: self.key_file.clone(), ..options };
        let store = store_sqlite::SqliteStore::open(&self.data, options)
            .with_context(|| format!("the store in {} cannot be opened", self.data.display()))?;
        Ok(Arc::new(store))
    }

    /// The store of an installation that exists.
    pub fn existing(&self, guest: bool) -> Result<Arc<dyn Store>> {
        self.exists()?;
        self.store(guest)
    }

    /// Where the wrapped keys of matters lie.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.data.join(store_sqlite::KEY_FILE))
    }

    /// Opens an installation that exists as it stands now, beside a server that goes on: for checking all of it.
    pub async fn open_frozen(&self, jobs: usize) -> Result<App> {
        self.exists()?;
        self.put_together(self.frozen(jobs)?, &About::default(), false, self.clock()).await
    }

    /// The store of the data directory as it stands now, for so many jobs at once.
    pub(crate) fn frozen(&self, jobs: usize) -> Result<Arc<dyn Store>> {
        // The use cases, the list of matters, the log and the store's own two checks read beside the jobs.
        self.opened(store_sqlite::Options { guest: true, frozen: Some(jobs + 5), ..Default::default() })
    }

    /// Opens an installation that exists, for a command that may run beside a server.
    pub async fn open_beside(&self) -> Result<App> {
        self.exists()?;
        self.put_together(self.store(true)?, &About::default(), false, self.clock()).await
    }

    /// Opens an installation that exists, alone.
    pub async fn open(&self) -> Result<App> {
        self.exists()?;
        self.open_or_make(&About::default(), false).await
    }

    /// That there is an installation in the directory.
    pub fn exists(&self) -> Result<()> {
        if !self.data.join(store_sqlite::FILE).exists() {
            bail!(
                "there is no installation in {}; `gongzhi serve --data {0} --territory CODE` makes one",
                self.data.display()
            );
        }
        Ok(())
    }

    /// Opens an installation, or makes it with what it says of itself.
    pub async fn open_or_make(&self, about: &About, demo: bool) -> Result<App> {
        self.open_watched(about, demo, &[]).await
    }

    /// The same where witnesses watch: what they cosigned must be in it.
    pub async fn open_watched(&self, about: &About, demo: bool, watchers: &[Watcher]) -> Result<App> {
        let store = self.store(false)?;
        let app = self.put_together(store, about, demo, self.clock()).await?;
        self.stands(&app).await?;
        crate::witness::compare(self, &app, watchers).await?;
        if let Err(error) = self.ledger().keep() {
            // A full disk lets reading go on; an erasure that cannot be noted there is refused when it comes.
            tracing::warn!(%error, "the ledger of erasures cannot be brought up to date");
        }
        settings::take_down(&app).await?;
        // What was erased stays erased, whichever backup this is: before anything is served.
        let again = app.replay_erasures().await?;
        if again > 0 {
            tracing::warn!(matters = again, "erased again what this store still held");
        }
        if app.finish_rebuild().await? {
            eprintln!("gongzhi: 上次重建未完成，已补完 / an interrupted rebuild was finished");
        }
        Ok(app)
    }

    /// The ledger of erasures.
    #[must_use]
    pub fn ledger(&self) -> FileLedger {
        FileLedger::of(&self.data, self.ledger_copy().ok())
    }

    /// The same installation under another clock, for playing what happened before today.
    pub async fn app_with(&self, app: &App, clock: Arc<dyn Clock>) -> Result<App> {
        self.put_together(app.store().clone(), &About::default(), app.settings().demo, clock).await
    }

    pub(crate) async fn put_together(
        &self,
        store: Arc<dyn Store>,
        about: &About,
        demo: bool,
        clock: Arc<dyn Clock>,
    ) -> Result<App> {
        let packs = Box::new(FromPacks::new(self.packs()?));
        self.put_together_with(packs, store, about, demo, clock).await
    }

    /// The same with packs that were read before.
    pub(crate) async fn put_together_with(
        &self,
        packs: Box<dyn Packs>,
        store: Arc<dyn Store>,
        about: &About,
        demo: bool,
        clock: Arc<dyn Clock>,
    ) -> Result<App> {
        // Only an installation that has no secrets yet gets a master key of its own.
        let master = self.master_key(store.secrets().await?.is_empty())?;
        if let Some(profile) = about.crypto {
            store.put_setting(app::profile::SETTING, &profile.to_string()).await?;
        }
        let said = settings::said(&*store, about, demo).await?;
        let regions = regions(said.settings.demo, store.setting(app::divisions::SETTING).await?.as_deref())?;
        if regions.get_any(&said.settings.territory).is_none() {
            bail!(no_region(&said.settings.territory));
        }
        let settings = said.keep(&*store).await?;
        store_id(&*store).await?;
        let calendar = self.calendar(&*store).await?;
        let parts = Parts {
            store,
            catalogue: Catalogue::new(packs),
            calendar,
            regions,
            clock,
            random: Arc::new(|| Box::new(OsRandom)),
            master,
            settings,
        };
        let app = App::new(parts).await?;
        app.keep_ledger(Arc::new(self.ledger()));
        Ok(app)
    }

    /// The master key: what the command prints, else what the file holds; made where it may be and is not there.
    pub fn master_key(&self, make: bool) -> Result<MasterKey> {
        match (&self.master_key_command, &self.master_key_file) {
            (Some(_), Some(_)) => bail!("say --master-key-file or --master-key-command, not both"),
            (Some(command), None) => master_key::printed_by(command),
            (None, file) => {
                let path = file.clone().unwrap_or_else(|| self.data.join("master.key"));
                self.master_key_at(&path, make)
            }
        }
    }

    /// The master key of a file.
    pub fn master_key_at(&self, path: &Path, make: bool) -> Result<MasterKey> {
        master_key::in_file(path, make)
    }
}

/// The setting that names a store: drawn once, so that what was noted about one is not taken for another.
pub const STORE_ID: &str = "store";

async fn store_id(store: &dyn Store) -> Result<()> {
    if store.setting(STORE_ID).await?.is_none() {
        let drawn: [u8; 16] = app::random::bytes(&mut OsRandom);
        store.put_setting(STORE_ID, &kernel::chain::hex(&drawn)).await?;
    }
    Ok(())
}

/// The setting with the notices that were loaded.
pub const NOTICES: &str = "calendar";

/// The notices that were loaded into an installation, in their order.
async fn notices(store: &dyn Store) -> Result<Vec<String>> {
    let kept = store.setting(NOTICES).await?;
    kept.map_or(Ok(Vec::new()), |json| serde_json::from_str(&json).context("the loaded calendars cannot be read"))
}

/// Keeps a notice with the installation; whether it is a new one.
pub async fn keep_notice(store: &dyn Store, text: &str) -> Result<bool> {
    let mut all = notices(store).await?;
    if all.last().is_some_and(|last| last == text) {
        return Ok(false);
    }
    all.retain(|known| known != text);
    all.push(text.to_owned());
    store.put_setting(NOTICES, &serde_json::to_string(&all)?).await?;
    Ok(true)
}

/// The packs of the program with those of some directories laid over them.
pub fn packs(dirs: &[PathBuf]) -> Result<PackSet> {
    if dirs.is_empty() {
        return Ok(PackSet::embedded());
    }
    let mut files = Vec::new();
    for dir in dirs {
        read_dir(dir, dir, &mut files).with_context(|| format!("the packs in {} cannot be read", dir.display()))?;
    }
    let set = PackSet::embedded_with(files);
    for (of, template) in set.letterheads() {
        app::docx::check(template).with_context(|| format!("letters/{of}.docx"))?;
    }
    Ok(set)
}

fn read_dir(root: &Path, dir: &Path, files: &mut Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            read_dir(root, &path, files)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            files.push((name.to_string_lossy().into_owned(), fs::read(&path)?));
        }
    }
    Ok(())
}

/// The regions of the country, with the invented ones of the demo and those that the installation loaded.
pub fn regions(demo: bool, loaded: Option<&str>) -> Result<Regions> {
    let extra = if demo { crate::demo::REGIONS } else { "" };
    let all = pack::regions::embedded().with_extra(extra.as_bytes())?;
    match loaded {
        Some(loaded) => {
            all.with_extra(loaded.as_bytes()).context("读不出已导入的区划 / the loaded regions cannot be read")
        }
        None => Ok(all),
    }
}

/// A region's code on the command line.
pub fn region_code(text: &str) -> Result<RegionCode, String> {
    text.parse().map_err(|e| both(&e))
}

/// What is wrong with a code, in both languages.
pub fn both(error: &RegionCodeError) -> String {
    format!("{} / {error}", error.zh())
}

/// That there is no such region.
pub fn no_region(code: &impl std::fmt::Display) -> String {
    format!(
        "没有区划 {code}，见 `gongzhi regions find 名称` / there is no region {code}; see `gongzhi regions find NAME`"
    )
}
