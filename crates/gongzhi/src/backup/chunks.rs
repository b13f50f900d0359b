//! Chunks in a directory, each named by a keyed hash of its content: what did not change is not written again. The names
//! tell nothing without the key; a chunk that was exchanged does not open under its name.

use crate::random::OsRandom;
use anyhow::{Context, Result, ensure};
use app::keys::{Key, MasterKey};
use app::seal::{Cipher, Sealed, join, open, seal};
use kernel::chain::hex;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Bytes of a chunk: sixteen pages.
pub const CHUNK: usize = 64 << 10;

/// The chunks of one part.
pub struct Chunks {
    dir: PathBuf,
    names: Key,
    content: Key,
    /// What new chunks are sealed with; each names its own.
    cipher: Cipher,
}

impl Chunks {
    /// In a directory below the backup, made when needed.
    pub fn new(dir: PathBuf, master: &MasterKey, cipher: Cipher) -> Self {
        let key = master.backup_key();
        let below = |label| key.derive(label, &[]);
        Chunks { dir, names: below("gongzhi.chunk-name/v1"), content: below("gongzhi.chunk/v1"), cipher }
    }

    fn path(&self, name: &[u8; 32]) -> PathBuf {
        let name = hex(name);
        self.dir.join(&name[..2]).join(name)
    }

    /// Keeps a chunk; its name, and whether it had to be written.
    pub fn put(&self, chunk: &[u8]) -> Result<([u8; 32], bool)> {
        let name = self.names.mac(chunk);
        let path = self.path(&name);
        if path.exists() {
            return Ok((name, false));
        }
        let folder = path.parent().context("invariant: a chunk lies in a folder")?;
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let part = path.with_extension("part");
        let mut file = super::private(&part)?;
        file.write_all(&seal(self.cipher, &self.content, &place(&name), chunk, &mut OsRandom).to_bytes())?;
        file.sync_all()?;
        fs::rename(&part, &path)?;
        fs::File::open(folder)?.sync_all()?;
        Ok((name, true))
    }

    /// The content of a chunk.
    pub fn get(&self, name: &[u8; 32]) -> Result<Vec<u8>> {
        let lost = || format!("备份缺少数据块 / the backup lacks the chunk {}", &hex(name)[..12]);
        let damaged = || format!("备份的数据块已损坏 / the chunk {} of the backup is damaged", &hex(name)[..12]);
        let bytes = fs::read(self.path(name)).with_context(lost)?;
        let sealed = Sealed::from_bytes(&bytes).with_context(damaged)?;
        let chunk = open(&self.content, &place(name), &sealed).with_context(damaged)?;
        ensure!(self.names.mac(&chunk) == *name, damaged());
        Ok(chunk.to_vec())
    }

    /// Removes every chunk that is not among these; how many went.
    pub fn keep_only(&self, names: &BTreeSet<[u8; 32]>) -> Result<u32> {
        let kept: BTreeSet<String> = names.iter().map(|n| hex(n)).collect();
        let mut gone = 0;
        for folder in entries(&self.dir)? {
            for chunk in entries(&folder)? {
                let name = chunk.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if !kept.contains(&name) {
                    fs::remove_file(&chunk)?;
                    gone += 1;
                }
            }
        }
        Ok(gone)
    }
}

fn place(name: &[u8; 32]) -> Vec<u8> {
    join("gongzhi.chunk/v1", &[name])
}

/// What lies in a directory, in order; nothing where there is none.
pub fn entries(dir: &Path) -> Result<Vec<PathBuf>> {
    if !dir.is_dir() {
        return Ok(Vec::new());
    }
    let mut all: Vec<PathBuf> = fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    all.sort();
    Ok(all)
}
