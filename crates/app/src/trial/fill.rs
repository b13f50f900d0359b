//! Forms of a trial run: what was chosen, and something plain for the rest.

use super::Stage;
use kernel::directory::Directory;
use kernel::file::CaseFile;
use kernel::form::{Raw, check};
use kernel::ids::BodyId;
use kernel::mechanism::{Action, Field, FieldKind};
use kernel::time::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// How often what a condition asks for is filled in and checked again.
const ROUNDS: usize = 6;
/// The number that is printed in the public standard as its example.
const EXAMPLE_ID: &str = "11010519491231002X";
/// How many bodies a choice offers.
pub(super) const MOST_BODIES: usize = 12;

impl Stage<'_> {
    /// A form that is right as far as it can be; what is still wrong the kernel says.
    pub(super) fn fill(
        &self,
        action: &Action,
        file: &CaseFile,
        chosen: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Raw {
        let mut raw = Raw::new();
        for id in self.mechanism.fields_of(action) {
            let Some(code) = chosen.get(id).filter(|c| !c.is_empty()) else { continue };
            let field = self.mechanism.field.get(id);
            // Where all have to be named there is nothing to choose.
            if field.and_then(|f| f.among.as_ref()).is_some_and(|a| a.all) {
                continue;
            }
            let kind = field.map(|f| f.kind);
            let body = || code.parse::<u32>().map_or(Value::Null, Value::from);
            let value = match kind {
                Some(FieldKind::Body) => body(),
                Some(FieldKind::Bodies) => vec![body()].into(),
                _ => code.as_str().into(),
            };
            raw.insert(id.to_owned(), value);
        }
        let mut wanted = action.needs.clone();
        for _ in 0..ROUNDS {
            for id in std::mem::take(&mut wanted) {
                if raw.contains_key(&id) {
                    continue;
                }
                let value = self.mechanism.field.get(&id).and_then(|f| self.plain(action, &id, f, file, now));
                raw.extend(value.map(|v| (id, v)));
            }
            match check(self.mechanism, action, &raw, &file.facts, self.directory) {
                Ok(_) => break,
                Err(errors) => {
                    wanted = errors.into_iter().filter(|e| e.code == "required").map(|e| e.field).collect();
                    wanted.retain(|id| !raw.contains_key(id));
                }
            }
            if wanted.is_empty() {
                break;
            }
        }
        raw
    }

    fn plain(&self, action: &Action, id: &str, field: &Field, file: &CaseFile, now: Timestamp) -> Option<Value> {
        let words = || {
            let text = format!("试走：{}", field.label.zh);
            Value::from(text.chars().take(field.max.unwrap_or(2000) as usize).collect::<String>())
        };
        Some(match field.kind {
            FieldKind::Choice => field.of.first()?.id.as_str().into(),
            FieldKind::YesNo => "yes".into(),
            FieldKind::Number => 1.into(),
            FieldKind::Date => now.date().to_string().into(),
            FieldKind::Body => self.bodies(action, id, field, file).first()?.0.into(),
            FieldKind::Bodies if field.among.as_ref().is_some_and(|a| a.all) => {
                self.bodies(action, id, field, file).into_iter().map(|b| b.0).collect::<Vec<_>>().into()
            }
            FieldKind::Bodies => vec![Value::from(self.bodies(action, id, field, file).first()?.0)].into(),
            FieldKind::Tasks => {
                let who = self.bodies(action, id, field, file).first()?.0;
                let by = now.plus_days(14).date().to_string();
                vec![serde_json::json!({ "what": "试走：一项任务", "who": who, "by": by })].into()
            }
            FieldKind::Row => self.directory.rows_of(field.set.as_deref()?).next()?.code.as_str().into(),
            FieldKind::Files => vec![Value::from("f1")].into(),
            FieldKind::Phone => "13800001234".into(),
            FieldKind::ResidentId => EXAMPLE_ID.into(),
            FieldKind::PersonName => "某人".into(),
            _ => words(),
        })
    }

    /// The bodies that a field may name: those nearest to the place first; for a body that is to act none inside the shield.
    pub(super) fn bodies(&self, action: &Action, id: &str, field: &Field, file: &CaseFile) -> Vec<BodyId> {
        if let Some(among) = &field.among {
            return among.bodies(file).into_iter().collect();
        }
        let acts = action.assign.as_deref() == Some(id) || field.outside.is_some();
        let fits = |b: &store::BodyRow| {
            field.function.as_deref().is_none_or(|f| self.directory.has(b.id, f))
                && (b.region.contains(&self.region) || self.region.contains(&b.region))
                && !(acts && file.standing.shields(self.directory, b.id))
        };
        let mut all: Vec<&store::BodyRow> = self.directory.bodies().filter(|b| fits(b)).collect();
        all.sort_by_key(|b| (std::cmp::Reverse(b.region.level()), b.id));
        let former = |b: &BodyId| acts && file.standing.assignee == Some(*b);
        all.into_iter().map(|b| b.id).filter(|b| !former(b)).take(MOST_BODIES).collect()
    }
}
