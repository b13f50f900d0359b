//! `gongzhi prove --check`: a receipt is checked without any server, with the key that the installation publishes.

use super::say;
use anyhow::{Context, Result, bail};
use app::note::VerifierKey;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// Checks a receipt
#[derive(Args)]
pub struct Prove {
    /// The receipt to check
    #[arg(long, value_name = "RECEIPT")]
    check: PathBuf,
    /// The installation's key, as it is published at /open/key
    #[arg(long, value_name = "KEY")]
    key: String,
}

impl Prove {
    /// Says what the receipt proves; exit 1 if it proves nothing.
    pub fn run(self) -> Result<ExitCode> {
        let text =
            std::fs::read_to_string(&self.check).with_context(|| format!("{} cannot be read", self.check.display()))?;
        let key = VerifierKey::parse(self.key.trim()).context("that is not an installation's key")?;
        match app::receipt::check(&text, &key) {
            Ok(r) => {
                say(format!("凭证属实 genuine: {} 于 {} 收到 received", r.number, r.received_at));
                say(format!("  通常最迟 ordinarily by {}，依法最迟 lawfully by {}", r.due_by, r.promised_by));
                Ok(ExitCode::SUCCESS)
            }
            Err(e) => bail!("{}: {e}", self.check.display()),
        }
    }
}
