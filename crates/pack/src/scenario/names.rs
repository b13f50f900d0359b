//! What a scenario names by words: bodies, parts and their clocks become the ids under which the kernel knows them.

use super::Stage;
use super::told::Told;
use crate::fault::Fault;
use kernel::form::Raw;
use kernel::mechanism::FieldKind;
use serde_json::Value as Json;
use std::collections::BTreeMap;

impl Stage<'_> {
    /// `unit@柳巷街道` names the part of a body, `measure@3` a task.
    pub(super) fn key(&self, part: &str, told: &Told<'_>) -> Result<String, Box<Fault>> {
        let (kind, name) = part.split_once('@').unwrap_or((part, ""));
        if name.parse::<u32>().is_ok() {
            return Ok(part.to_owned());
        }
        let known = self.directory.bodies().map(|b| b.name.as_str());
        let body = self.directory.body_named(name).ok_or_else(|| told.unknown("part", name, known))?;
        Ok(format!("{kind}@{}", body.0))
    }

    /// Names of bodies become their ids.
    pub(super) fn raw(&self, with: &BTreeMap<String, Json>, told: &Told<'_>) -> Result<Raw, Box<Fault>> {
        let mut raw = Raw::new();
        for (id, value) in with {
            let kind = self.mechanism.field.get(id).map(|f| f.kind);
            let named = |v: &Json| {
                let name = v.as_str().unwrap_or_default();
                let body = self.directory.body_named(name).map(|b| Json::from(b.0));
                let unknown =
                    || told.unknown(&format!("with.{id}"), name, self.directory.bodies().map(|b| b.name.as_str()));
                body.ok_or_else(unknown)
            };
            let value = match (kind, value) {
                (Some(FieldKind::Body | FieldKind::Bodies), Json::Array(all)) => {
                    Json::Array(all.iter().map(named).collect::<Result<_, _>>()?)
                }
                (Some(FieldKind::Tasks), Json::Array(rows)) => {
                    let row = |row: &Json| {
                        let mut row = row.clone();
                        if let Some(who) = row.get_mut("who") {
                            *who = named(who)?;
                        }
                        Ok(row)
                    };
                    Json::Array(rows.iter().map(row).collect::<Result<_, Box<Fault>>>()?)
                }
                (Some(FieldKind::Body), one) => named(one)?,
                (Some(FieldKind::Bodies), one) => Json::Array(vec![named(one)?]),
                (_, other) => other.clone(),
            };
            raw.insert(id.clone(), value);
        }
        Ok(raw)
    }

    /// A running clock; `report@柳巷街道` is that of a body's part.
    pub(super) fn running(&self, clock: &str) -> Option<&kernel::file::Running> {
        let body = clock.split_once('@').and_then(|(name, body)| Some((name, self.directory.body_named(body)?)));
        let id = body.map_or_else(|| clock.to_owned(), |(name, body)| format!("{name}@{}", body.0));
        self.file.clocks.get(&id)
    }
}
