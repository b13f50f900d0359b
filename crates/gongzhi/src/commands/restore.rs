//! `gongzhi restore`: only where nothing is, after everything was checked, and verified afterwards. What the backup cannot know
//! is asked of what lies outside it: the checkpoint that witnesses cosigned, and the ledger of erasures.

use super::declare_loss::declare;
use super::whole::{Kept, bar, verify_all};
use super::{block, say, verdict};
use crate::backup::{self, Ready};
use crate::ledger;
use crate::open::kept::replace;
use crate::open::{About, Place};
use anyhow::{Context, Result, bail};
use app::log::loss::Gap;
use clap::Args;
use kernel::time::Timestamp;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Restores a backup into an empty data directory
#[derive(Args)]
pub struct Restore {
    #[command(flatten)]
    place: Place,
    /// A file of a backup; of a directory the newest
    #[arg(value_name = "FILE|DIR")]
    from: PathBuf,
    /// The part with the keys, where the one beside it has expired
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Where the backup lacks what witnesses cosigned: declares that it is lost, and goes on
    #[arg(long)]
    declare_loss: bool,
    /// The newest ledger of erasures, where it lies neither in the new directory nor beside it
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
    /// There is no ledger of erasures: whoever was erased after the backup is back
    #[arg(long)]
    without_erasures: bool,
}

impl Restore {
    /// Checks, unpacks, makes ready, puts in place, verifies. Until it is in place, nothing is changed there.
    pub fn run(self) -> Result<ExitCode> {
        let master = self.place.master_key(false)?;
        let ready = backup::ready(&self.from, self.keys.as_deref(), &master, &self.place.data)?;
        let begin = Instant::now();
        block(async {
            let staged = self.place.staged(ready.path())?;
            self.bring_ledger(&ready)?;
            let skip = ready.skip(self.place.clock().now())?;
            self.compare(&ready, &staged).await?;
            // Alone: erasures that the backup does not know of are carried out before anybody reads.
            drop(staged.open().await?);
            let found = ready.place(&self.place.data)?;
            let jobs = std::thread::available_parallelism().map_or(2, usize::from);
            let app = self.place.open_frozen(jobs).await?;
            let bar = bar("核对恢复的案卷 verifying what was restored");
            let outcome = verify_all(&app, jobs, Kept::nowhere(bar.clone())).await?;
            bar.finish_and_clear();
            let made = Timestamp(found.made);
            say(format!("已恢复 {made} 的备份 / restored the backup of {made}"));
            let (matters, letters) = (skip.matters, skip.letters);
            say(format!(
                "备份之后可能发出过的编号不再使用：案卷编号跳过 {matters} 个，文号跳过 {letters} 个 / numbers that may have been given \
                 since are not given again: {matters} of matters and {letters} of each series of letters are skipped"
            ));
            outcome.report(false, begin.elapsed());
            Ok(verdict(outcome.damage.is_empty()))
        })
    }

    /// The directory that was backed up, where it is another one: what lies beside it counts too.
    fn before(&self, ready: &Ready) -> Option<Place> {
        let data = ready.manifest.data.as_deref()?;
        (std::path::absolute(&self.place.data).ok().as_deref() != Some(data)).then(|| Place::at(data))
    }

    /// Puts every line of every ledger that is found beside what is restored.
    fn bring_ledger(&self, ready: &Ready) -> Result<()> {
        let mut files: Vec<PathBuf> = vec![self.place.data.join(ledger::FILE), self.place.ledger_copy()?];
        if let Some(before) = self.before(ready) {
            files.extend([before.data.join(ledger::FILE), before.ledger_copy()?]);
        }
        if let Some(named) = &self.ledger {
            let there = named.exists();
            anyhow::ensure!(there, "没有 {} 这个文件 / there is no {0}", named.display());
            files.push(named.clone());
        }
        let mut found = false;
        for file in files {
            let cannot = || format!("the ledger of erasures {} cannot be read", file.display());
            let Some(lines) = ledger::read(&file).with_context(cannot)? else { continue };
            found = true;
            ledger::append(&ready.path().join(ledger::FILE), &lines)?;
        }
        let made = Timestamp(ready.manifest.made);
        if !found && !self.without_erasures {
            let data = self.place.data.display();
            bail!(
                "没有删除记录（erasures.log）：{made} 以后依法删除过的个人信息会重新出现。请把最新的 erasures.log 放进 {data}，或者用 --ledger \
                 指明；确实找不到，才加 --without-erasures。什么也没有改。\n  There is no ledger of erasures (erasures.log): whoever was erased \
                 after {made} would be back. Put the newest one into {data}, or name it with --ledger; only if there is none, say \
                 --without-erasures. Nothing was changed."
            );
        }
        if !found {
            say(format!(
                "没有删除记录：{made} 以后删除过的人，内容又在了，请重新办理删除 / no ledger: whoever was erased after {made} is back; erase \
                 them again"
            ));
        }
        Ok(())
    }

    /// Compares with the checkpoint that witnesses cosigned, beside the new directory or the old one, and keeps it beside the new.
    async fn compare(&self, ready: &Ready, staged: &Place) -> Result<()> {
        let own = self.place.checkpoint_file()?;
        let (file, kept) = match self.place.kept_checkpoint()? {
            Some(kept) => (own.clone(), kept),
            None => {
                let Some(before) = self.before(ready) else { return Ok(()) };
                let Some(kept) = before.kept_checkpoint()? else { return Ok(()) };
                (before.checkpoint_file()?, kept)
            }
        };
        let store = staged.existing(false)?;
        let app = staged.put_together(store, &About::default(), false, staged.clock()).await?;
        let gap = app.beside(&kept).await?;
        drop(app);
        match gap {
            // Another installation's directory may have had that name on this machine.
            Some(Gap::Foreign(_)) if file != own => return Ok(()),
            Some(gap) if !self.declare_loss || matches!(gap, Gap::Foreign(_)) => bail!(refusal(&gap, &file)),
            gap => {
                if file != own {
                    replace(&own, &kept).context("the checkpoint cannot be kept beside the new directory")?;
                }
                if gap.is_some() {
                    declare(staged, true).await?;
                }
            }
        }
        Ok(())
    }
}

fn refusal(gap: &Gap, file: &Path) -> String {
    format!(
        "{gap}\n  封签存在 {0}；没有恢复，什么也没有改。请恢复更新的备份；确实找不回来，才加 --declare-loss 如实申明丢失。\n  The checkpoint is \
         kept in {0}. Nothing was restored or changed. Restore a newer backup; only if the lost part cannot be brought back, \
         say --declare-loss.",
        file.display()
    )
}
