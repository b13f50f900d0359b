//! The last cosigned checkpoint, kept outside the data directory: who puts an older database back does not put this back too.

use super::Place;
use anyhow::{Context, Error, Result, anyhow};
use app::installation::App;
use app::log::checkpoint::size_of;
use app::log::loss::Gap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

impl Place {
    /// The file.
    pub fn checkpoint_file(&self) -> Result<PathBuf> {
        if let Some(file) = &self.checkpoint_file {
            return Ok(file.clone());
        }
        // A directory that is not there yet has its name all the same.
        let data = fs::canonicalize(&self.data).or_else(|_| std::path::absolute(&self.data));
        let data = data.with_context(|| format!("{} cannot be found", self.data.display()))?;
        let mut name = data.file_name().context("the data directory has no name; say --checkpoint-file")?.to_owned();
        name.push(".checkpoint");
        Ok(data.with_file_name(name))
    }

    /// The copy of the ledger of erasures, beside it.
    pub fn ledger_copy(&self) -> Result<PathBuf> {
        let file = self.checkpoint_file()?;
        let mut name = file.file_name().context("the kept checkpoint has no name")?.to_owned();
        if let Some(own) = name.to_str().and_then(|n| n.strip_suffix(".checkpoint")) {
            name = own.into();
        }
        name.push(".erasures");
        Ok(file.with_file_name(name))
    }

    /// The same installation while it is made ready in another directory: it answers to what is kept beside its own.
    pub fn staged(&self, work: &Path) -> Result<Place> {
        let own_key = || self.master_key_file.clone().unwrap_or_else(|| self.data.join("master.key"));
        Ok(Place {
            data: work.to_owned(),
            master_key_file: self.master_key_command.is_none().then(own_key),
            key_file: None,
            checkpoint_file: Some(self.checkpoint_file()?),
            ..self.clone()
        })
    }

    /// What it holds; none if no witness cosigned yet.
    pub fn kept_checkpoint(&self) -> Result<Option<String>> {
        let file = self.checkpoint_file()?;
        match fs::read_to_string(&file) {
            Ok(text) => Ok(Some(text)),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e).with_context(|| format!("the kept checkpoint {} cannot be read", file.display())),
        }
    }

    /// Refuses a store that does not hold what witnesses cosigned.
    pub(super) async fn stands(&self, app: &App) -> Result<()> {
        let Some(kept) = self.kept_checkpoint()? else { return Ok(()) };
        let Some(gap) = app.beside(&kept).await? else { return Ok(()) };
        let file = self.checkpoint_file()?.display().to_string();
        Err(self.refuses(&gap, &file, &file))
    }

    /// Why nothing is served, and what to do; by whose word, in Chinese and in English.
    pub fn refuses(&self, gap: &Gap, by: &str, by_en: &str) -> Error {
        let data = self.data.display();
        anyhow!(
            "{gap}\n  封签存在 {by}；没有启动，什么也没有改。请恢复最新的备份；确实找不回来，才用 `gongzhi declare-loss --data {data}` 如实申明丢失。\n  \
             The checkpoint is kept in {by_en}. Nothing was started or changed. Restore the newest backup; only if the lost part cannot be \
             brought back, declare it: `gongzhi declare-loss --data {data}` (`restore --declare-loss`)."
        )
    }

    /// Keeps a cosigned checkpoint of which the log is a continuation, unless a larger one of the same log is kept.
    pub fn keep_larger(&self, note: &str) -> Result<()> {
        let kept = self.kept_checkpoint()?;
        let known = kept.as_deref().filter(|kept| kept.lines().next() == note.lines().next()).and_then(size_of);
        if known >= size_of(note) {
            return Ok(());
        }
        self.keep(note)
    }

    /// Keeps a cosigned checkpoint, whatever was kept before.
    pub fn keep(&self, note: &str) -> Result<()> {
        let file = self.checkpoint_file()?;
        replace(&file, note).with_context(|| format!("the checkpoint cannot be kept in {}", file.display()))
    }
}

/// Puts a file in the place of another, durably: whoever reads it finds the old or the new one, whole.
pub fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let fresh = PathBuf::from(name);
    let mut file = File::create(&fresh)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(dir)?.sync_all()
}
