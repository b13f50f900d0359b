//! Step two: what else the mechanism asks, who you are if you like, and from whom it is to be kept.

use super::draft::{Draft, Shape};
use super::what::{instead, levels, steps};
use crate::components::error_summary::error_summary;
use crate::components::field::{Field, Input, field};
use crate::components::hidden_fields;
use crate::i18n::{t, tf};
use crate::layout::{PageHead, portal_page};
use crate::portal::fields;
use crate::portal::words::say;
use crate::visitor::Visitor;
use app::view::FieldView;
use kernel::ids::Class;
use kernel::refusal::FieldError;
use maud::{Markup, html};

/// The parts of the page, in their order.
struct Parts {
    must: Vec<Field>,
    who: Vec<Field>,
    keep: Vec<Field>,
    more: Vec<Field>,
}

/// The page.
pub fn page(visitor: &Visitor, draft: &Draft, shape: &Shape, errors: &[FieldError]) -> Markup {
    let lang = visitor.lang;
    let head = &shape.effective.mechanism.mechanism;
    let parts = parts(visitor, draft, shape, errors);
    let community = community(visitor, draft);
    let all: Vec<Field> = [&parts.must, &parts.who, &parts.keep, &parts.more].into_iter().flatten().cloned().collect();
    let asked: Vec<&str> = community.iter().map(|(name, _)| name.as_str()).collect();
    let open = |fields: &[Field]| fields.iter().any(|f| f.error.is_some() || f.required || is_filled(f));
    let optional = |title: &str, fields: &[Field]| {
        html! { @if !fields.is_empty() {
            details.block open[open(fields)] { summary { (title) } div.stack.below-summary { @for item in fields { (field(lang, item)) } } }
        } }
    };
    let body = html! { div.narrow #steps {
        (steps(lang, 1))
        p.overline { (say(lang, &head.name)) }
        h1.title { (t(lang, "raise.details.title")) }
        p.lede { (t(lang, "raise.details.lede")) }
        (error_summary(lang, &all))
        form method="post" action=(format!("/raise/{}", head.id)) enctype="multipart/form-data" {
            (hidden_fields(&draft.hidden_without(&asked)))
            button.vh name="go" value="check" tabindex="-1" aria-hidden="true" { (t(lang, "raise.next")) }
            blockquote.voice.block { (draft.what) @if !draft.place.is_empty() { br; (draft.place) } }
            div.stack.block { @for (_, item) in &community { (field(lang, item)) } @for item in &parts.must { (field(lang, item)) } }
            @if !parts.who.is_empty() { section.block { h2.h2 { (t(lang, "raise.who.title")) } p.small.quiet { (t(lang, "raise.who.text")) } div.stack { @for item in &parts.who { (field(lang, item)) } } } }
            (optional(t(lang, "raise.keep.title"), &parts.keep))
            (optional(&tf(lang, "raise.more.title", &[("n", &parts.more.len().to_string())]), &parts.more))
            p.actions {
                button.btn data-kind="go" name="go" value="check" { (t(lang, "raise.to_check")) }
                button.link name="go" value="what" formnovalidate { (t(lang, "raise.back")) }
            }
            (instead(visitor, shape))
        }
    } };
    portal_page(&PageHead { section: "home", private: true, ..visitor.head(t(lang, "raise.details.title")) }, &body)
}

fn is_filled(field: &Field) -> bool {
    match &field.input {
        Input::Many { values, .. } => !values.is_empty(),
        Input::Text { value, .. } | Input::LongText { value, .. } | Input::Select { value, .. } => !value.is_empty(),
        Input::YesNo { value } => value.is_some(),
        _ => false,
    }
}

fn parts(visitor: &Visitor, draft: &Draft, shape: &Shape, errors: &[FieldError]) -> Parts {
    let lang = visitor.lang;
    let values = shape.values(draft);
    let draw = |view: &FieldView| {
        let error = errors.iter().find(|e| e.field == view.id);
        fields::field(lang, view, &shape.rest, &values, &[], error)
    };
    let mut parts = Parts { must: Vec::new(), who: Vec::new(), keep: Vec::new(), more: Vec::new() };
    for view in &shape.rest {
        let part = match view.field.class {
            _ if view.field.withhold => &mut parts.keep,
            Class::Sealed if shape.must(draft, view) || single(view) => &mut parts.who,
            _ if shape.must(draft, view) => &mut parts.must,
            _ => &mut parts.more,
        };
        part.push(draw(view));
    }
    parts
}

/// Name and telephone are asked plainly; longer sealed texts stand among what may be left out.
fn single(view: &FieldView) -> bool {
    use kernel::mechanism::FieldKind;
    matches!(view.field.kind, FieldKind::PersonName | FieldKind::Phone)
}

/// The level below what was picked in step one, if there is one: asked here once more, and it may stay open.
fn community(visitor: &Visitor, draft: &Draft) -> Vec<(String, Field)> {
    let open = levels(visitor, draft).into_iter().nth(draft.picks.len());
    let open = open.filter(|l| !l.options.is_empty() && !draft.picks.is_empty());
    let as_field = |level: crate::components::field::RegionLevel| {
        let input = Input::Select { value: String::new(), options: level.options };
        (level.name.clone(), Field::new(level.name, level.label, input).optional())
    };
    open.into_iter().map(as_field).collect()
}
