//! Restoring. Everything is unpacked, checked and made ready in a directory beside the target; the target gets it whole or not
//! at all.

use super::{Manifest, Part, Work, entries, keys_inside, latest, sync_dir, unpack};
use anyhow::{Result, bail, ensure};
use app::keys::MasterKey;
use kernel::time::Timestamp;
use std::fs;
use std::path::{Path, PathBuf};
use store::Skip;

/// A backup, unpacked and checked. Dropped, it leaves nothing behind.
pub struct Ready {
    work: Work,
    /// What it says of itself.
    pub manifest: Manifest,
}

/// Unpacks a backup for a directory that holds at most the master key and the ledger of erasures.
/// The keys are those beside the data; where they have expired, younger ones that are named: they lack what was erased
/// since, and the ledger in them erases it again.
pub fn ready(from: &Path, keys: Option<&Path>, master: &MasterKey, data: &Path) -> Result<Ready> {
    let from = if from.is_dir() { latest(from)? } else { from.to_owned() };
    let keys = keys.map_or_else(|| Part::Keys.beside(&from), Path::to_owned);
    // The key, and the ledger of erasures: what was erased since is then erased here too.
    let brought = |p: &PathBuf| p.file_name().is_some_and(|n| n == "master.key" || n == crate::ledger::FILE);
    let strange = entries(data)?.into_iter().find(|p| !brought(p));
    if let Some(strange) = strange {
        bail!("{} 不是空目录，里面有 {} / {0} is not empty: {1}", data.display(), strange.display());
    }
    let parent = data.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let work = Work::in_dir(parent)?;
    let manifest = unpack(&from, master, &work.0.join(Part::Data.file()))?;
    ensure!(manifest.part == Part::Data, "{} 只是密钥部分 / {0} holds keys only", from.display());
    if !keys.exists() && keys_inside(manifest.summary.as_ref()) {
        return Ok(Ready { work, manifest });
    }
    ensure!(
        keys.exists(),
        "缺少密钥部分 {}；可以用 --keys 指定较新的一份 / the part with the keys is missing; name a younger one with --keys",
        keys.display()
    );
    let keys = unpack(&keys, master, &work.0.join(Part::Keys.file()))?;
    ensure!(keys.part == Part::Keys, "密钥部分不对 / the part for the keys holds something else");
    ensure!(keys.made >= manifest.made, "密钥部分比数据旧 / the part with the keys is older than the data");
    Ok(Ready { work, manifest })
}

impl Ready {
    /// Where it lies until it is placed.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.work.0
    }

    /// Gives no number again that may have been given since the backup: before anybody can have one.
    pub fn skip(&self, now: Timestamp) -> Result<Skip> {
        let skip = Skip::after(Timestamp(self.manifest.made), now, 0);
        store_sqlite::skip_in(&self.path().join(Part::Data.file()), &skip)?;
        Ok(skip)
    }

    /// Puts it into its directory: the database last, for without it there is no installation.
    pub fn place(self, data: &Path) -> Result<Manifest> {
        store_sqlite::private_directory(data)?;
        let log = |part: Part| format!("{}-wal", part.file());
        let [keys, main] = [Part::Keys, Part::Data].map(|part| (log(part), part.file().to_owned()));
        for name in [crate::ledger::FILE, &keys.0, &keys.1, &main.0, &main.1] {
            let from = self.work.0.join(name);
            if from.exists() {
                fs::rename(from, data.join(name))?;
            }
        }
        sync_dir(&data.join(Part::Data.file()))?;
        Ok(self.manifest.clone())
    }
}
