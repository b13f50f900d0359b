//! The last cosigned checkpoint, kept outside the data directory: who puts an older database back does not put this back too.

use super::Place;
use anyhow::{Context, Result, bail};
use app::installation::App;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

impl Place {
    /// The file.
    pub fn checkpoint_file(&self) -> Result<PathBuf> {
        if let Some(file) = &self.checkpoint_file {
            return Ok(file.clone());
        }
        let data = fs::canonicalize(&self.data).with_context(|| format!("{} cannot be found", self.data.display()))?;
        let mut name = data.file_name().context("the data directory has no name; say --checkpoint-file")?.to_owned();
        name.push(".checkpoint");
        Ok(data.with_file_name(name))
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
        let (file, data) = (self.checkpoint_file()?, self.data.display());
        bail!(
            "{gap}\n  封签存在 {0}；没有启动，什么也没有改。请恢复最新的备份；确实找不回来，才用 `gongzhi declare-loss --data {data}` 如实申明丢失。\n  \
             The checkpoint is kept in {0}. Nothing was started or changed. Restore the newest backup; only if the lost part cannot be \
             brought back, declare it: `gongzhi declare-loss --data {data}` (`restore --declare-loss`).",
            file.display()
        );
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
