//! Stories of what comes late, for the tests over every store.

use crate::town::{Town, at, form};
use app::act::Acting;
use app::error::AppError;
use app::viewer::Viewer;
use kernel::ids::MatterId;
use kernel::refusal::Rule;
use std::sync::Arc;
use store::Store;

const YEAR: &str = r#"
region = "cn"
[[notice]]
year = 2027
title = "关于2027年放假的试验通知"
rest = [
  { from = 2026-12-31, to = 2027-01-03, name = "元旦" },
  { from = 2027-02-05, to = 2027-02-12, name = "春节" },
]
work = [{ from = 2027-01-09, to = 2027-01-09, name = "元旦" }]
"#;

pub fn year() -> kernel::calendar::Calendar {
    pack::calendar::layered([YEAR]).expect("a notice")
}

/// Three matters of the end of 2026: one whose date lies in the next year, one that ended, one in the year that is known.
pub async fn at_the_end_of_2026(store: Arc<dyn Store>) -> (Town, MatterId) {
    let town = Town::over(store, "2026-12-28T09:00").await;
    let fields = [("what", "东门外的消防通道停满车。".into()), ("phone", "13800000001".into())];
    let raise = || town.raises("rapid-response", &fields);
    let (id, gone) = (raise().await.expect("raised").id, raise().await.expect("raised").id);
    let operator = town.staff("operator");
    let fields = [("unit", town.body("柳巷街道")), ("urgency", "ordinary".into()), ("kind", "complaint".into())];
    town.acts("2026-12-28T09:05", &operator, id, "dispatch", &fields).await.expect("dispatched");
    town.acts("2026-12-28T10:00", &town.staff("street-staff"), id, "sign", &[]).await.expect("signed");
    town.acts("2026-12-28T10:00", &town.raiser(gone), gone, "withdraw", &[]).await.expect("withdrawn");
    while town.app.recompute_next(id.cell).await.expect("a page").is_some() {}
    (town, id)
}

pub async fn due(town: &Town, id: MatterId, clock: &str) -> (String, bool) {
    let view = town.app.view(&town.raiser(id), id).await.expect("her own");
    let clock = view.clocks.iter().find(|c| c.id == clock).unwrap_or_else(|| panic!("{clock} runs"));
    (clock.due.date().to_string(), clock.provisional)
}

pub async fn a_notice_reaches_running_matters(store: Arc<dyn Store>) {
    let (town, id) = at_the_end_of_2026(store).await;
    assert_eq!(due(&town, id, "reply").await, ("2027-01-05".into(), true));
    let before = town.store.load(id).await.expect("read").expect("there").matter.seq;
    town.clock.set(at("2026-12-29T09:00"));
    assert!(town.app.take_calendar(year()), "another edition");
    assert!(!town.app.take_calendar(year()), "the same");
    let round = town.app.follow(id.cell).await.expect("a round");
    assert_eq!(round.recomputed, 1, "only the one that runs and rests on it");
    assert_eq!(due(&town, id, "reply").await, ("2027-01-06".into(), false));
    let after = town.store.load(id).await.expect("read").expect("there").matter.seq;
    assert_eq!(after, before + 1);
    // Again, by the follower after a restart and by the command: nothing.
    while town.app.recompute_next(id.cell).await.expect("a page").is_some() {}
    let again = town.app.recompute_cell(id.cell, &mut |_| {}).await.expect("done");
    assert_eq!((again.seen, again.changed), (2, 0));
    let view = town.app.view(&town.raiser(id), id).await.expect("her own");
    let entry = view.entries.last().expect("the thread");
    assert!(entry.said.zh.contains("2027年放假的试验通知") && entry.said.zh.contains("重新算过"), "{}", entry.said.zh);
    let change = entry.dates.iter().find(|d| d.to.date().to_string() == "2027-01-06").expect("the new date");
    assert_eq!(change.from.expect("the old one").date().to_string(), "2027-01-05");
    let sound = town.app.verify_cell(id.cell, &mut |_| {}).await.expect("verified");
    assert_eq!(sound.damage, []);
    let derived = town.store.derived(id).await.expect("derived");
    town.app.rebuild_cell(id.cell, &mut |_| {}).await.expect("rebuilt");
    assert_eq!(derived, town.store.derived(id).await.expect("derived"));
}

// ── posted in time ────────────────────────────────────────────────────────────────────────────────────────────────

/// A petition whose opinion was delivered on 15 April; its window for review ends on 15 May.
pub async fn delivered(town: &Town) -> MatterId {
    let id = issued(town).await;
    let street = town.staff("street-staff");
    let delivered =
        [("delivered_by", "direct".into()), ("delivered_on", "2026-04-15".into()), ("received_by", "本人".into())];
    town.acts("2026-04-15T09:00", &street, id, "deliver", &delivered).await.expect("delivered");
    id
}

/// A petition whose opinion of 13 April waits to be served.
pub async fn issued(town: &Town) -> MatterId {
    let fields = [
        ("kind", "appeal".into()),
        ("request", "请修院墙。".into()),
        ("facts", "施工挖断了地基。".into()),
        ("name", "某女士".into()),
        ("address", "柳巷一号".into()),
        ("phone", "13800000002".into()),
    ];
    let id = town.raises("petition", &fields).await.expect("raised").id;
    let (office, street, head) = (town.staff("petition-office"), town.staff("street-staff"), town.staff("street-head"));
    let unit = [("unit", town.body("柳巷街道")), ("manner", "transfer".into())];
    town.acts("2026-03-04T10:00", &office, id, "transfer", &unit).await.expect("transferred");
    town.acts("2026-03-09T10:00", &street, id, "accept", &[]).await.expect("accepted");
    let words = ["opinion_request", "findings", "opinion", "basis"].map(|f| (f, "写明。".into()));
    let opinion: Vec<_> = words.into_iter().chain([("outcome", "not_supported".into())]).collect();
    town.acts("2026-04-10T09:00", &street, id, "opinion", &opinion).await.expect("proposed");
    town.acts("2026-04-13T09:00", &head, id, "approve:opinion", &[]).await.expect("approved");
    id
}

pub async fn asks_review(town: &Town, who: &Viewer, id: MatterId, posted: &str) -> Result<app::act::Acted, AppError> {
    let acting = Acting {
        action: "ask_review".into(),
        fields: form(&[("reason", "照片不是我家的墙。".into())]),
        occurred: Some(at(posted)),
        idempotency_key: None,
        seen: None,
        part: None,
    };
    town.app.act(who, id, &acting).await
}

pub fn refused(result: Result<app::act::Acted, AppError>) -> Rule {
    match result {
        Err(AppError::Refused(refusal, _)) => refusal.rule,
        other => panic!("not refused: {other:?}"),
    }
}

pub async fn a_letter_posted_in_time_counts(store: Arc<dyn Store>) {
    let town = Town::over(store, "2026-03-02T09:00").await;
    let id = delivered(&town).await;
    town.clock.set(at("2026-05-16T00:01"));
    town.app.follow(id.cell).await.expect("silence");
    let heard = |view: &app::view::MatterView| view.heard.clone();
    let view = town.app.view(&town.raiser(id), id).await.expect("her own");
    assert_eq!(heard(&view).as_deref(), Some("not_heard"));
    town.clock.set(at("2026-05-18T10:00"));
    let herself = asks_review(&town, &town.raiser(id), id, "2026-05-15T16:00").await;
    assert!(matches!(refused(herself), Rule::Time { .. }));
    let office = town.staff("petition-office");
    let late = asks_review(&town, &office, id, "2026-05-16T08:00").await;
    assert!(matches!(refused(late), Rule::State { .. }));
    let acted = asks_review(&town, &office, id, "2026-05-15T16:00").await.expect("in time");
    assert_eq!((acted.state.as_str(), acted.entries), ("reviewing", 1));
    let view = town.app.view(&town.raiser(id), id).await.expect("her own");
    assert_eq!(heard(&view), None);
    assert!(view.clocks.iter().any(|c| c.id == "review") && view.clocks.iter().all(|c| c.id != "close"));
    assert!(view.entries.iter().any(|e| e.said.zh.contains("在期限内寄出")));
    assert!(view.entries.iter().any(|e| e.said.zh.contains("这一条不算")));
    let sound = town.app.verify_cell(id.cell, &mut |_| {}).await.expect("verified");
    assert_eq!(sound.damage, []);
    let query = || store::CounterQuery::everything(id.cell);
    let counters = town.store.counters(query()).await.expect("counters");
    let sum = |series: &str| counters.iter().filter(|c| c.key.series == series).map(|c| c.n).sum::<i64>();
    let taken = ["petition/did/lapsed", "petition/fact/heard/not_heard", "petition/due/close"].map(sum);
    assert_eq!(taken, [0, 0, 0], "silence counts for nothing");
    assert_eq!(sum("petition/did/ask_review"), 1);
    assert!(counters.iter().any(|c| c.key.series == "petition/did/lapsed" && c.n == -1), "published days stay");
    let row = (town.store.find_matter(id).await.expect("row"), town.store.derived(id).await.expect("derived"));
    town.app.rebuild_cell(id.cell, &mut |_| {}).await.expect("rebuilt");
    let again = (town.store.find_matter(id).await.expect("row"), town.store.derived(id).await.expect("derived"));
    assert_eq!(row, again);
    assert_eq!(counters, town.store.counters(query()).await.expect("counters"));
}
