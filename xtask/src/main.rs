//! `cargo run -p xtask -- tidy | golden`: the house rules by hand, and the golden files anew.
//! Knows no rule itself.

use std::io::Write as _;
use std::process::{Command, ExitCode};

use anyhow::Context as _;

fn main() -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    match std::env::args().nth(1).as_deref() {
        Some("tidy") => {
            let findings = xtask::tidy()?;
            for finding in &findings {
                writeln!(out, "{finding}")?;
            }
            writeln!(out, "tidy: {} findings", findings.len())?;
            Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Some("golden") => {
            // insta writes each snapshot anew; tests with golden files of their own look for the second variable.
            let status = Command::new("cargo")
                .args(["test", "--workspace", "--no-fail-fast"])
                .env("INSTA_UPDATE", "always")
                .env("GONGZHI_GOLDEN", "write")
                .status()
                .context("start cargo test")?;
            Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        _ => {
            writeln!(out, "usage: cargo run -p xtask -- tidy | golden")?;
            Ok(ExitCode::from(2))
        }
    }
}
