//! Where the master key comes from: a file that only the service's user may read, or a command that prints it (a card, a
//! key service, a colleague with the other half). It is never an argument: those can be read by others.

use crate::random::OsRandom;
use anyhow::{Context, Result, bail};
use app::keys::MasterKey;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use zeroize::Zeroizing;

/// What a command prints. Its complaints go where ours go; what it prints goes nowhere else.
pub fn printed_by(command: &str) -> Result<MasterKey> {
    let mut run = Command::new("sh");
    run.arg("-c").arg(command).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = run.output().context("the command for the master key cannot be run")?;
    let text = Zeroizing::new(output.stdout);
    if !output.status.success() {
        bail!("the command for the master key failed ({})", output.status);
    }
    let text = std::str::from_utf8(&text).context("the command for the master key printed no text")?;
    MasterKey::from_text(text.trim()).context("what the command for the master key printed is not one")
}

/// The key of a file, which is made if it is not there and may be.
pub fn in_file(path: &Path, make: bool) -> Result<MasterKey> {
    if !path.exists() {
        if !make {
            bail!(
                "the master key {} is not there, and the keys of this installation are wrapped by one; say where it is",
                path.display()
            );
        }
        write_private(path, &MasterKey::generate(&mut OsRandom))?;
    }
    check_private(path)?;
    let text = fs::read_to_string(path);
    let text = Zeroizing::new(text.with_context(|| format!("the master key {} cannot be read", path.display()))?);
    MasterKey::from_text(text.trim()).with_context(|| format!("the master key {} is not one", path.display()))
}

/// The secret of a witness, which is of the same form; made if it is not there.
pub fn seed_in_file(path: &Path) -> Result<app::keys::Key> {
    if !path.exists() {
        let seed: [u8; 32] = app::random::bytes(&mut OsRandom);
        write_private(path, &app::keys::hex(&seed))?;
    }
    check_private(path)?;
    let text = Zeroizing::new(fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?);
    let seed = app::keys::from_hex(text.trim()).and_then(|bytes| app::keys::Key::from_slice(&bytes));
    seed.with_context(|| format!("{} is no key", path.display()))
}

pub(crate) fn write_private(path: &Path, text: &str) -> Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = made.with_context(|| format!("the key {} cannot be written", path.display()))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    // The name of a new file is on disk only once its directory is.
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(dir)?.sync_all()?;
    Ok(())
}

fn check_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)
        .with_context(|| format!("the master key {} cannot be read", path.display()))?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        bail!("the key {} can be read by others (mode {:o}); `chmod 600` it", path.display(), mode & 0o777);
    }
    Ok(())
}
