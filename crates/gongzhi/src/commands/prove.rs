//! `gongzhi prove`: writes the proof of a matter, and checks a receipt without any server, with the key that the installation
//! publishes; beside a copy of the log also whether that log holds what was promised.

mod source;

use super::{block, say};
use crate::open::Place;
use anyhow::{Context, Result, bail};
use app::log::checkpoint::Checkpoint;
use app::log::{WITHIN_S, tree};
use app::note::VerifierKey;
use app::note::sm2::Sm2Key;
use app::receipt::{Checked, check_file};
use clap::Args;
use kernel::time::Timestamp;
use source::Source;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Writes the proof of a matter, or checks a receipt
#[derive(Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["number", "check"]))]
pub struct Prove {
    /// The matter whose promise and proof are written, without anything personal
    number: Option<String>,
    /// Where to write them; the screen by default
    #[arg(long, value_name = "FILE", requires = "number")]
    out: Option<PathBuf>,
    /// The receipt to check
    #[arg(long, value_name = "RECEIPT", requires = "key")]
    check: Option<PathBuf>,
    /// The installation's key, as it is published at /open/key
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// The installation's SM2 key, from /open/log: then every checkpoint must carry its signature too
    #[arg(long, value_name = "KEY", requires = "check")]
    sm2_key: Option<String>,
    /// A checkpoint that you kept or got from somebody else
    #[arg(long, value_name = "FILE", requires = "check")]
    checkpoint: Option<PathBuf>,
    /// The log to look it up in: an address (read with curl), a folder of its files, or a data directory
    #[arg(long, value_name = "URL|DIR", requires = "check")]
    log: Option<String>,
    #[command(flatten)]
    place: Place,
}

impl Prove {
    /// Says what the receipt proves; exit 1 if it proves nothing.
    pub fn run(self) -> Result<ExitCode> {
        match (&self.number, &self.check) {
            (Some(number), _) => block(self.write(number)),
            (None, Some(receipt)) => block(self.check(receipt)),
            (None, None) => bail!("say a number, or --check RECEIPT"),
        }
    }

    async fn write(&self, number: &str) -> Result<ExitCode> {
        let app = self.place.open_beside().await?;
        let id = app.by_number(number).await.with_context(|| format!("there is no matter {number}"))?;
        let (promise, standing) = app.promise(id).await?;
        let text = app::receipt::file(&promise, standing.proof(), None);
        match &self.out {
            Some(path) => {
                std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))?
            }
            None => say(text.trim_end()),
        }
        if standing.proof().is_none() {
            eprintln!("尚未入册，只有签名的承诺 / not in the log yet: the signed promise alone");
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn check(&self, path: &Path) -> Result<ExitCode> {
        let text = read(path)?.replace("\r\n", "\n");
        let key = VerifierKey::parse(self.key.as_deref().unwrap_or_default().trim())
            .context("that is not an installation's key")?;
        let sm2 = self.sm2_key.as_deref().map(|key| Sm2Key::parse(key.trim()).context("that is not an SM2 key"));
        let keys = Keys { key, sm2: sm2.transpose()? };
        let receipt = check_file(&text, &keys.key).with_context(|| path.display().to_string())?;
        tell(&receipt);
        if let Some(logged) = &receipt.logged {
            keys.second(&logged.note, &logged.checkpoint)?;
        }
        if let Some(file) = &self.checkpoint {
            compare(&receipt, &keys.read(&read(file)?).with_context(|| file.display().to_string())?)?;
        }
        if let Some(log) = &self.log {
            look_up(&receipt, &Source::new(log, &self.place).await?, &keys, self.place.clock().now()).await?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// By what checkpoints are checked.
struct Keys {
    key: VerifierKey,
    sm2: Option<Sm2Key>,
}

impl Keys {
    fn read(&self, note: &str) -> Result<Checkpoint> {
        let checkpoint = Checkpoint::read(note, &self.key)?;
        self.second(note, &checkpoint)?;
        Ok(checkpoint)
    }

    /// The second signature, where its key was given: it must be there.
    fn second(&self, note: &str, checkpoint: &Checkpoint) -> Result<()> {
        let Some(key) = &self.sm2 else { return Ok(()) };
        let held = key.named(&checkpoint.origin).and_then(|key| key.verify(note).map(drop));
        held.context("封签的国密（SM2）签名不成立 / the SM2 signature of the checkpoint does not hold")?;
        say("  国密签名相符 the SM2 signature holds");
        Ok(())
    }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn tell(receipt: &Checked) {
    let r = &receipt.promise;
    say(format!("凭证属实 genuine: {} 于 {} 收到 received", r.number, r.received_at));
    say(format!("  通常最迟 ordinarily by {}，依法最迟 lawfully by {}", r.due_by, r.promised_by));
    if let Some(openings) = &receipt.openings {
        say(format!("  所附内容与签名相符 the attached contents are what was signed: {}", openings.fields().len()));
    }
    match &receipt.logged {
        Some(l) => say(format!(
            "已入册 in the log: 第 {} 行，共 {} 行 line {} of {}",
            l.index + 1,
            l.checkpoint.size,
            l.index + 1,
            l.checkpoint.size
        )),
        None => say(format!(
            "没有入册证明；应在 {WITHIN_S} 秒内入册，请再取一次凭证，或用 --log 查账 / no inclusion proof in it: fetch it again, or look it up with --log"
        )),
    }
}

/// Two checkpoints of one size must be the same; of two sizes only the log itself can tell.
fn compare(receipt: &Checked, other: &Checkpoint) -> Result<()> {
    let Some(logged) = &receipt.logged else { return Ok(()) };
    if other.size != logged.checkpoint.size {
        say(format!(
            "另一份封签有 {} 行，要有账本才能比对（--log）/ the other checkpoint is over {} lines: comparing needs the log (--log)",
            other.size, other.size
        ));
        return Ok(());
    }
    if other.root != logged.checkpoint.root {
        bail!("两份封签不是同一本账：账被换过 / the two checkpoints are of different logs: the log was forked");
    }
    say("与另一份封签一致 the same as the other checkpoint");
    Ok(())
}

/// Walks the whole log: it must have the root that its checkpoint says, go on from the receipt's own checkpoint, and hold the leaf.
async fn look_up(receipt: &Checked, log: &Source, keys: &Keys, now: Timestamp) -> Result<()> {
    let note = log.get("checkpoint").await?.context("没有封签 the log has no checkpoint")?;
    let note = String::from_utf8(note).context("the checkpoint is no text")?;
    let checkpoint = keys.read(&note).context("the log's checkpoint")?;
    let wanted = receipt.promise.leaves();
    let (mut edge, mut place, mut at) = (tree::Edge::default(), None, 0);
    let mine = receipt.logged.as_ref().map(|l| &l.checkpoint);
    if let Some(lost) = app::log::loss::Loss::read(&note) {
        gone(receipt, lost, &checkpoint)?;
    }
    while at < checkpoint.size {
        let width = (checkpoint.size - at).min(tree::WIDTH);
        let path = app::log::tiles::TilePath { level: None, index: at / tree::WIDTH, width }.text();
        let bundle = log.get(&format!("tile/{path}")).await?;
        let bundle = bundle.with_context(|| format!("账本缺页 the log lacks tile/{path}"))?;
        for leaf in leaves(&bundle, width).with_context(|| format!("tile/{path}"))? {
            if wanted.iter().any(|wanted| leaf == wanted) {
                place = Some(at);
            }
            edge.push(tree::leaf_hash(leaf), &mut |_, _| {});
            at += 1;
            if mine.is_some_and(|c| c.origin == checkpoint.origin && c.size == at && c.root != edge.root()) {
                bail!(
                    "这本账和凭证里的封签不是同一本：账被改过或换过 / this log does not go on from the receipt's checkpoint"
                );
            }
        }
    }
    if edge.root() != checkpoint.root {
        bail!("账本内容和它的封签不符 / the log's lines do not give the root that its checkpoint signs");
    }
    if mine.is_some_and(|c| c.origin == checkpoint.origin && c.size > checkpoint.size) {
        bail!("这本账比凭证里的封签还短 / this log is shorter than the receipt's checkpoint");
    }
    match place {
        Some(place) => say(format!("账上有 the log holds it: 第 {} 行 line {}", place + 1, place + 1)),
        None => missing(receipt, checkpoint.size, now)?,
    }
    Ok(())
}

/// The log declares that it lost lines: whether the receipt's is one of them.
fn gone(receipt: &Checked, (from, to): (u64, u64), checkpoint: &Checkpoint) -> Result<()> {
    say(format!(
        "这本账申明丢失过第 {from} 至第 {to} 行，此后改名为 {0} / this log declares lines {from} to {to} lost; it is called {0} since",
        checkpoint.origin
    ));
    match &receipt.logged {
        Some(l) if l.checkpoint.origin != checkpoint.origin && l.index + 1 >= from => bail!(
            "这张凭证在第 {0} 行，属于申明丢失的部分：收到过是真的，案卷已经丢失，请持凭证再提一次 / the receipt's line {0} is one of the lost ones: it was received, its file is lost; raise it again and show the receipt",
            l.index + 1
        ),
        _ => Ok(()),
    }
}

fn missing(receipt: &Checked, size: u64, now: Timestamp) -> Result<()> {
    let promise = &receipt.promise;
    let received: Timestamp = promise.received_at.parse().context("when it was received")?;
    let until = received.plus_millis(i64::from(promise.logged_within_s) * 1000);
    if now <= until {
        say(format!("还没到入册的时间 not due in the log before {until}"));
        return Ok(());
    }
    bail!(
        "账上没有这件事：承诺 {until} 前入册，账本现有 {size} 行，没有它 / the log does not hold it: promised by {until}, and none of its {size} lines is this one"
    )
}

/// The entries of a bundle: each behind its length, two bytes.
fn leaves(bundle: &[u8], wanted: u64) -> Result<Vec<&[u8]>> {
    let mut all = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<2>().context("a length that breaks off")?;
        let (leaf, after) =
            after.split_at_checked(usize::from(u16::from_be_bytes(*length))).context("an entry that breaks off")?;
        all.push(leaf);
        rest = after;
    }
    if all.len() as u64 == wanted { Ok(all) } else { bail!("{} entries instead of {wanted}", all.len()) }
}
