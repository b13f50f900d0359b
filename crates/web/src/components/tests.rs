//! Every component renders in both languages; what a policy or a screen reader would trip over is found here.

use super::clock_strip::{Clock, ClockDay, DayKind, clock_strip, clock_strips};
use super::ring::{PHASES, Phase, Ring, Size, ring};
use super::*;
use crate::assets;
use crate::i18n::{Lang, Unit};
use crate::layout::{PageHead, Rail, desk_page, plain_page, portal_page};
use jiff::civil::date;
use std::collections::BTreeSet;
use std::io::Write;

fn every_page() -> Vec<String> {
    let mut pages = Vec::new();
    for lang in [Lang::Zh, Lang::En] {
        let head = PageHead {
            lang,
            title: "x".into(),
            install: "y".into(),
            path: "/".into(),
            large: lang == Lang::En,
            ..PageHead::default()
        };
        let body = components_page(lang);
        pages.push(portal_page(&head, &body).into_string());
        pages.push(plain_page(&head, &body).into_string());
        pages.push(desk_page(&head, &Rail::default(), &html! {}, &body).into_string());
    }
    pages
}

fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let open = format!(" {attribute}=\"");
    page.split(open.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn nothing_needs_an_inline_style_or_script() {
    for page in every_page() {
        assert!(!page.contains(" style="), "an inline style is blocked by the policy");
        assert!(
            !page.contains(" onclick=") && !page.contains("javascript:"),
            "an inline script is blocked by the policy"
        );
        assert!(page.matches("<script").count() == page.matches("<script src=").count());
    }
}

#[test]
fn ids_are_unique_and_every_reference_leads_somewhere() {
    for page in every_page() {
        let ids = values(&page, "id");
        let set: BTreeSet<&str> = ids.iter().copied().collect();
        let twice: Vec<_> = set.iter().filter(|id| ids.iter().filter(|other| other == id).count() > 1).collect();
        assert!(twice.is_empty(), "ids used twice: {twice:?}");
        let wanted = values(&page, "for")
            .into_iter()
            .chain(values(&page, "aria-describedby").into_iter().flat_map(str::split_whitespace));
        let lost: Vec<_> = wanted.filter(|id| !set.contains(id)).collect();
        assert!(lost.is_empty(), "references to nothing: {lost:?}");
    }
}

#[test]
fn the_last_segment_closes_only_when_the_person_was_heard() {
    for phase in PHASES {
        for unheard in [false, true] {
            let text = ring(Lang::Zh, Size::S, Ring { unheard, ..Ring::at(phase) }).into_string();
            let open = phase != Phase::Heard || unheard;
            assert_eq!(text.matches("r-yours").count(), usize::from(open), "{phase:?}, unheard {unheard}");
            let last = text.split("r-yours").nth(1).and_then(|rest| rest.split('>').next()).unwrap_or_default();
            assert!(!open || last.contains("stroke-dashoffset=\"-82\""), "the open segment is the last: {last}");
        }
    }
}

#[test]
fn overdue_days_are_numbered_and_rest_days_are_not_counted() {
    let kind = |n: i8| {
        if n == 10 || n == 11 { DayKind::Rest } else { DayKind::Work }
    };
    let day = |n: i8| ClockDay { date: date(2026, 7, n), kind: kind(n), name: None, counted: (n == 9).then_some(1) };
    let clock = Clock {
        from: date(2026, 7, 8),
        due: date(2026, 7, 9),
        today: date(2026, 7, 13),
        left: -2,
        days: (8..=13).map(day).collect(),
        ..Clock::default()
    };
    let text = clock_strip(Lang::Zh, &clock).into_string();
    assert!(text.contains(">+1<") && text.contains(">+2<"), "overdue squares are numbered");
    assert_eq!(text.matches("data-k=\"over\"").count(), 2 + 1, "two overdue working days and their key");
}

#[test]
fn a_day_is_as_wide_above_the_squares_as_in_every_row() {
    let clock = |unit, rest_counts: bool| {
        let kind = |n: i8| if n == 11 || n == 12 { DayKind::Rest } else { DayKind::Work };
        let day = |n: i8| {
            let counted = (n > 8 && (rest_counts || kind(n) == DayKind::Work)).then_some(1);
            ClockDay { date: date(2026, 7, n), kind: kind(n), name: None, counted }
        };
        let (from, due, today) = (date(2026, 7, 8), date(2026, 7, 14), date(2026, 7, 9));
        Clock { from, due, today, unit, days: (8..=14).map(day).collect(), ..Clock::default() }
    };
    let (working, each) = (clock(Unit::WorkingDay, false), clock(Unit::Day, true));
    let bands = |clocks: &[Clock]| clock_strips(Lang::Zh, clocks).into_string().matches("data-narrow").count();
    assert_eq!(bands(std::slice::from_ref(&working)), 4, "two rest days, above the squares and in the row");
    assert_eq!(bands(std::slice::from_ref(&each)), 0, "all seven days count");
    assert_eq!(bands(&[working, each]), 0, "one clock counts them, so they are as wide for the other");
}

#[test]
fn every_action_that_can_be_offered_has_its_rule() {
    let css = assets::asset_url("desk.css");
    let hash = css.split('/').nth(2).expect("hash");
    let text = String::from_utf8_lossy(assets::find(hash, "desk.css").expect("style").1).into_owned();
    for n in 0..action_picker::MOST_ACTIONS {
        assert!(text.contains(&format!("[data-pick=\"{n}\"]:checked) [data-act=\"{n}\"]")), "no rule for action {n}");
    }
}

#[test]
fn a_portal_page_with_its_styles_stays_under_forty_kilobytes() {
    let packed = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory").len()
    };
    let part = |name: &str| {
        let url = assets::asset_url(name);
        packed(assets::find(url.split('/').nth(2).expect("hash"), name).expect("asset").1)
    };
    let page = packed(every_page()[0].as_bytes());
    let (style, scripts) =
        (part("portal.css"), part("draft.js") + part("needs.js") + part("photo.js") + part("share.js"));
    assert!(page + style <= 40_000, "page {page} + style {style} bytes");
    assert!(page + style + scripts <= 60_000, "with scripts {scripts}");
}
