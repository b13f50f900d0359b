//! Sketches: the drawing on pages, and the rows of a form that draw one without scripts. What a sketch may hold is the
//! kernel's; the words beside the drawing are its text twin.

use super::field::{Field, Under};
use crate::i18n::{Lang, t, tf};
use crate::posted::Posted;
use kernel::sketch::{Mark, MarkKind, SIDE, Sketch, middle};
use maud::{Markup, html};

/// How many rows for further marks a form has.
const ROWS: usize = 4;
const KINDS: [(&str, &str, MarkKind); 2] =
    [("mark", "sketch.mark", MarkKind::Mark), ("label", "sketch.label", MarkKind::Label)];

/// What the name of the control ends in that brings a picture to lie under a sketch.
pub const UNDER: &str = ".under";

/// The pictures of a matter as a sketch offers them; `place` stands before the matter's address.
#[must_use]
pub fn pictures(lang: Lang, view: &app::view::FieldView, place: &str) -> Vec<Under> {
    let one = |(p, n): (&app::view::Picture, usize)| Under {
        id: p.id.clone(),
        label: tf(lang, "sketch.base.nth", &[("n", &n.to_string())]),
        href: format!("{place}/m/{}/file/{}", p.number, p.id),
    };
    view.pictures.iter().zip(1..).map(one).collect()
}

/// The drawing; `name` is what it is called for whoever cannot see it, `under` where the picture below it is to be had.
#[must_use]
pub fn drawing(lang: Lang, sketch: &Sketch, name: &str, under: Option<&str>) -> Markup {
    let twin: Vec<String> =
        sketch.twin().into_iter().map(|line| if lang == Lang::Zh { line.zh } else { line.en }).collect();
    html! {
        figure.sketch {
            svg.over[under.is_some()] viewBox=(format!("0 0 {SIDE} {SIDE}")) role="img" aria-label=(name) {
                (picture(under))
                (grid())
                @for mark in &sketch.marks { (lines(mark)) }
                @for (n, mark) in sketch.marks.iter().enumerate() { (number(n + 1, mark)) }
            }
            figcaption { ol { @for line in &twin { li { (line) } } } }
        }
    }
}

/// The drawings among what an entry says; `files` is the address below which its attachments are.
#[must_use]
pub fn drawings(lang: Lang, fields: &[app::view::SaidField], files: &str) -> Option<Markup> {
    let one = |f: &app::view::SaidField| {
        let (sketch, name) = (f.sketch.as_ref()?, if lang == Lang::Zh { &f.label.zh } else { &f.label.en });
        let under = sketch.base.as_ref().map(|id| format!("{files}{id}"));
        Some(drawing(lang, sketch, name, under.as_deref()))
    };
    let drawn: Vec<Markup> = fields.iter().filter_map(one).collect();
    (!drawn.is_empty()).then(|| html! { @for one in &drawn { (one) } })
}

fn grid() -> Markup {
    let step = usize::from(SIDE / 10);
    html! { @for n in 1..10 {
        line.sk-grid x1=(n * step) y1="0" x2=(n * step) y2=(SIDE) {}
        line.sk-grid x1="0" y1=(n * step) x2=(SIDE) y2=(n * step) {}
    } }
}

/// The whole picture, as large as the square lets it be: marks keep their place whatever its shape.
fn picture(href: Option<&str>) -> Markup {
    html! { image href=[href] x="0" y="0" width=(SIDE) height=(SIDE) preserveAspectRatio="xMidYMid meet" {} }
}

/// What a mark covers; drawn below all numbers, so that none is hidden.
fn lines(mark: &Mark) -> Markup {
    let points = mark.points.iter().map(|[x, y]| format!("{x},{y}")).collect::<Vec<_>>().join(" ");
    match mark.kind {
        MarkKind::Line => html! { polyline.sk-line points=(points) {} },
        MarkKind::Area => html! { polygon.sk-area points=(points) {} },
        MarkKind::Mark | MarkKind::Label => html! {},
    }
}

fn number(n: usize, mark: &Mark) -> Markup {
    let [x, y] = mark.points.first().copied().unwrap_or_default();
    match mark.kind {
        MarkKind::Label => html! { text.sk-label x=(x) y=(y) { (mark.text) } },
        MarkKind::Line | MarkKind::Area | MarkKind::Mark => html! {
            circle.sk-dot cx=(x) cy=(y) r="30" {} text.sk-number x=(x) y=(y + 14) text-anchor="middle" { (n) }
        },
    }
}

/// The control of a form: a pad that a script lets people draw on, and rows that add marks without it.
#[must_use]
pub fn control(lang: Lang, field: &Field, value: &str, pictures: &[Under]) -> Markup {
    let base = Sketch::drafted(value).and_then(|s| s.base);
    let known = pictures.iter().find(|p| Some(&p.id) == base.as_ref()).map(|p| p.href.as_str());
    html! {
        div.sketch-form data-sketch {
            @if let Ok(sketch) = Sketch::read(value) { (drawing(lang, &sketch, &field.label, known)) }
            input type="hidden" name=(field.name) value=(value);
            (below(lang, field, base.as_deref(), pictures))
            (pad(lang, field, known))
            (rows(lang, field))
        }
    }
}

/// What may lie under it: a picture of the matter, or one that comes with the form; it may be taken away again.
fn below(lang: Lang, field: &Field, base: Option<&str>, pictures: &[Under]) -> Markup {
    let name = format!("{}{UNDER}", field.name);
    let staged = base.filter(|id| !pictures.iter().any(|p| p.id == *id));
    html! {
        fieldset.sk-base { legend { (t(lang, "sketch.base.label")) }
            @if !pictures.is_empty() { label { span { (t(lang, "sketch.base.own")) } select.in.short name=(name) data-chosen {
                option value="" { (t(lang, "sketch.base.none")) }
                @if let Some(id) = staged { option value=(id) selected { (t(lang, "sketch.base.sent")) } }
                @for p in pictures { option value=(p.id) data-src=(p.href) selected[base == Some(p.id.as_str())] { (p.label) } }
            } } }
            label.file-add { b { (t(lang, "sketch.base.add")) } span data-many=(t(lang, "field.file.many")) { (t(lang, "field.file.none")) }
                input id=(format!("{}-under", field.id)) type="file" name=(name) accept="image/jpeg,image/png,image/webp" data-under; }
            @if staged.is_some() { p.small.quiet { (t(lang, "sketch.base.kept")) } }
            @if base.is_some() { label.choice { input type="checkbox" name=(format!("{}.bare", field.name)) value="yes" data-bare; span { (t(lang, "sketch.base.drop")) } } }
        }
    }
}

/// What only a script can use; it takes `hidden` away.
fn pad(lang: Lang, field: &Field, under: Option<&str>) -> Markup {
    let kinds = [("mark", "sketch.mark"), ("line", "sketch.line"), ("area", "sketch.area"), ("label", "sketch.label")];
    html! {
        div.sk-tools hidden {
            label { span { (t(lang, "sketch.kind")) } select.in.short data-kind {
                @for (value, key) in kinds { option value=(value) { (t(lang, key)) } }
            } }
            label { span { (t(lang, "sketch.text")) } input.in type="text" data-words maxlength="60"; }
            button.btn type="button" data-end { (t(lang, "sketch.end")) }
            button.btn type="button" data-undo { (t(lang, "sketch.undo")) }
            output aria-live="polite" data-at=(t(lang, "sketch.at")) {}
            p.small.quiet { (t(lang, "sketch.how")) " " (t(lang, "sketch.keys")) (t(lang, "portal.stop")) }
        }
        div.sk-frame hidden {
            svg.sk-pad.over[under.is_some()] viewBox=(format!("0 0 {SIDE} {SIDE}")) tabindex="0" role="application"
                aria-label=(format!("{} {}", field.label, t(lang, "sketch.keys"))) { (picture(under)) g { (grid()) } g {} }
        }
    }
}

fn rows(lang: Lang, field: &Field) -> Markup {
    let name = |n: usize, key: &str| format!("{}.{n}.{key}", field.name);
    html! {
        details open {
            summary { (t(lang, "sketch.rows")) }
            ol.tasks { @for n in 0..ROWS { li {
                label { span { (t(lang, "sketch.kind")) } select.in.short name=(name(n, "kind")) {
                    @for (value, key, _) in KINDS { option value=(value) { (t(lang, key)) } }
                } }
                label { span { (t(lang, "sketch.square")) } select.in.short name=(name(n, "square")) {
                    option value="" { (t(lang, "field.choose")) }
                    @for square in squares() { option value=(square) { (square) } }
                } }
                label { span { (t(lang, "sketch.text")) } input.in type="text" name=(name(n, "text")) maxlength="60"; }
            } } }
        }
    }
}

fn squares() -> impl Iterator<Item = String> {
    ('A'..='J').flat_map(|column| (1..=10).map(move |row| format!("{column}{row}")))
}

/// What a form sent: the sketch so far with the rows that say where. What cannot be read is left as it is, for the rules
/// to refuse.
#[must_use]
pub fn posted(sent: &Posted, name: &str) -> Vec<String> {
    let so_far = sent.get(name).trim().to_owned();
    let mut sketch = match Sketch::drafted(&so_far) {
        Some(sketch) => sketch,
        None if so_far.is_empty() => Sketch::default(),
        None => return vec![so_far],
    };
    // The picture that came with the form stands after the one that was chosen from a list.
    let under = sent.all(&format!("{name}{UNDER}"));
    let listed = sent.names(name).any(|rest| rest == UNDER);
    if sent.get(&format!("{name}.bare")) == "yes" {
        sketch.base = None;
    }
    match under.last() {
        Some(id) => sketch.base = Some(id.clone()),
        None if listed => sketch.base = None,
        None => {}
    }
    for n in 0..ROWS {
        let part = |key: &str| sent.get(&format!("{name}.{n}.{key}")).trim().to_owned();
        let kind = KINDS.iter().find(|(value, ..)| *value == part("kind")).map_or(MarkKind::Mark, |k| k.2);
        if let Some(at) = middle(&part("square")) {
            sketch.marks.push(Mark { kind, points: vec![at], text: part("text") });
        }
    }
    if sketch == Sketch::default() { Vec::new() } else { vec![sketch.written()] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::field::Input;

    const DRAWN: &str = r#"{"marks":[{"kind":"mark","points":[[250,350]],"text":"<消防通道口>"},{"kind":"area","points":[[0,0],[100,0],[100,100]],"text":"空角"}]}"#;

    #[test]
    fn a_drawing_has_its_words_beside_it_and_no_markup_of_others() {
        let page = drawing(Lang::Zh, &Sketch::read(DRAWN).expect("a sketch"), "示意图", None).into_string();
        for part in [r#"role="img""#, "标记 1：&lt;消防通道口&gt;（C4）", "范围 2：空角（A1）", "<polygon"]
        {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert!(!page.contains("style="), "the policy allows no inline style");
    }

    #[test]
    fn a_form_keeps_what_was_drawn_and_takes_squares_without_scripts() {
        let field = Field::new("v-plan", "示意图", Input::Sketch { value: DRAWN.into(), pictures: Vec::new() });
        let page = control(Lang::Zh, &field, DRAWN, &[]).into_string();
        for part in [r#"name="v-plan""#, r#"name="v-plan.0.square""#, r#"value="J10""#, "sk-pad"] {
            assert!(page.contains(part), "{part} in {page}");
        }
        let mut sent = Posted::default();
        for (name, value) in
            [("v-plan", DRAWN), ("v-plan.1.square", "C4"), ("v-plan.1.kind", "label"), ("v-plan.1.text", "东门")]
        {
            sent.push(name.into(), value);
        }
        let kept = Sketch::read(&posted(&sent, "v-plan")[0]).expect("a sketch");
        assert_eq!(kept.marks.len(), 3);
        assert_eq!((kept.marks[2].kind, kept.marks[2].points[0]), (MarkKind::Label, [250, 350]));
        let mut broken = Posted::default();
        broken.push("v-plan".into(), "{");
        assert_eq!(posted(&broken, "v-plan"), ["{"], "the rules refuse it, nothing is lost here");
    }

    #[test]
    fn a_picture_lies_under_the_lines_and_can_be_chosen_changed_and_taken_away() {
        let (one, two) = ("1a".repeat(32), "2b".repeat(32));
        let over = |id: &str| Sketch { base: Some(id.to_owned()), ..Sketch::read(DRAWN).expect("a sketch") };
        let page = drawing(Lang::Zh, &over(&one), "示意图", Some("/m/N/file/1a")).into_string();
        for part in [r#"<image href="/m/N/file/1a""#, "画在一张照片或平面图上", r#"class="over""#] {
            assert!(page.contains(part), "{part} in {page}");
        }
        let picture = Under { id: one.clone(), label: "照片 1".into(), href: "/m/N/file/1a".into() };
        let field = Field::new("v-plan", "示意图", Input::Sketch { value: String::new(), pictures: Vec::new() });
        let form = control(Lang::Zh, &field, &over(&one).written(), std::slice::from_ref(&picture)).into_string();
        assert!(form.contains(r#"name="v-plan.under""#) && form.contains(r#"data-src="/m/N/file/1a""#), "{form}");
        let sent = |extra: &[(&str, &str)]| {
            let mut sent = Posted::default();
            sent.push("v-plan".into(), &over(&one).written());
            extra.iter().for_each(|(name, value)| sent.push((*name).into(), value));
            Sketch::drafted(&posted(&sent, "v-plan")[0]).expect("a sketch").base
        };
        assert_eq!(sent(&[]), Some(one.clone()), "carried from page to page");
        assert_eq!(
            sent(&[("v-plan.under", &one), ("v-plan.under", &two)]),
            Some(two),
            "what was sent replaces what was chosen"
        );
        assert_eq!(sent(&[("v-plan.under", "")]), None, "nothing chosen");
        assert_eq!(sent(&[("v-plan.bare", "yes")]), None);
        let mut alone = Posted::default();
        alone.push("v-plan.under".into(), &one);
        assert_eq!(Sketch::drafted(&posted(&alone, "v-plan")[0]).expect("kept").base, Some(one), "nothing drawn yet");
    }
}
