//! The control inside a field.

use super::{Field, Input, Opt, RegionLevel, Staged};
use crate::i18n::{Lang, t};
use maud::{Markup, html};

pub(super) fn control(lang: Lang, field: &Field, described: Option<&str>) -> Markup {
    let line = |kind, value: &str, mode: Option<&str>, complete: Option<&str>, max: Option<u32>| {
        html! { input.in id=(field.id) name=(field.name) type=(kind) value=(value) inputmode=[mode] autocomplete=[complete] maxlength=[max]
        required[field.required] aria-describedby=[described] aria-invalid=[field.error.as_ref().map(|_| "true")]; }
    };
    match &field.input {
        Input::Text { value, max, autocomplete } => line("text", value, None, *autocomplete, *max),
        Input::PersonName { value } => line("text", value, None, Some("name"), Some(50)),
        Input::Phone { value } => line("tel", value, Some("tel"), Some("tel"), Some(20)),
        Input::DateTime { value } => line("datetime-local", value, None, None, None),
        Input::LongText { value, rows, max } => html! {
            textarea.in id=(field.id) name=(field.name) rows=(rows) maxlength=[*max] required[field.required]
                aria-describedby=[described] aria-invalid=[field.error.as_ref().map(|_| "true")] { (value) }
        },
        Input::Number { value, min, max, unit } => html! {
            span.with-unit {
                input.in id=(field.id) name=(field.name) type="text" inputmode="decimal" value=(value) data-min=[*min] data-max=[*max]
                    required[field.required] aria-describedby=[described] aria-invalid=[field.error.as_ref().map(|_| "true")];
                @if let Some(unit) = unit { span { (unit) } }
            }
        },
        Input::Date { value, min, max } => html! {
            input.in.short id=(field.id) name=(field.name) type="date" value=(value) min=[min.as_ref()] max=[max.as_ref()]
                required[field.required] aria-describedby=[described] aria-invalid=[field.error.as_ref().map(|_| "true")];
        },
        Input::Select { value, options } => select(lang, field, value, options, described),
        Input::Proposed { value, proposed, options } => self::proposed(lang, field, value, proposed, options),
        Input::Choice { value, options } if options.len() > 6 => select(lang, field, value, options, described),
        Input::Choice { value, options } => {
            html! { div.choices { (radios(field, value, options)) } }
        }
        Input::ChoiceRow { value, options } => {
            html! { div.choices data-row { (radios(field, value, options)) } }
        }
        Input::YesNo { value } => {
            let options = [Opt::new("yes", t(lang, "field.yes")), Opt::new("no", t(lang, "field.no"))];
            let now = value.map_or("", |yes| if yes { "yes" } else { "no" });
            html! { div.choices data-row { (radios(field, now, &options)) } }
        }
        Input::Many { values, options } => {
            html! { div.choices { @for (n, opt) in options.iter().enumerate() {
                (tick(&format!("{}-{n}", field.id), &field.name, opt, values.contains(&opt.value)))
            } } }
        }
        Input::Check { checked, statement } => {
            html! { div.choices { (tick(&format!("{}-0", field.id), &field.name, &Opt::new("yes", statement.as_str()), *checked)) } }
        }
        Input::Picker { value, search, query, options, searched } => {
            picker(lang, field, value, search, query, options, *searched)
        }
        Input::Region { levels } => {
            html! { div.region { @for level in levels { (region_level(lang, level)) } } }
        }
        Input::Tasks { rows, options } => tasks(lang, field, rows, options),
        Input::Sketch { value, pictures } => crate::components::sketch::control(lang, field, value, pictures),
        Input::Files { accept, many, staged } => files(lang, field, accept, *many, staged),
    }
}

fn select(lang: Lang, field: &Field, value: &str, options: &[Opt], described: Option<&str>) -> Markup {
    html! {
        select.in id=(field.id) name=(field.name) required[field.required] aria-describedby=[described]
            aria-invalid=[field.error.as_ref().map(|_| "true")] {
            option value="" { (t(lang, "field.choose")) }
            @for opt in options { option value=(opt.value) selected[opt.value == value] data-fills=[&opt.fills] { (opt.label) } }
        }
        @if options.iter().any(|o| o.fills.is_some()) { (fill(lang)) }
    }
}

/// Without scripts a button fills in what the choice says; nothing is sent by it.
fn fill(lang: Lang) -> Markup {
    html! { noscript { button.btn name="do" value="fill" formnovalidate { (t(lang, "field.proposed.fill")) } } }
}

fn proposed(lang: Lang, field: &Field, value: &str, proposed: &[Opt], options: &[Opt]) -> Markup {
    let other = format!("{}-other", field.id);
    // Whoever chooses in the select need not press a card as well; what is missing is told by the rules.
    let free = Field { required: false, ..field.clone() };
    let likely = proposed.iter().any(|o| o.value == value);
    let mut cards = proposed.to_vec();
    if !field.required {
        cards.push(Opt::new("", t(lang, "field.proposed.none")));
    }
    let rest = options.iter().filter(|o| !proposed.iter().any(|p| p.value == o.value));
    html! {
        div.choices { (radios(&free, if likely { value } else { "" }, &cards)) }
        label.small for=(other) { (t(lang, "field.proposed.other")) }
        select.in id=(other) name=(field.name) {
            option value="" { (t(lang, "field.choose")) }
            @for opt in rest { option value=(opt.value) selected[opt.value == value] data-fills=[&opt.fills] { (opt.label) } }
        }
        @if options.iter().any(|o| o.fills.is_some()) { (fill(lang)) }
    }
}

fn radios(field: &Field, value: &str, options: &[Opt]) -> Markup {
    html! { @for (n, opt) in options.iter().enumerate() {
        label.choice {
            input type="radio" id=(format!("{}-{n}", field.id)) name=(field.name) value=(opt.value)
                checked[opt.value == value] required[field.required] data-fills=[&opt.fills];
            span { b { (opt.label) } @if let Some(hint) = &opt.hint { span.hint { (hint) } } }
        }
    } }
}

fn tick(id: &str, name: &str, opt: &Opt, checked: bool) -> Markup {
    html! { label.choice {
        input type="checkbox" id=(id) name=(name) value=(opt.value) checked[checked];
        span { b { (opt.label) } @if let Some(hint) = &opt.hint { span.hint { (hint) } } }
    } }
}

fn picker(
    lang: Lang,
    field: &Field,
    value: &str,
    search: &str,
    query: &str,
    options: &[Opt],
    searched: bool,
) -> Markup {
    html! {
        div.search {
            label.vh for=(format!("{}-q", field.id)) { (t(lang, "field.search.go")) }
            input.in id=(format!("{}-q", field.id)) name=(search) type="search" value=(query);
            button.btn name="search_go" value=(field.name) formnovalidate { (t(lang, "field.search.go")) }
        }
        @if options.is_empty() && searched { p.quiet role="status" { (t(lang, "field.search.none.text")) } }
        @else { div.choices { (radios(field, value, options)) } }
    }
}

fn region_level(lang: Lang, level: &RegionLevel) -> Markup {
    html! { label { span { (level.label) }
        select.in name=(level.name) disabled[level.options.is_empty()] {
            option value="" { (t(lang, if level.options.is_empty() { "field.region.above" } else { "field.choose" })) }
            @for opt in &level.options { option value=(opt.value) selected[opt.value == level.value] { (opt.label) } }
        }
    } }
}

fn tasks(lang: Lang, field: &Field, rows: &[[String; 3]], options: &[Opt]) -> Markup {
    let name = |n: usize, key: &str| format!("{}.{n}.{key}", field.name);
    html! { ol.tasks { @for (n, [what, who, by]) in rows.iter().enumerate() { li {
        label { span { (t(lang, "field.task.what")) } input.in type="text" name=(name(n, "what")) value=(what) maxlength="200"; }
        label { span { (t(lang, "field.task.who")) } select.in name=(name(n, "who")) {
            option value="" { (t(lang, "field.choose")) }
            @for opt in options { option value=(opt.value) selected[opt.value == *who] { (opt.label) } }
        } }
        label { span { (t(lang, "field.task.by")) } input.in.short type="date" name=(name(n, "by")) value=(by); }
    } } } }
}

fn files(lang: Lang, field: &Field, accept: &str, many: bool, staged: &[Staged]) -> Markup {
    html! {
        @if !staged.is_empty() { ul.staged { @for file in staged { li {
            @if let Some(thumb) = &file.thumb { img src=(thumb) alt="" width="96" height="72"; }
            label { input type="checkbox" name=(format!("{}_keep", field.name)) value=(file.id) checked; " " (file.label) }
        } } } }
        label.file-add { b { (t(lang, "field.file.add")) } span data-many=(t(lang, "field.file.many")) { (t(lang, "field.file.none")) }
            input id=(format!("{}-file", field.id)) type="file" name=(field.name) accept=(accept) multiple[many];
        }
    }
}
