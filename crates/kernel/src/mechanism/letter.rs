//! Letters (函件) of a mechanism, and how it is said that one was served (送达).

use super::{FieldKind, RAISE, RAISER};
use crate::form::kept_as;
use crate::ids::Class;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A letter (函件).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// Its title.
    pub name: Text,
    /// The role that it is addressed to.
    pub to: String,
    /// The role whose body signs it and numbers it.
    pub from: String,
    /// The word in its number, as in `〔2026〕17号`; none for a letter without number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<Text>,
    /// Its text: a minijinja template. In a pack this is a file name; the pack crate puts the text in its place.
    pub template: String,
    /// The fields that it quotes; rule 7 and the sealed class look at these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// It has to be served, with proof; the person's time begins then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serve: Option<Serve>,
}

/// How a letter is served: the action that says so and the fields in which it says how, when, to whom and by what proof.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Serve {
    /// The action that says that it was served.
    pub by: String,
    /// The coded choice of how; its options are among [`WAYS`].
    pub how: String,
    /// The coded day on which it was served.
    pub on: String,
    /// The text that says who took it, or who stood by.
    pub who: String,
    /// The files that prove it.
    pub proof: String,
    /// The yes or no of whether she agreed to be served that way, where [`ONLINE`] is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<String>,
    /// The action of the clock by which it counts as served when it could not be.
    pub deemed: String,
}

/// Handed over; whoever takes it signs.
pub const DIRECT: &str = "direct";
/// Served electronically, which she agreed to.
pub const ONLINE: &str = "online";
/// By a notice to the public, where nothing else reached her.
pub const NOTICE: &str = "notice";
/// Counts as served by the passing of time; no option of a form.
pub const DEEMED: &str = "deemed";
/// The ways of serving a letter (CPC 87-95): handed over, left with witnesses, electronic, by post, by public notice.
pub const WAYS: [&str; 5] = [DIRECT, "left", ONLINE, "post", NOTICE];

/// Whether a way needs a proof beside the record: all but what was handed over, where the record itself is signed for.
#[must_use]
pub fn needs_proof(way: &str) -> bool {
    way != DIRECT
}

/// Whether somebody took it or stood by: not online, and not where the public was told.
#[must_use]
pub fn names_somebody(way: &str) -> bool {
    way != ONLINE && way != NOTICE
}

impl super::Mechanism {
    /// The letters of which this action says that they were served, and how each says it.
    pub fn served_by<'a>(&'a self, action: &'a str) -> impl Iterator<Item = (&'a str, &'a Serve)> {
        let of = move |l: &'a Letter| l.serve.as_ref().filter(|s| s.by == action || s.deemed == action);
        self.letter.iter().filter_map(move |(id, l)| Some((id.as_str(), of(l)?)))
    }

    /// The words that a letter quotes and that may be put right where it is issued anew. What is coded moved the matter and
    /// stays; what is sealed is no slip of the pen; what she wrote herself is hers.
    #[must_use]
    pub fn correctable(&self, letter: &str) -> Vec<&str> {
        let taken_by = |f: &str, hers: bool| {
            let whose = |id: &String, a: &super::Action| id == RAISE || a.by.iter().any(|r| r == RAISER);
            self.action.iter().any(|(id, a)| whose(id, a) == hers && self.fields_of(a).contains(&f))
        };
        let raised = self.action.get(RAISE).map(|a| self.fields_of(a)).unwrap_or_default();
        let hers = |f: &str| raised.contains(&f) || (taken_by(f, true) && !taken_by(f, false));
        let words = |f: &&String| {
            let text = |f: &super::Field| f.kind == FieldKind::Text && kept_as(f) == Class::Handlers;
            self.field.get(*f).is_some_and(text) && !hers(f)
        };
        self.letter.get(letter).map(|l| l.fields.iter().filter(words).map(String::as_str).collect()).unwrap_or_default()
    }
}
