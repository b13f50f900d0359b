//! One thread writes, in groups: it takes what waits (and never waits to fill a group), commits once, then answers all.
//! An answer is sent only after the commit that holds it is on disk. After a failed flush it never writes again.

use crate::fail::{Fail, Run, code};
use crate::wal;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use store::StoreError;
use tokio::sync::{mpsc, oneshot};

/// So many pages of the log that are not yet in the file wake the background …
const MOVE_AT: i64 = 1_000;
/// … and a log of so many pages is moved by the writer, which alone can make it start over. A log that is written over
/// needs no new blocks, so its flush is much cheaper than that of one that grows.
const RESTART_AT: i64 = 4_096;

/// What the threads of a store know of each other.
#[derive(Default)]
pub struct State {
    /// A flush failed: nothing is written any more.
    stopped: AtomicBool,
    /// The last group could not be written.
    full: AtomicBool,
}

impl State {
    /// Whether writing has stopped for good.
    pub fn stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Whether the last group could not be written.
    pub fn full(&self) -> bool {
        self.full.load(Ordering::SeqCst)
    }

    /// The disk is full, as far as anybody knows.
    pub fn fill(&self) {
        self.full.store(true, Ordering::SeqCst);
    }

    /// Ends writing for good.
    pub fn stop(&self, error: &rusqlite::Error) {
        tracing::error!(code = ?code(error), "a flush failed; writing stops until the next start");
        self.stopped.store(true, Ordering::SeqCst);
    }
}

/// What becomes of a write, besides its own result.
#[derive(Clone, Copy)]
enum Fate {
    /// Its own result holds.
    Own,
    /// It was undone with others: the disk is full or not writable.
    Undone,
    /// It may or may not be on disk.
    Unknown,
}

/// What a write does in the key file; carried out and on disk before the main file is.
pub type KeyWork = Box<dyn FnOnce(&Connection) -> Run<()> + Send>;

/// What waits for the writer.
enum Order {
    Write(Box<dyn Work>),
    /// Move both logs into their files and cut them to nothing.
    EmptyLogs(&'static str, oneshot::Sender<Result<(), StoreError>>),
}

/// A write that waits for its turn.
trait Work: Send {
    /// Carries it out; whether it succeeded.
    fn run(&mut self, connection: &Connection) -> bool;
    /// What it does in the key file, asked once it has succeeded.
    fn keys(&mut self) -> Option<KeyWork>;
    /// Whether it failed for want of space.
    fn wants_space(&self) -> bool;
    /// Tells the caller.
    fn answer(self: Box<Self>, fate: Fate);
}

struct Job<F, T> {
    during: &'static str,
    run: Option<F>,
    keys: Option<KeyWork>,
    result: Option<Result<T, StoreError>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T: Send, F: FnOnce(&Connection) -> Run<T> + Send> Work for Job<F, T> {
    fn run(&mut self, connection: &Connection) -> bool {
        let Some(run) = self.run.take() else { return false };
        let result = run(connection).map_err(|fail| fail.during(self.during));
        let ok = result.is_ok();
        self.result = Some(result);
        ok
    }

    fn keys(&mut self) -> Option<KeyWork> {
        self.keys.take()
    }

    fn wants_space(&self) -> bool {
        matches!(self.result, Some(Err(StoreError::ReadOnly(_))))
    }

    fn answer(self: Box<Self>, fate: Fate) {
        let answer = match (fate, self.result) {
            (Fate::Own, Some(result)) => result,
            (Fate::Undone, _) => Err(StoreError::ReadOnly("the disk is full or not writable".into())),
            (Fate::Own, None) | (Fate::Unknown, _) => Err(StoreError::FlushFailed),
        };
        // A caller who has gone away loses his answer, not his write.
        drop(self.caller.send(answer));
    }
}

/// The way to the writer.
pub struct Writer {
    queue: Option<mpsc::Sender<Order>>,
    threads: Vec<JoinHandle<()>>,
    /// Shared with the threads.
    pub state: Arc<State>,
}

impl Writer {
    /// Starts the threads.
    pub fn start(
        (connection, keys): (Connection, Connection),
        checkpointer: Connection,
        group: usize,
    ) -> std::io::Result<Self> {
        let (queue, waiting) = mpsc::channel(1024);
        let (wake, woken) = std::sync::mpsc::sync_channel(1);
        let state = Arc::new(State::default());
        let shared = state.clone();
        let checkpoints = std::thread::Builder::new().name("store-checkpoint".into()).spawn(move || {
            while woken.recv().is_ok() && !shared.stopped() {
                wal::checkpoint(&checkpointer, &shared);
            }
            leave(&checkpointer, &shared);
        })?;
        let thread = Thread { connection, keys, state: state.clone(), wake, group };
        let writes = std::thread::Builder::new().name("store-writer".into()).spawn(move || thread.serve(waiting))?;
        Ok(Self { queue: Some(queue), threads: vec![writes, checkpoints], state })
    }

    /// Has a write carried out; the answer comes when it is on disk.
    pub async fn write<T: Send + 'static>(
        &self,
        during: &'static str,
        run: impl FnOnce(&Connection) -> Run<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.write_with_keys(during, None, run).await
    }

    /// The same with something to do in the key file, which comes to pass if `run` succeeds.
    pub async fn write_with_keys<T: Send + 'static>(
        &self,
        during: &'static str,
        keys: Option<KeyWork>,
        run: impl FnOnce(&Connection) -> Run<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (caller, answer) = oneshot::channel();
        self.order(Order::Write(Box::new(Job { during, run: Some(run), keys, result: None, caller }))).await?;
        answer.await.unwrap_or(Err(StoreError::FlushFailed))
    }

    /// Moves both logs into their files and cuts them to nothing, so that what was deleted stands nowhere any more.
    /// `Unavailable` if readers were in the way: ask again.
    pub async fn empty_logs(&self, during: &'static str) -> Result<(), StoreError> {
        let (caller, answer) = oneshot::channel();
        self.order(Order::EmptyLogs(during, caller)).await?;
        answer.await.unwrap_or(Err(StoreError::FlushFailed))
    }

    async fn order(&self, order: Order) -> Result<(), StoreError> {
        if self.state.stopped() {
            return Err(StoreError::FlushFailed);
        }
        let queue = self.queue.as_ref().ok_or(StoreError::FlushFailed)?;
        queue.send(order).await.map_err(|_| StoreError::FlushFailed)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Closing the queue lets the writer finish what waits, then both threads end and the file is closed.
        self.queue = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the store ended in a panic");
            }
        }
    }
}

struct Thread {
    connection: Connection,
    keys: Connection,
    state: Arc<State>,
    wake: std::sync::mpsc::SyncSender<()>,
    group: usize,
}

impl Thread {
    fn serve(self, mut waiting: mpsc::Receiver<Order>) {
        let mut group = Vec::with_capacity(self.group);
        while let Some(first) = waiting.blocking_recv() {
            let mut next = Some(first);
            let mut empty = None;
            while let Some(order) = next.take() {
                match order {
                    Order::Write(job) => group.push(job),
                    Order::EmptyLogs(during, caller) => empty = Some((during, caller)),
                }
                if group.len() < self.group && empty.is_none() {
                    next = waiting.try_recv().ok();
                }
            }
            if self.state.stopped() {
                group.drain(..).for_each(|job| job.answer(Fate::Unknown));
            } else if !group.is_empty() {
                self.write(&mut group);
            }
            if let Some((during, caller)) = empty {
                // A caller who has gone away asks again when it matters to him.
                drop(caller.send(self.empty_logs(during)));
            }
            self.checkpoint();
        }
        // What SQLite would do by itself at closing, but here a failed flush of one file is heard before the other is written.
        for connection in [&self.keys, &self.connection] {
            if !self.state.stopped() {
                wal::checkpoint(connection, &self.state);
            }
        }
        leave(&self.connection, &self.state);
        leave(&self.keys, &self.state);
    }

    fn empty_logs(&self, during: &'static str) -> Result<(), StoreError> {
        for connection in [&self.keys, &self.connection] {
            if self.state.stopped() {
                return Err(StoreError::FlushFailed);
            }
            match wal::empty(connection) {
                Ok(true) => {}
                Ok(false) => return Err(StoreError::Unavailable { during, source: "the log is being read".into() }),
                Err(error) => {
                    wal::judge(&error, &self.state);
                    return Err(Fail::Sql(error).during(during));
                }
            }
        }
        Ok(())
    }

    /// Carries out a group. Nobody is answered before the commit, not even who failed: his reason may be another's
    /// write of the same group.
    fn write(&self, group: &mut Vec<Box<dyn Work>>) {
        let alone = group.len() == 1;
        let mut ran: Vec<Box<dyn Work>> = Vec::with_capacity(group.len());
        let mut keys: Vec<KeyWork> = Vec::new();
        let mut changed = false;
        for mut job in group.drain(..) {
            if self.connection.is_autocommit() && self.statement("BEGIN IMMEDIATE").is_err() {
                self.state.full.store(true, Ordering::SeqCst);
                job.answer(Fate::Undone);
                continue;
            }
            let ok = if alone { job.run(&self.connection) } else { self.apart(&mut *job) };
            keys.extend(job.keys().filter(|_| ok));
            ran.push(job);
            if self.connection.is_autocommit() {
                // SQLite undid the whole group (a full disk, a failed write): so say all, and the rest begins anew.
                self.state.full.store(true, Ordering::SeqCst);
                ran.drain(..).for_each(|job| job.answer(Fate::Undone));
                keys.clear();
                changed = false;
            } else {
                changed |= ok;
            }
        }
        let wanting = ran.iter().any(|job| job.wants_space());
        let fate = self.finish(changed, keys);
        if wanting || matches!(fate, Fate::Undone) {
            self.state.full.store(true, Ordering::SeqCst);
        } else if changed && matches!(fate, Fate::Own) {
            self.state.full.store(false, Ordering::SeqCst);
        }
        ran.into_iter().for_each(|job| job.answer(fate));
    }

    /// One job inside a savepoint, so that its failure undoes it alone.
    fn apart(&self, job: &mut dyn Work) -> bool {
        if self.statement("SAVEPOINT job").is_err() {
            return false;
        }
        let ok = job.run(&self.connection);
        if !ok && !self.connection.is_autocommit() && self.statement("ROLLBACK TO job").is_err() {
            // Half of a job must not be committed with the others.
            drop(self.statement("ROLLBACK"));
            return false;
        }
        if !self.connection.is_autocommit() && self.statement("RELEASE job").is_err() {
            drop(self.statement("ROLLBACK"));
            return false;
        }
        ok
    }

    fn finish(&self, changed: bool, keys: Vec<KeyWork>) -> Fate {
        if self.connection.is_autocommit() {
            return Fate::Undone;
        }
        if !changed {
            drop(self.statement("ROLLBACK"));
            return Fate::Own;
        }
        // Keys first: a key without its matter is swept, a matter without its key would be lost.
        let first = if keys.is_empty() { Fate::Own } else { self.write_keys(keys) };
        if !matches!(first, Fate::Own) {
            drop(self.statement("ROLLBACK"));
            return first;
        }
        self.commit(&self.connection)
    }

    fn write_keys(&self, all: Vec<KeyWork>) -> Fate {
        let run = || -> Run<()> {
            self.keys.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            all.into_iter().try_for_each(|work| work(&self.keys))
        };
        if let Err(fail) = run() {
            tracing::error!(error = %fail.during("keys"), "the key file could not be written");
            drop(self.keys.execute_batch("ROLLBACK"));
            return Fate::Undone;
        }
        self.commit(&self.keys)
    }

    fn commit(&self, connection: &Connection) -> Fate {
        match connection.prepare_cached("COMMIT").and_then(|mut s| s.execute([])) {
            Ok(_) => Fate::Own,
            // Full means that the log could not even be written; no flush was tried, so the file is as it was.
            Err(error) if code(&error) == Some(ErrorCode::DiskFull) => {
                drop(connection.execute_batch("ROLLBACK"));
                Fate::Undone
            }
            Err(error) => {
                self.state.stop(&error);
                Fate::Unknown
            }
        }
    }

    fn statement(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(|_| ())
    }

    fn checkpoint(&self) {
        // The key file is small and has one hot end: the writer moves its log itself.
        if wal::pages(&self.keys).is_ok_and(|(pages, moved)| pages > MOVE_AT && pages > moved) {
            wal::checkpoint(&self.keys, &self.state);
        }
        let Ok((pages, moved)) = wal::pages(&self.connection) else { return };
        if pages > RESTART_AT && pages > moved {
            wal::checkpoint(&self.connection, &self.state);
        } else if pages - moved > MOVE_AT {
            // Full means that it has been woken already.
            let _ = self.wake.try_send(());
        }
    }
}

/// Before a connection closes: the last one to close moves the log into the file and removes it, without looking at its
/// checksums. After a failed flush the log may hold what never reached the disk, so that it stays for the next start to judge.
fn leave(connection: &Connection, state: &State) {
    if state.stopped()
        && let Err(error) = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
    {
        tracing::error!(code = ?code(&error), "the log cannot be left alone");
    }
}

/// For a write that only has to come back: the writer is alive.
pub fn nothing(_: &Connection) -> Run<()> {
    Ok(())
}

/// A row that the port calls a conflict when it was not there to be changed.
pub fn one(changed: usize) -> Run<()> {
    if changed == 1 { Ok(()) } else { Err(Fail::Store(StoreError::Conflict)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::conformance::wait;

    fn thread() -> Thread {
        let connection = Connection::open_in_memory().expect("a database");
        let tables = "PRAGMA foreign_keys = 1; CREATE TABLE t (x UNIQUE); \
            CREATE TABLE late (x REFERENCES t (x) DEFERRABLE INITIALLY DEFERRED)";
        connection.execute_batch(tables).expect("tables");
        let keys = Connection::open_in_memory().expect("a database");
        Thread { connection, keys, state: Arc::default(), wake: std::sync::mpsc::sync_channel(1).0, group: 9 }
    }

    type Waiting = oneshot::Receiver<Result<(), StoreError>>;

    fn job(statements: &'static str) -> (Box<dyn Work>, Waiting) {
        let (caller, answer) = oneshot::channel();
        let run = move |db: &Connection| Ok(db.execute_batch(statements)?);
        (Box::new(Job { during: "test", run: Some(run), keys: None, result: None, caller }), answer)
    }

    /// Writes one group; what each was told, and which rows stand.
    fn group(thread: &Thread, all: &[&'static str]) -> (Vec<Result<(), StoreError>>, Vec<i64>) {
        let (mut jobs, waiting): (Vec<_>, Vec<_>) = all.iter().map(|statements| job(statements)).unzip();
        thread.write(&mut jobs);
        let told = waiting.into_iter().map(|answer| wait(async { answer.await.expect("an answer") })).collect();
        let mut rows = thread.connection.prepare("SELECT x FROM t ORDER BY x").expect("a statement");
        (told, rows.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("numbers"))
    }

    #[test]
    fn a_job_fails_alone() {
        let thread = thread();
        let (told, rows) =
            group(&thread, &["INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2), (1)", "INSERT INTO t VALUES (3)"]);
        assert!(matches!(&told[..], [Ok(()), Err(StoreError::Conflict), Ok(())]), "{told:?}");
        assert_eq!(rows, [1, 3]);
    }

    #[test]
    fn who_was_undone_with_others_is_told_so() {
        let thread = thread();
        // What SQLite does by itself when a write fails for want of space, a job does here.
        let undone = "ROLLBACK; INSERT INTO missing VALUES (1)";
        let (told, rows) = group(&thread, &["INSERT INTO t VALUES (1)", undone, "INSERT INTO t VALUES (3)"]);
        let wanted = [Err(()), Err(()), Ok(())];
        let seen = told.iter().map(|t| match t {
            Err(StoreError::ReadOnly(_)) => Err(()),
            Ok(()) => Ok(()),
            other => panic!("{other:?}"),
        });
        assert!(seen.eq(wanted), "{told:?}");
        assert_eq!(rows, [3], "the rest begins anew");
        assert!(!thread.state.stopped());
    }

    #[test]
    fn a_commit_that_fails_ends_writing() {
        let thread = thread();
        let (told, _) = group(&thread, &["INSERT INTO t VALUES (1)", "INSERT INTO late VALUES (9)"]);
        assert!(told.iter().all(|t| matches!(t, Err(StoreError::FlushFailed))), "{told:?}");
        assert!(thread.state.stopped());
        let (queue, waiting) = mpsc::channel(4);
        let (after, answer) = job("INSERT INTO t VALUES (2)");
        assert!(queue.try_send(Order::Write(after)).is_ok(), "room");
        drop(queue);
        thread.serve(waiting);
        let told = wait(async { answer.await.expect("an answer") });
        assert!(matches!(told, Err(StoreError::FlushFailed)), "and never again: {told:?}");
    }

    #[test]
    fn after_a_failed_flush_the_log_stays_as_it_is() {
        for (stopped, stays) in [(false, false), (true, true)] {
            let dir = tempfile::tempdir().expect("a directory");
            let connection = Connection::open(dir.path().join("t.db")).expect("a database");
            connection.execute_batch("PRAGMA journal_mode = wal; CREATE TABLE t (x)").expect("a table");
            let thread = Thread { connection, ..thread() };
            thread.state.stopped.store(stopped, Ordering::SeqCst);
            let (queue, waiting) = mpsc::channel(1);
            drop(queue);
            thread.serve(waiting);
            assert_eq!(dir.path().join("t.db-wal").exists(), stays, "stopped: {stopped}");
        }
    }
}
