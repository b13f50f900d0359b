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
use app::set::RowFault;
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

/// A fault of a table with its place; the file as a whole has none.
pub fn told(fault: &RowFault) -> String {
    let (line, words) = (fault.line, format!("{} / {}", fault.message.zh, fault.message.en));
    match (line, fault.column.as_str()) {
        (0, _) => words,
        (_, "") => format!("第 {line} 行 line {line}: {words}"),
        (_, column) => format!("第 {line} 行 line {line}, {column}: {words}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_the_whole_file_has_no_line() {
        let fault = |line, column: &str| RowFault {
            line,
            column: column.into(),
            message: kernel::text::Text::new("空的", "empty"),
        };
        assert_eq!(told(&fault(0, "")), "空的 / empty");
        assert_eq!(told(&fault(3, "")), "第 3 行 line 3: 空的 / empty");
        assert_eq!(told(&fault(3, "编号")), "第 3 行 line 3, 编号: 空的 / empty");
    }
}
