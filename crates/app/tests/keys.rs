//! Keys through the use cases: a store of two profiles, rotation that breaks off anywhere, erasure.

mod town;

use app::keys::MasterKey;
use app::random::SeededRandom;
use app::rotate::{Rotated, rotate};
use app::viewer::{Shown, Viewer};
use kernel::ids::{Cell, MatterId};
use std::sync::Arc;
use store::{ErasureRow, MemoryStore, Store};
use town::Town;

const START: &str = "2026-09-28T22:46";
/// Later starts of the same installation.
const SECOND: &str = "2026-09-28T22:48";
const THIRD: &str = "2026-09-28T22:50";

fn master(seed: u64) -> MasterKey {
    MasterKey::from_text(&MasterKey::generate(&mut SeededRandom::new(seed))).expect("a key")
}

/// The key that every town of these tests opens with.
fn first() -> MasterKey {
    master(7)
}

async fn raised(town: &Town, words: &str) -> app::raise::Raised {
    let fields = [("what", words.into()), ("name", "林女士".into()), ("phone", "13800000001".into())];
    town.raises("rapid-response", &fields).await.expect("raised")
}

async fn sound(town: &Town, cell: Cell) -> u64 {
    let found = town.app.verify_cell(cell, &mut |_| {}).await.expect("verified");
    assert_eq!(found.damage, []);
    found.matters
}

async fn words(town: &Town, id: MatterId) -> Option<String> {
    town.app.view(&Viewer::Code(id, Shown::Long), id).await.expect("her own").title
}

#[tokio::test]
async fn old_rows_of_one_profile_and_new_rows_of_the_other_are_one_store() {
    let store = Arc::new(MemoryStore::new());
    let town = Town::serving("990101", store.clone(), START).await;
    let old = raised(&town, "东门的路灯不亮").await;
    store.put_setting(app::profile::SETTING, "sm").await.expect("a profile");
    let town = Town::serving("990101", store.clone(), SECOND).await;
    let new = raised(&town, "西门的井盖响了").await;
    let fields = [("unit", town.body("柳巷街道")), ("urgency", "ordinary".into()), ("kind", "complaint".into())];
    town.acts("2026-09-28T22:52", &town.staff("operator"), old.id, "dispatch", &fields).await.expect("dispatched");
    let algs =
        |loaded: Option<store::Loaded>| loaded.expect("a matter").entries.iter().map(|e| e.alg).collect::<Vec<_>>();
    let both = algs(store.load(old.id).await.expect("read"));
    assert!(both.first() == Some(&1) && both.last() == Some(&2), "{both:?}");
    assert!(algs(store.load(new.id).await.expect("read")).iter().all(|alg| *alg == 2));
    let ciphers = async |id| store.matter_key(id).await.expect("read").expect("keys").handlers.alg;
    assert_eq!((ciphers(old.id).await, ciphers(new.id).await), (1, 2));
    assert_eq!(sound(&town, old.id.cell).await, 2);
    assert_eq!(words(&town, old.id).await.as_deref(), Some("东门的路灯不亮"));
    assert_eq!(words(&town, new.id).await.as_deref(), Some("西门的井盖响了"));
    town.app.rebuild_cell(old.id.cell, &mut |_| {}).await.expect("rebuilt");
    assert_eq!(sound(&town, old.id.cell).await, 2);
}

/// What must be the same after a rotation.
async fn unchanged(town: &Town, id: MatterId) -> (String, Option<String>, Vec<store::EntryRow>, usize) {
    let Viewer::Staff(staff) = town.staff("operator") else { panic!("staff") };
    let found = town.app.search(&staff, "路灯", 9).await.expect("a search").len();
    let entries = town.store.load(id).await.expect("read").expect("a matter").entries;
    (town.app.verifier_key(), words(town, id).await, entries, found)
}

#[tokio::test]
async fn a_rotation_changes_no_code_no_term_and_no_signature() {
    let store = Arc::new(MemoryStore::new());
    let town = Town::serving("990101", store.clone(), START).await;
    let ids = [raised(&town, "东门的路灯不亮").await, raised(&town, "西门的路灯不亮").await];
    let cell = ids[0].id.cell;
    let shows =
        async |town: &Town, n: usize| town.app.show_code(&ids[n].number, &ids[n].long_code, None, 1).await.is_ok();
    let before = unchanged(&town, ids[0].id).await;
    assert!(before.3 == 2 && shows(&town, 0).await);
    let random = &mut SeededRandom::new(99);
    let done = rotate(&*store, (&first(), None), random, &mut |_| {}).await.expect("rotated");
    assert_eq!(done, Rotated { rows: 2, epoch: 2, master: first().fingerprint() });
    assert_eq!(store.matter_key(ids[0].id).await.expect("read").expect("keys").epoch, 2);
    let names: Vec<_> = store.secrets().await.expect("read").into_iter().map(|s| s.name).collect();
    assert_eq!(names, ["code", "receipt", "term", "wrap/0000000002"], "the old wrap key is forgotten");
    let town = Town::serving("990101", store.clone(), SECOND).await;
    assert_eq!(unchanged(&town, ids[0].id).await, before);
    assert!(shows(&town, 0).await && shows(&town, 1).await);
    raised(&town, "第三件").await;
    assert_eq!(sound(&town, cell).await, 3);
}

#[tokio::test]
async fn a_rotation_to_another_master_key_goes_on_where_it_broke_off() {
    for breaks_at in 0..4 {
        let store = Arc::new(MemoryStore::new());
        let town = Town::serving("990101", store.clone(), START).await;
        let id = raised(&town, "东门的路灯不亮").await.id;
        let before = unchanged(&town, id).await;
        drop(town);
        // Killed: at the start, after the keys were wrapped anew, or not at all but nobody was told.
        let broken = store.clone();
        let killed = tokio::spawn(async move {
            let mut calls = 0;
            let progress = &mut |_| {
                assert!(calls != breaks_at, "killed");
                calls += 1;
            };
            rotate(&*broken, (&first(), Some(&master(8))), &mut SeededRandom::new(98), progress).await.map(|_| ())
        });
        assert_eq!(killed.await.is_err(), breaks_at < 2, "killed at {breaks_at}");
        if breaks_at < 2 {
            // A server that starts in between opens what is there, and writes in the new epoch.
            let town = Town::serving("990101", store.clone(), SECOND).await;
            assert_eq!(unchanged(&town, id).await, before);
            let late = raised(&town, "中间的一件").await.id;
            assert_eq!(store.matter_key(late).await.expect("read").expect("keys").epoch, 2);
        }
        let random = &mut SeededRandom::new(97);
        let done = rotate(&*store, (&first(), Some(&master(8))), random, &mut |_| {}).await.expect("goes on");
        assert_eq!((done.epoch, done.master), (2, master(8).fingerprint()), "killed at {breaks_at}");
        let secrets = store.secrets().await.expect("read");
        assert!(secrets.len() == 4 && secrets.iter().all(|s| s.master == master(8).fingerprint()));
        let refused =
            rotate(&*store, (&first(), None), random, &mut |_| {}).await.expect_err("the old key opens nothing");
        assert!(refused.to_string().contains("damaged") || format!("{refused:?}").contains(&master(8).fingerprint()));
        rotate(&*store, (&master(8), Some(&first())), random, &mut |_| {}).await.expect("and back");
        let town = Town::serving("990101", store.clone(), THIRD).await;
        sound(&town, id.cell).await;
        let after = unchanged(&town, id).await;
        assert_eq!((after.0, after.1, after.2), (before.0, before.1, before.2));
    }
}

#[tokio::test]
async fn an_erased_matter_verifies_and_tells_nothing() {
    let town = Town::new(START).await;
    let gone = raised(&town, "东门的路灯不亮").await.id;
    let stays = raised(&town, "西门的路灯不亮").await.id;
    let row = ErasureRow { at: town.app.now(), ground: "request".into(), order: None, identity: false };
    assert!(town.store.erase(gone, row).await.expect("erased"));
    assert_eq!(sound(&town, gone.cell).await, 2);
    assert_eq!(words(&town, gone).await, None);
    assert!(words(&town, stays).await.is_some());
    let Viewer::Staff(staff) = town.staff("operator") else { panic!("staff") };
    assert_eq!(town.app.search(&staff, "路灯", 9).await.expect("a search").len(), 1);
    town.app.rebuild_cell(gone.cell, &mut |_| {}).await.expect("rebuilt");
    assert_eq!(sound(&town, gone.cell).await, 2);
    assert_eq!(town.app.search(&staff, "路灯", 9).await.expect("a search").len(), 1);
    // The file goes on: what is said in it afterwards is not kept.
    let fields = [("unit", town.body("柳巷街道")), ("urgency", "ordinary".into()), ("kind", "complaint".into())];
    town.acts("2026-09-28T22:52", &town.staff("operator"), gone, "dispatch", &fields).await.expect("dispatched");
    assert_eq!(sound(&town, gone.cell).await, 2);
}
