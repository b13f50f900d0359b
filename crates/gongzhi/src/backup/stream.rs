//! A sealed stream: frames under the backup key, each bound to its archive, its place and whether it is the last. A frame
//! that was changed, moved, left out or cut off at the end does not open. What the frames hold is not known here.

use crate::random::OsRandom;
use anyhow::{Context, Result, bail, ensure};
use app::keys::{Key, MasterKey};
use app::random::bytes;
use app::seal::{Cipher, Sealed, join, open, seal};
use std::io::{Read, Write};

const MAGIC: &[u8; 17] = b"gongzhi-backup/1\n";
/// The longest frame that is read, in bytes: what bounds the memory of whoever reads a foreign file.
const LONGEST: u32 = 4 << 20;

/// Writes a stream.
pub struct Writer<W> {
    to: W,
    cipher: Cipher,
    key: Key,
    id: [u8; 16],
    count: u64,
}

impl<W: Write> Writer<W> {
    /// Begins a stream. Each frame names its cipher, the first one too, so that whoever reads need not be told.
    pub fn begin(mut to: W, master: &MasterKey, cipher: Cipher) -> Result<Self> {
        let id: [u8; 16] = bytes(&mut OsRandom);
        to.write_all(MAGIC)?;
        to.write_all(master.fingerprint().as_bytes())?;
        to.write_all(&id)?;
        Ok(Writer { to, cipher, key: own_key(master, &id), id, count: 0 })
    }

    /// One more frame.
    pub fn put(&mut self, frame: &[u8]) -> Result<()> {
        self.frame(frame, false)
    }

    /// The last frame; gives back what was written to.
    pub fn end(mut self) -> Result<W> {
        self.frame(&[], true)?;
        Ok(self.to)
    }

    fn frame(&mut self, frame: &[u8], last: bool) -> Result<()> {
        let place = place(&self.id, self.count, last);
        let sealed = seal(self.cipher, &self.key, &place, frame, &mut OsRandom).to_bytes();
        let length = u32::try_from(sealed.len()).ok().filter(|n| *n <= LONGEST).context("a frame is too long")?;
        self.to.write_all(&[u8::from(last)])?;
        self.to.write_all(&length.to_be_bytes())?;
        self.to.write_all(&sealed)?;
        self.count += 1;
        Ok(())
    }
}

/// Reads a stream.
pub struct Reader<R> {
    from: R,
    key: Key,
    id: [u8; 16],
    count: u64,
    ended: bool,
}

impl<R: Read> Reader<R> {
    /// Begins to read; refuses what is no backup, or another key's.
    pub fn begin(mut from: R, master: &MasterKey) -> Result<Self> {
        let (mut magic, mut whose, mut id) = ([0; 17], [0; 16], [0; 16]);
        let read = from.read_exact(&mut magic).and_then(|()| from.read_exact(&mut whose));
        read.and_then(|()| from.read_exact(&mut id)).context("备份文件不完整 / the backup is cut short")?;
        ensure!(&magic == MAGIC, "这不是共治的备份 / this is no backup of gongzhi");
        ensure!(
            whose == master.fingerprint().as_bytes(),
            "备份属于另一把主密钥 / the backup belongs to another master key (fingerprint {})",
            String::from_utf8_lossy(&whose)
        );
        Ok(Reader { from, key: own_key(master, &id), id, count: 0, ended: false })
    }

    /// The next frame; none after the last.
    pub fn next(&mut self) -> Result<Option<Vec<u8>>> {
        if self.ended {
            return Ok(None);
        }
        let (mut last, mut length) = ([0; 1], [0; 4]);
        self.from.read_exact(&mut last).and_then(|()| self.from.read_exact(&mut length)).context(CUT)?;
        let length = u32::from_be_bytes(length);
        ensure!(length <= LONGEST && last[0] <= 1, DAMAGED);
        let mut sealed = vec![0; length as usize];
        self.from.read_exact(&mut sealed).context(CUT)?;
        let last = last[0] == 1;
        let sealed = Sealed::from_bytes(&sealed).context(DAMAGED)?;
        let frame = open(&self.key, &place(&self.id, self.count, last), &sealed).context(DAMAGED)?;
        self.count += 1;
        if last {
            self.ended = true;
            if self.from.read(&mut [0; 1])? != 0 {
                bail!("备份后面多出内容 / something follows after the end of the backup");
            }
            return Ok(None);
        }
        Ok(Some(frame.to_vec()))
    }
}

const CUT: &str = "备份文件不完整 / the backup is cut short";
const DAMAGED: &str = "备份已损坏 / the backup is damaged";

fn own_key(master: &MasterKey, id: &[u8; 16]) -> Key {
    master.backup_key().derive("gongzhi.backup-stream/v1", &[id])
}

fn place(id: &[u8; 16], count: u64, last: bool) -> Vec<u8> {
    join("gongzhi.backup-frame/v1", &[id, &count.to_be_bytes(), &[u8::from(last)]])
}
