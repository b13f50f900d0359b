//! The ledger of erasures beside the data: a line of JSON for each, only ever added to, durable before anything is destroyed.
//! An older backup of the store is brought up to it when it is opened. It says which matter, when and on which ground;
//! nothing of what was erased.

use app::erase::Ledger;
use kernel::ids::MatterId;
use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use store::ErasureRow;

/// Its name in the data directory.
pub const FILE: &str = "erasures.log";

/// The file.
pub struct FileLedger {
    path: PathBuf,
    one: Mutex<()>,
}

impl FileLedger {
    /// The ledger of a data directory.
    #[must_use]
    pub fn of(data: &Path) -> FileLedger {
        FileLedger { path: data.join(FILE), one: Mutex::default() }
    }

    fn open(&self) -> Result<File> {
        use std::os::unix::fs::OpenOptionsExt;
        OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&self.path)
    }
}

impl Ledger for FileLedger {
    fn add(&self, matter: MatterId, row: &ErasureRow) -> Result<()> {
        let _one = self.one.lock().map_err(|_| Error::other("a writer of the ledger of erasures broke off"))?;
        let new = !self.path.exists();
        let mut file = self.open()?;
        let mut line = serde_json::to_vec(&(matter, row))?;
        line.push(b'\n');
        if torn(&mut file)? {
            // A power cut left half a line: what it was about is erased anew by whoever ordered it.
            line.insert(0, b'\n');
        }
        file.write_all(&line)?;
        file.sync_all()?;
        if let Some(dir) = self.path.parent().filter(|_| new) {
            File::open(dir)?.sync_all()?;
        }
        Ok(())
    }

    fn all(&self) -> Result<Vec<(MatterId, ErasureRow)>> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e),
        };
        // Half a line was never acknowledged; whole lines all are.
        Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }
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
        let ledger = FileLedger::of(dir.path());
        assert!(ledger.all().expect("none yet").is_empty());
        let row = |n| {
            (
                MatterId { cell: Cell(990_101), serial: n },
                ErasureRow { at: Timestamp(n), ground: "purpose".into(), order: None, identity: false },
            )
        };
        let (one, two) = (row(1), row(2));
        ledger.add(one.0, &one.1).expect("kept");
        let mut file = ledger.open().expect("opens");
        file.write_all(b"[{\"cell\":99").expect("torn");
        ledger.add(two.0, &two.1).expect("kept");
        assert_eq!(FileLedger::of(dir.path()).all().expect("reads"), [one, two]);
    }
}
