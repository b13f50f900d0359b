//! `gongzhi prove`: writes the proof of a matter, and checks a receipt without any server, with the key that the installation
//! publishes; beside a copy of the log also whether that log holds what was promised. Comparing logs is in `walk`.

mod source;
mod walk;

use super::{block, say};
use crate::open::Place;
use anyhow::{Context, Result, bail};
use app::log::WITHIN_S;
use app::log::checkpoint::Checkpoint;
use app::log::cosign::WitnessKey;
use app::note::VerifierKey;
use app::note::sm2::Sm2Key;
use app::receipt::{Checked, Opening, check_file, is_qr, normal, qr_check};
use clap::Args;
use source::Source;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use walk::{Pin, Seen};

/// The receipt is genuine, and nothing given here shows that the log holds it.
const UNPROVED: u8 = 3;
/// The receipt is genuine, and the kept checkpoint was compared with nothing.
const UNCOMPARED: u8 = 4;

/// What the exit codes mean, below the options.
const CODES: &str = "\
Exit codes of --check: 0 everything that was asked for holds; 1 something does not hold; 3 the promise is genuine, and nothing
given here shows that the log holds it; 4 the promise is genuine, and --checkpoint could not be compared (give --log).
退出码：0 要核对的都成立；1 有不成立的；3 承诺属实，但没有入册的证明；4 承诺属实，但另一份封签没有比对（请给 --log）。";

/// Writes the proof of a matter, or checks a receipt
#[derive(Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["number", "check"]), after_help = CODES)]
pub struct Prove {
    /// The matter whose promise and proof are written, without anything personal
    number: Option<String>,
    /// Where to write them; the screen by default
    #[arg(long, value_name = "FILE", requires = "number")]
    out: Option<PathBuf>,
    /// The receipt to check: the file, or the text of its QR. Without --log this says what the installation signed; it cannot
    /// know whether the log that others see holds it, or was replaced since
    #[arg(long, value_name = "RECEIPT", requires = "key")]
    check: Option<PathBuf>,
    /// The installation's key, as it is published at /open/key
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// The installation's SM2 key, from /open/log: then every checkpoint must carry its signature too
    #[arg(long, value_name = "KEY", requires = "check")]
    sm2_key: Option<String>,
    /// A checkpoint that you kept or got from a witness: the log must go on from it. Of another size than the receipt's it needs
    /// --log
    #[arg(long, value_name = "FILE", requires = "check")]
    checkpoint: Option<PathBuf>,
    /// The log to look it up in: an address (read with curl), a folder of its files, or a data directory
    #[arg(long, value_name = "URL|DIR", requires = "check")]
    log: Option<String>,
    /// The key of a witness (repeatable): one of the checkpoints over this receipt must carry its cosignature
    #[arg(long, value_name = "KEY", requires = "check")]
    witness: Vec<String>,
    #[command(flatten)]
    place: Place,
}

impl Prove {
    /// Says what the receipt proves; the exit code says it too.
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
        let text = read(path)?;
        let key = VerifierKey::parse(self.key.as_deref().unwrap_or_default().trim())
            .context("that is not an installation's key")?;
        if is_qr(&text) {
            return qr(&text, &key);
        }
        let sm2 = self.sm2_key.as_deref().map(|key| Sm2Key::parse(key.trim()).context("that is not an SM2 key"));
        let witness = |key: &String| WitnessKey::parse(key.trim()).context("that is not a witness's key");
        let witnesses: Vec<WitnessKey> = self.witness.iter().map(witness).collect::<Result<_>>()?;
        let keys = Keys { key, sm2: sm2.transpose()? };
        let receipt = check_file(&text, &keys.key).with_context(|| path.display().to_string())?;
        tell(&receipt);
        if let Some(logged) = &receipt.logged {
            keys.second(&logged.note, &logged.checkpoint)?;
        }
        let kept = match &self.checkpoint {
            Some(file) => Some(keys.pin(&read(file)?).with_context(|| file.display().to_string())?),
            None => None,
        };
        let seen = match &self.log {
            Some(log) => {
                let log = Source::new(log, &self.place).await?;
                walk::look_up(&receipt, kept.as_ref(), &log, &keys, self.place.clock().now()).await?
            }
            None => walk::beside(&receipt, kept.as_ref())?,
        };
        for witness in &witnesses {
            cosigned(witness, &receipt, &seen)?;
        }
        Ok(seen.code())
    }
}

/// A QR holds a checksum of the promise and nothing of what was promised.
fn qr(text: &str, key: &VerifierKey) -> Result<ExitCode> {
    let page = qr_check(text.trim_end(), key, None)?;
    let number = page.rsplit('/').next().unwrap_or_default();
    say(format!("二维码是真的 the QR is genuine: {number}"));
    say(
        "  里面只有编号和校验字：日期和入册要核对回执文件（--check receipt-….txt），或者到 /receipt 核对 / it holds the number and a checksum only: for dates and log check the receipt file (--check receipt-….txt), or ask /receipt",
    );
    Ok(ExitCode::from(UNPROVED))
}

/// Whether a witness saw a tree that holds the entry: its line stands below a checkpoint that the receipt was connected with.
fn cosigned(witness: &WitnessKey, receipt: &Checked, seen: &Seen) -> Result<()> {
    let own = receipt.logged.iter().map(|l| (&l.checkpoint, l.note.as_str()));
    let others = seen.compared.iter().map(|pin| (&pin.checkpoint, pin.note.as_str()));
    let holds = |(checkpoint, note): (&Checkpoint, &str)| {
        let over = seen.place.is_some_and(|place| place < checkpoint.size);
        over.then(|| witness.verify(note).ok()).flatten().map(|line| (checkpoint.size, line.at))
    };
    let name = witness.name();
    let Some((size, at)) = own.chain(others).find_map(holds) else {
        bail!(
            "含有这件事的封签都没有 {name} 的会签 / no checkpoint over this receipt carries a valid cosignature of {name}"
        )
    };
    let at = i64::try_from(at).ok().and_then(|at| at.checked_mul(1000)).map(kernel::time::Timestamp);
    let at = at.map_or_else(String::new, |at| at.to_string());
    say(format!("  {name} 于 {at} 会签过，共 {size} 行 cosigned by {name} over {size} lines"));
    Ok(())
}

/// By what checkpoints are checked.
struct Keys {
    key: VerifierKey,
    sm2: Option<Sm2Key>,
}

impl Keys {
    fn pin(&self, note: &str) -> Result<Pin> {
        let checkpoint = Checkpoint::read(note, &self.key)?;
        self.second(note, &checkpoint)?;
        Ok(Pin { checkpoint, note: note.to_owned() })
    }

    /// Which log of this key a checkpoint is of: 1, and one more after each loss that was declared.
    fn generation(&self, checkpoint: &Checkpoint) -> u64 {
        let later = checkpoint.origin.strip_prefix(self.key.origin()).and_then(|rest| rest.strip_prefix('/'));
        later.and_then(|n| n.parse().ok()).unwrap_or(1)
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
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(normal(&text))
}

fn tell(receipt: &Checked) {
    let r = &receipt.promise;
    match &r.arrived_at {
        None => say(format!("凭证属实 genuine: {} 于 {} 收到 received", r.number, r.received_at)),
        Some(arrived) => {
            say(format!("凭证属实 genuine: {} 于 {arrived} 收到 received，{} 登记 entered", r.number, r.received_at))
        }
    }
    say(format!("  通常最迟 ordinarily by {}，依法最迟 lawfully by {}", r.due_by, r.promised_by));
    match r.over() {
        (_, true) => say("  登记时这两个日子都已经过了 both were over when it was entered"),
        (true, false) => say("  登记时前一个日子已经过了 the first was over when it was entered"),
        (false, false) => {}
    }
    if let Some(openings) = &receipt.openings {
        let open = openings.fields().values().filter(|o| matches!(o, Opening::Open(_))).count();
        say(format!("  所附内容与签名相符 the attached contents are what was signed: {open}"));
        let closed = openings.fields().len() - open;
        if closed > 0 {
            say(format!("  另有 {closed} 项没有附上或者已经删除 not attached or erased: {closed}"));
        }
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
            "只是承诺，没有入册证明；应在 {WITHIN_S} 秒内入册，请再取一次凭证，或用 --log 查账 / only the signed promise, no inclusion proof: fetch it again, or look it up with --log"
        )),
    }
}
