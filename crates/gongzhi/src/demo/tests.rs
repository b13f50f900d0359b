//! The demo fills whatever day it is, and nobody finds an empty desk. Filled in memory, so that many days are quick.

use super::*;
use app::catalogue::{Catalogue, Packs, Worked};
use app::installation::{Parts, Settings};
use app::keys::MasterKey;
use app::lists::{Lane, Listing};
use app::offer::FromPacks;
use kernel::calendar::Calendar;
use kernel::mechanism::Mechanism;
use kernel::region::RegionCode;
use kernel::text::Text;
use kernel::time::Timestamp;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use store::memory::MemoryStore;

/// Weekends and National Day 2026, then New Year 2027 across the change of the year; at all hours.
const DAYS: [&str; 18] = [
    "2026-09-26T09:30",
    "2026-09-27T15:10",
    "2026-09-28T00:04",
    "2026-09-29T23:58",
    "2026-09-30T17:45",
    "2026-10-01T08:00",
    "2026-10-02T12:00",
    "2026-10-03T06:30",
    "2026-10-04T21:00",
    "2026-10-05T10:10",
    "2026-10-06T13:30",
    "2026-10-07T18:20",
    "2026-10-08T08:31",
    "2026-10-09T16:00",
    "2026-12-31T23:30",
    "2027-01-01T00:30",
    "2027-01-02T11:00",
    "2027-01-04T09:00",
];

/// The packs of the binary without promises: proving when an answer comes is slow, and tested where it is done.
#[derive(Clone)]
pub(crate) struct WithoutPromises(Arc<FromPacks>);

impl Packs for WithoutPromises {
    fn ids(&self) -> Vec<String> {
        self.0.ids()
    }
    fn effective(&self, id: &str, region: &RegionCode) -> Option<Arc<Mechanism>> {
        self.0.effective(id, region)
    }
    fn promise(&self, _: &Mechanism, _: &Calendar, _: Timestamp) -> Option<(Timestamp, Timestamp, bool)> {
        None
    }
    fn explained(&self, _: &Mechanism, _: &Calendar, _: Timestamp) -> Option<Worked> {
        None
    }
    fn findings(&self, id: &str, region: Option<&RegionCode>) -> Vec<Text> {
        self.0.findings(id, region)
    }
    fn regions(&self, id: &str) -> Vec<RegionCode> {
        self.0.regions(id)
    }
    fn base(&self, id: &str) -> Option<Arc<Mechanism>> {
        self.0.base(id)
    }
}

pub(crate) static PACKS: LazyLock<WithoutPromises> =
    LazyLock::new(|| WithoutPromises(Arc::new(FromPacks::new(crate::open::packs(&[]).unwrap()))));

struct Filled {
    app: App,
    states: BTreeSet<(String, String)>,
}

async fn app_at(store: &Arc<MemoryStore>, master: &str, clock: Arc<dyn app::clock::Clock>) -> App {
    heard::listen();
    let settings = Settings {
        name: "汀云共治".into(),
        name_en: "Tingyun".into(),
        origin: "demo.gongzhi.example/tingyun".into(),
        territory: "990101".parse().unwrap(),
        alias: "YX".into(),
        phone: None,
        demo: true,
        address: "http://127.0.0.1:8088".into(),
    };
    let parts = Parts {
        store: store.clone(),
        catalogue: Catalogue::new(Box::new(PACKS.clone())),
        calendar: pack::calendar::embedded().clone(),
        regions: crate::open::regions(true, None).unwrap(),
        clock,
        random: Arc::new(|| Box::new(OsRandom)),
        master: MasterKey::from_text(master).unwrap(),
        settings,
    };
    App::new(parts).await.unwrap()
}

async fn filled(now: &str) -> Filled {
    let now: Timestamp = now.parse().unwrap();
    let store = Arc::new(MemoryStore::new());
    let master = MasterKey::generate(&mut OsRandom);
    let clock = SetClock::at(now.plus_days(-PAST));
    let app = app_at(&store, &master, Arc::new(SetClock::at(now))).await;
    let past = app_at(&store, &master, Arc::new(clock.clone())).await;
    fill_from(&app, &past, &clock).await.unwrap_or_else(|e| panic!("{now}: {e:#}"));
    let found = app.verify_cell(cell(&app), &mut |_| {}).await.unwrap();
    assert_eq!(found.damage, [], "{now}");
    let mut states = BTreeSet::new();
    for loaded in app.store().scan(cell(&app), None, 500).await.unwrap() {
        states.insert((loaded.matter.mechanism.clone(), loaded.matter.state.clone()));
    }
    Filled { app, states }
}

/// Every state of every mechanism that is offered.
fn all_states(app: &App) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for id in app.catalogue().ids() {
        let Some(effective) = app.catalogue().effective(&id, &app.settings().territory) else { continue };
        all.extend(effective.mechanism.state.keys().map(|state| (id.clone(), state.clone())));
    }
    all
}

fn staff(app: &App, login: &str) -> app::viewer::Staff {
    let directory = app.directory();
    let person = directory.login(login).unwrap();
    let post = |p: &store::PostRow| kernel::decide::Post { body: p.body, role: p.role.clone() };
    app::viewer::Staff {
        person: person.id,
        login: person.login.clone(),
        name: person.name.clone(),
        posts: directory.posts_of(person.id).map(post).collect(),
        scopes: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_day_every_state_has_a_matter() {
    let started: Vec<_> = DAYS.iter().map(|day| (day, tokio::spawn(filled(day)))).collect();
    for (day, task) in started {
        let filled = task.await.unwrap();
        let missing: Vec<_> = all_states(&filled.app).difference(&filled.states).cloned().collect();
        assert_eq!(missing, [], "{day}: no matter in these states");
    }
}

#[tokio::test]
async fn whoever_signs_in_finds_work_and_examples_open() {
    let Filled { app, .. } = filled("2026-11-18T10:30").await;
    for (user, ..) in greet::sign_ins() {
        assert!(app.directory().login(user).is_some(), "{user} is not in the directory");
    }
    for (user, lane) in [
        ("operator", Lane::Mine),
        ("callback", Lane::Mine),
        ("coordination", Lane::Mine),
        ("coordination", Lane::Escalated),
        ("street-head", Lane::Mine),
        ("street-head", Lane::Decide),
        ("housing-head", Lane::Decide),
        ("department", Lane::Mine),
        ("petition-office", Lane::Mine),
        ("joint-meeting", Lane::Mine),
        ("discipline", Lane::Mine),
        ("district", Lane::Mine),
        ("district", Lane::Escalated),
        ("city-office", Lane::Mine),
        ("social-worker", Lane::Mine),
    ] {
        let listing = Listing { lane, limit: 5, ..Listing::default() };
        let found = app.list(&staff(&app, user), &listing).await.unwrap();
        assert!(!found.is_empty(), "{user} finds nothing in {lane:?}");
    }
    assert!(!app.overdue_list(cell(&app), None, 10).await.unwrap().is_empty(), "nothing is on the overdue list");
    let examples = app.examples().await.unwrap();
    assert!(examples.len() >= 2);
    for e in examples {
        app.show_code(&e.number, &e.query_code, None, 1).await.unwrap();
        app.show_code(&e.number, &e.long_code, None, 1).await.unwrap();
    }
}
