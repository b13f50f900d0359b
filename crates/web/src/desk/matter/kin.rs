//! The other matters beside one: what it came out of, what came out of it, links, and those that are alike. What may not be
//! read is not there; the use case left it out.

use super::read;
use crate::components::Tone;
use crate::components::action_picker::ActionPicker;
use crate::components::field::{Field, Input, Opt, field};
use crate::components::notice::outcome;
use crate::components::tag::tag;
use crate::desk::about::about;
use crate::desk::rows::{href, title};
use crate::desk::words::say;
use crate::error::WebError;
use crate::i18n::{date_long, t, tf};
use crate::posted::Posted;
use crate::refusal;
use crate::visitor::Visitor;
use app::error::AppError;
use app::kin::{AlsoDone, JoinView, KinView, RelativeView, RepeatedView, Similar};
use app::lists::ItemView;
use app::view::MatterView;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kernel::ids::MatterId;
use kernel::kin::LinkKind;
use kernel::refusal::Rule;
use maud::{Markup, html};

/// How many similar matters are shown.
const MOST: usize = 5;

/// Links, or takes a link back.
pub async fn link(visitor: Visitor, Path(number): Path<String>, sent: Posted) -> Result<Response, WebError> {
    let (id, _) = read(&visitor, &number).await?;
    let kind = LinkKind::ALL.into_iter().find(|k| k.word() == sent.get("kind")).unwrap_or(LinkKind::Related);
    let on = sent.get("do") != "unlink";
    let done = visitor.site.app.link(&visitor.viewer(), id, sent.get("other"), kind, on).await;
    let alert = match done {
        Ok(()) => return Ok(Redirect::to(&format!("/desk/m/{number}#kin")).into_response()),
        Err(AppError::NotFound) => tf(visitor.lang, "desk.kin.not_found", &[("number", sent.get("other").trim())]),
        Err(AppError::Refused(refused, mechanism)) => match &refused.rule {
            Rule::Fields(errors) => errors.iter().map(|e| say(visitor.lang, &e.message)).collect(),
            _ => refusal::said(&refused, mechanism.as_deref(), visitor.lang),
        },
        Err(error) => return Err(WebError::new(error, &visitor)),
    };
    let (_, view) = read(&visitor, &number).await?;
    let beside = super::Beside { alert: Some(alert), ..super::Beside::default() };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, super::render(&visitor, &view, &beside).await?).into_response())
}

/// The other matters and those that are alike, for the page.
///
/// # Errors
/// The store.
pub async fn beside(visitor: &Visitor, id: MatterId, view: &MatterView) -> Result<Markup, WebError> {
    let app = &visitor.site.app;
    let kin = app.kin(&visitor.viewer(), id).await.map_err(visitor.fails())?;
    let alike = match (kin.may_link, view.title.as_deref(), view.region.parse()) {
        (true, Some(words), Ok(region)) => {
            let like = Similar { words, region, mechanism: &view.mechanism, except: Some(id) };
            app.similar(visitor.staff()?, &like, MOST).await.map_err(visitor.fails())?
        }
        _ => Vec::new(),
    };
    let known = kin.links.iter().chain(&kin.children).chain(&kin.parent);
    let known: Vec<&str> = known.map(|r| r.item.number.as_str()).collect();
    let linked = |i: &ItemView| known.contains(&i.number.as_str());
    let alike: Vec<ItemView> = alike.into_iter().filter(|i| !linked(i)).collect();
    Ok(section(visitor, view, &kin, &alike))
}

fn section(visitor: &Visitor, view: &MatterView, kin: &KinView, alike: &[ItemView]) -> Markup {
    let lang = visitor.lang;
    let none = kin.parent.is_none() && kin.children.is_empty() && kin.links.is_empty();
    if none && !kin.may_link && kin.published.is_none() && kin.places.is_none() && kin.repeated.is_none() {
        return html! {};
    }
    let row = |r: &RelativeView, word: &str, undo: bool| relative(visitor, view, r, word, undo);
    html! { section.sec #kin {
        header { h2 { (t(lang, "desk.kin.title")) } }
        @if let Some(words) = &kin.published { p.small.quiet { (t(lang, "desk.kin.published")) } blockquote.voice.preview { (words) } }
        @if let Some((free, all)) = kin.places { p { b { (tf(lang, if free == 0 { "desk.kin.full" } else { "desk.kin.places" }, &[("free", &free.to_string()), ("all", &all.to_string())])) } }
            ul.rows.bare { @for taker in &kin.takers { (row(taker, t(lang, "desk.kin.taker"), false)) } } }
        @for (kind, n) in &kin.counted { p { b { (tf(lang, "desk.kin.counted", &[("kind", t(lang, kind_key(Some(*kind)))), ("n", &n.to_string())])) } } }
        @if let Some(repeated) = &kin.repeated { (counted(visitor, repeated)) }
        @if none && !kin.takers.is_empty() {} @else if none { p.quiet { (t(lang, "desk.kin.none")) } } @else { ul.rows.bare {
            @if let Some(parent) = &kin.parent { (row(parent, t(lang, "desk.kin.parent"), false)) }
            @for child in &kin.children { (row(child, &child.name.as_ref().map_or_else(|| t(lang, "desk.kin.child").to_owned(), |n| say(lang, n).to_owned()), false)) }
            @for link in &kin.links { (row(link, t(lang, kind_key(link.kind)), kin.may_link)) }
        } }
        @for join in &kin.joins { p { a href=(beside_it(view, join)) { (tf(lang, "desk.kin.join", &[("name", say(lang, &join.name))])) }
            br; small.quiet { (t(lang, "desk.kin.join_hint")) } } }
        @if kin.may_link {
            @if !alike.is_empty() { p.small.quiet { (t(lang, "desk.kin.alike")) }
                ul.rows.bare { @for item in alike { li data-row { div {
                    a.t href=(href(item)) { (title(item)) }
                    small { (about(lang, &item.state_name)) " · " (say(lang, &item.place)) " · " span.num { (item.number) } }
                    (one_button(view, &item.number, "link", t(lang, "desk.kin.link_same")))
                } } } } }
            details { summary { (t(lang, "desk.kin.link")) } (form(visitor, view)) }
        }
    } }
}

/// What the system counted when it raised this one, and the way to the matters behind the number.
fn counted(visitor: &Visitor, repeated: &RepeatedView) -> Markup {
    let (lang, place) = (visitor.lang, visitor.site.app.place(&repeated.region));
    let (from, to) = (date_long(lang, repeated.from), date_long(lang, repeated.to));
    let said = [
        ("place", say(lang, &place)),
        ("category", say(lang, &repeated.category)),
        ("from", &from),
        ("to", &to),
        ("n", &repeated.n.to_string()),
    ];
    let behind = |figure: &str| {
        let (region, from, to) = (repeated.region, repeated.from, repeated.to);
        format!("/desk/measures/{figure}?side=above&region={region}&from={from}&to={to}")
    };
    html! { p { b { (tf(lang, "desk.kin.repeated", &said)) } }
        p { @for (figure, name) in &repeated.figures {
            a href=(behind(figure)) { (tf(lang, "desk.kin.repeated_list", &[("name", say(lang, name))])) } " "
        } }
    }
}

/// The form of a matter beside this one, with the number of this one in it.
fn beside_it(view: &MatterView, join: &JoinView) -> String {
    format!("/desk/intake?mechanism={}&region={}&v-{}={}", join.mechanism, view.region, join.field, view.number)
}

fn kind_key(kind: Option<LinkKind>) -> &'static str {
    match kind {
        Some(LinkKind::Same) => "desk.kin.same",
        Some(LinkKind::Theme) => "desk.kin.theme",
        _ => "desk.kin.related",
    }
}

fn relative(visitor: &Visitor, view: &MatterView, r: &RelativeView, word: &str, undo: bool) -> Markup {
    let lang = visitor.lang;
    let kind = r.kind.map_or("related", LinkKind::word);
    html! { li data-row { div {
        p { (tag(Tone::Plain, word)) " " a.t href=(href(&r.item)) { (title(&r.item)) } }
        small { (say(lang, &r.item.mechanism_name)) " · " (about(lang, &r.item.state_name)) " · " span.num { (r.item.number) } }
        @if undo { form method="post" action=(format!("/desk/m/{}/link", view.number)) {
            input type="hidden" name="other" value=(r.item.number); input type="hidden" name="kind" value=(kind);
            button.link name="do" value="unlink" { (t(lang, "desk.kin.unlink")) } } }
    } } }
}

fn one_button(view: &MatterView, other: &str, step: &str, label: &str) -> Markup {
    html! { form method="post" action=(format!("/desk/m/{}/link", view.number)) {
    input type="hidden" name="other" value=(other); input type="hidden" name="kind" value="same";
    button.link name="do" value=(step) { (label) } } }
}

fn form(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    let number = Input::Text { value: String::new(), max: Some(40), autocomplete: None };
    let number = Field::new("other", t(lang, "desk.kin.other"), number);
    let options = LinkKind::ALL.map(|k| Opt::new(k.word(), t(lang, kind_key(Some(k))))).to_vec();
    let kind = Field::new("kind", t(lang, "desk.kin.kind"), Input::ChoiceRow { value: "same".into(), options });
    html! { form.stack method="post" action=(format!("/desk/m/{}/link", view.number)) {
        (field(lang, &number)) (field(lang, &kind))
        p.small.quiet { (t(lang, "desk.kin.note")) }
        p { button.btn name="do" value="link" { (t(lang, "desk.kin.go")) } }
    } }
}

/// Offers with each act the others that it may be done on as well.
///
/// # Errors
/// The store.
pub async fn offer_also(visitor: &Visitor, view: &MatterView, picker: &mut ActionPicker) -> Result<(), WebError> {
    let linked = visitor.site.app.linked_same(view.id).await.map_err(visitor.fails())?;
    for act in picker.acts.iter_mut().filter(|a| linked && a.blocked.is_none()) {
        let action = act.action.rsplit('/').next().unwrap_or_default().to_owned();
        act.fields.extend(also(visitor, view.id, &action).await?);
    }
    Ok(())
}

/// The others that may be answered with the same act: one box each.
async fn also(visitor: &Visitor, id: MatterId, action: &str) -> Result<Option<Field>, WebError> {
    let lang = visitor.lang;
    let app = &visitor.site.app;
    let items = app.same_possible(&visitor.viewer(), id, action).await.map_err(visitor.fails())?;
    if items.is_empty() {
        return Ok(None);
    }
    let option = |i: &ItemView| Opt::new(&i.number, format!("{} · {}", title(i), i.number));
    let input = Input::Many { values: Vec::new(), options: items.iter().map(option).collect() };
    Ok(Some(Field::new("also", t(lang, "desk.kin.also"), input).hint(t(lang, "desk.kin.also_hint")).optional()))
}

/// What came of the others, one line each.
#[must_use]
pub fn report(visitor: &Visitor, done: &[AlsoDone]) -> Markup {
    let lang = visitor.lang;
    let line = |d: &AlsoDone| match &d.result {
        Ok(_) => t(lang, "desk.kin.also_done").to_owned(),
        Err(AppError::Refused(r, m)) => refusal::said(r, m.as_deref(), lang),
        Err(AppError::NotFound) => t(lang, "desk.kin.also_gone").to_owned(),
        Err(e) => crate::error::words(e, lang).map_or_else(|| t(lang, "desk.kin.also_gone").to_owned(), |w| w.1),
    };
    let all_well = done.iter().all(|d| d.result.is_ok());
    outcome(
        if all_well { Tone::Done } else { Tone::Warn },
        t(lang, "desk.kin.also_report"),
        &html! { ul { @for d in done { li { a.num href=(format!("/desk/m/{}", d.number)) { (d.number) } " " (line(d)) } } } },
    )
}
