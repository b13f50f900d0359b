//! Comparing: the receipt's checkpoint, the one that was kept and the log must be of one tree. Signatures are checked before.

use super::source::Source;
use super::{Keys, UNCOMPARED, UNPROVED};
use crate::commands::say;
use anyhow::{Context, Result, bail};
use app::log::checkpoint::Checkpoint;
use app::log::loss::{Declared, Loss};
use app::log::tree;
use app::receipt::Checked;
use kernel::time::Timestamp;
use std::process::ExitCode;

/// A checkpoint whose signature holds.
pub struct Pin {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The whole of it, with the lines of witnesses.
    pub note: String,
}

/// What could be told.
#[derive(Default)]
pub struct Seen {
    /// Where the entry stands, from 0; none where nothing shows that it stands anywhere.
    pub place: Option<u64>,
    /// The checkpoints that were compared with it, apart from its own.
    pub compared: Vec<Pin>,
    /// The kept checkpoint could be compared with nothing.
    pub uncompared: bool,
}

impl Seen {
    /// The exit code.
    pub fn code(&self) -> ExitCode {
        match (self.uncompared, self.place) {
            (true, _) => ExitCode::from(UNCOMPARED),
            (false, None) => ExitCode::from(UNPROVED),
            (false, Some(_)) => ExitCode::SUCCESS,
        }
    }

    fn not_compared(&mut self, pin: &Pin, why: &str) {
        let size = pin.checkpoint.size;
        say(format!("没有比对：另一份封签有 {size} 行，{why} NOT compared"));
        self.uncompared = true;
    }
}

/// Without a log: two checkpoints of one size must be the same; of two sizes only the log itself can tell.
pub fn beside(receipt: &Checked, kept: Option<&Pin>) -> Result<Seen> {
    let mut seen = Seen { place: receipt.logged.as_ref().map(|l| l.index), ..Seen::default() };
    let Some(kept) = kept else { return Ok(seen) };
    match &receipt.logged {
        Some(l) if (l.checkpoint.size, &l.checkpoint.origin) == (kept.checkpoint.size, &kept.checkpoint.origin) => {
            if l.checkpoint.root != kept.checkpoint.root {
                bail!("两份封签不是同一本账：账被换过 / the two checkpoints are of different logs: the log was forked");
            }
            say("与另一份封签一致 the same as the other checkpoint");
            seen.compared.push(kept.copied());
        }
        Some(_) => {
            seen.not_compared(kept, "要有账本才能比对（--log）/ comparing sizes that differ needs the log (--log):")
        }
        None => seen.not_compared(
            kept,
            "凭证没有入册证明，要有账本才能比对（--log）/ the receipt has no proof: give the log (--log):",
        ),
    }
    Ok(seen)
}

impl Pin {
    fn copied(&self) -> Pin {
        Pin { checkpoint: self.checkpoint.clone(), note: self.note.clone() }
    }
}

/// A root that the log must have at a size, and whose it is.
struct Mark<'a> {
    size: u64,
    root: &'a tree::Hash,
    whose: [&'static str; 2],
}

const RECEIPTS: [&str; 2] = ["凭证里的封签", "the receipt's checkpoint"];
const KEPT: [&str; 2] = ["您留存的封签", "the checkpoint that you kept"];

/// Walks the whole log: it must have the root that its checkpoint says, go on from the receipt's checkpoint and from the kept
/// one, and hold the leaf.
pub async fn look_up(receipt: &Checked, kept: Option<&Pin>, log: &Source, keys: &Keys, now: Timestamp) -> Result<Seen> {
    let note = log.get("checkpoint").await?.context("没有封签 the log has no checkpoint")?;
    let note = String::from_utf8(note).context("the checkpoint is no text")?;
    let head = keys.pin(&note).context("the log's checkpoint")?;
    let lost = Loss::read(&note);
    if let Some(lost) = &lost {
        gone(receipt, lost, &head.checkpoint)?;
    }
    let mut seen = Seen::default();
    let mut marks = Vec::new();
    if let Some(logged) = &receipt.logged {
        marks.extend(mark(&logged.checkpoint, &head.checkpoint, lost.as_ref(), keys, RECEIPTS)?);
    }
    if let Some(kept) = kept {
        match mark(&kept.checkpoint, &head.checkpoint, lost.as_ref(), keys, KEPT)? {
            Some(mark) => {
                marks.push(mark);
                seen.compared.push(kept.copied());
            }
            None => seen.not_compared(kept, "其中有申明丢失的行 / it is over lines that were declared lost:"),
        }
    }
    seen.place = walk(log, &head.checkpoint, &marks, &receipt.promise.leaves()).await?;
    if kept.is_some() && !seen.uncompared {
        say("账本接着您留存的封签 the log goes on from the checkpoint that you kept");
    }
    match seen.place {
        Some(place) => say(format!("账上有 the log holds it: 第 {} 行 line {}", place + 1, place + 1)),
        None => missing(receipt, head.checkpoint.size, now)?,
    }
    seen.compared.push(head);
    Ok(seen)
}

/// Where and with which root the log must agree with a checkpoint; none where no root can tell, since lines of it are lost.
fn mark<'a>(
    checkpoint: &'a Checkpoint,
    log: &Checkpoint,
    lost: Option<&Declared>,
    keys: &Keys,
    whose: [&'static str; 2],
) -> Result<Option<Mark<'a>>> {
    let Checkpoint { origin, size, root } = checkpoint;
    let mark = Mark { size: *size, root, whose };
    let [zh, en] = whose;
    if *origin == log.origin {
        if *size > log.size {
            bail!("这本账比{zh}还短 / this log is shorter than {en}");
        }
        return Ok(Some(mark));
    }
    if keys.generation(checkpoint) > keys.generation(log) {
        bail!("这本账比{zh}旧：后来改过名 / this log is older than {en}, which is of a later one");
    }
    let Some(lost) = lost.filter(|lost| lost.origin == *origin) else { return Ok(None) };
    // Where the receipt's own line stands was judged by `gone`.
    if *size > lost.to && whose == KEPT {
        bail!(
            "{zh}有 {size} 行，申明丢失的只到第 {} 行 / {en} is over {size} lines, and the declared loss ends at line {}",
            lost.to,
            lost.to
        );
    }
    if *size == lost.to && *root != lost.root {
        bail!("这本账申明接着的和{zh}不是同一本：账被换过 / what this log says it continues is not the log of {en}");
    }
    // The log goes on with what was left, under its new name.
    Ok((*size < lost.from).then_some(mark))
}

/// Reads the log line by line; where the leaf stands, the last if there are more.
async fn walk(log: &Source, head: &Checkpoint, marks: &[Mark<'_>], wanted: &[[u8; 34]]) -> Result<Option<u64>> {
    let (mut edge, mut place, mut at) = (tree::Edge::default(), None, 0);
    agree(marks, at, &edge)?;
    while at < head.size {
        let width = (head.size - at).min(tree::WIDTH);
        let path = app::log::tiles::TilePath { level: None, index: at / tree::WIDTH, width }.text();
        let bundle = log.get(&format!("tile/{path}")).await?;
        let bundle = bundle.with_context(|| format!("账本缺页 the log lacks tile/{path}"))?;
        for leaf in leaves(&bundle, width).with_context(|| format!("tile/{path}"))? {
            if wanted.iter().any(|wanted| leaf == wanted) {
                place = Some(at);
            }
            edge.push(tree::leaf_hash(leaf), &mut |_, _| {});
            at += 1;
            agree(marks, at, &edge)?;
        }
    }
    if edge.root() != head.root {
        bail!("账本内容和它的封签不符 / the log's lines do not give the root that its checkpoint signs");
    }
    Ok(place)
}

fn agree(marks: &[Mark<'_>], at: u64, edge: &tree::Edge) -> Result<()> {
    match marks.iter().find(|mark| mark.size == at && *mark.root != edge.root()) {
        Some(Mark { whose: [zh, en], .. }) => {
            bail!("这本账和{zh}不是同一本：账被改过或换过 / this log does not go on from {en}")
        }
        None => Ok(()),
    }
}

/// The log declares that it lost lines: whether the receipt's is one of them, or one that the declaration does not explain.
fn gone(receipt: &Checked, lost: &Declared, log: &Checkpoint) -> Result<()> {
    let Declared { from, to, .. } = lost;
    say(format!(
        "这本账申明丢失过第 {from} 至第 {to} 行，此后改名为 {0} / this log declares lines {from} to {to} lost; it is called {0} since",
        log.origin
    ));
    let Some(logged) = receipt.logged.as_ref().filter(|l| l.checkpoint.origin == lost.origin) else { return Ok(()) };
    let line = logged.index + 1;
    if line > *to {
        bail!(
            "这张凭证在第 {line} 行，不在申明丢失的范围里：账被换过，或者申明得不全 / the receipt's line {line} is not among the lines declared lost: the log was forked, or not all of the loss was declared"
        );
    }
    if line >= *from {
        bail!(
            "这张凭证在第 {line} 行，属于申明丢失的部分：收到过是真的，案卷已经丢失，请持凭证再提一次 / the receipt's line {line} is one of the lost ones: it was received, its file is lost; raise it again and show the receipt"
        );
    }
    Ok(())
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
