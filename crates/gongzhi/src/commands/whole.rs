//! `gongzhi verify` and `gongzhi rebuild`: the whole store, with progress.

use super::{block, say, verdict};
use crate::open::Place;
use anyhow::{Context, Error, Result, anyhow, bail};
use app::erase::Ledger;
use app::error::AppError;
use app::installation::App;
use app::whole::{Damage, Verified, Walk};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use kernel::ids::Cell;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use store::StoreError;

/// Checks every case file, projection and counter, and the log over them
#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    place: Place,
    /// Goes on where an interrupted run stopped
    #[arg(long)]
    resume: bool,
    /// Threads; as many as the machine has if left out
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Makes projections and counters again
#[derive(Args)]
pub struct Rebuild {
    #[command(flatten)]
    place: Place,
}

/// A line of progress.
pub fn bar(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(what);
    let style = ProgressStyle::with_template("{spinner} {msg} {pos} ({per_sec})")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    bar.set_style(style);
    bar
}

/// How far a run came: beside the data, small, written every few seconds, gone at the end.
#[derive(Serialize, Deserialize, Default)]
struct Progress {
    /// Of which store.
    store: String,
    /// By cell, the last serial before which everything was verified.
    done: BTreeMap<u32, i64>,
    /// What was found so far.
    damage: Vec<Damage>,
}

impl Progress {
    fn file(data: &Path) -> PathBuf {
        data.join("verify.json")
    }

    fn begin(data: &Path, store: &str, resume: bool) -> Result<Progress> {
        let fresh = Progress { store: store.to_owned(), ..Progress::default() };
        let path = Progress::file(data);
        if !resume || !path.exists() {
            return Ok(fresh);
        }
        let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let kept: Progress = serde_json::from_str(&text)
            .with_context(|| format!("{} cannot be read; start again without --resume", path.display()))?;
        if kept.store != store {
            bail!(
                "续查记录属于另一个数据库，请去掉 --resume 从头核对 / {} is of another store; start again without --resume",
                path.display()
            );
        }
        Ok(kept)
    }

    fn keep(&self, data: &Path) -> Result<()> {
        let (path, next) = (Progress::file(data), data.join("verify.json.new"));
        std::fs::write(&next, serde_json::to_vec(self)?)?;
        std::fs::rename(&next, &path).with_context(|| format!("{} cannot be written", path.display()))
    }
}

/// What a run found in the whole store.
pub struct Outcome {
    /// Matters.
    pub matters: u64,
    /// Entries.
    pub entries: u64,
    /// What does not hold.
    pub damage: Vec<Damage>,
    /// The size of the checkpoint kept outside the data directory, where there is one.
    pub kept: Option<u64>,
}

type Checking = Pin<Box<dyn Future<Output = Result<Vec<Damage>, AppError>> + Send>>;

/// Verifies everything that there is. The store should be opened frozen, or nobody write to it.
pub async fn verify_all(app: &App, jobs: usize, mut kept: Kept<'_>) -> Result<Outcome> {
    // Both read for as long as they run: beside the threads that drive this.
    let beside = |what: fn(App) -> Checking| {
        let (app, runtime) = (app.clone(), tokio::runtime::Handle::current());
        tokio::task::spawn_blocking(move || runtime.block_on(what(app)))
    };
    let store = beside(|app| Box::pin(async move { app.verify_store().await }));
    let log = beside(|app| Box::pin(async move { app.verify_log().await }));
    let mut all = Outcome { matters: 0, entries: 0, damage: Vec::new(), kept: None };
    for cell in app.store().cells_fanout().await? {
        let walk = Walk { cell, done: kept.done(cell), jobs };
        let before = all.matters;
        let found = app.verify_walk(walk, &mut |found| kept.hear(cell, before, found)).await?;
        all.matters += found.matters;
        all.entries += found.entries;
        all.damage.extend(found.damage);
    }
    all.damage.extend(store.await??);
    // A log that cannot be read is a finding; the matters were verified all the same.
    let log =
        log.await?.unwrap_or_else(|e| vec![Damage { number: None, what: format!("the log cannot be read: {e}") }]);
    all.damage.extend(log);
    for damage in kept.earlier() {
        if !all.damage.contains(&damage) {
            all.damage.push(damage);
        }
    }
    Ok(all)
}

/// Compares the log with the checkpoint that is kept outside the data directory: everything in an older store that was put
/// back holds together, and only somebody else's memory tells.
async fn beside_kept(place: &Place, app: &App, all: &mut Outcome) {
    let found = async {
        let Some(kept) = place.kept_checkpoint()? else { return Ok(None) };
        all.kept = app::log::checkpoint::size_of(&kept);
        anyhow::Ok(app.beside(&kept).await?.map(|gap| gap.to_string()))
    };
    let what = found.await.unwrap_or_else(|e| Some(format!("the kept checkpoint: {e:#}")));
    all.damage.extend(what.map(|what| Damage { number: None, what }));
}

/// Who hears how far a run came.
pub struct Kept<'a> {
    bar: ProgressBar,
    file: Option<(&'a Path, Progress, Instant)>,
}

impl Kept<'_> {
    /// Only the bar.
    pub fn nowhere(bar: ProgressBar) -> Self {
        Kept { bar, file: None }
    }

    fn done(&self, cell: Cell) -> Option<i64> {
        self.file.as_ref().and_then(|(_, progress, _)| progress.done.get(&cell.0).copied())
    }

    fn earlier(&self) -> Vec<Damage> {
        self.file.as_ref().map(|(_, progress, _)| progress.damage.clone()).unwrap_or_default()
    }

    fn hear(&mut self, cell: Cell, before: u64, found: &Verified) {
        self.bar.set_position(before + found.matters);
        let Some((data, progress, last)) = &mut self.file else { return };
        if let Some(done) = found.done {
            let known = progress.done.entry(cell.0).or_insert(done);
            *known = done.max(*known);
        }
        for damage in &found.damage {
            if !progress.damage.contains(damage) {
                progress.damage.push(damage.clone());
            }
        }
        // A run that cannot note how far it came is a run all the same.
        if last.elapsed() > Duration::from_secs(2) && progress.keep(data).is_ok() {
            *last = Instant::now();
        }
    }
}

impl Verify {
    /// Names each damaged matter; exit 1 if there is one.
    pub fn run(self) -> Result<ExitCode> {
        block(async {
            let jobs = self.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from));
            let ledger = self.place.ledger().all().context("the ledger of erasures cannot be read")?;
            let app = self.place.open_frozen(jobs).await.map_err(cannot_open)?;
            let store = app.store().setting(crate::open::STORE_ID).await?.unwrap_or_default();
            let data = &self.place.data;
            let progress = Progress::begin(data, &store, self.resume)?;
            let begin = Instant::now();
            let kept = Kept { bar: bar("核对案卷 verifying"), file: Some((data, progress, begin)) };
            let bar = kept.bar.clone();
            let mut found = verify_all(&app, jobs, kept).await?;
            beside_kept(&self.place, &app, &mut found).await;
            // Commands that never opened it alone have made none.
            if data.join(crate::ledger::FILE).exists() {
                found.damage.extend(app.verify_ledger(&ledger).await?);
            }
            bar.finish_and_clear();
            let _ = std::fs::remove_file(Progress::file(data)); // Nothing is left to go on with.
            found.report(self.json, begin.elapsed());
            if !self.json {
                say(found.about_kept());
            }
            Ok(verdict(found.damage.is_empty()))
        })
    }
}

/// A store that cannot even be opened: whoever asks what is hit is not sent back to this command.
fn cannot_open(error: Error) -> Error {
    let found = error.chain().find_map(|cause| match cause.downcast_ref::<StoreError>() {
        Some(StoreError::Corrupt { what }) => Some(what.clone()),
        _ => None,
    });
    match found {
        Some(what) => anyhow!(
            "数据库损坏得打不开：{what}。哪些案卷受损已经无法核对。请把整个数据目录原样另存一份，再恢复最近的备份（gongzhi restore）/ the store \
             is so damaged that it cannot be opened: {what}. Which matters are hit cannot be told any more. Keep a copy of the whole \
             data directory as it is, then restore the newest backup (gongzhi restore)"
        ),
        None => error,
    }
}

impl Outcome {
    /// Whether an older store would have been noticed.
    fn about_kept(&self) -> String {
        match self.kept {
            Some(n) => format!(
                "已同另存的封签（到第 {n} 行）比对 / compared with the checkpoint kept outside the data (to line {n})"
            ),
            None => {
                "没有另存的封签：数据库若整个换回旧的，核对看不出来 / no checkpoint is kept outside the data: an older \
                     database put back would not be noticed"
                    .to_owned()
            }
        }
    }

    /// Prints what was found.
    pub fn report(&self, json: bool, time: Duration) {
        let (matters, entries, n) = (self.matters, self.entries, self.damage.len());
        if json {
            let seconds = time.as_secs_f64();
            say(
                serde_json::json!({ "matters": matters, "entries": entries, "seconds": seconds, "kept": self.kept, "damage": self.damage }),
            );
            return;
        }
        for d in &self.damage {
            say(format!("损坏 damaged {}: {}", d.number.as_deref().unwrap_or("-"), d.what));
        }
        say(format!(
            "{matters} 件案卷，{entries} 条记录，{n} 处不符 / {matters} case files, {entries} entries, {n} damaged"
        ));
    }
}

impl Rebuild {
    /// Fills everything derived again.
    pub fn run(self) -> Result<ExitCode> {
        block(async {
            let app = self.place.open().await?;
            let bar = bar("重建 rebuilding");
            let done = app.rebuild(&mut |n| bar.set_position(n)).await?;
            bar.finish_and_clear();
            say(format!("{done} 件案卷已重建 / {done} case files rebuilt"));
            Ok(ExitCode::SUCCESS)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::damage::{Copy, SAMPLE};

    fn run(copy: &Copy, resume: bool) -> Result<Outcome> {
        block(async {
            let app = Place::at(copy.path()).open_frozen(3).await?;
            let store = app.store().setting(crate::open::STORE_ID).await?.expect("a store has a name");
            let progress = Progress::begin(copy.path(), &store, resume)?;
            let file = Some((copy.path(), progress, Instant::now()));
            verify_all(&app, 3, Kept { bar: ProgressBar::hidden(), file }).await
        })
    }

    #[test]
    fn a_resumed_run_checks_the_rest_and_remembers_what_was_found() {
        let copy = Copy::of(&SAMPLE.db);
        let (cell, middle): (u32, i64) =
            (copy.ask("SELECT cell FROM matter LIMIT 1"), copy.ask("SELECT max(serial) FROM matter"));
        let spoil = "UPDATE vault SET sealed = zeroblob(40) WHERE serial = (SELECT min(serial) FROM vault)";
        copy.forge(spoil);
        let whole = run(&copy, false).expect("a run");
        assert_eq!(whole.damage.len(), 1, "{:?}", whole.damage);
        let store: String = copy.ask("SELECT value FROM setting WHERE key = 'store'");
        let earlier = Damage { number: Some("X".into()), what: "found before".into() };
        let kept = Progress { store, done: [(cell, middle)].into(), damage: vec![earlier.clone()] };
        kept.keep(copy.path()).expect("noted");
        let rest = run(&copy, true).expect("a resumed run");
        assert_eq!(rest.damage, [earlier], "what was checked is only counted; what was found stays");
        assert_eq!((rest.matters, rest.entries), (whole.matters, whole.entries));
        assert_eq!(run(&copy, false).expect("from the beginning").damage, whole.damage);
    }

    #[test]
    fn a_note_about_another_store_is_refused() {
        let copy = Copy::of(&SAMPLE.db);
        Progress { store: "another".into(), ..Progress::default() }.keep(copy.path()).expect("noted");
        let words = format!("{:#}", run(&copy, true).map(|_| ()).expect_err("refused"));
        assert!(words.contains("另一个数据库") && words.contains("another store"), "{words}");
    }
}
