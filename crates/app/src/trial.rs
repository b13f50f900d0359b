//! A trial run (试走): an invented matter of a mechanism, played through its lawful actions in memory. Nothing is stored and
//! nobody is told. The whole state is the trail of moves, so that an address holds it and a step back is a shorter address.

mod fill;
mod offers;
mod trail;

pub use offers::{Asked, Offer};
pub use trail::{After, Move, Trail, WAIT};

use crate::catalogue::Effective;
use crate::installation::App;
use crate::played::{Beat, Due, beats, running};
use crate::view::body_name;
use kernel::decide::{Actor, Command, Context, Decision, Opening, Post, decide, raise, raise_from, raises_as};
use kernel::entry::By;
use kernel::file::CaseFile;
use kernel::form::{Filled, Given, Raw, check, held_to_links};
use kernel::ids::{BodyId, Cell, MatterId, PersonId};
use kernel::kin::{Origin, Parent};
use kernel::mechanism::{CLOCK, Mechanism, RAISE, RAISER};
use kernel::refusal::{Refusal, Rule};
use kernel::region::RegionCode;
use kernel::text::Text;
use kernel::time::Timestamp;

/// Where a trial stands.
#[derive(Debug)]
pub struct Trial {
    /// What happened, move by move.
    pub moves: Vec<Vec<Beat>>,
    /// The time of the last move.
    pub now: Timestamp,
    /// The state, by name; none before it is raised.
    pub state: Option<Text>,
    /// Its id.
    pub at: String,
    /// Who holds it.
    pub holder: Option<Text>,
    /// It has ended.
    pub ended: bool,
    /// The clocks that run.
    pub clocks: Vec<Due>,
    /// What can be done now, and by whom.
    pub offers: Vec<Offer>,
    /// The move at which it stopped because the rules refuse it; the moves before it were played.
    pub refused: Option<(usize, Refusal)>,
}

/// The longest trail; a matter that is sent round longer than this has shown what there is to see.
pub const LONGEST: usize = 80;

impl App {
    /// Plays a trail.
    #[must_use]
    pub fn trial(&self, effective: &Effective, region: &RegionCode, trail: &Trail) -> Trial {
        let directory = self.directory();
        let stage = Stage { app: self, mechanism: &effective.mechanism, directory: &directory, region: *region };
        let names = |b: BodyId| body_name(&directory, b).name;
        let mut file = CaseFile::default();
        let (mut now, mut moves, mut refused) = (trail.start, Vec::new(), None);
        for (n, step) in trail.moves.iter().take(LONGEST).enumerate() {
            let at = later(&file, now, step.after);
            match stage.play(&file, at, step, n) {
                Ok((decision, given)) => {
                    moves.push(beats(stage.mechanism, &names, &file, &decision.entries, &given));
                    (file, now) = (decision.file, at);
                }
                Err(refusal) => {
                    refused = Some((n, refusal));
                    break;
                }
            }
        }
        let state = stage.mechanism.state.get(&file.state);
        let holder = state.and_then(|s| s.holder.as_deref()).map(|role| match file.roles.get(role) {
            Some(body) if role != RAISER => names(*body),
            _ => Text::new("本人", "the person"),
        });
        Trial {
            moves,
            now,
            at: file.state.clone(),
            state: state.map(|s| s.name.clone()),
            holder,
            ended: file.ended.is_some(),
            clocks: running(stage.mechanism, &names, &file),
            offers: stage.offers(&file, now),
            refused,
        }
    }
}

/// When the next move happens.
fn later(file: &CaseFile, now: Timestamp, after: After) -> Timestamp {
    let due = file.next_due().map(|(_, c)| c.dates.due);
    let at = match after {
        After::Hour => now.plus_hours(1),
        After::Day => now.plus_days(1),
        After::Week => now.plus_days(7),
        After::LastMoment => due.unwrap_or(now),
        After::Passed => due.map_or_else(|| now.plus_days(1), |d| d.plus_millis(1)),
    };
    at.max(now)
}

/// What stands behind a matter that nobody raises: an invented one, for whose body it is.
fn behind(body: Option<BodyId>) -> Origin {
    let matter = MatterId { cell: Cell::INSTALLATION, serial: 0 };
    let parent = Parent { body, ..Parent::of(matter, "") };
    Origin { parent: body.map(|_| parent), ..Origin::default() }
}

/// What a move plays on.
struct Stage<'a> {
    app: &'a App,
    mechanism: &'a Mechanism,
    directory: &'a crate::directory::Snapshot,
    region: RegionCode,
}

type Played = (Decision, Vec<(String, Text)>);

impl Stage<'_> {
    fn ctx(&self, now: Timestamp, n: usize) -> Context<'_> {
        let mut seed = [0; 16];
        seed[..8].copy_from_slice(&(n as u64).to_be_bytes());
        Context {
            mechanism: self.mechanism,
            calendar: self.app.calendar(),
            directory: self.directory,
            now,
            seed,
            hash: kernel::chain::HashAlg::Sha256,
            outside: &kernel::outside::NOTHING,
        }
    }

    /// Somebody at a post of this role, invented: nobody of the directory is asked. Each role is another person, so that
    /// whoever proposes is not the one who approves.
    fn actor(&self, file: &CaseFile, role: &str, body: Option<BodyId>) -> Actor {
        if role == RAISER {
            return Actor { raiser: true, ..Actor::default() };
        }
        let n = self.mechanism.role.keys().position(|r| r == role).unwrap_or_default();
        let post = self.mechanism.role.get(role).and_then(|r| r.post.clone()).unwrap_or_else(|| "staff".to_owned());
        let body = body.or_else(|| file.roles.get(role).copied());
        let posts = body.map(|body| Post { body, role: post }).into_iter().collect();
        Actor { raiser: false, person: Some(PersonId(u32::try_from(n).unwrap_or(0) + 1)), posts }
    }

    fn play(&self, file: &CaseFile, now: Timestamp, step: &Move, n: usize) -> Result<Played, Refusal> {
        let ctx = self.ctx(now, n);
        if step.action == trail::WAIT {
            return decide(&ctx, file, &Actor::default(), &Command::Tick).map(|d| (d, Vec::new()));
        }
        let ground = self.ground(file);
        let actor = self.actor(&ground, &step.who, step.body);
        if let Some(action) = step.action.strip_prefix("approve:") {
            let command = Command::Approve { action: action.to_owned() };
            return decide(&ctx, file, &actor, &command).map(|d| (d, Vec::new()));
        }
        if let Some(action) = step.action.strip_prefix("reject:") {
            let reason = Text::new("试走：理由不够", "trial run: the reason is not enough");
            let command = Command::Reject { action: action.to_owned(), reason: reason.zh.clone() };
            return decide(&ctx, file, &actor, &command).map(|d| (d, vec![("reason".to_owned(), reason)]));
        }
        let unknown = || Refusal::from(Rule::UnknownAction(step.action.clone()));
        let action = self.mechanism.action.get(&step.action).ok_or_else(unknown)?;
        let raw = self.fill(action, &ground, &step.chosen, now);
        let filled = check(self.mechanism, action, &raw, &file.facts, self.directory).map_err(Rule::Fields)?;
        let filled = held_to_links(self.mechanism, action, filled, file);
        let given = self.in_words(&raw, &filled);
        let decision = if step.action == RAISE {
            let opening = Opening { region: self.region, promise: None, version: String::new() };
            if step.who == CLOCK {
                raise_from(&ctx, self.raised_by(step)?, opening, behind(step.body), filled, None)?
            } else {
                raise(&ctx, &actor, opening, filled, None)?
            }
        } else {
            decide(
                &ctx,
                file,
                &actor,
                &Command::Act { action: step.action.clone(), filled, occurred: None, part: None },
            )?
        };
        Ok((decision, given))
    }

    /// As whom another matter or a plan raises it: only the clock, whose the choice is on this page.
    fn raised_by(&self, step: &Move) -> Result<By, Refusal> {
        let role = || Refusal::from(Rule::Role { roles: vec![step.who.clone()] });
        raises_as(self.mechanism).ok().filter(|by| *by == By::Clock).ok_or_else(role)
    }

    /// The file, before it is raised with the bodies that its roles would find.
    fn ground(&self, file: &CaseFile) -> CaseFile {
        if file.seq > 0 {
            return file.clone();
        }
        let roles = kernel::role::resolve(self.mechanism, &self.region, &Default::default(), self.directory);
        CaseFile { roles, ..CaseFile::default() }
    }

    /// What was filled in, in the order of the form.
    fn in_words(&self, raw: &Raw, filled: &Filled) -> Vec<(String, Text)> {
        let word = |id: &str, given: &Given| match given {
            Given::Text(text) | Given::Matter(text, _) => Text::new(text, text),
            Given::Tasks(all, _) => Text::new(format!("{} 项任务", all.len()), format!("{} tasks", all.len())),
            Given::Files(all) => Text::new(format!("{} 个附件", all.len()), format!("{} files", all.len())),
            Given::Coded(c) if !c.bodies().is_empty() => {
                let names: Vec<Text> = c.bodies().iter().map(|b| body_name(self.directory, *b).name).collect();
                let with = |get: fn(&Text) -> &str, by: &str| names.iter().map(get).collect::<Vec<_>>().join(by);
                Text::new(with(|t| &t.zh, "、"), with(|t| &t.en, ", "))
            }
            Given::Coded(c) => {
                let code = c.as_code();
                let of = self.mechanism.field.get(id).map_or(&[][..], |f| &f.of);
                of.iter().find(|o| o.id == *code).map_or_else(
                    || match &*code {
                        "yes" => Text::new("是", "yes"),
                        "no" => Text::new("否", "no"),
                        other => Text::new(other, other),
                    },
                    |o| Text::new(&o.zh, &o.en),
                )
            }
        };
        raw.keys().filter_map(|id| Some((id.clone(), word(id, filled.get(id)?)))).collect()
    }
}
