//! Step three: everything as typed, both dates, what happens next, who reads what. Only this page sends.

use super::draft::{Draft, Shape};
use super::what::{instead, steps};
use crate::components::notice::outcome;
use crate::components::promise::{Promise, promise};
use crate::components::{Link, Tone, hidden_fields};
use crate::error::words;
use crate::i18n::{Unit, count, t, tf};
use crate::layout::{PageHead, portal_page};
use crate::portal::fields::in_words;
use crate::portal::words::say;
use crate::visitor::Visitor;
use app::error::AppError;
use app::view::body_name;
use kernel::ids::{BodyId, Class};
use kernel::mechanism::RAISE;
use kernel::role::{Standing, resolve};
use maud::{Markup, html};

/// One line to be read again, and the step that changes it.
struct Line {
    label: String,
    value: String,
    go: &'static str,
    class: Class,
}

/// The page; with an error when it could not be sent.
pub fn page(visitor: &Visitor, draft: &Draft, shape: &Shape, error: Option<&AppError>) -> Markup {
    let lang = visitor.lang;
    let head = &shape.effective.mechanism.mechanism;
    let lines = lines(visitor, draft, shape);
    let failed = error.map(|e| failure(visitor, e));
    let body = html! { div #steps {
        (steps(lang, 2))
        h1.title { (t(lang, "raise.check.title")) }
        @if let Some(failed) = failed { (failed) }
        form.cols data-even method="post" action=(format!("/raise/{}", head.id)) {
            div.main {
                (hidden_fields(&draft.hidden()))
                button.vh name="go" value="send" tabindex="-1" aria-hidden="true" { (t(lang, "raise.send")) }
                section.check { dl { @for line in &lines { div { dt { (line.label) } dd.pre { (line.value) }
                    dd { button.link name="go" value=(line.go) { (t(lang, "raise.change")) span.vh { (line.label) } } } } } } }
            }
            // On a phone the dates stand above the button: nobody sends without having passed them.
            div.side-even { (dates(visitor, draft, shape)) (instead(visitor, shape)) }
            div.below {
                section { h2.h2 { (t(lang, "raise.read.title")) } (readers(visitor, &lines)) }
                p.actions { button.btn data-kind="go" name="go" value="send" { (t(lang, "raise.send")) }
                    button.link name="go" value="details" { (t(lang, "raise.back")) } }
            }
        }
    } };
    portal_page(&PageHead { section: "home", private: true, ..visitor.head(t(lang, "raise.check.title")) }, &body)
}

fn failure(visitor: &Visitor, error: &AppError) -> Markup {
    let lang = visitor.lang;
    let id = crate::error::log(error);
    let (title, text) = match error {
        AppError::Refused(refusal, mechanism) => {
            let text = crate::refusal::said(refusal, mechanism.as_deref(), lang);
            (t(lang, "raise.failed.label").to_owned(), text)
        }
        _ => words(error, lang)
            .unwrap_or_else(|| (t(lang, "raise.failed.label").to_owned(), t(lang, "raise.failed.text").to_owned())),
    };
    let kept = matches!(error, AppError::TooMany { .. });
    let body = html! { p { (text) } @if kept { p { (t(lang, "failure.pace.kept")) } } @if let Some(id) = id { p.small { (tf(lang, "error.id", &[("id", &id)])) } } };
    html! { div.block { (outcome(Tone::Warn, &title, &body)) } }
}

fn lines(visitor: &Visitor, draft: &Draft, shape: &Shape) -> Vec<Line> {
    let lang = visitor.lang;
    let label = |view: Option<&app::view::FieldView>, key: &str| {
        view.map_or_else(|| t(lang, key).to_owned(), |v| say(lang, &v.field.label).to_owned())
    };
    let none = || t(lang, "raise.none").to_owned();
    let or_none = |text: &str| if text.is_empty() { none() } else { text.to_owned() };
    let first = |label, value| Line { label, value, go: "what", class: Class::Handlers };
    let app = &visitor.site.app;
    let region = draft.region(&app.settings().territory);
    let files: Vec<&str> = draft.files.iter().map(|f| f.name.as_str()).collect();
    let mut all = vec![
        Line {
            class: Class::Coded,
            ..first(
                t(lang, "raise.way.chosen").to_owned(),
                say(lang, &shape.effective.mechanism.mechanism.name).to_owned(),
            )
        },
        first(label(shape.main.as_ref(), "raise.what.label"), draft.what.clone()),
        first(label(shape.place.as_ref(), "raise.place.label"), or_none(&draft.place)),
        Line {
            class: Class::Coded,
            ..first(t(lang, "raise.region.label").to_owned(), say(lang, &app.place(&region)).to_owned())
        },
        first(label(shape.files.as_ref(), "raise.files.label"), or_none(&files.join(t(lang, "portal.list_comma")))),
    ];
    for view in &shape.rest {
        let given = draft.values.get(&view.id);
        let value = given.map_or_else(none, |v| in_words(lang, view, v));
        if given.is_some() || view.field.class == Class::Sealed || view.field.withhold {
            let label = say(lang, &view.field.label).to_owned();
            all.push(Line { label, value, go: "details", class: view.field.class });
        }
    }
    all
}

/// Who will read what, from the class of what was actually given.
fn readers(visitor: &Visitor, lines: &[Line]) -> Markup {
    let lang = visitor.lang;
    let given = |class: Class| -> Vec<&str> {
        let ours = lines.iter().filter(|l| l.class == class && l.value != t(lang, "raise.none"));
        ours.map(|l| l.label.as_str()).collect()
    };
    let row = |class, key: &str| {
        let labels = given(class);
        html! { @if !labels.is_empty() { li { b { (labels.join(t(lang, "portal.list_comma"))) } " " (t(lang, key)) } } }
    };
    html! { ul.plain.stack-s {
        (row(Class::Handlers, "raise.read.handlers"))
        (row(Class::Sealed, "raise.read.sealed"))
        (row(Class::Public, "raise.read.public"))
        (row(Class::Coded, "raise.read.coded"))
    } p.small.quiet { (t(lang, "raise.read.looks")) } }
}

/// Both dates before anything is sent, who begins, and what follows if nobody answers.
fn dates(visitor: &Visitor, draft: &Draft, shape: &Shape) -> Markup {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let region = draft.region(&app.settings().territory);
    let head = &shape.effective.mechanism.mechanism;
    let rules = Link::new(format!("/open/mechanisms/{}?region={region}", head.id), t(lang, "portal.rules.label"));
    let today = app.now().date();
    let Some((due, latest, provisional)) = app.catalogue().promise(&shape.effective, app.calendar(), app.now()) else {
        return html! { section.promise { h2.h2 { (t(lang, "raise.promise.title")) } p { (t(lang, "raise.promise.none")) } p { a href=(rules.href) { (rules.label) } } } };
    };
    let days = |to: kernel::time::Date| {
        count(lang, app.calendar().working_days_between(today, to).unsigned_abs(), Unit::WorkingDay)
    };
    let given = Promise {
        title: Some(t(lang, "raise.promise.title").to_owned()),
        holder: None,
        due_by: due.date(),
        due_why: tf(lang, "raise.promise.due", &[("days", &days(due.date()))]),
        promised_by: latest.date(),
        promised_why: tf(lang, "raise.promise.latest", &[("days", &days(latest.date()))]),
        after: Some(t(lang, "raise.promise.after").to_owned()),
        provisional,
        link: Some(rules),
    };
    let first = first_holder(visitor, draft, shape).map(|who| tf(lang, "raise.promise.first", &[("who", &who)]));
    promise(lang, &given, &html! { @if let Some(first) = first { p.small { (first) } } })
}

/// The body that looks at it first, found as the kernel will find it.
fn first_holder(visitor: &Visitor, draft: &Draft, shape: &Shape) -> Option<String> {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let mechanism = &shape.effective.mechanism;
    let state = mechanism.state.get(mechanism.action.get(RAISE)?.to.as_ref()?)?;
    let named = mechanism.shield().and_then(|f| draft.values.get(f)).into_iter().flatten();
    let shield = named.filter_map(|b| b.parse().ok().map(BodyId)).collect();
    let standing = Standing { shield, ..Standing::default() };
    let directory = app.directory();
    let region = draft.region(&app.settings().territory);
    let body = *resolve(mechanism, &region, &standing, &*directory).get(state.holder.as_ref()?)?;
    Some(say(lang, &body_name(&directory, body).name).to_owned())
}
