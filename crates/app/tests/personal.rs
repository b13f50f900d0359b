//! Personal data through the use cases: asked for, corrected, restricted, erased on request and when its time is over, erased
//! again after a restore. After each story the store is verified.

mod town;

use app::erase::Ledger;
use app::error::AppError;
use app::raise::{Raised, Raising};
use app::viewer::{Shown, Staff, Viewer};
use kernel::ids::MatterId;
use kernel::refusal::Rule;
use std::sync::{Arc, Mutex};
use store::{ErasureRow, MemoryStore};
use town::{Town, form};

const START: &str = "2026-03-02T09:00";
const CANARY: &str = "金丝雀巷七号三楼的阮女士";
const REQUEST: &str = "personal-data-request";

async fn sound(town: &Town, id: MatterId) {
    let found = town.app.verify_cell(id.cell, &mut |_| {}).await.expect("verified");
    assert!(found.damage.is_empty() && found.matters > 0, "{:?}", found.damage);
}

async fn follow(town: &Town, id: MatterId) {
    for _ in 0..4 {
        town.app.follow(id.cell).await.expect("followed");
    }
}

/// A matter with a canary in it, given up again and so ended.
async fn ended(town: &Town) -> Raised {
    let raised = open(town).await;
    town.acts("2026-03-02T10:00", &town.raiser(raised.id), raised.id, "withdraw", &[]).await.expect("given up");
    raised
}

async fn open(town: &Town) -> Raised {
    let fields = [("what", CANARY.into()), ("name", CANARY.into()), ("phone", "13800000077".into())];
    town.raises("rapid-response", &fields).await.expect("raised")
}

async fn asks(town: &Town, viewer: &Viewer, of: &Raised, kind: &str) -> Result<Raised, AppError> {
    let raising = Raising {
        mechanism: REQUEST.into(),
        region: "990101001001".parse().expect("a region"),
        fields: form(&[("kind", kind.into()), ("which", of.number.clone().into()), ("what", "请办一下。".into())]),
        occurred: None,
        idempotency_key: None,
    };
    town.app.raise(viewer, raising).await
}

fn rule<T: std::fmt::Debug>(result: Result<T, AppError>) -> Rule {
    match result {
        Err(AppError::Refused(refusal, _)) => refusal.rule,
        other => panic!("not refused: {other:?}"),
    }
}

fn staff(viewer: &Viewer) -> &Staff {
    match viewer {
        Viewer::Staff(staff) => staff,
        _ => panic!("nobody signed in"),
    }
}

/// Asked for, accepted, proposed and approved; not yet carried out.
async fn decided(town: &Town, of: &Raised) -> MatterId {
    let request = asks(town, &town.raiser(of.id), of, "erase").await.expect("asked").id;
    let (office, officer) = (town.staff("data-office"), town.staff("data-officer"));
    town.acts("2026-03-03T09:00", &office, request, "accept", &[("identity", "code".into())]).await.expect("accepted");
    let why = [("ground", "purpose".into()), ("answer", "已经办结，予以删除。".into())];
    town.acts("2026-03-03T10:00", &office, request, "erase", &why).await.expect("proposed");
    town.acts("2026-03-03T11:00", &officer, request, "approve:erase", &[]).await.expect("approved");
    request
}

#[tokio::test]
async fn erased_on_request_nothing_is_left_and_everything_verifies() {
    let town = Town::new(START).await;
    let of = ended(&town).await;
    let (own, operator) = (town.raiser(of.id), town.staff("operator"));
    // The control: it is there before.
    let before = serde_json::to_string(&town.app.own_copy(&own, of.id).await.expect("a copy")).expect("json");
    assert!(before.contains(CANARY) && before.contains("13800000077"));
    assert_eq!(town.app.search(staff(&operator), "金丝雀巷", 10).await.expect("searched").len(), 1);
    let entries = town.store.load(of.id).await.expect("read").expect("there").entries.len();

    let request = decided(&town, &of).await;
    assert!(town.store.matter_key(of.id).await.expect("read").is_some(), "the follower carries it");
    follow(&town, of.id).await;

    assert_eq!(town.store.matter_key(of.id).await.expect("read"), None);
    assert!(town.store.vault(of.id).await.expect("read").is_empty());
    let row = town.store.erasure(of.id).await.expect("read").expect("in the ledger");
    assert_eq!(row.ground, "purpose");
    let loaded = town.store.load(of.id).await.expect("read").expect("there");
    assert_eq!((loaded.entries.len(), loaded.matter.title), (entries + 1, None), "the entries stay, one says so");
    let after = town.app.own_copy(&own, of.id).await.expect("a copy still");
    let json = serde_json::to_string(&after).expect("json");
    assert!(!json.contains(CANARY) && !json.contains("13800000077"), "{json}");
    let erased = after.matter.keeping.erased.expect("said so");
    let number = town.app.view(&town.staff("data-office"), request).await.expect("read").number;
    let kept = erased.request.expect("how long the request itself is kept");
    assert!(kept.after_end.is_some() && kept.identity_after_end.is_some());
    let hers = town.raiser(request);
    let letters = town.app.view(&hers, request).await.expect("hers").letters;
    let letter = letters.iter().find(|l| l.id == "erased").expect("issued").seq;
    let text = town.app.letter(&hers, request, letter).await.expect("hers").text;
    assert!(text.contains("这份请求本身") && text.contains("在办结以后保存"), "{text}");
    assert!(text.contains("\n您好：\n"), "she gave no name: {text}");
    assert_eq!((erased.words.zh.as_str(), erased.number), ("事情已经办结，不再需要", Some(number)));
    assert!(after.matter.entries[0].gone.len() >= 3 && after.letters.iter().all(|l| !l.text.contains(CANARY)));
    assert!(town.app.search(staff(&operator), "金丝雀巷", 10).await.expect("searched").is_empty());
    let seen = town.app.view(&operator, of.id).await.expect("read");
    assert!(seen.title.is_none() && seen.actions.is_empty());
    let field = "name".to_owned();
    assert!(town.app.open_sealed(&operator, of.id, 1, &field, "核对").await.is_err());
    let said = [("note", "再补一句。".into())];
    for action in ["add", "withdraw"] {
        assert!(town.acts("2026-03-04T09:00", &own, of.id, action, &said).await.is_err(), "{action}");
    }
    let receipt = town.app.own_receipt(&own, of.id).await.expect("the receipt is there");
    assert!(town.app.check_receipt(&receipt.file).await.is_ok(), "and still proves");
    assert_eq!(town.app.asked(&own, of.id).await.expect("read").len(), 1);
    sound(&town, of.id).await;
    town.app.rebuild_cell(of.id.cell, &mut |_| {}).await.expect("rebuilt");
    sound(&town, of.id).await;
}

#[tokio::test]
async fn the_ledger_alone_explains_missing_keys() {
    let town = Town::new(START).await;
    let of = ended(&town).await;
    let row = ErasureRow { at: town.app.now(), ground: "purpose".into(), order: None, identity: false };
    town.store.erase(of.id, row).await.expect("erased");
    sound(&town, of.id).await;
}

#[tokio::test]
async fn only_she_can_say_which_matter_it_is_about() {
    let town = Town::new(START).await;
    let (of, other) = (ended(&town).await, ended(&town).await);
    for viewer in [Viewer::Public, Viewer::Code(of.id, Shown::Short), town.raiser(other.id)] {
        assert!(matches!(rule(asks(&town, &viewer, &of, "erase").await), Rule::Fields(f) if f[0].code == "not_shown"));
    }
    asks(&town, &town.raiser(of.id), &of, "erase").await.expect("she may");
    asks(&town, &town.staff("data-office"), &of, "erase").await.expect("a counter may, it saw her papers");
    assert!(asks(&town, &town.staff("street-staff"), &of, "erase").await.is_err(), "another body may not");
}

#[tokio::test]
async fn what_still_runs_is_not_erased() {
    let town = Town::new(START).await;
    let of = open(&town).await;
    let request = asks(&town, &town.raiser(of.id), &of, "erase").await.expect("asked").id;
    let office = town.staff("data-office");
    town.acts("2026-03-03T09:00", &office, request, "accept", &[("identity", "code".into())]).await.expect("accepted");
    let view = town.app.view(&office, request).await.expect("read");
    assert_eq!(view.about.expect("named").standing, "open");
    assert!(view.actions.iter().all(|a| a.name != "erase") && view.actions.iter().any(|a| a.name == "refuse"));
    let why = [("ground", "purpose".into()), ("answer", "删。".into())];
    let refused = rule(town.acts("2026-03-03T10:00", &office, request, "erase", &why).await);
    assert!(matches!(refused, Rule::Guard { .. }));
}

#[tokio::test]
async fn restricted_nobody_who_handled_it_reads_it() {
    let town = Town::new(START).await;
    let of = ended(&town).await;
    let (operator, office) = (town.staff("operator"), town.staff("data-office"));
    let request = asks(&town, &town.raiser(of.id), &of, "erase").await.expect("asked").id;
    town.acts("2026-03-03T09:00", &office, request, "accept", &[("identity", "code".into())]).await.expect("accepted");
    assert!(town.app.view(&operator, of.id).await.expect("read").title.is_some());
    let why = [("kept_because", "retention".into()), ("answer", "还要保存两年。".into())];
    town.acts("2026-03-03T10:00", &office, request, "restrict", &why).await.expect("restricted");
    follow(&town, of.id).await;
    let json = serde_json::to_string(&town.app.view(&operator, of.id).await.expect("read")).expect("json");
    assert!(!json.contains(CANARY));
    assert!(town.app.search(staff(&operator), "金丝雀巷", 10).await.expect("searched").is_empty());
    let own = serde_json::to_string(&town.app.view(&town.raiser(of.id), of.id).await.expect("hers")).expect("json");
    assert!(own.contains(CANARY), "she still reads her own");
    let answer = town.app.view(&town.raiser(request), request).await.expect("hers");
    assert!(answer.entries.iter().any(|e| e.remedy.as_ref().is_some_and(|r| r.zh.contains("人民法院"))));
    sound(&town, of.id).await;
}

#[tokio::test]
async fn a_correction_stands_beside_the_record() {
    let town = Town::new(START).await;
    let of = open(&town).await;
    let office = town.staff("data-office");
    let request = asks(&town, &town.raiser(of.id), &of, "correct").await.expect("asked").id;
    town.acts("2026-03-03T09:00", &office, request, "accept", &[("identity", "code".into())]).await.expect("accepted");
    let how = [("correction", "门牌是九号。".into()), ("answer", "已更正。".into())];
    town.acts("2026-03-03T10:00", &office, request, "correct", &how).await.expect("corrected");
    follow(&town, of.id).await;
    for viewer in [town.raiser(of.id), town.staff("operator")] {
        let view = town.app.view(&viewer, of.id).await.expect("read");
        let notes = view.entries.iter().filter(|e| e.fields.iter().any(|f| f.value.zh == "门牌是九号。")).count();
        assert_eq!(notes, 1, "said once, in words that may be read");
    }
    sound(&town, of.id).await;
}

#[tokio::test]
async fn what_is_kept_for_a_time_is_erased_by_the_clock() {
    let town = Town::new(START).await;
    let of = ended(&town).await;
    let request = asks(&town, &town.raiser(of.id), &of, "explain").await.expect("asked");
    let own = town.raiser(request.id);
    assert!(town.app.view(&own, request.id).await.expect("hers").keeping.after_end.is_some());
    town.acts("2026-03-02T12:00", &own, request.id, "withdraw", &[]).await.expect("given up");
    let until = town.app.view(&own, request.id).await.expect("hers").keeping.until.expect("a day");
    assert_eq!(until.date().to_string(), "2027-03-02");
    town.clock.set(town::at("2027-03-02T12:00"));
    follow(&town, request.id).await;
    assert!(town.store.matter_key(request.id).await.expect("read").is_some(), "not on the last day");
    town.clock.set(town::at("2027-03-03T00:01"));
    let asking = asks(&town, &own, &request, "access").await.expect("asked in time").id;
    follow(&town, request.id).await;
    assert!(town.store.matter_key(request.id).await.expect("read").is_some(), "not while she waits for it");
    town.acts("2027-03-03T00:02", &town.raiser(asking), asking, "withdraw", &[]).await.expect("given up");
    follow(&town, request.id).await;
    assert_eq!(town.store.matter_key(request.id).await.expect("read"), None);
    let view = town.app.view(&own, request.id).await.expect("hers");
    assert!(view.keeping.erased.is_some_and(|e| e.by_time && e.number.is_none()));
    sound(&town, request.id).await;
}

const PHONE: &str = "13800000077";

#[tokio::test]
async fn who_the_people_are_goes_before_the_rest() {
    let town = Town::new(START).await;
    let of = ended(&town).await;
    let (own, operator) = (town.raiser(of.id), town.staff("operator"));
    let keeping = town.app.view(&own, of.id).await.expect("hers").keeping;
    let days = [keeping.identity_until, keeping.until].map(|at| at.expect("a day").date().to_string());
    assert_eq!(days, ["2027-03-02", "2029-03-01"]);
    let copy = async || serde_json::to_string(&town.app.own_copy(&own, of.id).await.expect("a copy")).expect("json");
    let key = async || town.store.matter_key(of.id).await.expect("read");
    assert!(copy().await.contains(PHONE), "the control");

    town.clock.set(town::at("2027-03-02T12:00"));
    follow(&town, of.id).await;
    assert!(key().await.is_some_and(|k| k.identity.is_some()), "not on the last day");
    town.clock.set(town::at("2027-03-03T00:01"));
    follow(&town, of.id).await;
    assert!(key().await.is_some_and(|k| k.identity.is_none()));
    let sealed = |v: &store::VaultRow| v.class == kernel::ids::Class::Sealed;
    assert!(!town.store.vault(of.id).await.expect("read").iter().any(sealed));
    assert!(town.store.erasure(of.id).await.expect("read").is_some_and(|row| row.identity));
    let json = copy().await;
    assert!(!json.contains(PHONE) && json.contains(CANARY), "what happened is still there: {json}");
    let view = town.app.view(&own, of.id).await.expect("hers");
    assert!(view.keeping.erased.is_none() && view.keeping.identity_erased.is_some_and(|e| e.by_time));
    assert_eq!(view.entries[0].gone.len(), 2, "name and phone");
    assert_eq!(town.app.search(staff(&operator), "金丝雀巷", 10).await.expect("searched").len(), 1);
    let field = "phone".to_owned();
    assert!(town.app.open_sealed(&operator, of.id, 1, &field, "核对").await.is_err());
    let receipt = town.app.own_receipt(&own, of.id).await.expect("the receipt is there");
    assert!(town.app.check_receipt(&receipt.file).await.is_ok(), "and still proves");
    sound(&town, of.id).await;
    town.app.rebuild_cell(of.id.cell, &mut |_| {}).await.expect("rebuilt");
    sound(&town, of.id).await;

    town.clock.set(town::at("2029-03-02T00:01"));
    follow(&town, of.id).await;
    assert_eq!(key().await, None);
    assert!(!copy().await.contains(CANARY));
    assert!(town.store.erasure(of.id).await.expect("read").is_some_and(|row| !row.identity));
    sound(&town, of.id).await;
}

#[tokio::test]
async fn an_older_backup_does_not_bring_names_back() {
    let town = Town::new(START).await;
    let ledger = Arc::new(InMemory::default());
    town.app.keep_ledger(ledger.clone());
    let of = ended(&town).await;
    town.clock.set(town::at("2027-03-03T00:01"));
    follow(&town, of.id).await;
    assert_eq!(ledger.all().expect("read").len(), 1);
    assert_eq!(town.app.replay_erasures().await.expect("replayed"), 0);

    let backup = Town::packed_with(pack::packs::PackSet::embedded(), Arc::new(MemoryStore::new()), START).await;
    let again = open(&backup).await;
    let row = ledger.all().expect("read").remove(0).1;
    assert!(row.identity);
    backup.app.keep_ledger(Arc::new(InMemory(Mutex::new(vec![(again.id, row)]))));
    assert_eq!(backup.app.replay_erasures().await.expect("replayed"), 1);
    assert_eq!(backup.app.replay_erasures().await.expect("replayed"), 0, "safe to repeat");
    let view = backup.app.view(&backup.raiser(again.id), again.id).await.expect("hers");
    let json = serde_json::to_string(&view).expect("json");
    assert!(view.keeping.identity_erased.is_some() && view.ended.is_some() && !json.contains(PHONE));
    sound(&backup, again.id).await;
}

#[derive(Default)]
struct InMemory(Mutex<Vec<(MatterId, ErasureRow)>>);

impl Ledger for InMemory {
    fn add(&self, matter: MatterId, row: &ErasureRow) -> std::io::Result<()> {
        self.0.lock().expect("whole").push((matter, row.clone()));
        Ok(())
    }
    fn all(&self) -> std::io::Result<Vec<(MatterId, ErasureRow)>> {
        Ok(self.0.lock().expect("whole").clone())
    }
}

#[tokio::test]
async fn an_older_backup_is_brought_up_to_the_ledger() {
    let town = Town::new(START).await;
    let ledger = Arc::new(InMemory::default());
    town.app.keep_ledger(ledger.clone());
    let of = ended(&town).await;
    decided(&town, &of).await;
    follow(&town, of.id).await;
    assert_eq!(ledger.all().expect("read").len(), 1);
    assert_eq!(town.app.replay_erasures().await.expect("replayed"), 0, "nothing is left to erase");

    // Another store in which the same matter is still whole, and even running: the backup of the day before.
    let backup = Town::packed_with(pack::packs::PackSet::embedded(), Arc::new(MemoryStore::new()), START).await;
    let again = open(&backup).await;
    let row = ledger.all().expect("read").remove(0).1;
    let lost = MatterId { serial: again.id.serial + 1, ..again.id };
    let kept = Arc::new(InMemory(Mutex::new(vec![(again.id, row.clone()), (lost, row)])));
    backup.app.keep_ledger(kept);
    assert_eq!(backup.app.replay_erasures().await.expect("replayed"), 1);
    assert_eq!(backup.app.replay_erasures().await.expect("replayed"), 0, "safe to repeat");
    assert_eq!(backup.store.matter_key(again.id).await.expect("read"), None);
    let view = backup.app.view(&backup.raiser(again.id), again.id).await.expect("hers");
    assert!(view.keeping.erased.is_some() && view.ended.is_some());
    assert!(!serde_json::to_string(&view).expect("json").contains(CANARY));
    sound(&backup, again.id).await;
}
