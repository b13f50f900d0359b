//! Steps of a scenario about letters: one is declared void. Whether that may be, the kernel says.

use super::{Stage, Step};
use kernel::decide::Command;
use kernel::form::{Filled, Given};
use serde_json::Value as Json;

impl Stage<'_> {
    /// `do = "void"`: the last letter `with.letter` is void for `with.reason`; with `anew = true` another comes in its place,
    /// in which the other values of `with` are put right.
    pub(super) fn voiding(&self, step: &Step) -> Option<Command> {
        if step.what != "void" {
            return None;
        }
        let text = |key: &str| step.with.get(key).and_then(Json::as_str).unwrap_or_default();
        let named = self.file.letters.iter().rev().find(|(_, id)| id == text("letter"));
        let letter = named.map_or(0, |(seq, _)| *seq);
        let from = self.mechanism.letter.get(text("letter")).map(|l| l.from.as_str());
        let body = from.and_then(|role| self.file.roles.get(role)).copied().unwrap_or(kernel::ids::BodyId(0));
        let own = ["letter", "reason", "anew"];
        let words = step.with.iter().filter(|(key, _)| !own.contains(&key.as_str()));
        let words: Filled =
            words.filter_map(|(key, v)| Some((key.clone(), Given::Text(v.as_str()?.to_owned())))).collect();
        let anew = step.with.get("anew").and_then(Json::as_bool).unwrap_or_default();
        Some(Command::Void { letter, body, reason: text("reason").to_owned(), anew: anew.then_some(words) })
    }
}
