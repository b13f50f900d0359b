//! Damage, done on purpose: what happens to a copy of a real store, and whether verifying notices and says where. Tests only.
//! The store is the demo's, with attachments and looks beside it.

mod flips;
mod rebuilt;
mod tampers;
mod upgrade;

use crate::commands::block;
use crate::commands::whole::{Kept, Outcome, verify_all};
use crate::demo;
use crate::open::{About, Place};
use app::raise::Raising;
use app::viewer::Viewer;
use indicatif::ProgressBar;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The bytes of a store that nobody has open, and its key.
pub struct Sample {
    pub db: Vec<u8>,
    /// The key file.
    pub keys: Vec<u8>,
    /// The master key.
    pub key: Vec<u8>,
}

pub static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
    let dir = tempfile::tempdir().expect("a directory");
    block(async {
        let place = Place::at(dir.path());
        let app = place.open_or_make(&About::default(), true).await?;
        demo::fill(&place, &app).await?;
        for n in 0..3 {
            with_files(&app, n).await?;
        }
        look(&app).await;
        while app.log_round().await?.leaves > 0 {}
        Ok(())
    })
    .expect("a store");
    let read = |name: &str| std::fs::read(dir.path().join(name)).expect("a file");
    assert!(!dir.path().join("gongzhi.db-wal").exists(), "everything is in the file");
    Sample { db: read("gongzhi.db"), keys: read("keys.db"), key: read("master.key") }
});

/// A matter with two pictures.
pub async fn with_files(app: &app::installation::App, n: u8) -> anyhow::Result<()> {
    let region = "990101001001".parse()?;
    let mut ids = Vec::new();
    for shade in [n, n + 100] {
        let mut png = Vec::new();
        let pixels: Vec<u8> = (0..32 * 32 * 3).map(|i| shade.wrapping_mul(31).wrapping_add(i as u8)).collect();
        let picture = image::RgbImage::from_raw(32, 32, pixels).expect("a picture");
        picture.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png)?;
        ids.push(app.stage(&region, png).await?.id);
    }
    let mut raising = Raising {
        mechanism: crate::bench::server::mechanism(app)?,
        region,
        fields: serde_json::from_value(crate::bench::server::form(u64::from(n)))?,
        occurred: None,
        idempotency_key: Some(format!("sample-{n}")),
    };
    let effective = app.offered(&raising.mechanism, &raising.region)?;
    let asked = effective.mechanism.fields_of(&effective.mechanism.action[kernel::mechanism::RAISE]);
    let kind = |id: &str| effective.mechanism.field.get(id).map(|f| f.kind);
    let files = asked.into_iter().find(|id| kind(id) == Some(kernel::mechanism::FieldKind::Files));
    raising.fields.insert(files.expect("a mechanism that takes files").to_owned(), serde_json::json!(ids));
    app.raise(&Viewer::Public, raising).await?;
    Ok(())
}

/// A look at a matter by whoever may.
async fn look(app: &app::installation::App) {
    let cell = demo::cell(app);
    let body = app.directory().bodies().next().expect("a body").id;
    let matters = app.store().scan(cell, None, 3).await.expect("matters");
    for matter in matters {
        let row = store::LookRow {
            matter: matter.matter.id,
            at: app.now(),
            person: kernel::ids::PersonId(1),
            body,
            role: "handler".into(),
            reason: "核实".into(),
            fields: vec!["phone".into()],
            once_on: None,
            salt: [7; 16],
        };
        app.store().append_look(row).await.expect("a look");
    }
}

/// A copy of the sample, and what is done to it.
pub struct Copy {
    dir: tempfile::TempDir,
}

impl Copy {
    pub fn of(db: &[u8]) -> Copy {
        let copy = Copy { dir: tempfile::tempdir().expect("a directory") };
        copy.put(db);
        crate::open::master_key::write_private(
            &copy.path().join("master.key"),
            std::str::from_utf8(&SAMPLE.key).expect("text"),
        )
        .expect("a key");
        copy
    }

    /// A store of another program: its database, its master key, and its key file where it has one.
    pub fn foreign(db: &[u8], key: &str, keys: Option<&[u8]>) -> Copy {
        let copy = Copy::bare(db, key);
        if let Some(keys) = keys {
            std::fs::write(copy.keys(), keys).expect("its keys");
        }
        copy
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn db(&self) -> PathBuf {
        self.path().join("gongzhi.db")
    }

    /// Another program's key file is no use: without one, with another master key.
    pub fn bare(db: &[u8], key: &str) -> Copy {
        let copy = Copy::of(db);
        std::fs::remove_file(copy.keys()).expect("removed");
        std::fs::write(copy.path().join("master.key"), key).expect("its key");
        copy
    }

    pub fn keys(&self) -> PathBuf {
        self.path().join("keys.db")
    }

    /// The file anew with the key file, and nothing beside them.
    pub fn put(&self, db: &[u8]) {
        for beside in ["gongzhi.db-wal", "gongzhi.db-shm", "keys.db-wal", "keys.db-shm"] {
            let _ = std::fs::remove_file(self.path().join(beside));
        }
        std::fs::write(self.db(), db).expect("written");
        std::fs::write(self.keys(), &SAMPLE.keys).expect("written");
    }

    /// What a person with the file in hand can do: guards are no obstacle.
    pub fn forge(&self, statements: &str) {
        self.forge_file(&self.db(), statements);
    }

    pub fn forge_file(&self, file: &Path, statements: &str) {
        let db = Connection::open(file).expect("a file");
        store_sqlite::teach(&db).expect("taught");
        let triggers: Vec<(String, String)> = db
            .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            .and_then(|mut s| s.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect())
            .expect("triggers");
        triggers.iter().for_each(|(name, _)| db.execute_batch(&format!("DROP TRIGGER {name}")).expect("dropped"));
        db.execute_batch(statements).expect(statements);
        triggers.iter().for_each(|(_, sql)| db.execute_batch(sql).expect("put back"));
    }

    pub fn ask<T: rusqlite::types::FromSql>(&self, question: &str) -> T {
        Connection::open(self.db()).expect("a file").query_row(question, [], |r| r.get(0)).expect(question)
    }

    /// What `gongzhi verify` finds; an error if the store cannot even be opened.
    pub fn verify(&self) -> anyhow::Result<Outcome> {
        let place = Place::at(self.path());
        block(async {
            let packs = Box::new(demo::tests::PACKS.clone());
            let app = place.put_together_with(packs, place.frozen(1)?, &About::default(), false, place.clock()).await?;
            verify_all(&app, 1, Kept::nowhere(ProgressBar::hidden())).await
        })
    }

    /// The number of a matter as people know it.
    pub fn number(&self, serial: i64) -> String {
        let place = Place::at(self.path());
        block(async {
            let app = place.open_beside().await?;
            let id = kernel::ids::MatterId { cell: demo::cell(&app), serial };
            let row = app.store().find_matter(id).await?.expect("a matter");
            Ok(app.number_text(id, row.number))
        })
        .expect("a number")
    }
}

#[test]
fn the_sample_is_sound_and_worth_damaging() {
    let copy = Copy::of(&SAMPLE.db);
    let found = copy.verify().expect("opens");
    assert_eq!(found.damage, []);
    assert!(found.matters >= 12 && found.entries > found.matters, "{} {}", found.matters, found.entries);
    for (table, least) in [("letter", 5), ("blob", 6), ("look", 3), ("set_row", 1), ("command", 3), ("notice", 5)] {
        let rows: i64 = copy.ask(&format!("SELECT count(*) FROM {table}"));
        assert!(rows >= least, "{rows} rows of {table}");
    }
    let mechanisms: i64 = copy.ask("SELECT count(DISTINCT mechanism) FROM matter");
    let votes: i64 = copy.ask("SELECT count(*) FROM entry WHERE CAST(body AS TEXT) LIKE '%\"ballot\"%' OR CAST(body AS TEXT) LIKE '%\"paper\"%'");
    assert!(mechanisms >= 4 && votes >= 1, "{mechanisms} mechanisms, {votes} votes");
}
