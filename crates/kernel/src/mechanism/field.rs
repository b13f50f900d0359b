//! Fields of forms: what they take, who may know it, whom they name.

use crate::guard::Guard;
use crate::ids::Class;
use crate::kin::LinkKind;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// The field in which packs say how a matter came in; the name is the same in all of them.
pub const CHANNEL: &str = "channel";

/// A field of a form.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What stands before it.
    pub label: Text,
    /// What helps to fill it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Text>,
    /// What it takes.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// Who may know it.
    pub class: Class,
    /// The options of a choice, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<Choice>,
    /// Longest text in characters, largest number, or most entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// For a body: the function that it must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// For a row: the set that it is chosen from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// For a number: it may not be larger than how many matters are linked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
    /// For a row: which rows are proposed, and where the bodies that they name come first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposes: Option<super::Proposes>,
    /// The bodies named here, and all below them, never hold, read or receive the matter.
    #[serde(default)]
    pub shield: bool,
    /// The identity is kept from the bodies named here.
    #[serde(default)]
    pub withhold: bool,
    /// For a body that will act: it lies outside what this shield field names (rule 7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<String>,
    /// For a date: it may not lie before the day on which it is given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ahead: bool,
    /// For a date: it lies after the end of this clock, counted from the day on which it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// For a date: it may not lie after the day on which it is given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub past: bool,
    /// For a body, bodies or the bodies of tasks: only those that have such a part in the matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub among: Option<Among>,
    /// Not visible to these roles until the file ends (ratings, decisions 20).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden_until_end_from: Vec<String>,
    /// For a `matter`: it takes a place in the matter that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes: Option<super::Takes>,
    /// For a `matter`: pages offer those of this mechanism that ask people in now, so that nobody types a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<String>,
    /// For a `matter`: the one that this matter is about. Whoever raises it has shown that it is hers, or was asked to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub about: bool,
    /// For a `matter`: how the one that it names belongs to this one; related where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkKind>,
    /// The clause that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Field {
    /// Whether it names another matter for its own sake, which is then linked with this one.
    #[must_use]
    pub fn links(&self) -> bool {
        self.kind == FieldKind::Matter && self.takes.is_none() && !self.about
    }
}

/// The parts from which a form takes its bodies.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Among {
    /// The kind of part.
    pub part: String,
    /// All of them, not only some.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
    /// The states of a part in which its body does not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<String>,
    /// The states of a part in which alone its body counts; every state where nothing is said.
    #[serde(default, rename = "in", skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<String>,
    /// Roles whose bodies may be named as well, without a part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

/// How a number that is typed is held against what is linked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Within {
    /// The links that are counted.
    pub links: LinkKind,
    /// Only where this holds, over the form and the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Guard>,
}

/// What a field takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One of `of`.
    Choice,
    /// Yes or no.
    YesNo,
    /// A whole number.
    Number,
    /// A day.
    Date,
    /// Words.
    Text,
    /// A place in words.
    Place,
    /// A person's name.
    PersonName,
    /// A telephone number.
    Phone,
    /// A resident identity number.
    ResidentId,
    /// One body.
    Body,
    /// Several bodies.
    Bodies,
    /// Tasks: rows of what is to be done, by whom, until which day.
    Tasks,
    /// Pictures and papers.
    Files,
    /// A drawing over an optional photo or plan, kept as words are.
    Sketch,
    /// The number of another matter.
    Matter,
    /// A row of a set, by its code.
    Row,
}

/// One option.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The code.
    pub id: String,
    /// 中文.
    pub zh: String,
    /// English.
    pub en: String,
    /// What it means or leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Text>,
    /// The clause that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Of the ways in which a matter comes in: the page on which somebody writes it herself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub online: bool,
}
