//! What `gongzhi check` refuses does not run: the server proves the packs of a directory before it opens anything.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn gongzhi(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gongzhi")).args(args).output().expect("starts")
}

/// A directory with an overlay of some mechanism of the program: it takes a right away, which one is found in its text.
fn loosened(dir: &Path) -> String {
    let listed = gongzhi(&["check", "--format", "json"]);
    let all: serde_json::Value = serde_json::from_slice(&listed.stdout).expect("json");
    let of =
        all["mechanisms"].as_array().and_then(|m| m.iter().find(|m| m["region"].is_null())).expect("some mechanism");
    let id = of["id"].as_str().expect("an id").to_owned();
    let overlay = format!(
        "[overlay]\nof = \"{id}\"\nregion = \"990101\"\nname = {{ zh = \"试\", en = \"Trial\" }}\nsource = \"试\"\nsample = true\n\n[action]\nraise = false\n"
    );
    fs::create_dir_all(dir.join("overlays/990102")).expect("a directory");
    fs::write(dir.join(format!("overlays/990102/{id}.toml")), overlay).expect("written");
    id
}

#[test]
fn a_pack_that_is_not_proved_starts_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let (packs, data) = (dir.path().join("packs"), dir.path().join("data"));
    loosened(&packs);
    let [packs, data] = [&packs, &data].map(|p| p.to_str().expect("utf-8"));
    assert!(!gongzhi(&["check", packs]).status.success(), "the plant is sound");
    let served = gongzhi(&["serve", "--demo", "--data", data, "--packs", packs, "--listen", "127.0.0.1:0"]);
    let said = String::from_utf8_lossy(&served.stderr);
    assert!(!served.status.success() && said.contains("nothing was started"), "{said}");
    assert!(!Path::new(data).exists(), "nothing was made");
}

#[test]
fn a_mechanism_that_is_not_there_is_not_found_good() {
    let refused = gongzhi(&["check", "--only", "nope"]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("there is no mechanism `nope`"));
}

#[test]
fn a_first_start_that_fails_leaves_nothing_that_the_next_stumbles_over() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("data");
    let data = data.to_str().expect("utf-8");
    let start = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--territory"];
    let said = |more: &[&str]| {
        let output = gongzhi(&[&start[..], more].concat());
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let missing = said(&["123456"]);
    assert!(missing.contains("--name, --name-en, --alias, --origin"), "all that is missing at once: {missing}");
    let rest = ["--name", "试", "--name-en", "Trial", "--alias", "TR", "--origin", "example.org/trial"];
    let unknown = said(&[&["123457"][..], &rest].concat());
    assert!(unknown.contains("there is no region 123457"), "the first was not kept: {unknown}");
    let again = said(&[&["123456"][..], &rest].concat());
    assert!(again.contains("there is no region 123456"), "nor the second: {again}");
}
