//! The commands, one file each.

pub mod backup;
pub mod bodies;
pub mod calendar;
pub mod check;
pub mod declare_loss;
pub mod keys;
pub mod people;
pub mod play;
pub mod prove;
pub mod regions;
pub mod restore;
pub mod serve;
pub mod sets;
pub mod validate;
pub mod walk;
pub mod whole;
pub mod witness;

use anyhow::Result;
use std::future::Future;
use std::io::Write as _;
use std::process::ExitCode;

/// Runs an async command on a small runtime.
pub fn block<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(future)
}

/// Prints a line of a command's answer. Whoever reads may stop reading (`| head`): then there is nothing more to do.
pub fn say(line: impl std::fmt::Display) {
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(0);
    }
}

/// The exit code of a check.
pub fn verdict(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
