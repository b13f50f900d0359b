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
    /// The ways beside [`ONLINE`] to which she has to agree as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agreed: Vec<String>,
    /// The sealed telephone number that is called, where [`PHONE`] is offered: the one on file, never typed again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The text that says who called, and at what time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// The action that records a call which nobody answered; it moves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried: Option<String>,
    /// The text that says who stood by: has to be said where it was read out, may be where it was told by telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
    /// The coded choice of how it was acknowledged that [`READ`] it was; its options are among [`SIGNED`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<String>,
}

/// Handed over; whoever takes it signs.
pub const DIRECT: &str = "direct";
/// Served electronically, which she agreed to.
pub const ONLINE: &str = "online";
/// By a notice to the public, where nothing else reached her.
pub const NOTICE: &str = "notice";
/// Told by telephone, over the number that was left with the matter; somebody answered.
pub const PHONE: &str = "phone";
/// Read out in person to somebody who cannot read it, before a witness.
pub const READ: &str = "read";
/// How it is acknowledged that a letter was read out: signed, by a thumbprint, or by the witness alone.
pub const SIGNED: [&str; 3] = ["signature", "thumbprint", "witness"];
/// Counts as served by the passing of time; no option of a form.
pub const DEEMED: &str = "deemed";
/// The ways of serving a letter: handed over, left with witnesses, electronic, by post, by public notice (CPC 87-95), told by
/// telephone, read out. Which of them a letter admits is said by its pack.
pub const WAYS: [&str; 7] = [DIRECT, "left", ONLINE, "post", NOTICE, PHONE, READ];

/// Whether a way needs a file that proves it beside the record: not where the record itself is signed for, or says who was
/// spoken to, by whom, when and before whom.
#[must_use]
pub fn needs_proof(way: &str) -> bool {
    way != DIRECT && way != PHONE && way != READ
}

/// Whether somebody took it or stood by: not online, and not where the public was told.
#[must_use]
pub fn names_somebody(way: &str) -> bool {
    way != ONLINE && way != NOTICE
}

impl Serve {
    /// The texts in which it is said how it was served.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        [Some(&self.who), self.caller.as_ref(), self.witness.as_ref()].into_iter().flatten().map(String::as_str)
    }

    /// Whether she has to have agreed to be served that way.
    #[must_use]
    pub fn asks_consent(&self, way: &str) -> bool {
        way == ONLINE || self.agreed.iter().any(|w| w == way)
    }
}

impl super::Mechanism {
    /// How the letters are served of which there is something to say about that action: that they were, or that nobody
    /// answered the call.
    pub fn serving<'a>(&'a self, action: &'a str) -> impl Iterator<Item = &'a Serve> {
        let says = move |s: &&Serve| s.by == action || s.tried.as_deref() == Some(action);
        self.letter.values().filter_map(|l| l.serve.as_ref()).filter(says)
    }

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
