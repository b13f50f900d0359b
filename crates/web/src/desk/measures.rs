//! The figures of this place: each with its formula, what is above and below the line, source, scope and as-of date. What
//! is late and still open stands beside every rate that it would lower. No ranking; too few cases are not shown.

use super::counted::word;
use super::frame::page;
use super::words::{say, when};
use crate::components::field::Opt;
use crate::components::filter_bar::{Filter, FilterBar, filter_bar};
use crate::error::WebError;
use crate::i18n::{Lang, date_long, t, tf};
use crate::layout::with_query;
use crate::visitor::Visitor;
use app::measures::{Figure, Kind, Ratio, Side, Span, year_before};
use axum::extract::Query;
use kernel::region::RegionCode;
use kernel::time::Date;
use maud::{Markup, html};
use serde::Deserialize;
use std::str::FromStr;

/// What the address asks for; what makes no sense there is as if it were not there.
#[derive(Clone, Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    region: String,
    span: String,
    by: String,
    /// The first and the last day, instead of a span.
    from: String,
    to: String,
}

impl Asked {
    /// For which place and days it asks.
    pub(super) fn given(&self, visitor: &Visitor) -> Span {
        let app = &visitor.site.app;
        let (territory, to) = (app.settings().territory, app.now().date());
        let region = self.region.parse().ok().filter(|r| territory.contains(r)).unwrap_or(territory);
        let by_region = self.by == "region";
        match (self.from.parse(), self.to.parse()) {
            (Ok(first), Ok(last)) if first <= last => Span { region, from: first, to: last, by_region },
            _ => Span { region, from: from(&self.span, to), to, by_region },
        }
    }

    /// The matters behind one side of a figure, for the same place and days.
    pub(super) fn address(&self, figure: &str, side: Side) -> String {
        let (region, span) = (RegionCode::from_str(&self.region).ok(), SPANS.into_iter().find(|s| *s == self.span));
        let mut to = format!("/desk/measures/{figure}?side={}", word(side));
        let day = |d: &str| d.parse::<Date>().ok().map(|d| d.to_string());
        let parts = [
            ("region", region.map(|r| r.to_string())),
            ("span", span.map(str::to_owned)),
            ("from", day(&self.from)),
            ("to", day(&self.to)),
        ];
        for (name, value) in parts {
            if let Some(value) = value {
                to = with_query(&to, name, &value);
            }
        }
        to
    }

    /// The same for a part of the place.
    fn within(&self, region: &RegionCode) -> Asked {
        Asked { region: region.to_string(), by: String::new(), ..self.clone() }
    }
}

const SPANS: [&str; 3] = ["year", "quarter", "month"];

/// The page.
pub async fn measures(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Markup, WebError> {
    visitor.staff()?;
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let span = asked.given(&visitor);
    let (region, today) = (span.region, span.to);
    let figures = app.measures(&span, None).await.map_err(visitor.fails())?;
    let scope = [
        ("place", say(lang, &app.place(&region)).to_owned()),
        ("from", date_long(lang, span.from)),
        ("to", date_long(lang, today)),
    ];
    let scope: Vec<(&str, &str)> = scope.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut groups: Vec<(&str, Vec<&Figure>)> = Vec::new();
    for figure in &figures {
        let name = say(lang, &figure.mechanism);
        match groups.last_mut().filter(|(last, _)| *last == name) {
            Some((_, group)) => group.push(figure),
            None => groups.push((name, vec![figure])),
        }
    }
    let body = html! {
        (filter_bar(lang, &bar(&visitor, &asked, &region)))
        p.quiet { (tf(lang, "desk.measures.scope", &scope)) }
        @for (name, group) in &groups { section.sec { header { h2 { (name) } }
            div.measures data-wide[span.by_region] { @for figure in group { (draw(&visitor, &asked, figure)) } }
        } }
        p.src { (tf(lang, "desk.measures.source", &[("as_of", &when(lang, app.now(), today))])) }
        p.src { (tf(lang, "desk.measures.few", &[("n", &app::measures::FEWEST.to_string())])) }
    };
    page(&visitor, visitor.head(t(lang, "desk.measures.title")), "/desk/measures", &html! {}, &body).await
}

fn from(span: &str, today: Date) -> Date {
    let days = match span {
        "month" => 30,
        "quarter" => 91,
        _ => return year_before(today),
    };
    (0..days).fold(today, |day, _| day.yesterday().unwrap_or(day))
}

fn bar(visitor: &Visitor, asked: &Asked, region: &RegionCode) -> FilterBar {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let territory = app.settings().territory;
    let filter = |name: &str, value: &str, options: Vec<Opt>| Filter {
        name: name.into(),
        label: t(lang, &format!("desk.measures.{name}")).into(),
        options,
        value: value.into(),
    };
    let spans = SPANS.map(|s| Opt::new(s, t(lang, &format!("desk.measures.span_{s}")))).into();
    let regions = app.regions().choices(&territory, app.now().date());
    let regions = regions.iter().map(|r| Opt::new(r.code.as_str(), say(lang, &app.region_name(&r.code)))).collect();
    let place = if *region == territory { String::new() } else { region.to_string() };
    FilterBar {
        action: "/desk/measures".into(),
        filters: vec![
            filter("region", &place, regions),
            filter("span", SPANS.into_iter().find(|s| *s == asked.span).unwrap_or(SPANS[0]), spans),
            filter("by", &asked.by, vec![Opt::new("region", t(lang, "desk.measures.by_region"))]),
        ],
        ..FilterBar::default()
    }
}

fn draw(visitor: &Visitor, asked: &Asked, figure: &Figure) -> Markup {
    let lang = visitor.lang;
    html! { figure.stat.measure id=(figure.id) {
        figcaption { h3 { (say(lang, &figure.name)) } }
        p.small { (say(lang, &figure.formula)) @if let Some(code) = &figure.code { span.quiet { (tf(lang, "desk.measures.code", &[("code", code)])) } } }
        @match &figure.whole { Some(ratio) => (whole(lang, asked, figure, ratio)), None => { p.quiet { (t(lang, "stat.few")) } } }
        @if !figure.parts.is_empty() { (parts(visitor, asked, figure)) }
    } }
}

/// What is above and below the line, each the way to its matters; of a mean, over how many it is.
fn line(lang: Lang, asked: &Asked, figure: &Figure, ratio: &Ratio) -> Markup {
    let link = |side: Side, n: &str| {
        let key = if side == Side::Below { "desk.counted.see_below" } else { "desk.counted.see_above" };
        html! { a href=(asked.address(&figure.id, side)) title=(t(lang, key)) { (n) } }
    };
    let below = ratio.denominator.map(|n| n.to_string());
    match figure.kind {
        Kind::Marks(_) | Kind::Hours => {
            let n = below.unwrap_or_default();
            link(Side::Below, &tf(lang, "desk.measures.cases", &[("n", &n)]))
        }
        Kind::Count | Kind::Share => html! { (link(Side::Above, &ratio.numerator.to_string()))
        @if let Some(below) = below { " / " (link(Side::Below, &below)) } },
    }
}

fn whole(lang: Lang, asked: &Asked, figure: &Figure, ratio: &Ratio) -> Markup {
    html! {
        p.stat-value { @if ratio.denominator.is_some() { b { (value(lang, figure.kind, ratio)) } span.num { (line(lang, asked, figure, ratio)) } } @else { b { (line(lang, asked, figure, ratio)) } } }
        @match figure.kind {
            Kind::Marks(best) => { p.small.quiet { (tf(lang, "desk.measures.best", &[("n", &best.to_string())])) } }
            Kind::Hours => { p.small.quiet { (half(lang, ratio)) } }
            Kind::Count | Kind::Share => {}
        }
        @if let Some(open) = ratio.open_overdue {
            @if open > 0 && figure.kind == Kind::Hours { p.small.late { (tf(lang, "desk.measures.open_hours", &[("n", &open.to_string())])) } }
            @else if open > 0 { p.small.late { (tf(lang, "desk.measures.open", &[("n", &open.to_string()), ("rate", &without_open(ratio, open))])) } }
            @else { p.small.quiet { (t(lang, "desk.measures.none_open")) } }
        }
    }
}

/// Within how long half of them lay.
fn half(lang: Lang, ratio: &Ratio) -> String {
    match ratio.half_within {
        Some(hours) => tf(lang, "desk.measures.half", &[("time", &took(lang, i64::from(hours) * 60))]),
        None => t(lang, "desk.measures.half_long").to_owned(),
    }
}

/// Per cent with one place; a mean of marks with two; hours as people say them; a plain count as it is.
fn value(lang: Lang, kind: Kind, ratio: &Ratio) -> String {
    let below = ratio.denominator.unwrap_or(1);
    match kind {
        Kind::Count => ratio.numerator.to_string(),
        Kind::Share => percent(ratio.numerator, below),
        Kind::Marks(_) => {
            let hundredth = (ratio.numerator * 200 + below).checked_div(below * 2).unwrap_or(0);
            format!("{}.{:02}", hundredth / 100, hundredth % 100)
        }
        Kind::Hours => took(lang, ratio.numerator.checked_div(below).unwrap_or(0)),
    }
}

/// Minutes as people say them: in minutes below an hour, in days from three of them on.
fn took(lang: Lang, minutes: i64) -> String {
    let tenth = |of: i64| {
        let tenths = (minutes * 20 + of) / (of * 2);
        if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
    };
    let (key, n) = match minutes {
        ..60 => ("desk.measures.minutes", minutes.to_string()),
        60..4320 => ("desk.measures.hours", tenth(60)),
        _ => ("desk.measures.days", tenth(1440)),
    };
    tf(lang, key, &[("n", &n)])
}

/// The rate of what is finished alone.
fn without_open(ratio: &Ratio, open: i64) -> String {
    percent(ratio.numerator, ratio.denominator.unwrap_or(0) - open)
}

fn percent(above: i64, below: i64) -> String {
    let permille = (above * 2000 + below).checked_div(below * 2).unwrap_or(0);
    format!("{}.{}%", permille / 10, permille % 10)
}

fn parts(visitor: &Visitor, asked: &Asked, figure: &Figure) -> Markup {
    let lang = visitor.lang;
    html! { table.tbl data-cards {
        caption.vh { (say(lang, &figure.name)) }
        thead { tr { th scope="col" { (t(lang, "desk.measures.region")) } th.n scope="col" { (t(lang, "desk.measures.ratio")) } th.n scope="col" { (t(lang, "desk.measures.rate")) } th.n scope="col" { (t(lang, "desk.measures.late")) } } }
        tbody { @for (region, ratio) in &figure.parts { tr {
            th scope="row" { (say(lang, &visitor.site.app.place(region))) }
            @match ratio {
                Some(r) => {
                    td.n data-l=(t(lang, "desk.measures.ratio")) { (line(lang, &asked.within(region), figure, r)) }
                    td.n data-l=(t(lang, "desk.measures.rate")) { (value(lang, figure.kind, r)) }
                    td.n data-l=(t(lang, "desk.measures.late")) { @match r.open_overdue { Some(n) => (n), None => "—" } }
                }
                None => { td.n colspan="3" { span.quiet { (t(lang, "desk.measures.hidden")) } } }
            }
        } } }
    } }
}

#[cfg(test)]
mod tests {
    use super::{percent, took};
    use crate::i18n::Lang;

    #[test]
    fn a_mean_of_hours_is_said_as_people_say_it() {
        let said = [40, 60, 390, 4320, 21_000].map(|minutes| took(Lang::En, minutes));
        assert_eq!(said, ["40 min", "1 h", "6.5 h", "3 days", "14.6 days"]);
    }

    #[test]
    fn rates_are_rounded_to_one_place() {
        assert_eq!(percent(2, 3), "66.7%");
        assert_eq!(percent(7, 7), "100.0%");
        assert_eq!(percent(0, 0), "0.0%");
    }
}
