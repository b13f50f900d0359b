//! What repeats raises a theme by itself, and the system counts before and after: from counters that each matter moves once,
//! that a rebuild gives again and verifying compares.

mod town;

use app::error::AppError;
use app::lists::Listing;
use app::measures::{Side, Span};
use app::raise::Raising;
use app::viewer::Viewer;
use kernel::ids::{BodyId, MatterId};
use kernel::refusal::Rule;
use serde_json::{Value, json};
use store::{CounterDelta, CounterKey, CounterQuery, MarkQuery};
use town::{Town, at, form};

const HERE: &str = "990101001001";
const BESIDE: &str = "990101001002";

async fn order(town: &Town, region: &str, subject: &str) -> MatterId {
    let raising = Raising {
        mechanism: "rapid-response".into(),
        region: region.parse().expect("a region"),
        fields: form(&[("what", json!("楼道里又有人拉线充电")), ("subject", json!(subject))]),
        occurred: None,
        idempotency_key: None,
    };
    town.app.raise(&Viewer::Public, raising).await.expect("raised").id
}

/// A night passes; the themes that the system proposed because of repeats.
async fn night(town: &Town, id: MatterId, time: &str) -> Vec<MatterId> {
    town.clock.set(at(time));
    town.app.follow(id.cell).await.expect("a round");
    themes(town).await
}

async fn themes(town: &Town) -> Vec<MatterId> {
    let Viewer::Staff(staff) = town.staff("coordination") else { panic!("nobody signed in") };
    let mut all = Vec::new();
    for lane in [store::Lane::Mine, store::Lane::Ended] {
        let listing = Listing { lane, mechanism: Some("theme".into()), limit: 20, ..Listing::default() };
        for item in town.app.list(&staff, &listing).await.expect("a list") {
            let id = town.app.by_number(&item.number).await.expect("there");
            let kin = town.app.kin(&town.staff("coordination"), id).await.expect("theirs");
            all.extend(kin.repeated.map(|_| id));
        }
    }
    all
}

async fn counter(town: &Town, id: MatterId, subject: &str) -> i64 {
    let query = CounterQuery {
        series: vec![format!("rapid-response/category/{subject}")],
        shielded: true,
        ..CounterQuery::everything(id.cell)
    };
    town.store.counters(query).await.expect("counted").iter().map(|r| r.n).sum()
}

async fn sound(town: &Town, id: MatterId) {
    let found = town.app.verify_cell(id.cell, &mut |_| {}).await.expect("verified");
    assert!(found.damage.is_empty(), "{:?}", found.damage);
    let marks = async || {
        let key = format!("theme/charging/{HERE}");
        let query = MarkQuery { cell: id.cell, kind: "repeated".into(), key, before: None, after: None, limit: 9 };
        town.store.marks(query).await.expect("read")
    };
    let counters = async || town.store.counters(CounterQuery::everything(id.cell)).await.expect("read");
    let before = (marks().await, counters().await);
    town.app.rebuild_cell(id.cell, &mut |_| {}).await.expect("rebuilt");
    assert_eq!((marks().await, counters().await), before, "a rebuild gives the same marks and counters");
}

#[tokio::test]
async fn what_repeats_is_proposed_once_for_its_category_and_place() {
    let town = Town::new("2026-03-02T09:00").await;
    let mut first = None;
    for _ in 0..5 {
        first = Some(order(&town, HERE, "charging").await);
    }
    let id = first.expect("raised");
    order(&town, BESIDE, "charging").await;
    let other = order(&town, HERE, "parking").await;
    assert!(night(&town, id, "2026-03-03T00:05").await.is_empty(), "five here and one beside are no six");
    // Said otherwise when it is dispatched, it moves; said again, it does not count twice.
    let (operator, unit) = (town.staff("operator"), town.body("柳巷街道"));
    for (n, subject) in [(other, "charging"), (id, "charging")] {
        let form = [
            ("unit", unit.clone()),
            ("urgency", json!("ordinary")),
            ("kind", json!("report")),
            ("subject", json!(subject)),
        ];
        town.acts("2026-03-03T09:10", &operator, n, "dispatch", &form).await.expect("dispatched");
    }
    assert_eq!((counter(&town, id, "charging").await, counter(&town, id, "parking").await), (7, 0));
    assert!(night(&town, id, "2026-03-03T23:05").await.is_empty(), "it is looked at once a day");
    let found = night(&town, id, "2026-03-04T00:05").await;
    let [theme] = found[..] else { panic!("one theme and not {}", found.len()) };
    let coordination = town.staff("coordination");
    let view = town.app.view(&coordination, theme).await.expect("theirs");
    let said = |field: &str| view.facts.iter().find(|f| f.field == field).map(|f| f.value.zh.clone());
    assert_eq!((view.state.as_str(), view.region.as_str()), ("proposed", HERE));
    assert_eq!(said("repeats").as_deref(), Some("6"));
    assert_eq!(view.title.as_deref(), Some("电动自行车充电、停放"));
    let repeated = town.app.kin(&coordination, theme).await.expect("theirs").repeated.expect("what repeated");
    assert_eq!((repeated.n, repeated.from.to_string()), (6, "2025-12-04".to_owned()));
    // The way to the matters that were counted, for whoever may read them.
    let Viewer::Staff(staff) = &operator else { panic!("nobody signed in") };
    let span = Span { region: repeated.region, from: repeated.from, to: repeated.to, by_region: false };
    let figure = repeated.figures[0].0.as_str();
    let behind = town.app.counted(staff, &span, (figure, Side::Above), None).await.expect("a list");
    assert_eq!(behind.items.len(), 6, "{figure}");
    let unknown = town.app.counted(staff, &span, ("rapid-response.category.none", Side::Above), None).await;
    assert!(matches!(unknown, Err(AppError::NotFound)));
    // While it is open, and for as long again after its end, it is not raised anew.
    assert_eq!(night(&town, id, "2026-03-05T00:05").await.len(), 1);
    let no = [("reason", json!("先看看新装的充电桩。"))];
    town.acts("2026-03-05T09:00", &coordination, theme, "reject", &no).await.expect("rejected");
    assert_eq!(night(&town, id, "2026-03-06T00:05").await.len(), 1, "it has only just ended");
    town.clock.set(at("2026-06-02T09:00"));
    for _ in 0..6 {
        order(&town, HERE, "charging").await;
    }
    assert_eq!(night(&town, id, "2026-06-03T00:05").await.len(), 1, "the last day of those that it ended on counts");
    assert_eq!(night(&town, id, "2026-06-04T00:05").await.len(), 2, "now nothing counts for both");
    sound(&town, id).await;
}

#[tokio::test]
async fn one_that_somebody_proposed_for_a_wider_place_counts() {
    let town = Town::new("2026-03-02T09:00").await;
    let raising = Raising {
        mechanism: "theme".into(),
        region: "990101".parse().expect("a region"),
        fields: form(&[
            ("why", json!("season")),
            ("repeats", json!(8)),
            ("topic", json!("充电")),
            ("category", json!("charging")),
        ]),
        occurred: None,
        idempotency_key: None,
    };
    town.app.raise(&town.staff("coordination"), raising).await.expect("raised");
    let mut id = None;
    for _ in 0..9 {
        id = Some(order(&town, HERE, "charging").await);
    }
    assert_eq!(night(&town, id.expect("raised"), "2026-03-03T00:05").await, []);
}

#[tokio::test]
async fn a_counter_that_is_not_its_recount_is_found() {
    let town = Town::new("2026-03-02T09:00").await;
    let id = order(&town, HERE, "charging").await;
    sound(&town, id).await;
    let key = CounterKey {
        cell: id.cell,
        book: 0,
        series: "rapid-response/category/charging".into(),
        day: "2026-03-02".parse().expect("a day"),
        body: BodyId(0),
        region: HERE.parse().expect("a region"),
        class: String::new(),
        bucket: 0,
    };
    let slot = u8::try_from(id.serial.rem_euclid(8)).expect("a slot");
    town.store.put_derived(id.cell, Vec::new(), vec![CounterDelta { key, slot, by: 5 }]).await.expect("planted");
    let found = town.app.verify_cell(id.cell, &mut |_| {}).await.expect("verified");
    assert!(found.damage.iter().any(|d| d.what.contains("category/charging")), "{:?}", found.damage);
}

#[tokio::test]
async fn before_and_after_are_counted_and_nobody_types_them() {
    let town = Town::new("2026-01-12T09:00").await;
    let mut id = order(&town, HERE, "charging").await;
    town.clock.set(at("2026-02-20T09:00"));
    for _ in 0..6 {
        id = order(&town, HERE, "charging").await;
    }
    let theme = night(&town, id, "2026-02-21T00:05").await[0];
    let (office, head, housing) = (town.staff("coordination"), town.staff("coordination-head"), town.staff("housing"));
    let system = |more: &[(&'static str, Value)]| {
        let mut form = vec![("counted_from", json!("system"))];
        form.extend(more.iter().cloned());
        form
    };
    let refused = |outcome: Result<_, AppError>| match outcome {
        Err(AppError::Refused(refusal, _)) => refusal.rule.code(),
        Err(e) => panic!("{e}"),
        Ok(app::act::Acted { .. }) => "done",
    };
    let typed = town.acts("2026-02-21T09:00", &office, theme, "recount", &system(&[("recount", json!(99))])).await;
    assert_eq!(refused(typed), "count_typed");
    // Today is not over: what comes now is not counted.
    order(&town, HERE, "charging").await;
    town.acts("2026-02-21T09:10", &office, theme, "recount", &system(&[])).await.expect("counted");
    let said = async |field: &str| {
        let view = town.app.view(&office, theme).await.expect("theirs");
        view.facts.iter().find(|f| f.field == field).map(|f| f.value.zh.clone()).unwrap_or_default()
    };
    assert_eq!(said("recount").await, "7（系统数的：2025年2月21日至2026年2月20日）");
    let causes = [("causes", json!("没有地方充。")), ("to_lead", town.body("汀云区住房和城乡建设局"))];
    let adopt = system(&causes);
    let few = town.acts("2026-02-21T09:20", &office, theme, "adopt", &adopt).await;
    assert!(matches!(few, Err(AppError::Refused(r, _)) if matches!(r.rule, Rule::Guard { .. })), "seven are no ten");
    for _ in 0..4 {
        order(&town, HERE, "charging").await;
    }
    town.acts("2026-02-22T09:10", &office, theme, "recount", &system(&[])).await.expect("counted");
    town.acts("2026-02-22T09:20", &office, theme, "adopt", &adopt).await.expect("proposed");
    town.acts("2026-02-23T09:20", &head, theme, "approve:adopt", &[]).await.expect("adopted");
    assert_eq!(said("before").await, "12（系统数的：2025年11月22日至2026年2月21日）");
    let tasks = json!([{ "what": "建桩", "who": town.body("汀云区住房和城乡建设局"), "by": "2026-03-20" }]);
    let plan = [("plan", json!("先建桩。")), ("tasks", tasks)];
    town.acts("2026-02-25T09:00", &housing, theme, "set_plan", &plan).await.expect("planned");
    town.acts("2026-02-25T10:00", &town.staff("housing-head"), theme, "approve:set_plan", &[]).await.expect("set");
    let done = [("note", json!("建好了。"))];
    town.acts("2026-03-10T09:00", &housing, theme, "report_done", &done).await.expect("reported");
    let acting = app::act::Acting {
        action: "accept".into(),
        fields: form(&[("note", json!("能用。"))]),
        part: Some("task@1".into()),
        occurred: None,
        idempotency_key: None,
        seen: None,
    };
    town.clock.set(at("2026-03-11T09:00"));
    town.app.act(&office, theme, &acting).await.expect("accepted");
    town.clock.set(at("2026-04-01T09:00"));
    order(&town, HERE, "charging").await;
    let early = town.acts("2026-06-11T09:00", &office, theme, "count_after", &system(&[])).await;
    assert_eq!(refused(early), "count_early", "the ninety-second day is not over");
    town.acts("2026-06-12T09:00", &office, theme, "count_after", &system(&[])).await.expect("counted");
    assert_eq!(said("after").await, "1（系统数的：2026年3月12日至2026年6月11日）");
    let note = [("note", json!("12 件变 1 件。"))];
    town.acts("2026-06-12T10:00", &office, theme, "close_fewer", &note).await.expect("fewer");
    let text = [("public_text", json!("建了桩，来的少了。"))];
    town.acts("2026-06-12T11:00", &office, theme, "publish", &text).await.expect("published");
    let (published, _) = town.app.published(theme.cell, None, None, 9).await.expect("read");
    let counted: Vec<_> = published[0].counted.iter().filter(|c| c.days.is_some()).map(|c| c.n).collect();
    assert_eq!(counted.len(), 3, "after, before, and the year: {counted:?}");
    sound(&town, theme).await;
}
