//! The person's word: is it solved (this closes or reopens), and how did they treat you (this does not). Two separate
//! questions; nothing is preselected and silence is not praise.

use super::field::{Confidentiality, Field, Input, Opt, field};
use super::ring::{Phase, Ring, Size, ring};
use super::{Hidden, hidden_fields};
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// The form by which the person closes the ring.
#[derive(Clone, Debug, Default)]
pub struct Rating {
    pub action: String,
    pub hidden: Hidden,
    /// Values and consequences of "is it solved"; they come from the mechanism.
    pub solved: Vec<Opt>,
    /// Answer given before, or kept after an error.
    pub solved_value: String,
    pub satisfaction_value: String,
    pub words: String,
    pub error: Option<String>,
    /// Who receives it and what the rated can see.
    pub seen_by: String,
    /// What silence means and until when.
    pub window: String,
}

/// The form.
#[must_use]
pub fn rating(lang: Lang, rating: &Rating) -> Markup {
    let solved = Field {
        error: rating.error.clone(),
        ..Field::new(
            "solved",
            t(lang, "rating.solved"),
            Input::Choice { value: rating.solved_value.clone(), options: rating.solved.clone() },
        )
    };
    let levels = ["good", "fair", "poor"].map(|level| Opt::new(level, t(lang, &format!("rating.{level}")))).to_vec();
    let satisfaction = Field::new(
        "satisfaction",
        t(lang, "rating.treated.label"),
        Input::ChoiceRow { value: rating.satisfaction_value.clone(), options: levels },
    )
    .hint(t(lang, "rating.treated.hint"))
    .optional();
    let words = Field::new("words", t(lang, "rating.words"), Input::long(rating.words.as_str()))
        .optional()
        .seen_by(Confidentiality::Handlers);
    html! { form.rating.card method="post" action=(rating.action) data-draft=(rating.action) {
        (hidden_fields(&rating.hidden))
        div.rating-head { div { h2.h2 { (t(lang, "rating.title")) } p.quiet { (rating.seen_by) } } (ring(lang, Size::M, Ring::at(Phase::Answered))) }
        div.stack { (field(lang, &solved)) (field(lang, &satisfaction)) (field(lang, &words)) }
        p.actions { button.btn data-kind="go" { (t(lang, "rating.send")) } }
        p.note { (rating.window) }
    } }
}

/// Untouched.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let solved = vec![
        Opt::new("yes", t(lang, "sample.solved.label")).hint(t(lang, "sample.solved.hint")),
        Opt::new("no", t(lang, "sample.unsolved.label")).hint(t(lang, "sample.unsolved.hint")),
    ];
    rating(
        lang,
        &Rating {
            action: "#".into(),
            solved,
            seen_by: t(lang, "sample.rating.who").into(),
            window: t(lang, "sample.rating.window").into(),
            ..Rating::default()
        },
    )
}
