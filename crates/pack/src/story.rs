//! Stories (故事): a scenario told from its own run. What a page shows of a step is what the kernel answered to it: entries,
//! refusals, clocks, letters. From the file come only the words that people said and the sentences of its author.

mod remarks;

use crate::demo_directory::DemoDirectory;
use crate::fault::Fault;
use crate::packs::{PackSet, ScenarioFile};
use crate::scenario::{RESIDENT, StepLog, run_scenario};
use crate::source::{Node, Plain, parse};
use kernel::calendar::Calendar;
use kernel::file::CaseFile;
use kernel::mechanism::{FieldKind, Mechanism};
use kernel::region::RegionCode;
use kernel::sketch::Sketch;
use kernel::text::Text;
use kernel::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A scenario that was played.
#[derive(Clone, Debug)]
pub struct Story {
    /// In addresses: the name of its file.
    pub slug: String,
    /// The mechanism in whose folder it lies.
    pub id: String,
    /// What is effective where it plays.
    pub mechanism: Arc<Mechanism>,
    /// Its title.
    pub name: Text,
    /// Where it plays.
    pub region: RegionCode,
    /// What its author says before it begins.
    pub lead: Vec<String>,
    /// Step by step.
    pub scenes: Vec<Scene>,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Scene {
    /// What its author says of it.
    pub remarks: Vec<String>,
    /// What was done, as it was played.
    pub log: StepLog,
    /// When it happened, where that was earlier.
    pub occurred: Option<Timestamp>,
    /// What was filled in: field and words, in the order of the file.
    pub given: Vec<(String, Text)>,
    /// What was drawn: field and sketch.
    pub drawn: Vec<(String, Sketch)>,
    /// Where the matter stands after it.
    pub after: CaseFile,
}

impl Scene {
    /// Whether the resident did it.
    #[must_use]
    pub fn is_residents(&self) -> bool {
        self.log.who == RESIDENT
    }

    /// The action, without `approve:` and `reject:`.
    #[must_use]
    pub fn action(&self) -> &str {
        let what = self.log.what.as_str();
        what.strip_prefix("approve:").or_else(|| what.strip_prefix("reject:")).unwrap_or(what)
    }
}

impl Story {
    /// Where the matter stood at the end.
    #[must_use]
    pub fn end(&self) -> Option<&CaseFile> {
        self.scenes.last().map(|s| &s.after)
    }
}

/// Plays a scenario and tells it.
///
/// # Errors
/// As [`run_scenario`].
pub fn tell(
    packs: &PackSet,
    directory: &DemoDirectory,
    calendar: &Calendar,
    scenario: &ScenarioFile,
) -> Result<Story, Vec<Fault>> {
    let logs = run_scenario(packs, directory, calendar, &scenario.mechanism, &scenario.file, &scenario.text)?;
    let root = parse(&scenario.file, scenario.text.as_bytes())?;
    // The run has read it already.
    let region: RegionCode = root.words("region").and_then(|r| r.parse().ok()).ok_or_else(Vec::new)?;
    let mechanism = match root.get("overlay").map(Node::json) {
        Some(serde_json::Value::Bool(false)) => packs.base(&scenario.mechanism)?,
        Some(serde_json::Value::String(other)) => {
            packs.effective(&scenario.mechanism, &other.parse().unwrap_or(region))?
        }
        _ => packs.effective(&scenario.mechanism, &region)?,
    };
    let said = remarks::read(&scenario.text);
    let mut file = CaseFile::default();
    let mut scenes = Vec::new();
    for log in logs {
        log.entries.iter().for_each(|e| file.evolve(e));
        let node = root.get_deep(&format!("step.{}", log.step - 1));
        let occurred = node.and_then(|n| n.words("occurred")).and_then(|o| o.parse().ok());
        let with = node.and_then(|n| n.get("with"));
        let given = with.map(|w| given(&mechanism, w)).unwrap_or_default();
        let drawn = with.map(|w| drawn(&mechanism, w)).unwrap_or_default();
        let remarks = said.steps.get(log.step - 1).cloned().unwrap_or_default();
        scenes.push(Scene { remarks, log, occurred, given, drawn, after: file.clone() });
    }
    let name = |lang: &str| root.words(&format!("name.{lang}")).unwrap_or_default();
    let stem = scenario.file.rsplit('/').next().unwrap_or_default();
    Ok(Story {
        slug: stem.trim_end_matches(".toml").to_owned(),
        id: scenario.mechanism.clone(),
        name: Text::new(name("zh"), name("en")),
        mechanism,
        region,
        lead: said.lead,
        scenes,
    })
}

/// What a step draws.
fn drawn(mechanism: &Mechanism, with: &Node) -> Vec<(String, Sketch)> {
    let rows = with.table().into_iter().flatten();
    rows.filter_map(|(id, node)| Some((id.clone(), sketch(mechanism, id, node)?))).collect()
}

fn sketch(mechanism: &Mechanism, id: &str, node: &Node) -> Option<Sketch> {
    mechanism.field.get(id).filter(|f| f.kind == FieldKind::Sketch)?;
    Sketch::read(&node.json().to_string()).ok()
}

/// What a step fills in, as it is written there, choices in their words.
fn given(mechanism: &Mechanism, with: &Node) -> Vec<(String, Text)> {
    let Some(table) = with.table() else { return Vec::new() };
    let mut rows: Vec<(&String, &Node)> = table.iter().collect();
    rows.sort_by_key(|(_, n)| n.key.start);
    let words = |id: &str, json: &serde_json::Value| {
        let plain = match json {
            serde_json::Value::String(s) => s.clone(),
            // A row of a list of tasks: what, who, by when.
            serde_json::Value::Object(row) => row
                .values()
                .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
                .collect::<Vec<_>>()
                .join(" · "),
            other => other.to_string(),
        };
        let of = mechanism.field.get(id).map_or(&[][..], |f| &f.of);
        of.iter().find(|c| c.id == plain).map_or_else(
            || match plain.as_str() {
                "yes" | "true" => Text::new("是", "yes"),
                "no" | "false" => Text::new("否", "no"),
                _ => Text::new(&plain, &plain),
            },
            |c| Text::new(&c.zh, &c.en),
        )
    };
    let drawn = |id: &str, node: &Node| Some(crate::difference::join(&sketch(mechanism, id, node)?.twin(), "；", "; "));
    let value = |id: &str, node: &Node| match &node.plain {
        _ if drawn(id, node).is_some() => drawn(id, node).unwrap_or_default(),
        Plain::Array(all) => {
            let each: Vec<Text> = all.iter().map(|n| words(id, &n.json())).collect();
            crate::difference::join(&each, "、", ", ")
        }
        _ => words(id, &node.json()),
    };
    rows.into_iter().map(|(id, node)| (id.clone(), value(id, node))).collect()
}

/// Every scenario of a set that can be played, by mechanism and file; what cannot is the tests' to find.
#[must_use]
pub fn tell_all(packs: &PackSet, calendar: &Calendar) -> BTreeMap<(String, String), Arc<Story>> {
    let Ok(directory) = DemoDirectory::embedded() else { return BTreeMap::new() };
    let played = packs.scenarios().iter().filter_map(|s| tell(packs, &directory, calendar, s).ok());
    played.map(|s| ((s.id.clone(), s.slug.clone()), Arc::new(s))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_told_with_its_sentences_and_its_clocks() {
        let packs = PackSet::embedded();
        let all = tell_all(&packs, crate::calendar::embedded());
        assert_eq!(all.len(), packs.scenarios().len(), "some scenario cannot be told");
        let told = |f: fn(&Scene) -> bool| all.values().flat_map(|s| &s.scenes).filter(|s| f(s)).count();
        assert!(told(|s| s.log.refused.is_some()) > 20 && told(|s| !s.remarks.is_empty()) > 40);
        assert!(told(|s| !s.after.clocks.is_empty()) > 100 && told(|s| !s.given.is_empty()) > 100);
        assert!(all.values().all(|s| !s.name.zh.is_empty() && !s.scenes.is_empty()));
    }
}
