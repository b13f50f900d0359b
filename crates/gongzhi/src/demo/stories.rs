//! Plays the demo's stories: each step at its own time, through the same use cases as everybody else, and between them
//! the follower's rounds, so that what was left undone has expired as it would have.

mod planned;

use super::ballots::Ballots;
use anyhow::{Context, Result, bail};
use app::act::Acting;
use app::clock::SetClock;
use app::error::AppError;
use app::installation::App;
use app::raise::{Raised, Raising};
use app::viewer::{Shown, Staff, Viewer};
use kernel::decide::Post;
use kernel::form::Raw;
use kernel::ids::MatterId;
use kernel::mechanism::{FieldKind, Mechanism};
use kernel::region::RegionCode;
use kernel::time::Timestamp;
use planned::Planned;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const MINUTE: i64 = 60_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stories {
    matter: Vec<Story>,
    #[serde(default)]
    planned: Vec<Planned>,
}

/// A matter and what happens to it. Days are counted from today: -9 is nine days ago.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    /// What other stories call it, where they name it as the same matter.
    name: Option<String>,
    /// Its number and codes are shown at start.
    #[serde(default)]
    example: bool,
    /// The slip of its vote that is shown with it, and who prints it, so that a stranger can try a ballot.
    slip: Option<(u32, String)>,
    /// The story that it answers, from the page of whose published words it is raised, and as which child.
    on: Option<(String, String)>,
    mechanism: String,
    region: RegionCode,
    #[serde(default)]
    day: i64,
    at: String,
    who: String,
    with: Form,
    #[serde(default)]
    step: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    #[serde(default)]
    day: i64,
    at: String,
    who: String,
    #[serde(rename = "do")]
    action: String,
    #[serde(default)]
    with: Form,
    /// The matter of this name that came out of it is meant.
    child: Option<String>,
    /// The part that is meant, where the actor's body is not the part's: `unit@BODY`, `measure@3`.
    part: Option<String>,
    /// The vote that ballots are cast in, instead of an action.
    vote: Option<String>,
    #[serde(flatten)]
    ballots: Ballots,
}

type Form = BTreeMap<String, toml::Value>;

/// What will happen, in order of time.
struct Event<'a> {
    at: Timestamp,
    story: usize,
    step: Option<&'a Step>,
}

/// A matter that was raised.
struct Told {
    raised: Raised,
    mechanism: Arc<Mechanism>,
    region: RegionCode,
}

/// What was played.
pub struct Played {
    /// How many matters there are.
    pub matters: usize,
    /// Those to show at start.
    pub examples: Vec<app::example::Example>,
}

/// Plays every story up to now.
pub async fn play(app: &App, clock: &SetClock, now: Timestamp) -> Result<Played> {
    let Stories { matter: stories, planned } = written()?;
    let mut player = Player {
        app,
        clock,
        stories: &stories,
        planned: &planned,
        told: BTreeMap::new(),
        followed: AtomicI64::new(app.now().0),
    };
    for event in events(&stories, now)?.iter().filter(|e| e.at <= now) {
        player.wait_until(event.at).await?;
        player.happen(event).await?;
    }
    player.wait_until(now).await?;
    // What was said this morning is carried to the other matters as well.
    app.follow(super::cell(app)).await?;
    Ok(Played { matters: player.told.len(), examples: player.examples().await? })
}

/// The stories of every file below `packs/demo/stories`, in the order of the files' names.
fn written() -> Result<Stories> {
    let mut all = Stories { matter: Vec::new(), planned: Vec::new() };
    for (file, bytes) in pack::packs::EMBEDDED.iter().filter(|(file, _)| file.starts_with("demo/stories/")) {
        let text = std::str::from_utf8(bytes).with_context(|| format!("packs/{file} is not UTF-8"))?;
        let stories: Stories = toml::from_str(text).with_context(|| format!("packs/{file}"))?;
        all.matter.extend(stories.matter);
        all.planned.extend(stories.planned);
    }
    Ok(all)
}

fn events(stories: &[Story], now: Timestamp) -> Result<Vec<Event<'_>>> {
    let mut events = Vec::new();
    for (story, s) in stories.iter().enumerate() {
        events.push(Event { at: moment(now, s.day, &s.at)?, story, step: None });
        for step in &s.step {
            events.push(Event { at: moment(now, step.day, &step.at)?, story, step: Some(step) });
        }
    }
    events.sort_by_key(|e| e.at);
    Ok(events)
}

/// `09:10` of a day counted from today; `-00:20` is twenty minutes before now.
fn moment(now: Timestamp, day: i64, at: &str) -> Result<Timestamp> {
    let (before, clock) = at.strip_prefix('-').map_or((false, at), |rest| (true, rest));
    let (hour, minute) = clock.split_once(':').with_context(|| format!("`{at}` is no time"))?;
    let (hour, minute): (i8, i8) = (hour.parse()?, minute.parse()?);
    if before {
        return Ok(now.plus_millis(-MINUTE * (i64::from(hour) * 60 + i64::from(minute))));
    }
    Ok(Timestamp::at(now.plus_days(day).date(), hour, minute))
}

struct Player<'a> {
    app: &'a App,
    clock: &'a SetClock,
    stories: &'a [Story],
    planned: &'a [Planned],
    told: BTreeMap<usize, Told>,
    /// When the follower went round last, as an instant.
    followed: AtomicI64,
}

impl Player<'_> {
    /// Lets the time pass; the follower goes round every night, so that what expired says so on its own day, and whenever an
    /// hour has gone by, so that what one matter tells another has come before that one goes on.
    async fn wait_until(&self, at: Timestamp) -> Result<()> {
        let cell = super::cell(self.app);
        if !self.told.is_empty() {
            let mut night = Timestamp::at(self.app.now().plus_days(1).date(), 0, 5);
            while night < at {
                self.clock.set(night);
                self.app.follow(cell).await?;
                self.decide().await?;
                night = night.plus_days(1);
            }
        }
        self.clock.set(at);
        if !self.told.is_empty() && at.0 - self.followed.load(Ordering::Relaxed) >= 60 * MINUTE {
            self.app.follow(cell).await?;
            self.followed.store(at.0, Ordering::Relaxed);
        }
        self.app.tick(cell, 500).await?;
        Ok(())
    }

    async fn happen(&mut self, event: &Event<'_>) -> Result<()> {
        let story = &self.stories[event.story];
        let place = || format!("demo story {} ({})", event.story + 1, first_sentence(&story.with));
        match event.step {
            None => {
                let told = self.raise(story).await.with_context(place)?;
                self.told.insert(event.story, told);
            }
            // A story whose beginning still lies ahead has no steps either.
            Some(step) => {
                let Some(told) = self.told.get(&event.story) else { return Ok(()) };
                self.act(told, step).await.with_context(|| format!("{}: {}", place(), step.action))?;
            }
        }
        Ok(())
    }

    async fn raise(&self, story: &Story) -> Result<Told> {
        let viewer = viewer(self.app, &story.who, None)?;
        let mechanism = self.app.offered(&story.mechanism, &story.region).map_err(told)?.mechanism;
        let fields = self.fields(&mechanism, &story.with)?;
        if let Some((name, child)) = &story.on {
            let id = self.told_as(name)?.raised.id;
            let raised = self.app.raise_open(id, child, fields, None).await.map_err(told)?;
            return Ok(Told { raised, mechanism, region: story.region });
        }
        let (mechanism_id, region) = (story.mechanism.clone(), story.region);
        let raising = Raising { mechanism: mechanism_id, region, fields, occurred: None, idempotency_key: None };
        let raised = self.app.raise(&viewer, raising).await.map_err(told)?;
        Ok(Told { raised, mechanism, region: story.region })
    }

    async fn act(&self, to: &Told, step: &Step) -> Result<()> {
        let (id, mechanism) = match &step.child {
            None => (to.raised.id, to.mechanism.clone()),
            Some(name) => self.child(to, name).await?,
        };
        let viewer = viewer(self.app, &step.who, Some(id))?;
        if let Some(vote) = &step.vote {
            return step.ballots.cast(self.app, &viewer, id, vote).await;
        }
        let fields = self.fields(&mechanism, &step.with)?;
        let acting = Acting {
            action: step.action.clone(),
            fields,
            part: step.part.as_deref().map(|p| self.part(p)).transpose()?,
            occurred: None,
            idempotency_key: None,
            seen: None,
        };
        self.app.act(&viewer, id, &acting).await.map_err(told)?;
        Ok(())
    }

    /// What came out of a matter under this name, once the follower has raised it.
    async fn child(&self, of: &Told, name: &str) -> Result<(MatterId, Arc<Mechanism>)> {
        let child = of.mechanism.child.get(name).with_context(|| format!("there is no child {name}"))?;
        self.app.follow(super::cell(self.app)).await?;
        let own = Viewer::Code(of.raised.id, Shown::Long);
        let kin = self.app.kin(&own, of.raised.id).await.map_err(told)?;
        let found = kin.children.iter().rev().find(|r| r.name.as_ref() == Some(&child.name));
        let number = &found.with_context(|| format!("no {name} was raised"))?.item.number;
        let id = self.app.by_number(number).await.map_err(told)?;
        let region = of.region;
        Ok((id, self.app.offered(&child.mechanism, &region).map_err(told)?.mechanism))
    }

    fn fields(&self, mechanism: &Mechanism, with: &Form) -> Result<Raw> {
        let mut raw = Raw::new();
        for (id, value) in with {
            let kind = mechanism.field.get(id).map(|f| f.kind);
            raw.insert(id.clone(), self.value(kind, value)?);
        }
        Ok(raw)
    }

    fn value(&self, kind: Option<FieldKind>, value: &toml::Value) -> Result<serde_json::Value> {
        Ok(match (kind, value) {
            (Some(FieldKind::Body), toml::Value::String(name)) => self.body(name)?.into(),
            (Some(FieldKind::Bodies), toml::Value::Array(names)) => {
                let ids: Result<Vec<_>> = names.iter().filter_map(|n| n.as_str()).map(|n| self.body(n)).collect();
                ids?.into()
            }
            (Some(FieldKind::Date), toml::Value::Integer(day)) => {
                self.app.now().plus_days(*day).date().to_string().into()
            }
            (Some(FieldKind::Matter), toml::Value::String(name)) => self.number_of(name)?.into(),
            (Some(FieldKind::Tasks), toml::Value::Array(rows)) => {
                let rows: Result<Vec<_>> = rows.iter().map(|r| self.task(r)).collect();
                rows?.into()
            }
            (_, other) => serde_json::to_value(other)?,
        })
    }

    /// A row of a list of tasks: the body by name, the day as days from the step.
    fn task(&self, row: &toml::Value) -> Result<serde_json::Value> {
        let table = row.as_table().context("a task is { what, who, by }")?;
        let kinds = [("who", FieldKind::Body), ("by", FieldKind::Date)];
        let kind = |key: &str| kinds.iter().find(|(k, _)| *k == key).map(|(_, kind)| *kind);
        let cells = table.iter().map(|(key, v)| Ok((key.clone(), self.value(kind(key), v)?)));
        Ok(serde_json::Value::Object(cells.collect::<Result<_>>()?))
    }

    fn part(&self, key: &str) -> Result<String> {
        match key.split_once('@') {
            Some((kind, name)) if name.parse::<u32>().is_err() => Ok(format!("{kind}@{}", self.body(name)?)),
            _ => Ok(key.to_owned()),
        }
    }

    fn body(&self, name: &str) -> Result<u32> {
        let directory = self.app.directory();
        let found = directory.bodies().find(|b| b.name == name).map(|b| b.id.0);
        found.with_context(|| format!("there is no body called {name}"))
    }

    fn told_as(&self, name: &str) -> Result<&Told> {
        let story = self.stories.iter().position(|s| s.name.as_deref() == Some(name));
        let told = story.and_then(|s| self.told.get(&s));
        told.with_context(|| format!("no story called {name} was told before this"))
    }

    fn number_of(&self, name: &str) -> Result<String> {
        Ok(self.told_as(name)?.raised.number.clone())
    }

    async fn examples(&self) -> Result<Vec<app::example::Example>> {
        let mut shown = Vec::new();
        for (story, told) in self.told.iter().map(|(n, told)| (&self.stories[*n], told)).filter(|(s, _)| s.example) {
            let slip = match &story.slip {
                Some((n, who)) => {
                    super::ballots::unused(self.app, &viewer(self.app, who, None)?, told.raised.id, *n).await?
                }
                None => None,
            };
            shown.push(app::example::Example {
                number: told.raised.number.clone(),
                query_code: told.raised.query_code.clone(),
                long_code: told.raised.long_code.clone(),
                title: first_sentence(&story.with),
                slip,
            });
        }
        Ok(shown)
    }
}

/// What a story is about: the beginning of its longest text.
fn first_sentence(with: &Form) -> String {
    let longest = with.values().filter_map(|v| v.as_str()).max_by_key(|t| t.chars().count()).unwrap_or_default();
    longest.split(['，', '。', '？']).next().unwrap_or_default().to_owned()
}

/// An error with the rule that it rests on, for whoever writes stories.
pub(super) fn told(error: AppError) -> anyhow::Error {
    match error {
        AppError::Refused(refusal, _) => anyhow::anyhow!("refused: {:?}", refusal.rule),
        other => other.into(),
    }
}

fn viewer(app: &App, who: &str, id: Option<MatterId>) -> Result<Viewer> {
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
