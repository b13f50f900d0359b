//! Backups: a store as it stood at one moment, sealed under a key derived from the master key, which is never inside.
//! A backup is one file, or an entry of a directory of chunks to which the next one adds only what changed. The data and the
//! keys of matters are parts of their own, so that those of the keys can expire first: what was erased is then gone here too.
//! How one is restored is in `restore`.

pub mod chunks;
mod restore;
mod stream;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result, ensure};
use app::keys::MasterKey;
use app::profile::{self, Profile};
use app::seal::Cipher;
use chunks::{CHUNK, Chunks, entries};
pub use restore::{Ready, ready};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use store_sqlite::Summary;
use stream::{Reader, Writer};

/// A database that belongs to an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Everything but keys.
    Data,
    /// The wrapped keys of matters.
    Keys,
}

impl Part {
    /// The parts, in the order in which they are taken: whatever matter is in the data has its keys in the keys.
    const ALL: [Part; 2] = [Part::Data, Part::Keys];

    /// Its file in the data directory, where nothing else is said.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Part::Data => store_sqlite::FILE,
            Part::Keys => store_sqlite::KEY_FILE,
        }
    }

    /// Where it lies beside the name that the operator gave.
    #[must_use]
    pub fn beside(self, name: &Path) -> PathBuf {
        match self {
            Part::Data => name.to_owned(),
            Part::Keys => {
                let mut name = name.as_os_str().to_owned();
                name.push(".keys");
                name.into()
            }
        }
    }
}

/// The first frame of a backup.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Which part.
    pub part: Part,
    /// When it was made: milliseconds since 1970.
    pub made: i64,
    /// Bytes of the database.
    pub size: u64,
    /// What it holds; none for the keys.
    pub summary: Option<Summary>,
    /// The content lies in chunks beside it, and its frames hold their names.
    pub chunked: bool,
    /// The data directory that was backed up: beside it lie the kept checkpoint and the copy of the ledger of erasures.
    #[serde(default)]
    pub data: Option<PathBuf>,
}

/// What was written.
#[derive(Debug, Default)]
pub struct Written {
    /// Bytes of the databases.
    pub size: u64,
    /// Bytes that had to be written; less where chunks were there.
    pub new: u64,
    /// What the data hold.
    pub summary: Option<Summary>,
}

/// Who backs up what.
pub struct Source<'a> {
    /// The data directory.
    pub data: &'a Path,
    /// The key file.
    pub keys: PathBuf,
    /// The master key.
    pub master: &'a MasterKey,
    /// Now: milliseconds since 1970.
    pub now: i64,
}

impl Source<'_> {
    /// Backs up into one file per part: `name`, and `name.keys` where keys have a database of their own.
    pub fn to_file(&self, name: &Path) -> Result<Written> {
        ensure!(!name.exists(), "{} 已存在，不会覆盖 / {0} exists and is not overwritten", name.display());
        self.each(name, false, |manifest, cipher, from, to| {
            let mut to = Writer::begin(BufWriter::new(to), self.master, cipher)?;
            to.put(&serde_json::to_vec(manifest)?)?;
            let size = blocks(from, 16 * CHUNK, |block| to.put(block))?;
            to.end()?.flush()?;
            Ok(size)
        })
    }

    /// Backs up into a directory of chunks; the entry has the name that is given.
    pub fn to_dir(&self, dir: &Path, entry: &str) -> Result<Written> {
        make_dir(dir)?;
        self.each(&dir.join(entry), true, |manifest, cipher, from, to| {
            let chunks = chunks_of(dir, manifest.part, self.master, cipher);
            let mut to = Writer::begin(BufWriter::new(to), self.master, cipher)?;
            to.put(&serde_json::to_vec(manifest)?)?;
            let (mut names, mut new) = (Vec::new(), 0);
            blocks(from, CHUNK, |block| {
                let (name, written) = chunks.put(block)?;
                names.extend(name);
                new += if written { block.len() as u64 } else { 0 };
                Ok(())
            })?;
            names.chunks(CHUNK).try_for_each(|part| to.put(part))?;
            to.end()?.flush()?;
            Ok(new)
        })
    }

    fn file(&self, part: Part) -> PathBuf {
        match part {
            Part::Data => self.data.join(part.file()),
            Part::Keys => self.keys.clone(),
        }
    }

    /// Takes each part, writes it under another name, reads it back, and only then gives it its name.
    fn each(
        &self,
        name: &Path,
        chunked: bool,
        write: impl Fn(&Manifest, Cipher, &mut File, File) -> Result<u64>,
    ) -> Result<Written> {
        let work = Work::in_dir(self.data)?;
        let mut all = Written::default();
        let mut cipher = Cipher::ChaCha20Poly1305;
        for part in Part::ALL {
            let (from, copy) = (self.file(part), work.0.join(part.file()));
            if part == Part::Keys && !from.exists() {
                // A store of before the key file: its keys are in what was just taken.
                ensure!(
                    keys_inside(all.summary.as_ref()),
                    "没有密钥文件 {} / there is no key file {0}",
                    from.display()
                );
                continue;
            }
            store_sqlite::snapshot(&from, &copy)?;
            let summary = (part == Part::Data).then(|| store_sqlite::examine(&copy)).transpose()?;
            if part == Part::Data
                && let Some(profile) = store_sqlite::setting_in(&copy, profile::SETTING)?
            {
                cipher = profile.parse::<Profile>()?.cipher();
            }
            let size = fs::metadata(&copy)?.len();
            let data = fs::canonicalize(self.data).ok();
            let manifest = Manifest { part, made: self.now, size, summary, chunked, data };
            let target = part.beside(name);
            let unfinished = PathBuf::from(format!("{}.part", target.display()));
            let file = private(&unfinished)?;
            all.new += write(&manifest, cipher, &mut File::open(&copy)?, file.try_clone()?)?;
            file.sync_all()?;
            let back = work.0.join("back");
            unpack(&unfinished, self.master, &back).context("the backup does not read back")?;
            ensure!(same(&copy, &back)?, "what was read back is not what was backed up");
            fs::remove_file(&back)?;
            fs::rename(&unfinished, &target)?;
            sync_dir(&target)?;
            all.size += size;
            all.summary = all.summary.or(manifest.summary);
        }
        Ok(all)
    }
}

/// The schema since which keys have a file of their own.
const KEY_FILE_SINCE: i64 = 9;

/// Whether the keys of such data lie in the data.
fn keys_inside(data: Option<&Summary>) -> bool {
    data.is_some_and(|data| data.schema < KEY_FILE_SINCE)
}

/// Entries of a directory of chunks end so.
pub const ENTRY: &str = "gongzhi";

/// Makes a directory of chunks, or finds one.
///
/// # Errors
/// A directory with something else in it.
fn make_dir(dir: &Path) -> Result<()> {
    // One that is there belongs to the operator, who may let the tool read it that carries it elsewhere.
    if !dir.exists() {
        store_sqlite::private_directory(dir)?;
    }
    let mark = dir.join("is-gongzhi-backup");
    if !mark.exists() {
        ensure!(entries(dir)?.is_empty(), "{} 不是空目录 / {0} is not empty", dir.display());
        private(&mark)?.write_all(b"Chunks and entries of gongzhi backups; `gongzhi restore` reads them.\n")?;
    }
    Ok(())
}

fn chunks_of(dir: &Path, part: Part, master: &MasterKey, cipher: Cipher) -> Chunks {
    Chunks::new(dir.join(if part == Part::Keys { "keys" } else { "chunks" }), master, cipher)
}

/// For reading: what is there names its own cipher.
fn chunks_in(dir: &Path, part: Part, master: &MasterKey) -> Chunks {
    chunks_of(dir, part, master, Cipher::ChaCha20Poly1305)
}

/// Unpacks one part into a file that is not there yet, and checks it against its manifest.
pub fn unpack(from: &Path, master: &MasterKey, to: &Path) -> Result<Manifest> {
    let file = File::open(from).with_context(|| format!("{} cannot be read", from.display()))?;
    let mut reader = Reader::begin(BufReader::new(file), master)?;
    let manifest = manifest(&mut reader)?;
    let mut out = BufWriter::new(private(to)?);
    let chunks = chunks_in(from.parent().unwrap_or(Path::new(".")), manifest.part, master);
    while let Some(frame) = reader.next()? {
        if manifest.chunked {
            let (names, rest) = frame.as_chunks::<32>();
            ensure!(rest.is_empty(), "备份已损坏 / the backup is damaged");
            names.iter().try_for_each(|name| anyhow::Ok(out.write_all(&chunks.get(name)?)?))?;
        } else {
            out.write_all(&frame)?;
        }
    }
    let out = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    out.sync_all()?;
    ensure!(out.metadata()?.len() == manifest.size, "备份的大小不对 / the backup has another size than it says");
    if let Some(said) = &manifest.summary {
        ensure!(store_sqlite::examine(to)? == *said, "备份内容与清单不符 / the backup is not what its list says");
    }
    Ok(manifest)
}

fn manifest<R: Read>(reader: &mut Reader<R>) -> Result<Manifest> {
    let first = reader.next()?.context("备份是空的 / the backup is empty")?;
    serde_json::from_slice(&first).context("备份来自更新的版本 / the backup is of a newer version")
}

/// The newest entry of a directory of chunks.
fn latest(dir: &Path) -> Result<PathBuf> {
    let found = of_part(dir, Part::Data)?.pop();
    found.with_context(|| format!("{} 里没有备份 / there is no backup in {0}", dir.display()))
}

/// Removes parts with keys that are older than so many days, and in a directory the chunks that only they named.
pub fn expire_keys(beside: &Path, master: &MasterKey, now: i64, days: u32) -> Result<u32> {
    let dir = if beside.is_dir() { beside } else { beside.parent().unwrap_or(Path::new(".")) };
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    let mut gone = 0;
    for path in of_part(dir, Part::Keys)? {
        if manifest(&mut Reader::begin(BufReader::new(File::open(&path)?), master)?)?.made < now - i64::from(days) * DAY
        {
            fs::remove_file(&path)?;
            gone += 1;
        }
    }
    if beside.is_dir() {
        sweep(dir, Part::Keys, master)?;
    }
    sync_dir(&dir.join("."))?;
    Ok(gone)
}

const DAY: i64 = 86_400_000;

/// Removes the chunks that no entry of a directory names any more; how many.
pub fn sweep(dir: &Path, part: Part, master: &MasterKey) -> Result<u32> {
    let mut named = BTreeSet::new();
    for path in of_part(dir, part)? {
        let mut reader = Reader::begin(BufReader::new(File::open(&path)?), master)?;
        if !manifest(&mut reader)?.chunked {
            continue;
        }
        while let Some(frame) = reader.next()? {
            named.extend(frame.as_chunks::<32>().0);
        }
    }
    chunks_in(dir, part, master).keep_only(&named)
}

/// The files of a part in a directory.
fn of_part(dir: &Path, part: Part) -> Result<Vec<PathBuf>> {
    let ending = if part == Part::Keys { "keys" } else { ENTRY };
    let all = entries(dir)?.into_iter();
    Ok(all.filter(|p| p.is_file() && p.extension().is_some_and(|e| e == ending)).collect())
}

/// A directory to work in, only for us, gone afterwards.
struct Work(PathBuf);

impl Work {
    fn in_dir(dir: &Path) -> Result<Work> {
        use std::os::unix::fs::DirBuilderExt;
        let path = dir.join(format!(".gongzhi-work-{}-{:?}", std::process::id(), std::thread::current().id()));
        let _ = fs::remove_dir_all(&path); // Left by a process that died.
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .with_context(|| format!("{} cannot be made", path.display()))?;
        Ok(Work(path))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // What cannot be removed is removed by the next one.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn private(path: &Path) -> Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = File::options().write(true).create(true).truncate(true).mode(0o600).open(path);
    made.with_context(|| format!("{} cannot be written", path.display()))
}

fn sync_dir(file: &Path) -> Result<()> {
    let dir = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(File::open(dir)?.sync_all()?)
}

/// Blocks of a file in order; how many bytes.
fn blocks(from: &mut File, size: usize, mut hear: impl FnMut(&[u8]) -> Result<()>) -> Result<u64> {
    let (mut block, mut total) = (vec![0; size], 0);
    loop {
        let mut filled = 0;
        while filled < size {
            match from.read(&mut block[filled..])? {
                0 => break,
                n => filled += n,
            }
        }
        if filled == 0 {
            return Ok(total);
        }
        hear(&block[..filled])?;
        total += filled as u64;
    }
}

fn same(a: &Path, b: &Path) -> Result<bool> {
    let (mut a, mut b) = (File::open(a)?, File::open(b)?);
    let mut other = vec![0; CHUNK];
    let mut same = a.metadata()?.len() == b.metadata()?.len();
    blocks(&mut a, CHUNK, |block| {
        b.read_exact(&mut other[..block.len()])?;
        same &= other[..block.len()] == *block;
        Ok(())
    })?;
    Ok(same)
}
