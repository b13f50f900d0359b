//! Rules about any file: size, paths of somebody's machine, registry hosts. Says nothing about style.

use crate::{
    Finding,
    tree::{File, LARGE, Tree},
};

/// Data that may be larger than a megabyte: start of the path, reason.
const LARGE_DATA: &[(&str, &str)] = &[(
    "crates/gongzhi/tests/fixtures/",
    "stores of earlier schemas, mostly ciphertext: what an upgrade is tested with",
)];

/// Directories of somebody's machine. Written apart so that this file does not find itself.
const MACHINE: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

/// Hosts that serve packages. A lock file that names one ties everybody to it.
const HOSTS: &[&str] = &[
    concat!("registry.npm", "js.org"),
    concat!("registry.yarn", "pkg.com"),
    concat!("npm", "mirror.com"),
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("rsproxy", ".cn"),
    concat!("files.python", "hosted.org"),
    concat!("deb.debian", ".org"),
];

/// Every file of the tree.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.files.iter().flat_map(|file| size(file).into_iter().chain(places(file))).collect()
}

/// A large file needs a reason: it stays in every clone for ever.
pub fn size(file: &File) -> Option<Finding> {
    let listed = LARGE_DATA.iter().any(|(start, _)| file.path.starts_with(start));
    (file.size > LARGE && !listed).then(|| {
        Finding::new(
            &file.path,
            0,
            format!("{} bytes, more than 1 MB: list it with a reason in xtask/src/text.rs", file.size),
        )
    })
}

/// Absolute paths of a machine and registry hosts.
pub fn places(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (i, line) in file.text.as_deref().unwrap_or_default().lines().enumerate() {
        for word in MACHINE.iter().filter(|word| is_path(line, word)) {
            findings.push(Finding::new(&file.path, i + 1, format!("a path of somebody's machine: {word}")));
        }
        for host in HOSTS.iter().filter(|host| line.contains(**host)) {
            findings.push(Finding::new(&file.path, i + 1, format!("names the package host {host}")));
        }
    }
    findings
}

/// Whether `word` begins an absolute path here, and is not the middle of an address or of a longer path.
fn is_path(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        !line[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '}' | '~' | '*'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_is_found() {
        assert!(size(&File { path: "a.bin".into(), size: LARGE + 1, text: None }).is_some());
        assert!(size(&File { path: "a.bin".into(), size: LARGE, text: None }).is_none());
    }

    #[test]
    fn a_machine_path_and_a_host_are_found() {
        for word in MACHINE {
            assert_eq!(places(&File::sample("a.md", &format!("see `{word}x`"))).len(), 1, "{word}");
            assert_eq!(places(&File::sample("a.md", &format!("https://example.org{word}x"))), [], "{word}");
        }
        for host in HOSTS {
            assert_eq!(
                places(&File::sample("a.json", &format!("\"resolved\": \"https://{host}/x\""))).len(),
                1,
                "{host}"
            );
        }
    }
}
