//! Puts the pack files into the binary: every file below `packs/national`, `packs/overlays`, `packs/sets`,
//! `packs/scenarios` and `packs/demo/stories`.
#![expect(clippy::disallowed_methods, reason = "a build script is where the files become bytes")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../packs");
    let mut files = Vec::new();
    for part in ["national", "overlays", "scenarios", "sets", "demo/stories"] {
        let dir = root.join(part);
        println!("cargo::rerun-if-changed={}", dir.display());
        walk(&dir, &mut files);
    }
    files.sort();
    let mut code = String::from("&[\n");
    for file in &files {
        let name = file.strip_prefix(&root).expect("below packs").to_str().expect("UTF-8 names").replace('\\', "/");
        writeln!(code, "    ({name:?}, include_bytes!({:?}) as &[u8]),", file.display().to_string()).expect("a string");
    }
    code.push(']');
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets it")).join("embedded.rs");
    std::fs::write(out, code).expect("OUT_DIR can be written");
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        let hidden = path.file_name().and_then(|n| n.to_str()).is_none_or(|n| n.starts_with('.'));
        match path.is_dir() {
            _ if hidden => {}
            true => walk(&path, files),
            false => files.push(path),
        }
    }
}
