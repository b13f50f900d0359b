//! `gongzhi backup`: taken beside a running server, read back before it counts. And the copy that a server keeps.

use super::say;
use crate::backup::{self, ENTRY, Part, Source, Written};
use crate::open::Place;
use anyhow::{Context, Result};
use app::keys::MasterKey;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

/// Backs up, beside a running server
#[derive(Args)]
pub struct Backup {
    #[command(flatten)]
    place: Place,
    /// A new file; or a directory, to which only what changed is added
    #[arg(value_name = "FILE|DIR/")]
    to: PathBuf,
    /// Removes the parts with keys there that are older than so many days
    #[arg(long, value_name = "DAYS")]
    keep_keys: Option<u32>,
}

fn is_dir(to: &Path) -> bool {
    to.is_dir() || to.as_os_str().to_string_lossy().ends_with('/')
}

impl Backup {
    /// Writes, reads back, says what there is.
    pub fn run(self) -> Result<ExitCode> {
        self.place.exists()?;
        let (master, now, keys) = (self.place.master_key(false)?, self.place.clock().now().0, self.place.key_file());
        let source = Source { data: &self.place.data, keys, master: &master, now };
        let begin = Instant::now();
        let written = if is_dir(&self.to) {
            // Names sort by time.
            source.to_dir(&self.to, &format!("{now:015}.{ENTRY}"))?
        } else {
            source.to_file(&self.to)?
        };
        let summary = written.summary.as_ref().context("invariant: the data are a part")?;
        let (matters, entries) = (summary.matters, summary.entries);
        let (size, new, seconds) = (written.size >> 10, written.new >> 10, begin.elapsed().as_secs_f64());
        say(format!(
            "已备份并读回核对：{matters} 件案卷，{entries} 条记录 / backed up and read back: {matters} case files, {entries} entries"
        ));
        say(format!("  {size} KiB，新写 {new} KiB / new {new} KiB, {seconds:.1} s"));
        if let Some(days) = self.keep_keys {
            let gone = backup::expire_keys(&self.to, &master, now, days)?;
            say(format!("  过期的密钥备份删除 {gone} 份 / {gone} expired parts with keys removed"));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Copies what changed into a directory, every few seconds, for as long as the server runs. A copy costs a reading of the
/// whole database, so it rests ten times as long as it took.
pub fn keep_copying(place: &Place, to: PathBuf) -> Result<()> {
    let (data, keys, master, clock) = (place.data.clone(), place.key_file(), place.master_key(false)?, place.clock());
    let run = move || {
        let (mut last, mut rounds, mut rest) = (None, 0_u32, COPY_EVERY);
        loop {
            std::thread::sleep(rest);
            let stands = stand(&data, &keys);
            if stands == last {
                continue;
            }
            let begin = Instant::now();
            let source = Source { data: &data, keys: keys.clone(), master: &master, now: clock.now().0 };
            match copy(&source, &to) {
                Ok(written) => {
                    last = stands;
                    tracing::debug!(new = written.new, "copied");
                }
                Err(error) => tracing::error!(error = %format!("{error:#}"), "the copy failed; it is tried again"),
            }
            rounds += 1;
            if rounds.is_multiple_of(100) {
                sweep(&to, Part::Data, &master);
            }
            rest = COPY_EVERY.max(begin.elapsed() * 10);
        }
    };
    std::thread::Builder::new().name("copy".into()).spawn(run).context("the copy cannot be started")?;
    Ok(())
}

/// Copies once. The chunks with keys of before go at once: they may hold those of somebody who was erased since.
pub fn copy(source: &Source<'_>, to: &Path) -> Result<Written> {
    let written = source.to_dir(to, &format!("latest.{ENTRY}"))?;
    sweep(to, Part::Keys, source.master);
    Ok(written)
}

fn sweep(dir: &Path, part: Part, master: &MasterKey) {
    if let Err(error) = backup::sweep(dir, part, master) {
        tracing::error!(error = %format!("{error:#}"), "old chunks cannot be removed");
    }
}

const COPY_EVERY: Duration = Duration::from_secs(3);

/// Size and time of the files: whatever was committed changed one of them.
fn stand(data: &Path, keys: &Path) -> Option<Vec<(u64, SystemTime)>> {
    let of = |path: PathBuf| std::fs::metadata(path).ok().and_then(|m| Some((m.len(), m.modified().ok()?)));
    let log = |file: &Path| PathBuf::from(format!("{}-wal", file.display()));
    let main = data.join(store_sqlite::FILE);
    Some([log(&main), main, log(keys), keys.to_owned()].into_iter().filter_map(of).collect())
}
