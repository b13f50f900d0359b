//! Step one: what, where, photos; and which way, where the address does not give it.

use super::draft::{Draft, OUTSIDE, Shape, today};
use crate::components::empty::empty;
use crate::components::error_summary::error_summary;
use crate::components::field::{Field, Input, Opt, RegionLevel, field};
use crate::components::wizard::wizard;
use crate::components::{Link, hidden_fields};
use crate::i18n::{Lang, t};
use crate::layout::{PageHead, portal_page};
use crate::portal::fields::staged;
use crate::portal::words::say;
use crate::portal::{door, doors};
use crate::visitor::Visitor;
use app::view::FieldView;
use kernel::mechanism::Door;
use kernel::refusal::FieldError;
use maud::{Markup, html};

/// What the page shows.
pub struct Step<'a> {
    /// What was told so far.
    pub draft: &'a Draft,
    /// The mechanism, when the way is given.
    pub shape: Option<&'a Shape>,
    /// The door through which the person came.
    pub door: Door,
    /// The way chosen on the page.
    pub way: Option<String>,
    /// No way was chosen.
    pub no_way: bool,
    /// What is wrong.
    pub errors: &'a [FieldError],
    /// What is wrong with a file.
    pub file_error: Option<String>,
    /// The person wanted to go on: what is missing is told.
    pub checked: bool,
}

impl<'a> Step<'a> {
    /// An untouched step.
    pub fn new(draft: &'a Draft) -> Step<'a> {
        Step {
            draft,
            shape: None,
            door: Door::Report,
            way: None,
            no_way: false,
            errors: &[],
            file_error: None,
            checked: false,
        }
    }
}

/// The line of steps.
pub fn steps(lang: Lang, now: usize) -> Markup {
    let words = ["raise.step.what", "raise.step.details", "raise.step.check"];
    // Going back is a button of the form, because it takes along what was told; a link would lose it.
    wizard(lang, &words.map(|key| Link::new("", t(lang, key))), now)
}

/// The page.
pub fn page(visitor: &Visitor, step: &Step<'_>) -> Markup {
    let lang = visitor.lang;
    let id = step.shape.map(|s| s.effective.mechanism.mechanism.id.clone());
    let action = id.as_ref().map_or_else(|| "/raise".to_owned(), |id| format!("/raise/{id}"));
    let fields = fields(visitor, step);
    let ways = way(visitor, step);
    let open = step.shape.is_some()
        || ways.as_ref().is_some_and(|w| !matches!(&w.input, Input::Choice { options, .. } if options.is_empty()));
    if !open {
        return closed(visitor, step);
    }
    let all: Vec<Field> = fields.iter().chain(&ways).cloned().collect();
    let mut hidden = step.draft.hidden();
    hidden.retain(|(name, _)| name == "key" || name.starts_with("v-"));
    hidden.push(("door".to_owned(), doors::word(step.door).to_owned()));
    let title = match step.shape {
        Some(shape) => say(lang, &shape.effective.mechanism.mechanism.name).to_owned(),
        None => t(lang, "raise.what.title").to_owned(),
    };
    let body = html! { div.narrow #steps {
        (steps(lang, 0))
        h1.title { (title) }
        p.lede { @if let Some(shape) = step.shape { (say(lang, &shape.effective.mechanism.mechanism.summary)) } @else { (t(lang, "raise.what.lede")) } }
        (error_summary(lang, &all))
        form method="post" action=(action) enctype="multipart/form-data" data-draft="/raise" {
            (hidden_fields(&hidden))
            // The first button is the one that Enter presses.
            button.vh name="go" value="details" tabindex="-1" aria-hidden="true" { (t(lang, "raise.next")) }
            div.stack { @for item in &fields { (field(lang, item))
                @if matches!(item.input, Input::Region { .. }) { p.small { button.link name="go" value="region" formnovalidate { (t(lang, "raise.region.refresh")) } " " span.quiet { (t(lang, "raise.region.open")) } } } } }
            @if let Some(ways) = &ways { div.way.block { (field(lang, ways)) } }
            p.draft-state data-draft-state hidden { time {} " " (t(lang, "raise.kept")) }
            p.actions { button.btn data-kind="go" name="go" value="details" { (t(lang, "raise.next")) } span.quiet.small { (t(lang, "raise.not_yet")) } }
            @if let Some(shape) = step.shape { (instead(visitor, shape)) }
        }
    } };
    portal_page(&PageHead { section: "home", private: true, ..visitor.head(title) }, &body)
}

/// Nothing is offered behind this door: said before anything is asked; what was typed stays to be copied.
fn closed(visitor: &Visitor, step: &Step<'_>) -> Markup {
    let lang = visitor.lang;
    let what = &step.draft.what;
    let body = html! { div.narrow {
        (empty(&door::nothing(visitor)))
        @if !what.is_empty() { div.field.block { label for="kept" { (t(lang, "error.kept.label")) } textarea.in #kept readonly rows="5" { (what) } } }
    } };
    portal_page(&PageHead { section: "home", private: true, ..visitor.head(t(lang, "raise.what.title")) }, &body)
}

fn fields(visitor: &Visitor, step: &Step<'_>) -> Vec<Field> {
    let (lang, draft) = (visitor.lang, step.draft);
    let own = |view: Option<&FieldView>, key: &str| {
        let label = view.map_or_else(|| t(lang, key).to_owned(), |v| say(lang, &v.field.label).to_owned());
        let hint = view.map_or_else(
            || Some(t(lang, &key.replace(".label", ".hint")).to_owned()),
            |v| v.field.hint.as_ref().map(|h| say(lang, h).to_owned()),
        );
        let wrong = view.and_then(|v| step.errors.iter().find(|e| e.field == v.id));
        (label, hint, wrong.map(|e| say(lang, &e.message).to_owned()))
    };
    let shape = step.shape;
    let max = |view: Option<&FieldView>| Some(view.and_then(|v| v.field.max).unwrap_or(2000));
    let main = shape.and_then(|s| s.main.as_ref());
    let (label, hint, error) = own(main, "raise.what.label");
    let value = draft.what.clone();
    let missing = (step.checked && value.is_empty()).then(|| t(lang, "raise.what.missing").to_owned());
    let what = Field {
        hint,
        error: missing.or(error),
        ..Field::new(
            "what",
            label,
            Input::LongText { value, rows: if max(main).is_some_and(|m| m <= 100) { 2 } else { 5 }, max: max(main) },
        )
    };
    let place_view = shape.and_then(|s| s.place.as_ref());
    let (label, hint, error) = own(place_view, "raise.place.label");
    let value = draft.place.clone();
    let place = Field {
        hint,
        error,
        required: false,
        ..Field::new(
            "place",
            label,
            Input::Text { value, max: max(place_view).map(|m| m.min(300)), autocomplete: None },
        )
    };
    let files_view = shape.and_then(|s| s.files.as_ref());
    let (label, hint, error) = own(files_view, "raise.files.label");
    let files = Field {
        hint,
        error: step.file_error.clone().or(error),
        required: false,
        id: "f-files-file".into(),
        ..Field::new("files", label, staged(&draft.files))
    };
    let files = Field { id: "f-files".into(), ..files };
    let asks_files = shape.is_none_or(|s| s.files.is_some());
    let levels = levels(visitor, draft);
    let mut all = vec![what, place];
    if !levels.is_empty() {
        all.push(region(visitor, step, levels));
    }
    if asks_files {
        all.push(files);
    }
    all
}

fn region(visitor: &Visitor, step: &Step<'_>, levels: Vec<RegionLevel>) -> Field {
    let lang = visitor.lang;
    let missing = step.checked && step.draft.lacks_county(visitor);
    Field {
        hint: Some(t(lang, "raise.region.hint").to_owned()),
        required: step.draft.lacks_county(visitor),
        error: missing.then(|| t(lang, "raise.region.missing").to_owned()),
        ..Field::new("region", t(lang, "raise.region.label"), Input::Region { levels })
    }
}

/// One choice for each level below the territory, down to the community.
pub fn levels(visitor: &Visitor, draft: &Draft) -> Vec<RegionLevel> {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let regions = app.regions();
    let mut at = visitor.site.app.settings().territory;
    let mut levels = Vec::new();
    for n in 0..5 {
        let choices = regions.choices(&at, today(visitor));
        let Some(level) = choices.first().map(|r| r.code.level().number()) else { break };
        let value = draft.picks.get(n).cloned().unwrap_or_default();
        let mut options: Vec<Opt> =
            choices.iter().map(|r| Opt::new(r.code.to_string(), say(lang, &app.region_name(&r.code)))).collect();
        if n == 0 {
            options.push(Opt::new(OUTSIDE, t(lang, "raise.region.outside")));
        }
        let picked = choices.iter().find(|r| r.code.to_string() == value).map(|r| r.code);
        let name = format!("r{n}");
        levels.push(RegionLevel { name, label: t(lang, &format!("raise.level.{level}")).to_owned(), options, value });
        match picked {
            Some(next) => at = next,
            None => {
                if level < 5 {
                    let label = t(lang, &format!("raise.level.{}", level + 1)).to_owned();
                    let (name, options, value) = (format!("r{}", n + 1), Vec::new(), String::new());
                    levels.push(RegionLevel { name, label, options, value });
                }
                break;
            }
        }
    }
    levels
}

/// The choice among the ways that are offered, in the order of the packs; none when the way is given.
fn way(visitor: &Visitor, step: &Step<'_>) -> Option<Field> {
    if step.shape.is_some() {
        return None;
    }
    let lang = visitor.lang;
    let region = step.draft.region(&visitor.site.app.settings().territory);
    let ways = doors::offered(visitor, &region, step.door);
    let option = |e: &app::catalogue::Effective| {
        let head = &e.mechanism.mechanism;
        Opt::new(head.id.clone(), say(lang, &head.name)).hint(say(lang, &head.summary))
    };
    let value = step.way.clone().or_else(|| Some(ways.first()?.mechanism.mechanism.id.clone())).unwrap_or_default();
    let options = ways.iter().map(option).collect();
    let error = step.no_way.then(|| t(lang, "raise.way.missing").to_owned());
    let hint = Some(t(lang, "raise.way.hint").to_owned());
    Some(Field { hint, error, ..Field::new("way", t(lang, "raise.way.label"), Input::Choice { value, options }) })
}

/// Other ways for the same words, a formal one among them where the region offers it; what was typed goes along.
pub fn instead(visitor: &Visitor, shape: &Shape) -> Markup {
    let lang = visitor.lang;
    let region = visitor.site.app.settings().territory;
    let ways = doors::others(visitor, &region, &shape.effective.mechanism.mechanism.id);
    html! { @if !ways.is_empty() { div.block.small.instead {
        p.quiet { (t(lang, "raise.instead")) }
        @for way in &ways { @let head = &way.mechanism.mechanism;
            p { button.link name="go" value="what" formaction=(format!("/raise/{}", head.id)) formnovalidate { (say(lang, &head.name)) } span.quiet { (say(lang, &head.summary)) } } }
    } } }
}
