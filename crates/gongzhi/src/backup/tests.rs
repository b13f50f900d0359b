//! The drill: a backup taken under load restores to all that was acknowledged before it, and nothing but a whole one of the
//! right key is taken.

use super::*;
use crate::bench::client::{Request, once};
use crate::bench::server::{self, Running};
use crate::commands::block;
use crate::damage::{Copy, SAMPLE};
use crate::demo;
use crate::open::{About, Place};
use app::keys::MasterKey;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn master(copy: &Copy) -> MasterKey {
    Place::at(copy.path()).master_key(false).expect("a key")
}

fn restore(from: &Path, keys: Option<&Path>, master: &MasterKey, data: &Path) -> Result<Manifest> {
    ready(from, keys, master, data)?.place(data)
}

fn source<'a>(copy: &'a Copy, master: &'a MasterKey, now: i64) -> Source<'a> {
    Source { data: copy.path(), keys: copy.keys(), master, now }
}

fn install(copy: &Copy, dir: &Path) {
    fs::create_dir_all(dir).expect("a directory");
    fs::copy(copy.path().join("master.key"), dir.join("master.key")).expect("the key is carried by hand");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_acknowledged_before_the_backup_is_restored() {
    let dir = tempfile::tempdir().expect("a directory");
    let (data, file, fresh) = (dir.path().join("data"), dir.path().join("one.gz1"), dir.path().join("fresh"));
    fs::create_dir_all(&data).expect("a directory");
    let place = Place::at(&data);
    let app = place.open_or_make(&About::default(), true).await.expect("an installation");
    demo::fill(&place, &app).await.expect("the demo");
    let running = Running::start(app.clone()).await.expect("a server");
    let at = running.address;
    let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
    let clients: Vec<_> = (0..4_u64)
        .map(|c| {
            let (stop, acknowledged) = (stop.clone(), acknowledged.clone());
            tokio::spawn(async move {
                let mut n = c * 1_000_000;
                while !stop.load(Ordering::SeqCst) {
                    let answer = once(at, &server::intake(n)).await.expect("an answer");
                    assert_eq!(answer.status, 201);
                    let json: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
                    let of = |k: &str| json[k].as_str().expect("text").to_owned();
                    acknowledged.lock().expect("alive").push((of("number"), of("long_code")));
                    n += 1;
                }
            })
        })
        .collect();
    while acknowledged.lock().expect("alive").len() < 30 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let before = acknowledged.lock().expect("alive").clone();
    let (from, key, to) = (data.clone(), place.master_key(false).expect("a key"), file.clone());
    let written = tokio::task::spawn_blocking(move || {
        Source { data: &from, keys: from.join("keys.db"), master: &key, now: 1 }.to_file(&to)
    });
    let written = written.await.expect("no panic").expect("a backup under load");
    stop.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.expect("a client");
    }
    let after = acknowledged.lock().expect("alive").len();
    running.stop();
    drop(app);

    fs::create_dir_all(&fresh).expect("a directory");
    fs::copy(data.join("master.key"), fresh.join("master.key")).expect("the key");
    let key = place.master_key(false).expect("a key");
    let found = restore(&file, None, &key, &fresh).expect("restored");
    assert_eq!(found.summary, written.summary, "the heads are those of the moment of the backup");
    let place = Place::at(&fresh);
    let app = place.open().await.expect("opens");
    let running = Running::start(app.clone()).await.expect("a server");
    for (number, code) in &before {
        let get = Request::with("GET", &format!("/api/v1/matters/{number}"), &[("gongzhi-query-code", code)], None);
        assert_eq!(once(running.address, &get).await.expect("an answer").status, 200, "{number}");
    }
    running.stop();
    for cell in app.store().cells_fanout().await.expect("cells") {
        assert_eq!(app.verify_cell(cell, &mut |_| {}).await.expect("verified").damage, []);
    }
    assert_eq!(app.verify_store().await.expect("audited"), []);
    eprintln!("drill: {} acknowledged before the backup, {after} when it ended", before.len());
}

#[test]
fn nothing_but_a_whole_backup_of_the_right_key_is_taken() {
    let copy = Copy::of(&SAMPLE.db);
    let (key, dir) = (master(&copy), tempfile::tempdir().expect("a directory"));
    let file = dir.path().join("b");
    source(&copy, &key, 1).to_file(&file).expect("a backup");
    assert!(source(&copy, &key, 1).to_file(&file).is_err(), "never written over");
    let sound = fs::read(&file).expect("bytes");
    let secret = key.backup_key();
    for never in
        [&SAMPLE.key[SAMPLE.key.len() - 65..SAMPLE.key.len() - 1], secret.bytes(), "测试".as_bytes(), b"SQLite format"]
    {
        assert!(!sound.windows(never.len()).any(|w| w == never), "something stands there in clear");
    }
    let target = dir.path().join("data");
    let spoilt = dir.path().join("spoilt");
    // The keys beside it are whole: it is the data that are spoilt.
    fs::copy(dir.path().join("b.keys"), dir.path().join("spoilt.keys")).expect("copied");
    let middle = sound.len() / 2;
    let frame = 17 + 16 + 16;
    let spoil: [(&str, Vec<u8>); 8] = [
        ("a flipped byte", {
            let mut b = sound.clone();
            b[middle] ^= 1;
            b
        }),
        ("a flipped byte of the length", {
            let mut b = sound.clone();
            b[frame + 2] ^= 1;
            b
        }),
        ("cut in the middle", sound[..middle].to_vec()),
        ("cut before the last frame", sound[..sound.len() - 34].to_vec()),
        ("something behind", [&sound[..], b"x"].concat()),
        ("another id", {
            let mut b = sound.clone();
            b[40] ^= 1;
            b
        }),
        ("another program's", {
            let mut b = sound.clone();
            b[0] ^= 1;
            b
        }),
        ("nothing", Vec::new()),
    ];
    for (what, bytes) in spoil {
        fs::write(&spoilt, bytes).expect("written");
        assert!(restore(&spoilt, None, &key, &target).is_err(), "{what} was taken");
        assert!(!target.exists(), "{what} touched the target");
    }
    let other = MasterKey::from_text(&"ab".repeat(31).chars().chain("01".chars()).collect::<String>()).expect("a key");
    let error = restore(&file, None, &other, &target).expect_err("another key");
    assert!(format!("{error:#}").contains("fingerprint"), "{error:#}");
    install(&copy, &target);
    fs::write(target.join("letter.txt"), "x").expect("written");
    assert!(restore(&file, None, &key, &target).is_err(), "a directory that is not empty");
    fs::remove_file(target.join("letter.txt")).expect("removed");
    restore(&file, None, &key, &target).expect("the sound one");
    assert!(restore(&file, None, &key, &target).is_err(), "not over what is there");
    assert_eq!(fs::read_dir(dir.path()).expect("listed").count(), 5, "nothing is left behind");
}

#[test]
fn a_directory_takes_only_what_changed() {
    let copy = Copy::of(&SAMPLE.db);
    let (key, dir) = (master(&copy), tempfile::tempdir().expect("a directory"));
    let to = dir.path().join("backups");
    let first = source(&copy, &key, 1).to_dir(&to, "1.gongzhi").expect("the first");
    let again = source(&copy, &key, 2).to_dir(&to, "2.gongzhi").expect("the same again");
    assert_eq!((again.new, again.size), (0, first.size));
    block(async {
        let app = Place::at(copy.path()).open().await?;
        Ok(app.store().put_setting("drill", "1").await?)
    })
    .expect("a small change");
    let third = source(&copy, &key, 3).to_dir(&to, "3.gongzhi").expect("the third");
    assert!(third.new > 0 && third.new * 5 < first.size, "{} of {}", third.new, first.size);
    let data = dir.path().join("data");
    install(&copy, &data);
    assert_eq!(restore(&to, None, &key, &data).expect("the newest").made, 3);
    for entry in ["1.gongzhi", "2.gongzhi"] {
        unpack(&to.join(entry), &key, &dir.path().join(entry)).expect("earlier ones are whole");
    }
    fs::remove_file(to.join("3.gongzhi")).expect("removed");
    assert!(sweep(&to, Part::Data, &key).expect("swept") > 0);
    unpack(&to.join("2.gongzhi"), &key, &dir.path().join("x")).expect("what is named stays");
    // Two chunks that changed places.
    let mut chunks = Vec::new();
    for folder in entries(&to.join("chunks")).expect("folders") {
        chunks.extend(entries(&folder).expect("chunks"));
    }
    fs::copy(&chunks[0], &chunks[1]).expect("exchanged");
    let refused = unpack(&to.join("2.gongzhi"), &key, &dir.path().join("y"));
    assert!(format!("{:#}", refused.expect_err("a foreign chunk")).contains("damaged"));
}

#[test]
fn a_copy_keeps_no_key_of_the_erased() {
    let copy = Copy::of(&SAMPLE.db);
    let (key, dir) = (master(&copy), tempfile::tempdir().expect("a directory"));
    let to = dir.path().join("copy");
    let chunks = || {
        let folders = entries(&to.join("keys")).expect("folders");
        folders.iter().flat_map(|folder| entries(folder).expect("chunks")).collect::<BTreeSet<_>>()
    };
    crate::commands::backup::copy(&source(&copy, &key, 1), &to).expect("a copy");
    let before = chunks();
    copy.forge_file(
        &copy.keys(),
        "UPDATE key SET epoch = zeroblob(4), handlers = zeroblob(length(handlers)) WHERE place = 3",
    );
    crate::commands::backup::copy(&source(&copy, &key, 2), &to).expect("the next");
    let (now, whole) = (chunks(), |chunk: &PathBuf| before.contains(chunk));
    assert!(!now.is_empty() && now != before, "it changed");
    assert!(!before.is_subset(&now) && now.iter().filter(|c| whole(c)).count() < before.len(), "the old chunk is gone");
    unpack(&to.join("latest.gongzhi.keys"), &key, &dir.path().join("k")).expect("what is named stays");
}

#[test]
fn parts_with_keys_expire_before_the_data() {
    let copy = Copy::of(&SAMPLE.db);
    let (key, dir) = (master(&copy), tempfile::tempdir().expect("a directory"));
    let day = 86_400_000;
    let to = dir.path().join("backups");
    source(&copy, &key, day).to_dir(&to, "1.gongzhi").expect("the first");
    block(async { crate::damage::with_files(&Place::at(copy.path()).open().await?, 9).await })
        .expect("one more matter");
    source(&copy, &key, 40 * day).to_dir(&to, "2.gongzhi").expect("the second");
    let file = dir.path().join("f");
    source(&copy, &key, day).to_file(&file).expect("a file");
    assert_eq!(expire_keys(&to, &key, 41 * day, 30).expect("expired"), 1);
    assert!(to.join("1.gongzhi").exists() && !to.join("1.gongzhi.keys").exists());
    unpack(&to.join("2.gongzhi.keys"), &key, &dir.path().join("k")).expect("the younger keys are whole");
    assert_eq!(expire_keys(&file, &key, 41 * day, 30).expect("expired"), 1);
    assert!(file.exists() && !dir.path().join("f.keys").exists());
}

#[test]
fn under_the_sm_profile_a_backup_is_sealed_with_sm4() {
    let copy = Copy::of(&SAMPLE.db);
    let (key, dir) = (master(&copy), tempfile::tempdir().expect("a directory"));
    // Behind magic, fingerprint, id, and the mark and length of the first frame.
    let first = 17 + 16 + 16 + 1 + 4;
    let alg = |name: &str| fs::read(dir.path().join(name)).expect("bytes")[first];
    source(&copy, &key, 1).to_file(&dir.path().join("plain")).expect("a backup");
    let to = dir.path().join("backups");
    source(&copy, &key, 1).to_dir(&to, "1.gongzhi").expect("the first");
    block(async {
        let app = Place::at(copy.path()).open().await?;
        Ok(app.store().put_setting(app::profile::SETTING, "sm").await?)
    })
    .expect("the other profile");
    source(&copy, &key, 2).to_file(&dir.path().join("sm")).expect("a backup");
    source(&copy, &key, 2).to_dir(&to, "2.gongzhi").expect("the second, on chunks of the first");
    let of = |cipher: Cipher| [cipher.id(); 2];
    assert_eq!([alg("plain"), alg("plain.keys")], of(Cipher::ChaCha20Poly1305));
    assert_eq!([alg("sm"), alg("sm.keys")], of(Cipher::Sm4Gcm));
    assert_eq!([alg("backups/2.gongzhi"), alg("backups/2.gongzhi.keys")], of(Cipher::Sm4Gcm));
    for (from, name) in [("sm", "a"), ("backups", "b")] {
        let data = dir.path().join(name);
        install(&copy, &data);
        assert_eq!(restore(&dir.path().join(from), None, &key, &data).expect("restored").made, 2);
    }
    let mut spoilt = fs::read(dir.path().join("sm")).expect("bytes");
    spoilt[first] = Cipher::ChaCha20Poly1305.id();
    fs::write(dir.path().join("sm"), spoilt).expect("relabelled");
    assert!(unpack(&dir.path().join("sm"), &key, &dir.path().join("c")).is_err(), "the cipher is sealed in");
}
