//! Accounts, posts, bodies, relations, tokens and divisions of a real installation, by the command line beside its running server.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

struct Place {
    dir: tempfile::TempDir,
    server: Option<(Child, String)>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Place {
    fn new() -> Place {
        let mut place = Place { dir: tempfile::tempdir().expect("a directory"), server: None };
        place.start();
        place
    }

    fn start(&mut self) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongzhi"));
        command.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--territory",
            "330106",
            "--name",
            "试",
            "--name-en",
            "Trial",
        ]);
        command.args(["--alias", "TR", "--origin", "example.org/trial", "--data"]).arg(self.dir.path());
        let mut server = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the server starts");
        let mut lines = BufReader::new(server.stdout.take().expect("piped")).lines();
        let first = lines.next().expect("it says something").expect("in UTF-8");
        let url = first.split(": ").nth(1).expect(&first).to_owned();
        self.server = Some((server, url));
    }

    fn stop(&mut self) {
        if let Some((mut server, _)) = self.server.take() {
            server.kill().expect("it stops");
            server.wait().expect("it is gone");
        }
    }

    fn run(&self, args: &[&str]) -> Output {
        gongzhi(self.dir.path(), args, "")
    }

    /// What a command says that must succeed.
    fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// The complaint of a command that must be refused.
    fn no(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{args:?} is refused");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn json(&self, args: &[&str]) -> Vec<Value> {
        serde_json::from_str(&self.ok(args)).expect("one JSON array")
    }

    /// A request to the server: status, head and body.
    fn asks(&self, args: &[&str], path: &str) -> (u16, String) {
        let url = format!("{}{path}", self.server.as_ref().expect("it runs").1);
        let out =
            Command::new("curl").args(["-s", "-i", "--max-time", "20"]).args(args).arg(url).output().expect("curl");
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        (text.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0), text)
    }

    fn signs_in(&self, login: &str, password: &str) -> Result<String, String> {
        let form = format!("user={login}&password={password}&back=/desk");
        let (status, text) = self.asks(&["--data", &form], "/desk/sign-in");
        let cookie = text.lines().find_map(|l| l.strip_prefix("set-cookie: "));
        match cookie.and_then(|c| c.split(';').next()) {
            Some(cookie) if status == 303 => Ok(cookie.to_owned()),
            _ => Err(format!("{status} {}", text.split("\r\n\r\n").nth(1).unwrap_or_default())),
        }
    }

    fn at_desk(&self, cookie: &str) -> bool {
        self.asks(&["-H", &format!("cookie: {cookie}")], "/desk").0 == 200
    }

    fn may_list(&self, token: &str) -> u16 {
        self.asks(&["-H", &format!("authorization: Bearer {token}")], "/api/v1/matters").0
    }

    fn acts(&self) -> Vec<String> {
        self.json(&["user", "log", "--json"]).iter().map(|a| a["what"].as_str().expect("a word").to_owned()).collect()
    }
}

fn gongzhi(data: &Path, args: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongzhi"));
    command.args(args).arg("--data").arg(data);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("starts");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("written");
    child.wait_with_output().expect("ends")
}

fn password(said: &str) -> String {
    said.split_whitespace().last().expect("a password").to_owned()
}

#[test]
fn whoever_is_locked_out_is_out_at_once_and_is_told_nothing() {
    let place = Place::new();
    let body = place.ok(&["body", "add", "试办", "--en", "Office", "--region", "330106", "--function", "hotline"]);
    let first = password(&place.ok(&["user", "add", "wang", "--name", "示例", "--body", &body, "--role", "operator"]));
    let (cookie, token) = (place.signs_in("wang", &first).expect("signs in"), place.ok(&["token", "wang"]));
    assert!(place.at_desk(&cookie));
    assert_eq!(place.may_list(&token), 200);
    place.ok(&["user", "lock", "wang"]);
    assert!(!place.at_desk(&cookie), "her session ended");
    assert_eq!(place.may_list(&token), 401, "her token ended");
    let told = |login: &str, password: &str| place.signs_in(login, password).expect_err("refused").replace(login, "?");
    let refused = told("wang", &first);
    assert!(refused.starts_with("401"), "{refused}");
    assert_eq!(refused, told("nobody-of-that-name", &first), "the same page as for a name that there is not");
    assert!(place.no(&["token", "wang"]).contains("已停用"));
    assert!(place.no(&["user", "lock", "wang"]).contains("already"));
    let listed = &place.json(&["user", "list", "--json"])[0];
    assert_eq!((&listed["name"], &listed["locked"]), (&"wang".into(), &true.into()));
    assert_eq!(listed["posts"][0]["roles"][0], "operator", "her post stays");
    place.ok(&["user", "unlock", "wang"]);
    let cookie = place.signs_in("wang", &first).expect("signs in again");
    let second = password(&place.ok(&["user", "password", "wang"]));
    assert!(!place.at_desk(&cookie) && place.signs_in("wang", &first).is_err(), "the old one is nothing any more");
    let cookie = place.signs_in("wang", &second).expect("signs in with the new one");
    let typed = gongzhi(place.dir.path(), &["user", "password", "wang", "--stdin"], "a-typed-password\n");
    assert!(typed.status.success() && !String::from_utf8_lossy(&typed.stdout).contains("a-typed"));
    assert!(!place.at_desk(&cookie) && place.signs_in("wang", "a-typed-password").is_ok());
    let short = gongzhi(place.dir.path(), &["user", "password", "wang", "--stdin"], "short\n");
    assert!(!short.status.success() && place.signs_in("wang", "a-typed-password").is_ok());
    assert!(place.no(&["user", "lock", "li"]).contains("没有用户“li”"));
    let wanted = ["user.password", "user.password", "user.unlock", "user.lock", "token.add", "user.add", "body.add"];
    assert_eq!(place.acts(), wanted, "what was done, and nothing that was refused");
    let log = place.ok(&["user", "log", "--json"]);
    for secret in [&first, &second, &token, "a-typed-password", "argon2", "示例"] {
        assert!(!log.contains(secret), "{secret}");
    }
    let verified = place.ok(&["verify"]);
    assert!(verified.contains(", 0 damaged"), "{verified}");
}

#[test]
fn people_and_bodies_move_on_their_days() {
    let place = Place::new();
    let add = |name: &str, more: &[&str]| {
        place.ok(&[&["body", "add", name, "--en", "Office", "--region", "330106"], more].concat())
    };
    let upper = add("区", &[]);
    let street = add("街道", &["--part-of", &upper]);
    let other = add("站", &["--part-of", &upper, "--from", "2020-01-01", "--until", "2099-01-01"]);
    place.ok(&["user", "add", "li", "--name", "示例", "--body", &street]);
    let posts = || place.json(&["user", "list", "--json"])[0]["posts"].as_array().expect("posts").len();
    assert_eq!(posts(), 1);
    place.ok(&["user", "post", "add", "li", "--body", &other, "--role", "head", "--from", "2020-01-01"]);
    assert_eq!(posts(), 2);
    assert!(place.no(&["user", "post", "add", "li", "--body", &other, "--role", "head"]).contains("already"));
    place.ok(&["user", "post", "end", "li", "--body", &other, "--role", "head", "--on", "2099-01-01"]);
    assert_eq!(posts(), 2, "it ends on its day");
    place.ok(&["user", "post", "add", "li", "--body", &upper, "--role", "head", "--from", "2098-01-01"]);
    assert_eq!(posts(), 2, "it begins on its day");
    place.ok(&["user", "post", "end", "li", "--body", &street]);
    assert_eq!(posts(), 1);
    assert!(place.no(&["user", "post", "end", "li", "--body", &street]).contains("to end"));
    let days = ["--from", "2030-01-02", "--until", "2030-01-02"];
    assert!(place.no(&[&["user", "post", "add", "li", "--body", &street][..], &days].concat()).contains("不晚于"));
    let odd = place.run(&["user", "post", "add", "li", "--body", &street, "--role", "heead"]);
    assert!(odd.status.success() && String::from_utf8_lossy(&odd.stderr).contains("no mechanism names the post heead"));

    assert!(place.no(&["body", "end", &upper]).contains("bodies stand below it"));
    assert!(place.no(&["body", "relation", "add", &upper, "part_of", &street]).contains("绕成一圈"));
    assert!(place.no(&["body", "relation", "add", &street, "part_of", &other]).contains("already"));
    assert!(!place.run(&["body", "relation", "add", &street, "above", &other]).status.success());
    place.ok(&["body", "relation", "end", &street, "part_of"]);
    place.ok(&["body", "relation", "add", &street, "part_of", &other]);
    let relations = place.json(&["body", "relation", "list", "--json"]);
    let above =
        |of: &str| relations.iter().find(|r| r["body"].as_u64() == of.parse().ok()).expect("one")["upper"].to_string();
    assert_eq!((above(&street), above(&other)), (other.clone(), upper.clone()));
    let ended = place.ok(&["body", "end", &street]);
    assert!(ended.contains("1 posts with it"), "{ended}");
    let numbers: Vec<String> = place.json(&["body", "list", "--json"]).iter().map(|b| b["id"].to_string()).collect();
    assert_eq!(numbers, [upper.clone(), other.clone()]);
    assert!(place.no(&["body", "end", &street]).contains("已撤销"));
    assert!(place.no(&["user", "post", "add", "li", "--body", &street]).contains("has ended"));
    assert!(place.no(&["body", "add", "无", "--en", "No", "--region", "990101"]).contains("没有区划 990101"));
    let acts = place.acts();
    assert_eq!(acts[..3], ["body.end", "relation.add", "relation.end"]);
}

#[test]
fn tokens_are_for_scopes_that_there_are_and_end_one_by_one() {
    let place = Place::new();
    let body = place.ok(&["body", "add", "试办", "--en", "Office", "--region", "330106"]);
    place.ok(&["user", "add", "wang", "--name", "示例", "--body", &body]);
    let refused = place.no(&["token", "wang", "--scope", "everything"]);
    assert!(refused.contains("没有“everything”") && refused.contains("matters:read, matters:write"), "{refused}");
    assert!(place.no(&["token", "li"]).contains("no user li") && place.no(&["token"]).contains("<USER>"));
    let (one, two) =
        (place.ok(&["token", "wang", "--scope", "matters:read"]), place.ok(&["token", "wang", "--days", "9"]));
    let all = place.json(&["token", "list", "--json"]);
    assert_eq!(all.len(), 2);
    let reading = all.iter().find(|t| t["scopes"] == serde_json::json!(["matters:read"])).expect("the first");
    let listed = place.ok(&["token", "list", "wang"]);
    assert!(!listed.contains(&one) && !listed.contains(&two), "never a secret");
    assert_eq!((place.may_list(&one), place.may_list(&two)), (200, 200));
    place.ok(&["token", "end", reading["token"].as_str().expect("a name")]);
    assert_eq!((place.may_list(&one), place.may_list(&two)), (401, 200));
    assert!(place.no(&["token", "end", reading["token"].as_str().expect("a name")]).contains("there is no token"));
}

#[test]
fn divisions_are_loaded_whole_with_their_days_or_not_at_all() {
    let mut place = Place::new();
    let file = place.dir.path().join("villages.csv");
    let name = file.to_str().expect("utf-8").to_owned();
    let write = |text: &str| std::fs::write(&file, text).expect("written");
    let bad = "code,name,valid_from,valid_to\n330106002001,甲社区,2026-02-30,\n330106002002,,,\n\
               33010600200x,丙,,\n330106999001,丁,,\n330106002003,戊,2026-01-01,2025-01-01\n330106002004,己,,\n\
               330106002004,庚,2026-01-01,\n";
    write(bad);
    let refused = place.run(&["regions", "import", &name]);
    let said = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    for (line, en) in [
        (2, "dates like"),
        (3, "a name"),
        (4, "digits 0-9"),
        (5, "there is no 330106999"),
        (6, "after it begins"),
        (8, "line 7"),
    ] {
        let found = said.lines().find(|l| l.starts_with(&format!("第 {line} 行"))).expect(&said);
        assert!(found.contains(en), "{found}");
    }
    assert!(said.contains("没有保存"), "{said}");
    write("代码,名称,人口\n330106002001,甲社区,3\n");
    assert!(String::from_utf8_lossy(&place.run(&["regions", "import", &name]).stdout).contains("人口: 没有这一列"));
    write(
        "代码,名称,起始日,终止日\n330106002001,甲社区,,2026-01-01\n330106002001,甲乙社区,2026-01-01,\n330106002002,丙社区,,\n",
    );
    let dry = place.ok(&["regions", "import", &name, "--dry-run"]);
    assert!(dry.contains("2 added, 0 changed") && dry.contains("nothing was kept"), "{dry}");
    assert!(place.no(&["body", "add", "居委会", "--en", "C", "--region", "330106002001"]).contains("没有区划"));
    assert!(place.ok(&["regions", "import", &name]).contains("next start"));
    let shown = place.ok(&["regions", "show", "330106002001"]);
    assert!(shown.contains("甲社区") && shown.contains("甲乙社区") && shown.contains("2026-01-01"), "{shown}");
    assert!(place.ok(&["regions", "find", "丙社区", "--within", "330106"]).contains("330106002002"));
    write("代码,名称\n330106002002,丁社区\n330106000000,西湖区\n");
    let again = place.ok(&["regions", "import", &name]);
    assert!(again.contains("0 added, 1 changed"), "a padded code is the county, which stays as it is: {again}");
    assert!(place.ok(&["regions", "show", "330106002001"]).contains("甲乙社区"), "what is not named stays");
    place.ok(&["body", "add", "居委会", "--en", "Committee", "--region", "330106002001"]);
    place.stop();
    place.start();
    assert!(place.asks(&[], "/api/v1/mechanisms?region=330106002002").0 == 200, "the server knows it");
    assert!(place.no(&["regions", "show", "330106998"]).contains("没有区划 330106998"));
    let within = place.no(&["regions", "find", "甲", "--within", "33x"]);
    assert!(within.contains("行政区划代码") && within.contains("a region code has"), "{within}");
    assert!(place.acts().contains(&"regions.import".to_owned()));
}

/// The ids that the server offers, and whether somebody would hold what is raised.
fn offered(place: &Place) -> Vec<(String, bool)> {
    let text = place.asks(&[], "/api/v1/mechanisms").1;
    let all: Value = serde_json::from_str(text.split("\r\n\r\n").nth(1).expect("a body")).expect("JSON");
    let one = |m: &Value| (m["id"].as_str().expect("an id").to_owned(), m["available"] == true);
    all["mechanisms"].as_array().expect("a list").iter().map(one).collect()
}

#[test]
fn what_nobody_would_hold_is_not_offered_until_a_body_is_there_without_a_restart() {
    let place = Place::new();
    let closed =
        |place: &Place| offered(place).into_iter().filter(|(_, open)| !open).map(|(id, _)| id).collect::<Vec<_>>();
    let before = closed(&place);
    let checked = place.run(&["check"]);
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert_eq!(checked.status.code(), Some(1), "{said}");
    // What is missing first, as the check says it: `ID: 角色 ROLE …`, and the function that a body must have.
    let line = said.lines().find(|l| l.contains("it is not offered before that")).expect(&said);
    let id = line.split(':').next().expect("an id").to_owned();
    let function = line.split("has the function ").nth(1).and_then(|l| l.split(';').next()).expect(line).to_owned();
    assert!(before.contains(&id), "{before:?}");
    let page = place.asks(&[], &format!("/raise/{id}"));
    assert!(page.0 == 409 && page.1.contains("西湖区还没有单位接"), "{}", page.1);
    place.ok(&["body", "add", "试办", "--en", "Office", "--region", "330106", "--function", &function]);
    let open = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        !closed(&place).contains(&id)
    });
    assert!(open, "the running server offers {id} once there is a body for it");
    assert_eq!(place.asks(&[], &format!("/raise/{id}")).0, 200);
    let after = String::from_utf8_lossy(&place.run(&["check"]).stdout).into_owned();
    assert!(!after.contains(line), "{after}");
}
