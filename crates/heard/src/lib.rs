//! Hears what a site says in a test: everything that it logs, in a file of the process, for `checks/whole_run.py` to search.
//! For tests only. What a program of its own logs is heard by `checks/whole_run.c`; nothing is judged here.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::{Mutex, Once};
use tracing_subscriber::filter::LevelFilter;

/// Where `./test` wants it; without this nothing is heard and nothing is written.
pub const DIRECTORY: &str = "WHOLE_RUN";
/// The first line of each file: a process that logs nothing was heard all the same.
pub const FIRST: &str = "from here on everything is heard";

/// From here on everything that this process logs, at every level, stands in `heard/NAME-PID` of the directory.
/// May be called by every test that opens a site; only the first call does something.
///
/// # Panics
/// If the file cannot be made: a run that searched nothing must not pass.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Some(directory) = std::env::var_os(DIRECTORY) {
            hear(Path::new(&directory));
        }
    });
}

fn hear(directory: &Path) {
    let program = std::env::current_exe().expect("a test has a file");
    let name = program.file_name().expect("a test's file has a name").to_string_lossy().into_owned();
    let file = directory.join("heard").join(format!("{name}-{}", std::process::id()));
    let file =
        OpenOptions::new().create(true).append(true).open(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_ansi(false).with_writer(Mutex::new(file)).init();
    tracing::trace!("{FIRST}");
}
