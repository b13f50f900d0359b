//! Where a log is read from: an address, a folder of its files, or an installation's own data. An address is read with
//! `curl`, the machine's own: it brings its certificates and proxies, and whoever checks us need not trust our network code.

use crate::open::Place;
use anyhow::{Context, Result, bail};
use app::installation::App;
use app::log::tiles::TilePath;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The log.
pub enum Source {
    /// The address before `/checkpoint`.
    Url(String),
    /// The folder with `checkpoint` and `tile/`.
    Folder(PathBuf),
    /// The store.
    Data(Box<App>),
}

impl Source {
    /// Opens it by what was said.
    pub async fn new(log: &str, place: &Place) -> Result<Source> {
        if log.starts_with("https://") || log.starts_with("http://") {
            return Ok(Source::Url(log.trim_end_matches('/').to_owned()));
        }
        let folder = Path::new(log);
        if folder.join(store_sqlite::FILE).exists() {
            let place = Place { data: folder.to_owned(), ..place.clone() };
            return Ok(Source::Data(Box::new(place.open_beside().await?)));
        }
        if !folder.is_dir() {
            bail!("{log} is neither an address nor a folder");
        }
        Ok(Source::Folder(folder.to_owned()))
    }

    /// One of its files; none if it is not there.
    pub async fn get(&self, path: &str) -> Result<Option<Vec<u8>>> {
        match self {
            Source::Url(base) => fetch(&format!("{base}/{path}")).map(Some),
            Source::Folder(folder) => match std::fs::read(folder.join(path)) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(e) => Err(e).with_context(|| format!("{path} cannot be read")),
            },
            Source::Data(app) => match path.strip_prefix("tile/") {
                None => Ok(app.log_checkpoint().await?.map(|c| c.note.into_bytes())),
                Some(tile) => {
                    let tile = TilePath::parse(tile).context("a tile that cannot be")?;
                    Ok(app.log_tile(tile).await?)
                }
            },
        }
    }
}

fn fetch(url: &str) -> Result<Vec<u8>> {
    let answer = Command::new("curl")
        .args(["--fail", "--silent", "--show-error", "--location", "--max-time", "60", "--", url])
        .output()
        .context("curl is needed to read a log from an address; or fetch its files and name the folder")?;
    if !answer.status.success() {
        bail!("{url}: {}", String::from_utf8_lossy(&answer.stderr).trim());
    }
    Ok(answer.stdout)
}
