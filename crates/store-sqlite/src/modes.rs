//! Who may touch the files: nobody but the service's own user. What the program makes is made so; what it finds looser is
//! tightened and said; what everybody could have written is refused, for nobody can say what stands in it.

use std::fs::{self, DirBuilder, File, Metadata, Permissions};
use std::io::{ErrorKind, Result};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use store::StoreError;

/// A directory of ours: made for us alone with what lies above it, or tightened.
///
/// # Errors
/// `Setup` where everybody may write into it; `Unavailable` if it cannot be made.
pub fn directory(dir: &Path) -> std::result::Result<(), StoreError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).and_then(|()| look(dir)).map_err(unavailable)?
}

/// A file of ours: made empty for us alone, or tightened. SQLite gives its logs the mode of their database.
///
/// # Errors
/// `Setup` where everybody may write it; `Unavailable` if it cannot be made.
pub fn file(path: &Path) -> std::result::Result<(), StoreError> {
    match File::options().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => look(path).map_err(unavailable)?,
        Err(e) => Err(unavailable(e)),
    }
}

/// The same for one that is not made where it is missing.
///
/// # Errors
/// As `file`.
pub fn file_if_there(path: &Path) -> std::result::Result<(), StoreError> {
    if path.exists() { file(path) } else { Ok(()) }
}

fn unavailable(source: std::io::Error) -> StoreError {
    StoreError::Unavailable { during: "open", source: Box::new(source) }
}

fn bits(meta: &Metadata) -> u32 {
    meta.permissions().mode() & 0o777
}

fn look(path: &Path) -> Result<std::result::Result<(), StoreError>> {
    let meta = fs::metadata(path)?;
    let mode = bits(&meta);
    if mode & 0o002 != 0 {
        let (path, tight) = (path.display(), if meta.is_dir() { "700" } else { "600" });
        return Ok(Err(StoreError::Setup {
            what: format!(
                "{path} 谁都可以改写（权限 {mode:o}），内容已经不可信，没有打开。请先查清有没有人动过，再 chmod {tight} {path} / \
                 everybody may write {path} (mode {mode:o}), so nobody can say what stands in it: it was not opened. Find out whether \
                 somebody did, then chmod {tight} {path}"
            ),
        }));
    }
    if mode & 0o077 != 0 {
        match fs::set_permissions(path, Permissions::from_mode(mode & 0o700)) {
            Ok(()) => {
                tracing::warn!(path = %path.display(), was = format!("{mode:o}"), "others could reach this; not any more")
            }
            // Another user's, or a file system without modes: reading goes on, it is said.
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "others can reach this, and it cannot be changed")
            }
        }
    }
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_ours_alone_and_what_is_found_is_tightened_or_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        let mode = |path: &Path| bits(&fs::metadata(path).expect("there"));
        let set = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).expect("set");
        let (data, db) = (dir.path().join("a/data"), dir.path().join("a/data/x.db"));
        directory(&data).expect("made");
        file(&db).expect("made");
        assert_eq!((mode(&data), mode(&db)), (0o700, 0o600));
        set(&data, 0o755);
        set(&db, 0o664);
        directory(&data).expect("tightened");
        file(&db).expect("tightened");
        assert_eq!((mode(&data), mode(&db)), (0o700, 0o600));
        set(&db, 0o666);
        assert!(matches!(file(&db), Err(StoreError::Setup { .. })));
        set(&data, 0o777);
        assert!(matches!(directory(&data), Err(StoreError::Setup { .. })));
        assert_eq!((mode(&data), mode(&db)), (0o777, 0o666), "left as it is, to be looked at");
    }
}
