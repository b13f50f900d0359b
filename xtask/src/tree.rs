//! The files of the repository: tracked ones and new ones that git does not ignore. Knows no rule.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

/// One file of the working tree.
#[derive(Debug, Clone)]
pub struct File {
    /// Path from the root, with `/`.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// The text, when the file is UTF-8 and at most one megabyte.
    pub text: Option<String>,
}

impl File {
    /// A file made up for a test.
    pub fn sample(path: &str, text: &str) -> Self {
        Self { path: path.into(), size: text.len() as u64, text: Some(text.into()) }
    }
}

/// All files, in the order of their paths.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// Root of the repository.
    pub root: PathBuf,
    /// The files.
    pub files: Vec<File>,
}

/// The largest text that rules read: 1 MB.
pub const LARGE: u64 = 1_000_000;

impl Tree {
    /// Reads the tree that this crate stands in.
    ///
    /// # Errors
    /// When git is missing or a file cannot be read.
    pub fn read() -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask stands in the repository")?;
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .context("list the files with git")?;
        ensure!(listed.status.success(), "git ls-files failed: {}", String::from_utf8_lossy(&listed.stderr));
        let names = String::from_utf8(listed.stdout).context("paths are UTF-8")?;
        let mut files = Vec::new();
        for path in names.split('\0').filter(|path| !path.is_empty()) {
            let full = root.join(path);
            // a file that is deleted but not yet committed is still listed
            let Ok(meta) = std::fs::symlink_metadata(&full) else {
                continue;
            };
            if !meta.is_file() {
                continue;
            }
            let text = if meta.len() <= LARGE {
                String::from_utf8(std::fs::read(&full).with_context(|| format!("read {path}"))?).ok()
            } else {
                None
            };
            files.push(File { path: path.into(), size: meta.len(), text });
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        ensure!(!files.is_empty(), "git lists no file");
        Ok(Self { root: root.to_path_buf(), files })
    }

    /// The Rust files with their text.
    pub fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter(|f| f.path.ends_with(".rs"))
            .filter_map(|f| Some((f.path.as_str(), f.text.as_deref()?)))
    }

    /// The text of one file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|f| f.path == path)?.text.as_deref()
    }
}
