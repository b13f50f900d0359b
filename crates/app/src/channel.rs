//! How a matter came in (渠道), and when it had arrived where somebody entered it later. Which ways there are is for packs to
//! say, in a field of this name; who takes something down says which it was, and whoever sends by herself comes by the web.

use crate::viewer::Viewer;
use kernel::entry::{By, Entry};
use kernel::form::Raw;
use kernel::mechanism::{Choice, Field, Mechanism};
use kernel::refusal::{FieldError, Rule};
use kernel::text::Text;
use kernel::time::Timestamp;

pub use kernel::mechanism::CHANNEL;

/// The way over the web, where a pack says which of its ways that is.
#[must_use]
pub fn online(ways: &Field) -> Option<&Choice> {
    ways.of.iter().find(|o| o.online)
}

/// Whoever is at no post comes by no other way than the web: figures by way of arrival are not made up by strangers.
///
/// # Errors
/// `Fields`, where another way is named.
pub(crate) fn own_way(viewer: &Viewer, mechanism: &Mechanism, fields: &Raw) -> Result<(), Rule> {
    let Some(given) = fields.get(CHANNEL).filter(|_| !matches!(viewer, Viewer::Staff(_))) else { return Ok(()) };
    let own = mechanism.field.get(CHANNEL).and_then(online);
    match own.filter(|own| given.as_str().is_some_and(|given| !given.is_empty() && given != own.id)) {
        None => Ok(()),
        Some(own) => Err(Rule::Fields(vec![FieldError {
            field: CHANNEL.to_owned(),
            code: "not_yours",
            message: Text::new(
                format!("自己提交的只能写“{}”（{}），或者不填；别的渠道由登记的工作人员填", own.zh, own.id),
                format!(
                    "whoever sends it herself writes `{}` or nothing; another way is for staff who take it down",
                    own.id
                ),
            ),
        }])),
    }
}

/// When a matter had arrived that somebody at a post entered later.
pub(crate) fn arrived(first: &Entry) -> Option<Timestamp> {
    first.occurred.filter(|_| matches!(first.by, By::Post { .. }))
}

/// How it came in, in words.
pub(crate) fn came_in(mechanism: &Mechanism, first: &Entry) -> Option<Text> {
    let code = first.facts.get(CHANNEL)?.as_code();
    let option = mechanism.field.get(CHANNEL)?.of.iter().find(|o| *o.id == *code)?;
    Some(Text::new(option.zh.as_str(), option.en.as_str()))
}
