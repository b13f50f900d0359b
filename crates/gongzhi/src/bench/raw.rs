//! The limit of the machine for intake: one thread that writes the same rows into the same tables in groups, and nothing else.
//! No rules, no encryption, no HTTP, and no second file: what the key file costs is the store's.

use super::client::Sample;
use anyhow::{Context, Result};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Most matters in one commit, as in the store.
const GROUP: usize = 256;
/// The tables that an intake writes a row of its own into.
const OWN: [&str; 7] = ["matter", "entry", "vault", "work", "due", "tail", "outbox"];

/// One statement with its values; the serial number is put in for each matter.
struct Insert {
    sql: String,
    values: Vec<Value>,
    counted: Vec<usize>,
}

/// The writer.
pub struct Raw {
    send: mpsc::SyncSender<oneshot::Sender<()>>,
}

impl Raw {
    /// A writer of rows like the last matter of a store.
    pub fn like(store: &Path, dir: &Path) -> Result<Raw> {
        let inserts = inserts(&Connection::open(store.join(store_sqlite::FILE))?)?;
        std::fs::create_dir_all(dir)?;
        let db = Connection::open(dir.join("raw.db"))?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "cache_size", -16_384)?;
        store_sqlite::teach(&db)?;
        for (_, _, sql) in store_sqlite::MIGRATIONS {
            db.execute_batch(sql)?;
        }
        let (send, receive) = mpsc::sync_channel(4096);
        thread::Builder::new().name("raw".into()).spawn(move || write(&db, &receive, &inserts))?;
        Ok(Raw { send })
    }

    /// Clients that each wait for their row to be on the disk before they send the next.
    pub async fn run(&self, clients: usize, time: Duration) -> Result<Sample> {
        let begin = Instant::now();
        let tasks: Vec<_> = (0..clients)
            .map(|_| {
                let send = self.send.clone();
                tokio::spawn(async move {
                    let mut micros = Vec::new();
                    while begin.elapsed() < time {
                        let (done, wait) = oneshot::channel();
                        let sent = Instant::now();
                        send.send(done).context("the raw writer is gone")?;
                        wait.await.context("the raw writer failed")?;
                        micros.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
                    }
                    anyhow::Ok(micros)
                })
            })
            .collect();
        let mut sample = Sample::default();
        for task in tasks {
            sample.micros.extend(task.await??);
        }
        sample.count = sample.micros.len() as u64;
        sample.seconds = begin.elapsed().as_secs_f64();
        Ok(sample)
    }
}

/// The rows of the newest matter that no command came with.
fn inserts(db: &Connection) -> Result<Vec<Insert>> {
    let (cell, serial): (i64, i64) =
        db.query_row("SELECT cell, serial FROM matter ORDER BY raised_at DESC LIMIT 1", [], |r| {
            Ok((r.get(0)?, r.get(1)?))
        })?;
    let mut all = Vec::new();
    for table in OWN {
        // What the database makes by itself is hidden from this list.
        let mut names = db.prepare("SELECT name FROM pragma_table_info(?1)")?;
        let names: Vec<String> = names.query_map([table], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
        let list = names.join(",");
        let mut select = db.prepare(&format!("SELECT {list} FROM {table} WHERE cell = ?1 AND serial = ?2"))?;
        let counted =
            |n: &String| n == "serial" || (table == "matter" && n == "number") || (table == "outbox" && n == "id");
        let mut rows = select.query([cell, serial])?;
        while let Some(row) = rows.next()? {
            let values: Vec<Value> = (0..names.len()).map(|i| row.get(i)).collect::<rusqlite::Result<_>>()?;
            let marks = vec!["?"; names.len()].join(",");
            let places = names.iter().enumerate().filter(|(_, n)| counted(n)).map(|(i, _)| i).collect();
            all.push(Insert { sql: format!("INSERT INTO {table} ({list}) VALUES ({marks})"), values, counted: places });
        }
    }
    // Counters have no matter: as many as one day of one series of reports moves.
    let mut select = db.prepare("SELECT * FROM counter ORDER BY day DESC LIMIT 4")?;
    let columns = select.column_count();
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let values: Vec<Value> = (0..columns).map(|i| row.get(i)).collect::<rusqlite::Result<_>>()?;
        let marks = vec!["?"; columns].join(",");
        let sql = format!("INSERT INTO counter VALUES ({marks}) ON CONFLICT DO UPDATE SET n = n + 1");
        all.push(Insert { sql, values, counted: Vec::new() });
    }
    Ok(all)
}

fn write(db: &Connection, receive: &mpsc::Receiver<oneshot::Sender<()>>, inserts: &[Insert]) {
    let mut serial = 1_i64;
    while let Ok(first) = receive.recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = receive.try_recv()
        {
            group.push(next);
        }
        if commit(db, inserts, &mut serial, group.len()).is_err() {
            return; // Whoever waits learns it from the dropped sender.
        }
        for done in group {
            let _ = done.send(());
        }
    }
}

fn commit(db: &Connection, inserts: &[Insert], serial: &mut i64, matters: usize) -> rusqlite::Result<()> {
    db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    for _ in 0..matters {
        for insert in inserts {
            let own = Value::Integer(*serial);
            let values = insert.values.iter().enumerate();
            let values = values.map(|(i, v)| if insert.counted.contains(&i) { &own } else { v });
            db.prepare_cached(&insert.sql)?.execute(params_from_iter(values))?;
        }
        *serial += 1;
    }
    db.prepare_cached("COMMIT")?.execute([])?;
    Ok(())
}
