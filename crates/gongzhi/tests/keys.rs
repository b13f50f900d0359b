//! `gongzhi keys` on a filled demo: checked, broken, rotated to another master key, moved elsewhere.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn program(args: &[&str], data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongzhi"));
    command.args(args).arg("--data").arg(data).env("GONGZHI_CLOCK", "2026-12-29T10:00");
    command
}

fn gongzhi(args: &[&str], data: &Path) -> Output {
    program(args, data).output().expect("the program runs")
}

#[track_caller]
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat()
}

/// Fills the demo and stops the server.
fn fill(data: &Path) {
    let mut command = program(&["serve", "--demo", "--crypto", "sm", "--listen", "127.0.0.1:0"], data);
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the server starts");
    let mut lines = BufReader::new(server.stdout.take().expect("piped")).lines();
    let first = lines.next().expect("it says something").expect("in UTF-8");
    assert!(first.contains("http://"), "{first}");
    assert!(refused(&gongzhi(&["keys", "rotate"], data)).contains("stop the server"), "not while it runs");
    said(&gongzhi(&["keys", "check"], data));
    server.kill().expect("it stops");
    server.wait().expect("it is gone");
}

#[test]
fn keys_are_checked_rotated_and_found_elsewhere() {
    let dir = tempfile::tempdir().expect("a directory");
    let (data, new_key, elsewhere) = (dir.path().join("data"), dir.path().join("new.key"), dir.path().join("apart.db"));
    let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    fill(&data);
    let shown = said(&gongzhi(&["keys", "show"], &data));
    assert!(shown.contains(" sm\n") && shown.contains("epoch 1: keys of "), "{shown}");
    let checked = said(&gongzhi(&["keys", "check"], &data));
    assert!(checked.contains(", 0 wrong"), "{checked}");

    let keys = |sql: &str| {
        let db = rusqlite::Connection::open(data.join("keys.db")).expect("a file");
        db.execute_batch(sql).expect("done");
    };
    keys("CREATE TABLE kept AS SELECT * FROM key WHERE place = 3; UPDATE key SET epoch = zeroblob(4) WHERE place = 3");
    for command in [&["keys", "check"][..], &["verify"]] {
        let told = refused(&gongzhi(command, &data));
        assert!(told.contains("keys are missing, and no erasure is recorded"), "{told}");
    }
    keys("UPDATE key SET epoch = (SELECT epoch FROM kept) WHERE place = 3; DROP TABLE kept");
    said(&gongzhi(&["verify"], &data));

    let rotated = said(&gongzhi(&["keys", "rotate", "--new-master-key-file", &text(&new_key)], &data));
    assert!(rotated.contains("are in epoch 2"), "{rotated}");
    let told = refused(&gongzhi(&["verify"], &data));
    assert!(told.contains("belongs to the master key"), "{told}");
    let again = said(&gongzhi(&["keys", "rotate", "--new-master-key-file", &text(&new_key)], &data));
    assert!(again.contains("keys of 0 matters"), "{again}");
    let by_file = said(&gongzhi(&["verify", "--master-key-file", &text(&new_key)], &data));
    assert!(by_file.contains(", 0 damaged"), "{by_file}");
    let command = format!("cat '{}'", text(&new_key));
    said(&gongzhi(&["keys", "check", "--master-key-command", &command], &data));
    refused(&gongzhi(&["keys", "check", "--master-key-command", "echo no key; exit 0"], &data));
    refused(&gongzhi(&["keys", "check", "--master-key-command", &format!("{command}; exit 3")], &data));

    // A master key that is not there is not made anew beside keys that it does not open.
    std::fs::remove_file(data.join("master.key")).expect("destroyed");
    assert!(refused(&gongzhi(&["verify"], &data)).contains("is not there"));
    assert!(!data.join("master.key").exists());

    std::fs::copy(data.join("keys.db"), &elsewhere).expect("copied");
    let args = ["verify", "--master-key-file", &text(&new_key), "--key-file", &text(&elsewhere)];
    assert!(refused(&gongzhi(&args, &data)).contains("two key files"));
    std::fs::remove_file(data.join("keys.db")).expect("moved");
    said(&gongzhi(&args, &data));
    refused(&gongzhi(&args[..3], &data));
    assert!(!data.join("keys.db").exists(), "and no new one is made");
}
