//! What the person posted before a window of hers closed and what came only now (寄出在期限内、现在才收到的信): the forms that
//! record it with the day on which it was posted. Whether it still counts is the kernel's affair.

use super::Refused;
use crate::components::field::{Field, Input, field as input};
use crate::desk::form::{Filling, field};
use crate::desk::words::{once, say};
use crate::i18n::{date_long, t, tf};
use crate::visitor::Visitor;
use app::view::{LateView, MatterView};
use kernel::region::RegionCode;
use kernel::time::Timestamp;
use maud::{Markup, html};

/// What was given as the time of posting; none where nothing was given.
///
/// # Errors
/// It is no time.
pub fn posted(given: &str) -> Result<Option<Timestamp>, ()> {
    match given.trim() {
        "" => Ok(None),
        given => given.parse().map(Some).map_err(|_| ()),
    }
}

/// The section, where there is anything to record.
#[must_use]
pub fn section(visitor: &Visitor, view: &MatterView, back: Option<&Refused>) -> Markup {
    let lang = visitor.lang;
    html! { @if !view.late.is_empty() { section.sec #late {
        header { h2 { (t(lang, "desk.late.title")) } }
        p.quiet { (t(lang, "desk.late.lede")) }
        @for late in &view.late { (form(visitor, view, late, back.filter(|b| b.action == late.action.name))) }
    } } }
}

fn form(visitor: &Visitor, view: &MatterView, late: &LateView, back: Option<&Refused>) -> Markup {
    let lang = visitor.lang;
    let none = Filling::default();
    let filling = back.map_or(&none, |b| &b.filling);
    let region: RegionCode = view.region.parse().unwrap_or(visitor.site.app.settings().territory);
    let action = &late.action;
    let files = action.fields.iter().any(|f| f.field.kind == kernel::mechanism::FieldKind::Files);
    let due = date_long(lang, late.due.date());
    let when = Field {
        id: format!("late-{}-occurred", action.name),
        required: true,
        ..Field::new("occurred", t(lang, "desk.late.posted"), Input::DateTime { value: String::new() })
    };
    html! { details open[back.is_some()] {
        summary { (tf(lang, "desk.late.record", &[("action", say(lang, &action.label)), ("date", &due)])) }
        form.stack.narrow method="post" action=(format!("/desk/m/{}/do/{}", view.number, action.name)) enctype=[files.then_some("multipart/form-data")] {
            input type="hidden" name="seen" value=(view.seq);
            input type="hidden" name="key" value=(once());
            (input(lang, &when.hint(tf(lang, "desk.late.posted_hint", &[("date", &due)]))))
            @for f in &action.fields {
                @let drawn = field(visitor, f, &action.fields, filling, &region);
                (input(lang, &Field { id: format!("late-{}-{}", action.name, drawn.id), ..drawn }))
            }
            p.actions { button.btn data-kind="go" { (t(lang, "desk.late.go")) } }
        }
    } }
}
