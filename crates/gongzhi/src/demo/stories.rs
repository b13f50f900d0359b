//! Plays the demo's stories: each step at its own time, through the same use cases as everybody else.

use anyhow::{Context, Result, bail};
use app::act::Acting;
use app::clock::SetClock;
use app::error::AppError;
use app::installation::App;
use app::raise::Raising;
use app::viewer::{Shown, Staff, Viewer};
use kernel::decide::Post;
use kernel::form::Raw;
use kernel::mechanism::{FieldKind, Mechanism};
use kernel::region::RegionCode;
use kernel::time::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

const STORIES: &str = include_str!("../../../../packs/demo/stories.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stories {
    matter: Vec<Story>,
}

/// A matter and what happens to it. Days are counted from today: -9 is nine days ago.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    mechanism: String,
    region: RegionCode,
    day: i64,
    at: String,
    who: String,
    with: BTreeMap<String, toml::Value>,
    #[serde(default)]
    step: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    day: i64,
    at: String,
    who: String,
    #[serde(rename = "do")]
    action: String,
    #[serde(default)]
    with: BTreeMap<String, toml::Value>,
}

/// What will happen, in order of time.
struct Event<'a> {
    at: Timestamp,
    story: usize,
    step: Option<&'a Step>,
}

/// Plays every story up to now; how many matters there are.
pub async fn play(app: &App, clock: &SetClock, now: Timestamp) -> Result<usize> {
    let stories: Stories = toml::from_str(STORIES).context("packs/demo/stories.toml")?;
    let mut events = Vec::new();
    for (story, s) in stories.matter.iter().enumerate() {
        events.push(Event { at: moment(now, s.day, &s.at)?, story, step: None });
        for step in &s.step {
            events.push(Event { at: moment(now, step.day, &step.at)?, story, step: Some(step) });
        }
    }
    events.sort_by_key(|e| e.at);
    let mut ids = BTreeMap::new();
    for event in events.iter().filter(|e| e.at <= now) {
        clock.set(event.at);
        settle(app).await?;
        let story = &stories.matter[event.story];
        match event.step {
            None => {
                let id = raise(app, story).await.with_context(|| format!("demo story {}", event.story + 1))?;
                ids.insert(event.story, id);
            }
            Some(step) => {
                let Some(id) = ids.get(&event.story) else { continue };
                act(app, *id, step)
                    .await
                    .with_context(|| format!("demo story {}, {}", event.story + 1, step.action))?;
            }
        }
    }
    Ok(ids.len())
}

async fn settle(app: &App) -> Result<()> {
    let cell = super::cell(app);
    while app.tick(cell, 500).await? > 0 {}
    Ok(())
}

/// A time of a day counted from today.
fn moment(now: Timestamp, day: i64, at: &str) -> Result<Timestamp> {
    let (hour, minute) = at.split_once(':').with_context(|| format!("`{at}` is no time"))?;
    Ok(Timestamp::at(now.plus_days(day).date(), hour.parse()?, minute.parse()?))
}

async fn raise(app: &App, story: &Story) -> Result<kernel::ids::MatterId> {
    let viewer = viewer(app, &story.who, None)?;
    let effective = app.offered(&story.mechanism, &story.region).map_err(told)?;
    let fields = fields(app, &effective.mechanism, &story.with)?;
    let raising = Raising {
        mechanism: story.mechanism.clone(),
        region: story.region,
        fields,
        occurred: None,
        idempotency_key: None,
    };
    Ok(app.raise(&viewer, raising).await.map_err(told)?.id)
}

async fn act(app: &App, id: kernel::ids::MatterId, step: &Step) -> Result<()> {
    let viewer = viewer(app, &step.who, Some(id))?;
    let matter = app.store().find_matter(id).await?.context("the matter is gone")?;
    let json = app.store().find_mechanism(&matter.version).await?.context("the mechanism is gone")?;
    let mechanism: Mechanism = serde_json::from_str(&json)?;
    let fields = fields(app, &mechanism, &step.with)?;
    let acting = Acting { action: step.action.clone(), fields, occurred: None, idempotency_key: None, seen: None };
    app.act(&viewer, id, &acting).await.map_err(told)?;
    Ok(())
}

/// An error with the rule that it rests on, for whoever writes stories.
fn told(error: AppError) -> anyhow::Error {
    match error {
        AppError::Refused(refusal, _) => anyhow::anyhow!("refused: {:?}", refusal.rule),
        other => other.into(),
    }
}

fn viewer(app: &App, who: &str, id: Option<kernel::ids::MatterId>) -> Result<Viewer> {
    if who == "resident" {
        return Ok(id.map_or(Viewer::Public, |id| Viewer::Code(id, Shown::Long)));
    }
    let directory = app.directory();
    let Some(person) = directory.login(who) else { bail!("there is nobody called {who}") };
    let posts = directory.posts_of(person.id).map(|p| Post { body: p.body, role: p.role.clone() }).collect();
    Ok(Viewer::Staff(Staff {
        person: person.id,
        login: person.login.clone(),
        name: person.name.clone(),
        posts,
        scopes: None,
    }))
}

fn fields(app: &App, mechanism: &Mechanism, with: &BTreeMap<String, toml::Value>) -> Result<Raw> {
    let directory = app.directory();
    let body = |name: &str| {
        let found = directory.bodies().find(|b| b.name == name).map(|b| b.id.0);
        found.with_context(|| format!("there is no body called {name}"))
    };
    let mut raw = Raw::new();
    for (id, value) in with {
        let kind = mechanism.field.get(id).map(|f| f.kind);
        let value = match (kind, value) {
            (Some(FieldKind::Body), toml::Value::String(name)) => body(name)?.into(),
            (Some(FieldKind::Bodies), toml::Value::Array(names)) => {
                let ids: Result<Vec<_>> = names.iter().filter_map(|n| n.as_str()).map(body).collect();
                ids?.into()
            }
            (Some(FieldKind::Date), toml::Value::Integer(day)) => app.now().plus_days(*day).date().to_string().into(),
            (_, other) => serde_json::to_value(other)?,
        };
        raw.insert(id.clone(), value);
    }
    Ok(raw)
}
