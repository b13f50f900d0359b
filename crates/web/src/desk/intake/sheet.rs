//! The sheet of intake: what was said on top, the rest in pairs, the same matters and the promise beside it.

use super::Draft;
use crate::components::Tone;
use crate::components::error_summary::error_summary;
use crate::components::field::{Field, Input, Opt, field as draw};
use crate::components::notice::outcome;
use crate::desk::about::about;
use crate::desk::form::field;
use crate::desk::rows::{href, title};
use crate::desk::words::{due_of, say};
use crate::i18n::{Lang, date_long, t, tf};
use crate::visitor::Visitor;
use app::view::FieldView;
use kernel::mechanism::{Door, FieldKind, RAISE};
use kernel::region::RegionCode;
use maud::{Markup, html};

/// More places than this are not a list that one can type into.
const MOST_PLACES: usize = 600;

/// More kinds than these are a list of their own, folded away.
const FEW: usize = 4;

/// The word for a matter of somebody else, or for one that a body raises itself.
pub fn word(draft: &Draft, key: &str) -> String {
    let own = draft.chosen.mechanism.mechanism.door == Door::Staff;
    if own { format!("{key}_own") } else { key.to_owned() }
}

/// The sheet.
#[must_use]
pub fn sheet(visitor: &Visitor, draft: &Draft) -> Markup {
    let lang = visitor.lang;
    // Hints are written for residents; whoever takes down all day reads labels.
    let one = |f: &FieldView| Field { hint: None, ..field(visitor, f, &draft.fields, &draft.filling, &draft.region) };
    let fields: Vec<(FieldKind, bool, Field)> =
        draft.fields.iter().map(|f| (f.field.kind, f.required, one(f))).collect();
    let shown: Vec<Field> = fields.iter().map(|(_, _, f)| f.clone()).collect();
    let long = |k: &FieldKind| matches!(k, FieldKind::Text);
    let rare = |k: &FieldKind, required: &bool| !required && matches!(k, FieldKind::Files | FieldKind::Bodies);
    let lists = |k: FieldKind| fields.iter().filter(move |(kind, r, _)| kind == &k && rare(kind, r));
    html! {
        (error_summary(lang, &shown))
        @if !draft.refused.is_empty() { (outcome(Tone::Warn, t(lang, "desk.intake.refused"), &html! { @for line in &draft.refused { p { (line) } } })) }
        form.keep method="post" action="/desk/intake" enctype="multipart/form-data" data-draft="/desk/intake" {
            input type="hidden" name="key" value=(draft.key);
            div.two {
                div.main.intake {
                    (mechanisms(visitor, draft))
                    @for (_, _, item) in fields.iter().filter(|(k, r, _)| long(k) && *r) { (draw(lang, item)) }
                    div.pair {
                        (draw(lang, &region(visitor, draft)))
                        @for (kind, required, item) in &fields { @if !long(kind) && !rare(kind, required) { (draw(lang, item)) } }
                        (draw(lang, &occurred(visitor, draft)))
                    }
                    @for (_, _, item) in fields.iter().filter(|(k, r, _)| long(k) && !*r) { (draw(lang, item)) }
                    @for (_, _, item) in lists(FieldKind::Files) { (draw(lang, item)) }
                    @for (_, _, item) in lists(FieldKind::Bodies) { (folded(visitor, item)) }
                    p.draft-state data-draft-state hidden { time {} " " (t(lang, "desk.intake.kept")) }
                }
                div.side { (same(visitor, draft)) (promise(visitor, draft)) }
            }
            div.send-bar {
                p { (t(lang, &word(draft, "desk.intake.after"))) }
                p.actions { button.btn data-kind="go" name="do" value="send" { (send(lang, draft)) " " kbd aria-hidden="true" { "Ctrl Enter" } } }
            }
        }
    }
}

/// What the button says: one's own body does what the mechanism calls it.
fn send(lang: Lang, draft: &Draft) -> &str {
    let head = &draft.chosen.mechanism;
    match head.action.get(RAISE).filter(|_| head.mechanism.door == Door::Staff) {
        Some(raise) => say(lang, &raise.label),
        None => t(lang, "desk.intake.send"),
    }
}

fn mechanisms(visitor: &Visitor, draft: &Draft) -> Markup {
    let lang = visitor.lang;
    let id = &draft.chosen.mechanism.mechanism.id;
    if draft.offered.len() < 2 {
        return html! { input type="hidden" name="mechanism" value=(id); };
    }
    let option =
        |e: &app::catalogue::Effective| Opt::new(&e.mechanism.mechanism.id, say(lang, &e.mechanism.mechanism.name));
    let options = draft.offered.iter().map(option).collect();
    let choice =
        Field::new("mechanism", t(lang, "desk.intake.mechanism"), Input::ChoiceRow { value: id.clone(), options });
    let all = html! { (draw(lang, &choice)) p { button.btn name="do" value="switch" formnovalidate { (t(lang, "desk.intake.switch")) } } };
    if draft.offered.len() <= FEW {
        return all;
    }
    let name = say(lang, &draft.chosen.mechanism.mechanism.name);
    let others = (draft.offered.len() - 1).to_string();
    html! { details.fold { summary { (tf(lang, "desk.intake.others", &[("name", name), ("n", &others)])) } (all) } }
}

fn region(visitor: &Visitor, draft: &Draft) -> Field {
    let lang = visitor.lang;
    let options = places(visitor);
    let whole = visitor.site.app.place(&visitor.site.app.settings().territory);
    let first = Opt::new(
        visitor.site.app.settings().territory.as_str(),
        tf(lang, "desk.intake.whole", &[("place", say(lang, &whole))]),
    );
    let options = std::iter::once(first).chain(options).collect();
    Field::new("region", t(lang, "desk.intake.region"), Input::Select { value: draft.region.as_str().into(), options })
}

/// Streets and their communities, each after its street.
fn places(visitor: &Visitor) -> Vec<Opt> {
    let app = &visitor.site.app;
    let (regions, today) = (app.regions(), app.now().date());
    let name = |code: &RegionCode| say(visitor.lang, &app.region_name(code)).to_owned();
    let streets = regions.choices(&app.settings().territory, today);
    let mut all = Vec::new();
    for street in &streets {
        let own = name(&street.code);
        let below = regions.choices(&street.code, today);
        let below = below.iter().map(|c| Opt::new(c.code.as_str(), format!("{own} · {}", name(&c.code))));
        all.push(Opt::new(street.code.as_str(), own.as_str()));
        all.extend(below);
    }
    if all.len() > MOST_PLACES {
        streets.iter().map(|s| Opt::new(s.code.as_str(), name(&s.code))).collect()
    } else {
        all
    }
}

fn occurred(visitor: &Visitor, draft: &Draft) -> Field {
    let label = t(visitor.lang, &word(draft, "desk.intake.occurred"));
    let input = Input::DateTime { value: draft.occurred.clone() };
    Field::new("occurred", label, input).hint(t(visitor.lang, &word(draft, "desk.intake.occurred_hint"))).optional()
}

/// A long list that is rarely needed stays folded until something in it is chosen or wrong.
fn folded(visitor: &Visitor, item: &Field) -> Markup {
    let used = item.error.is_some() || matches!(&item.input, Input::Many { values, .. } if !values.is_empty());
    html! { details.fold open[used] { summary { (item.label) " " span.optional { (t(visitor.lang, "field.optional")) } } (draw(visitor.lang, item)) } }
}

fn same(visitor: &Visitor, draft: &Draft) -> Markup {
    let lang = visitor.lang;
    html! { section.sec #same data-similar {
        header { h2 { (t(lang, "desk.intake.same")) } p { button.btn name="do" value="similar" formnovalidate { (t(lang, "desk.intake.look")) } } }
        @match &draft.similar {
            None => { p.quiet { (t(lang, "desk.intake.same_before")) } }
            Some(items) if items.is_empty() => { p.quiet role="status" { (t(lang, "desk.intake.same_none")) } }
            Some(items) => {
                p.quiet role="status" { (tf(lang, "desk.intake.same_found", &[("n", &items.len().to_string())])) }
                ul.rows.bare { @for item in items { li data-row { div {
                    a.t href=(href(item)) target="_blank" { (title(item)) }
                    small { (about(lang, &item.state_name)) " · " (say(lang, &item.place)) " · " span.num { (item.number) } }
                    (crate::components::due::due(lang, &due_of(lang, item, visitor.site.app.now())))
                } } } }
            }
        }
        p.quiet.small { (t(lang, "desk.intake.same_note")) " " a href="/know" target="_blank" { (t(lang, "desk.intake.know")) } }
    } }
}

fn promise(visitor: &Visitor, draft: &Draft) -> Markup {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let Some((due, latest, provisional)) = app.catalogue().promise(&draft.chosen, app.calendar(), app.now()) else {
        return html! {};
    };
    let one = if due.date() == latest.date() { "_one" } else { "" };
    let key = format!("{}{one}", word(draft, "desk.intake.promise"));
    html! { section.sec { header { h2 { (t(lang, &word(draft, "desk.intake.read"))) } }
        p.voice { (tf(lang, &key, &[("due", &date_long(lang, due.date())), ("latest", &date_long(lang, latest.date()))])) }
        @if provisional { p.note data-tone="due" { (t(lang, "clock.provisional.why")) } }
    } }
}
