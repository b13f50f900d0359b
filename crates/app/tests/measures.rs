//! Figures come from counters: what is there, what is too small to show, and what is late and open.

mod town;

use app::error::AppError;
use app::measures::{Side, Span};
use app::viewer::Viewer;
use serde_json::json;
use town::{Town, at};

fn span(from: &str, to: &str) -> Span {
    let day = |text: &str| text.parse().expect("a day");
    Span { region: "990101".parse().expect("a region"), from: day(from), to: day(to), by_region: true }
}

#[tokio::test]
async fn a_rate_needs_five_cases_and_keeps_what_is_late_and_open() {
    let town = Town::new("2026-09-28T09:00:00+08:00").await;
    let whole = async |span: &Span, measure: &str| {
        let found = town.app.measures(span, Some(measure)).await.expect("a figure");
        found.into_iter().next().expect("one").whole
    };
    let week = span("2026-09-21", "2026-10-31");
    let operator = town.staff("operator");
    let unit = town.body("柳巷街道");
    for n in 0..5 {
        assert!(whole(&week, "rapid-response.at_once").await.is_none(), "{n} cases are too few");
        let raised = town.raises("rapid-response", &[("what", json!("路灯不亮"))]).await.expect("raised");
        let form = [("unit", unit.clone()), ("urgency", json!("ordinary")), ("kind", json!("report"))];
        town.acts("2026-09-28T09:10:00+08:00", &operator, raised.id, "dispatch", &form).await.expect("dispatched");
    }
    let at_once = whole(&week, "rapid-response.at_once").await.expect("five are enough");
    assert_eq!((at_once.numerator, at_once.denominator, at_once.open_overdue), (0, Some(5), None));
    // Nobody answers: on the day it is not late yet, afterwards all five are, and stay below the line.
    assert!(whole(&week, "rapid-response.on_time").await.is_none());
    town.clock.set(at("2026-10-20T09:00:00+08:00"));
    let on_time = whole(&week, "rapid-response.on_time").await.expect("five are late");
    assert_eq!((on_time.numerator, on_time.denominator, on_time.open_overdue), (0, Some(5), Some(5)));
    let before = span("2026-08-01", "2026-08-31");
    assert!(whole(&before, "rapid-response.at_once").await.is_none(), "each counts on its own day");
    assert!(matches!(town.app.measures(&week, Some("rapid-response.none")).await, Err(AppError::NotFound)));
    let elsewhere = Span { region: "110101".parse().expect("a region"), ..week };
    assert!(matches!(town.app.measures(&elsewhere, None).await, Err(AppError::OutsideTerritory { .. })));
}

/// A mean of hours is what somebody gets who goes through the orders one by one; what still runs is in none.
#[tokio::test]
async fn hours_are_those_between_the_acts() {
    let town = Town::new("2026-09-28T09:00").await;
    let (operator, street) = (town.staff("operator"), town.staff("street-staff"));
    let week = span("2026-09-21", "2026-10-31");
    let whole = async || {
        let found = town.app.measures(&week, Some("rapid-response.contact_time")).await.expect("a figure");
        found.into_iter().next().expect("one").whole
    };
    let (signed, contacted) = (
        "2026-09-28T09:20",
        ["2026-09-28T09:50", "2026-09-28T10:50", "2026-09-28T12:20", "2026-09-28T12:50", "2026-09-29T11:20"],
    );
    let mut orders = Vec::new();
    // One more than is ever contacted.
    for _ in 0..=contacted.len() {
        town.clock.set(at("2026-09-28T09:00"));
        let raised = town.raises("rapid-response", &[("what", json!("路灯不亮"))]).await.expect("raised");
        let form = [("unit", town.body("柳巷街道")), ("urgency", json!("ordinary")), ("kind", json!("report"))];
        town.acts("2026-09-28T09:10", &operator, raised.id, "dispatch", &form).await.expect("dispatched");
        town.acts(signed, &street, raised.id, "sign", &[]).await.expect("signed");
        orders.push(raised.id);
    }
    for (order, time) in orders.iter().zip(contacted) {
        assert!(whole().await.is_none(), "fewer than five are not shown");
        town.acts(time, &street, *order, "contact", &[("note", json!("说好明天去看。"))]).await.expect("contacted");
    }
    let minutes: i64 = contacted.iter().map(|time| (at(time).0 - at(signed).0) / 60_000).sum();
    let figure = whole().await.expect("five are enough");
    assert_eq!((figure.numerator, figure.denominator), (minutes, Some(5)));
    assert_eq!(figure.half_within, Some(4), "the third of them took three hours");
    assert_eq!(figure.open_overdue, Some(0), "the sixth is not late yet");
    town.clock.set(at("2026-10-20T09:00"));
    let figure = whole().await.expect("five are enough");
    assert_eq!(
        (figure.denominator, figure.open_overdue),
        (Some(5), Some(1)),
        "it stands beside them and is in no mean"
    );
    let Viewer::Staff(staff) = &street else { panic!("nobody signed in") };
    let found = town.app.counted(staff, &week, ("rapid-response.contact_time", Side::Below), None).await;
    assert_eq!(found.expect("a list").items.len(), 5, "the figure leads to them");
}

#[tokio::test]
async fn a_figure_leads_to_the_matters_that_count_and_may_be_read() {
    let town = Town::new("2026-09-28T09:00:00+08:00").await;
    let (operator, street, department) = (town.staff("operator"), town.staff("street-staff"), town.staff("department"));
    let week = span("2026-09-21", "2026-10-31");
    let mut numbers = Vec::new();
    for unit in ["柳巷街道", "柳巷街道", "汀云区城市管理局"] {
        let raised = town.raises("rapid-response", &[("what", json!("路灯不亮"))]).await.expect("raised");
        let form = [("unit", town.body(unit)), ("urgency", json!("ordinary")), ("kind", json!("report"))];
        town.acts("2026-09-28T09:10:00+08:00", &operator, raised.id, "dispatch", &form).await.expect("dispatched");
        numbers.push(raised.number);
    }
    let list = async |who: &Viewer, span: &Span, figure: &str, side| {
        let Viewer::Staff(staff) = who else { panic!("nobody signed in") };
        let found = town.app.counted(staff, span, (figure, side), None).await.expect("a list");
        found.items.into_iter().map(|i| i.number).collect::<Vec<_>>()
    };
    let on_time = "rapid-response.on_time";
    assert!(list(&operator, &week, on_time, Side::Below).await.is_empty(), "not late yet, and not answered");
    assert_eq!(list(&operator, &week, "rapid-response.at_once", Side::Below).await, numbers, "all were raised");
    // Past their day they stand below the line, each for whoever may read it.
    town.clock.set(at("2026-10-20T09:00:00+08:00"));
    assert_eq!(list(&operator, &week, on_time, Side::Below).await, numbers);
    assert_eq!(list(&street, &week, on_time, Side::Below).await, numbers[..2]);
    assert_eq!(list(&department, &week, on_time, Side::Below).await, numbers[2..]);
    assert!(list(&operator, &week, on_time, Side::Above).await.is_empty());
    // Each counts on its own day and at its own place.
    assert!(list(&operator, &span("2026-08-01", "2026-08-31"), "rapid-response.at_once", Side::Below).await.is_empty());
    let elsewhere = Span { region: "990101002".parse().expect("a region"), ..week.clone() };
    assert!(list(&operator, &elsewhere, "rapid-response.at_once", Side::Below).await.is_empty());
    // Page by page by the key, nothing twice and nothing left out.
    let Viewer::Staff(staff) = &operator else { panic!("nobody signed in") };
    let first = town.app.counted(staff, &week, ("rapid-response.at_once", Side::Below), None).await.expect("a list");
    assert_eq!(first.next, None, "the end was seen");
    let no = town.app.counted(staff, &week, ("whistle.whistled", Side::Below), None).await;
    assert!(matches!(no, Err(AppError::NotFound)), "a plain count has nothing below a line");
}
