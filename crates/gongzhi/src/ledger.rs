//! The ledger of erasures beside the data: a line of JSON for each, only ever added to, durable before anything is destroyed.
//! An older backup of the store is brought up to it when it is opened. It says which matter, when and on which ground;
//! nothing of what was erased. A copy lies outside the data directory: whoever restores finds it there, the directory lost or not.

use app::erase::Ledger;
use kernel::ids::MatterId;
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use store::ErasureRow;

/// Its name in the data directory.
pub const FILE: &str = "erasures.log";

/// The file, and its copy.
pub struct FileLedger {
    path: PathBuf,
    copy: Option<PathBuf>,
    one: Mutex<()>,
}

impl FileLedger {
    /// The ledger of a data directory, with its copy elsewhere.
    #[must_use]
    pub fn of(data: &Path, copy: Option<PathBuf>) -> FileLedger {
        FileLedger { path: data.join(FILE), copy, one: Mutex::default() }
    }

    /// Makes both if they are not there, and brings each up to the other. That there was nothing to erase is then known too.
    ///
    /// # Errors
    /// The file in the data directory cannot be written. A copy that cannot be is said, and no more: nothing hangs on it yet.
    pub fn keep(&self) -> Result<()> {
        let all = self.all()?;
        append(&self.path, &missing(&all, &self.path)?)?;
        if let Some(copy) = &self.copy
            && let Err(error) = missing(&all, copy).and_then(|lines| append(copy, &lines))
        {
            tracing::warn!(%error, file = %copy.display(), "the copy of the ledger of erasures cannot be kept");
        }
        Ok(())
    }
}

/// A line of the ledger.
type Line = (MatterId, ErasureRow);

impl Ledger for FileLedger {
    fn add(&self, matter: MatterId, row: &ErasureRow) -> Result<()> {
        let _one = self.one.lock().map_err(|_| Error::other("a writer of the ledger of erasures broke off"))?;
        let line = [(matter, row.clone())];
        append(&self.path, &line)?;
        // An erasure that is due does not wait for a copy; the next start completes it.
        if let Some(copy) = &self.copy
            && let Err(error) = append(copy, &line)
        {
            tracing::error!(%error, file = %copy.display(), "the copy of the ledger of erasures cannot be kept");
        }
        Ok(())
    }

    fn all(&self) -> Result<Vec<Line>> {
        let mut all = read(&self.path)?.unwrap_or_default();
        if let Some(copy) = &self.copy {
            all.extend(missing(&read(copy)?.unwrap_or_default(), &self.path)?);
        }
        Ok(all)
    }
}

/// The lines of a ledger; none where there is no file.
///
/// # Errors
/// It cannot be read.
pub fn read(path: &Path) -> Result<Option<Vec<Line>>> {
    match std::fs::read_to_string(path) {
        // Half a line was never acknowledged; whole lines all are.
        Ok(text) => Ok(Some(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// Those of these lines that a file lacks.
fn missing(all: &[Line], path: &Path) -> Result<Vec<Line>> {
    let key = |(id, row): &Line| (*id, row.at, row.identity);
    let there: BTreeSet<_> = read(path)?.unwrap_or_default().iter().map(key).collect();
    Ok(all.iter().filter(|line| !there.contains(&key(line))).cloned().collect())
}

/// Adds lines to a file, durably; made if it is not there.
///
/// # Errors
/// It cannot be written.
pub fn append(path: &Path, lines: &[Line]) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let new = !path.exists();
    if !new && lines.is_empty() {
        return Ok(());
    }
    let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    let mut bytes = Vec::new();
    if torn(&mut file)? {
        // A power cut left half a line: what it was about is erased anew by whoever ordered it.
        bytes.push(b'\n');
    }
    for line in lines {
        serde_json::to_writer(&mut bytes, line)?;
        bytes.push(b'\n');
    }
    file.write_all(&bytes)?;
    file.sync_all()?;
    if let Some(dir) = path.parent().filter(|dir| new && !dir.as_os_str().is_empty()) {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}

/// Whether the last line has no end.
fn torn(file: &mut File) -> Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::ids::Cell;
    use kernel::time::Timestamp;

    #[test]
    fn lines_stay_and_half_a_line_harms_nothing() {
        let dir = tempfile::tempdir().expect("a directory");
        let ledger = FileLedger::of(dir.path(), None);
        assert!(ledger.all().expect("none yet").is_empty());
        let row = |n| {
            (
                MatterId { cell: Cell(990_101), serial: n },
                ErasureRow { at: Timestamp(n), ground: "purpose".into(), order: None, identity: false },
            )
        };
        let (one, two) = (row(1), row(2));
        ledger.add(one.0, &one.1).expect("kept");
        let mut file = OpenOptions::new().append(true).open(dir.path().join(FILE)).expect("opens");
        file.write_all(b"[{\"cell\":99").expect("torn");
        ledger.add(two.0, &two.1).expect("kept");
        assert_eq!(FileLedger::of(dir.path(), None).all().expect("reads"), [one, two]);
    }

    #[test]
    fn file_and_copy_are_brought_up_to_each_other() {
        let dir = tempfile::tempdir().expect("a directory");
        let (data, copy) = (dir.path().join("data"), dir.path().join("data.erasures"));
        std::fs::create_dir(&data).expect("made");
        let ledger = FileLedger::of(&data, Some(copy.clone()));
        ledger.keep().expect("kept");
        assert_eq!((read(&data.join(FILE)).expect("reads"), read(&copy).expect("reads")), (Some(vec![]), Some(vec![])));
        let row = |n| {
            let id = MatterId { cell: Cell(990_101), serial: n };
            (id, ErasureRow { at: Timestamp(n), ground: "purpose".into(), order: None, identity: false })
        };
        ledger.add(row(1).0, &row(1).1).expect("kept");
        assert_eq!(read(&copy).expect("reads"), Some(vec![row(1)]), "in both");
        // The directory is lost with its file; another copy is older.
        std::fs::remove_file(data.join(FILE)).expect("lost");
        assert_eq!(ledger.all().expect("reads"), [row(1)]);
        append(&data.join(FILE), &[row(2)]).expect("written");
        ledger.keep().expect("kept");
        assert_eq!(ledger.all().expect("reads"), [row(2), row(1)]);
        assert_eq!(read(&copy).expect("reads"), Some(vec![row(1), row(2)]));
    }
}
