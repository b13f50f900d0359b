//! Erasing over the embedded database: a backup of the day before that is opened beside the newer ledger, files without a word
//! of what was erased, and looks that a full disk does not let be recorded. A test only.

use crate::ledger::FILE;
use crate::open::{About, Place};
use app::act::Acting;
use app::installation::App;
use app::raise::{Raised, Raising};
use app::viewer::{Shown, Staff, Viewer};
use kernel::decide::Post;
use kernel::ids::MatterId;
use pack::demo_directory::DemoDirectory;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use store_sqlite::{Options, SqliteStore};

const CANARY: &str = "金丝雀桥西头第三户";

async fn open(dir: &Path) -> App {
    let app = Place::at(dir).open_or_make(&About::default(), true).await.expect("an installation");
    let demo = DemoDirectory::embedded().expect("the directory reads");
    app.store().put_directory(app::directory::invented(&demo, None)).await.expect("kept");
    app.reload_directory().await.expect("read");
    app
}

fn staff(app: &App, login: &str) -> Viewer {
    let directory = app.directory();
    let person = directory.login(login).expect("somebody");
    let posts = directory.posts_of(person.id).map(|p| Post { body: p.body, role: p.role.clone() }).collect();
    let (login, name) = (person.login.clone(), person.name.clone());
    Viewer::Staff(Staff { person: person.id, login, name, posts, scopes: None })
}

async fn raise(app: &App, viewer: &Viewer, mechanism: &str, fields: Value) -> Raised {
    let raising = Raising {
        mechanism: mechanism.into(),
        region: "990101001001".parse().expect("a region"),
        fields: serde_json::from_value(fields).expect("a form"),
        occurred: None,
        idempotency_key: None,
    };
    app.raise(viewer, raising).await.expect("raised")
}

async fn act(app: &App, viewer: &Viewer, id: MatterId, action: &str, fields: Value) {
    let fields = serde_json::from_value(fields).expect("a form");
    let (action, part) = (action.into(), None);
    let acting = Acting { action, fields, part, occurred: None, idempotency_key: None, seen: None };
    app.act(viewer, id, &acting).await.expect("done");
}

/// The mechanism by which data are asked for, and one by which anybody tells of something: packs name them, not this test.
fn asking(app: &App) -> String {
    let territory = app.settings().territory;
    app.about_data(&territory)[0].mechanism.mechanism.id.clone()
}

fn telling(app: &App) -> String {
    let territory = app.settings().territory;
    let mut offered = app.catalogue().ids().into_iter().filter_map(|id| app.offered(&id, &territory).ok());
    let simple = |m: &kernel::mechanism::Mechanism| {
        let raise = m.action.get(kernel::mechanism::RAISE);
        raise.is_some_and(|r| r.needs == ["what"] && r.may.iter().any(|f| f == "name"))
            && m.action.contains_key("withdraw")
    };
    offered.find(|e| simple(&e.mechanism)).expect("a simple one").mechanism.mechanism.id.clone()
}

async fn ended(app: &App) -> Raised {
    let raised = raise(app, &Viewer::Public, &telling(app), json!({ "what": CANARY, "name": CANARY })).await;
    act(app, &Viewer::Code(raised.id, Shown::Long), raised.id, "withdraw", json!({})).await;
    raised
}

async fn erase(app: &App, of: &Raised) {
    let her = Viewer::Code(of.id, Shown::Long);
    let asked = json!({ "kind": "erase", "which": of.number, "what": "请删掉。" });
    let request = raise(app, &her, &asking(app), asked).await.id;
    let (office, officer) = (staff(app, "data-office"), staff(app, "data-officer"));
    act(app, &office, request, "accept", json!({ "identity": "code" })).await;
    act(app, &office, request, "erase", json!({ "ground": "purpose", "answer": "删除。" })).await;
    act(app, &officer, request, "approve:erase", json!({})).await;
    for _ in 0..4 {
        app.follow(of.id.cell).await.expect("followed");
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for file in std::fs::read_dir(from).expect("read").map(|f| f.expect("a file").path()) {
        std::fs::copy(&file, to.join(file.file_name().expect("a name"))).expect("copied");
    }
}

async fn held(app: &App, of: &Raised) -> bool {
    let view = app.view(&Viewer::Code(of.id, Shown::Long), of.id).await.expect("hers");
    let found = app.verify_cell(of.id.cell, &mut |_| {}).await.expect("verified");
    assert!(found.damage.is_empty(), "{:?}", found.damage);
    serde_json::to_string(&view).expect("JSON").contains(CANARY)
}

#[tokio::test]
async fn a_backup_of_the_day_before_is_brought_up_to_the_ledger() {
    let dir = tempfile::tempdir().expect("a directory");
    let [now, backup, control] = ["now", "backup", "control"].map(|n| dir.path().join(n));
    let app = open(&now).await;
    let of = ended(&app).await;
    assert!(held(&app, &of).await, "it is there");
    drop(app);
    copy(&now, &backup);
    copy(&now, &control);

    let app = open(&now).await;
    erase(&app, &of).await;
    assert!(!held(&app, &of).await);
    drop(app);
    assert_eq!(std::fs::read_to_string(now.join(FILE)).expect("a ledger").lines().count(), 1);
    for file in std::fs::read_dir(&now).expect("read").map(|f| f.expect("a file").path()) {
        let bytes = std::fs::read(&file).expect("read");
        assert!(!bytes.windows(CANARY.len()).any(|w| w == CANARY.as_bytes()), "{}", file.display());
    }

    assert!(held(&open(&control).await, &of).await, "the control: an old backup alone brings it back");
    std::fs::copy(now.join(FILE), backup.join(FILE)).expect("the ledger is kept apart");
    let restored = open(&backup).await;
    assert!(!held(&restored, &of).await, "with the ledger it does not");
    assert_eq!(restored.store().matter_key(of.id).await.expect("read"), None);
}

/// What a person with a file in hand can do: guards are no obstacle.
fn forge(file: &Path, statement: &str) {
    let db = rusqlite::Connection::open(file).expect("a file");
    store_sqlite::teach(&db).expect("taught");
    let triggers: Vec<(String, String)> = db
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .and_then(|mut s| s.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect())
        .expect("triggers");
    triggers.iter().for_each(|(name, _)| db.execute_batch(&format!("DROP TRIGGER {name}")).expect("dropped"));
    assert_eq!(db.execute(statement, []).expect(statement), 1);
    triggers.iter().for_each(|(_, sql)| db.execute_batch(sql).expect("put back"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_was_taken_out_of_a_ledger_is_found() {
    let dir = tempfile::tempdir().expect("a directory");
    let now = dir.path().join("now");
    let app = open(&now).await;
    let of = ended(&app).await;
    erase(&app, &of).await;
    let later = app.now().plus_hours(1);
    while app.log_round().await.expect("a round").leaves > 0 {}
    drop(app);
    let found = async |data: &Path| {
        let place = Place { clock: Some(later), ..Place::at(data) };
        let store = place.frozen(1).expect("opens");
        let app = place.put_together(store, &About::default(), true, place.clock()).await.expect("an installation");
        let mut found = app.verify_store().await.expect("verified");
        found.extend(
            app.verify_ledger(&app::erase::Ledger::all(&place.ledger()).expect("reads")).await.expect("compared"),
        );
        found.into_iter().map(|d| (d.number.unwrap_or_default(), d.what)).collect::<Vec<_>>()
    };
    assert_eq!(found(&now).await, []);
    let (main, keys) = ((store_sqlite::FILE, "DELETE FROM erasure"), (store_sqlite::KEY_FILE, "DELETE FROM erased"));
    for (name, forged, words) in [
        ("a", &[main][..], &["the database does not"][..]),
        ("b", &[keys], &["the key file does not"]),
        ("c", &[main, keys], &["the ledger of erasures says that it was erased"]),
    ] {
        let data = dir.path().join(name);
        copy(&now, &data);
        forged.iter().for_each(|(file, statement)| forge(&data.join(file), statement));
        let found = found(&data).await;
        for word in words {
            assert!(found.iter().any(|(n, what)| *n == of.number && what.contains(word)), "{name}: {found:?}");
        }
    }
    // The ledger outside the database: emptied, with no copy of it beside the directory.
    let data = dir.path().join("d");
    copy(&now, &data);
    std::fs::write(data.join(FILE), "").expect("emptied");
    let lost = found(&data).await;
    assert!(lost.iter().any(|(n, what)| *n == of.number && what.contains("outside the database")), "{lost:?}");
    drop(open(&data).await);
    assert_eq!(found(&data).await, [], "the next start completes it");
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_shown() {
    let dir = tempfile::tempdir().expect("a directory");
    let place = Place::at(dir.path());
    let store = Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("a new store"));
    let app = place.put_together(store.clone(), &About::default(), true, place.clock()).await.expect("an installation");
    let demo = DemoDirectory::embedded().expect("the directory reads");
    app.store().put_directory(app::directory::invented(&demo, None)).await.expect("kept");
    app.reload_directory().await.expect("read");
    let of = ended(&app).await;
    let operator = staff(&app, "operator");
    store.limit_pages(1).await.expect("a bound");
    let (mut shown, mut shut) = (0, 0);
    for n in 0..400 {
        let reason = format!("{n} {}", "核实".repeat(90));
        match app.open_sealed(&operator, of.id, 1, "name", &reason).await {
            Ok(value) => {
                assert_eq!(value, CANARY);
                shown += 1;
            }
            Err(_) => shut += 1,
        }
        if shut > 5 {
            break;
        }
    }
    assert!(shut > 5, "the disk never filled");
    let looks = store::Store::looks(&*store, of.id).await.expect("read");
    assert_eq!(looks.iter().filter(|l| !l.fields.is_empty()).count(), shown, "nothing was shown that is not recorded");
}
