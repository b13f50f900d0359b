//! `gongzhi calendar load` and `gongzhi import`: the demo of the end of 2026 with a notice that its running matters did not know,
//! and with a list that was cut off.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

const NOTICE: &str = r#"
region = "cn"
[[notice]]
year = 2027
title = "关于2027年放假的试验通知"
rest = [{ from = 2027-01-01, to = 2027-01-06, name = "元旦" }]
"#;

fn gongzhi(args: &[&str], data: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongzhi"));
    command.args(args).arg("--data").arg(data).env("GONGZHI_CLOCK", "2026-12-29T10:00");
    command.output().expect("the program runs")
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Fills the demo and stops the server.
fn fill(data: &Path) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_gongzhi"))
        .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .env("GONGZHI_CLOCK", "2026-12-29T10:00")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts");
    let mut lines = BufReader::new(server.stdout.take().expect("piped")).lines();
    let first = lines.next().expect("it says something").expect("in UTF-8");
    server.kill().expect("it stops");
    server.wait().expect("it is gone");
    assert!(first.contains("http://"), "{first}");
}

#[test]
fn a_notice_is_loaded_once_and_every_case_file_stays_sound() {
    let dir = tempfile::tempdir().expect("a directory");
    let (data, file) = (dir.path().join("data"), dir.path().join("2027.toml"));
    fill(&data);
    std::fs::write(&file, "region = \"elsewhere\"\n").expect("written");
    let file_name = file.to_str().expect("UTF-8");
    let refused = gongzhi(&["calendar", "load", file_name], &data);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("is not a holiday notice"));
    std::fs::write(&file, NOTICE).expect("written");
    let first = said(&gongzhi(&["calendar", "load", file_name], &data));
    let changed: u64 =
        first.rsplit(", ").next().and_then(|w| w.split(' ').next()).and_then(|n| n.parse().ok()).expect(&first);
    assert!(changed > 0, "{first}");
    let again = said(&gongzhi(&["calendar", "load", file_name], &data));
    assert!(again.contains("was loaded before") && again.contains(", 0 changed"), "{again}");
    let verified = said(&gongzhi(&["verify"], &data));
    assert!(verified.contains(", 0 damaged"), "{verified}");
}

#[test]
fn a_list_that_was_cut_off_is_asked_about_and_the_former_one_comes_back() {
    let dir = tempfile::tempdir().expect("a directory");
    let (data, whole, cut) = (dir.path().join("data"), dir.path().join("whole.csv"), dir.path().join("cut.csv"));
    fill(&data);
    let (whole, cut) = (whole.to_str().expect("UTF-8"), cut.to_str().expect("UTF-8"));
    said(&gongzhi(&["export", "set:duty_list", whole], &data));
    let text = std::fs::read_to_string(whole).expect("exported");
    let rows = text.lines().count() - 1;
    assert!(rows > 5, "{rows}");
    let two: Vec<&str> = text.lines().take(2).collect();
    std::fs::write(cut, two.join("\n")).expect("written");
    let asked = gongzhi(&["import", "set:duty_list", cut], &data);
    let words = String::from_utf8_lossy(&asked.stdout).into_owned();
    assert!(!asked.status.success() && words.contains("--replace") && words.contains("没有保存"), "{words}");
    let last = text.lines().last().and_then(|l| l.split(',').next()).expect("a code");
    assert!(words.contains(last.trim_matches('"')), "what goes is said: {words}");
    said(&gongzhi(&["import", "set:duty_list", whole], &data));
    said(&gongzhi(&["import", "set:duty_list", cut, "--replace"], &data));
    let back = said(&gongzhi(&["import", "set:duty_list", "--former"], &data));
    assert!(back.contains("回到第") && back.contains("已经生效"), "{back}");
    let again = dir.path().join("again.csv");
    said(&gongzhi(&["export", "set:duty_list", again.to_str().expect("UTF-8")], &data));
    assert_eq!(std::fs::read_to_string(&again).expect("exported"), text, "all of it is back");
    std::fs::write(cut, "").expect("written");
    let empty = gongzhi(&["import", "set:duty_list", cut], &data);
    let words = String::from_utf8_lossy(&empty.stdout).into_owned();
    assert!(!empty.status.success() && !words.contains("第 0 行") && !words.contains("line 0"), "{words}");
}
