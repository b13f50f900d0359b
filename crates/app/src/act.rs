//! Acting on a matter, and the clock acting on it. One path: load, decide, append; once again if somebody was quicker.

use crate::error::AppError;
use crate::installation::App;
use crate::matter::{Draft, Matter};
use crate::outside::counted_ballots;
use crate::random::bytes;
use crate::viewer::Viewer;
use kernel::decide::{Actor, Command, Context, Decision, decide};
use kernel::entry::{Act, Entry};
use kernel::file::CaseFile;
use kernel::form::{Filled, Raw, check};
use kernel::ids::{Cell, MatterId};
use kernel::kin::Kin;
use kernel::refusal::{Refusal, Rule};
use kernel::time::Timestamp;
use store::{CommandRow, StoreError};

/// What somebody does.
#[derive(Clone, Default, Debug)]
pub struct Acting {
    /// An action of the mechanism, or `approve:ACTION`, `reject:ACTION`, `take_back:ACTION`.
    pub action: String,
    /// The form.
    pub fields: Raw,
    /// On which part; may be left out by a body that has only one.
    pub part: Option<String>,
    /// When it happened, where that was earlier.
    pub occurred: Option<Timestamp>,
    /// The client's key.
    pub idempotency_key: Option<String>,
    /// The number of entries that the actor saw; one added since is a conflict to look at, unless it changed nothing for her
    /// ([`moved_on`]).
    pub seen: Option<u32>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Acted {
    /// The matter.
    pub id: MatterId,
    /// The state now.
    pub state: String,
    /// The entries that were added.
    pub entries: u32,
}

/// Whether the file moved on under somebody who saw `seen` entries and acts on `part`. What left the state alone and came from
/// elsewhere is no reason to lose what she typed: word from another matter, a ballot, dates computed again, another part's work.
pub(crate) fn moved_on(matter: &Matter, seen: u32, part: Option<&str>) -> bool {
    let aside = |e: &Entry| {
        let elsewhere = match &e.act {
            Act::Kin(kin) => !matches!(kin, Kin::Erased { .. }),
            Act::Voted(_) | Act::Recomputed => true,
            _ => part.is_some() && e.part.is_some() && e.part.as_deref() != part,
        };
        elsewhere && e.state.is_none()
    };
    seen > matter.file.seq || matter.entries.iter().any(|e| e.seq > seen && !aside(e))
}

/// When the entries of a decision are written: by this their command finds them again.
pub(crate) fn written(decision: &Decision) -> Option<Timestamp> {
    decision.entries.last().map(|e| e.at)
}

impl App {
    /// Acts on a matter.
    ///
    /// # Errors
    /// `NotFound` for whoever may not know of it, `Refused` with rule and clause, `Conflict` if it moved on twice.
    pub async fn act(&self, viewer: &Viewer, id: MatterId, acting: &Acting) -> Result<Acted, AppError> {
        let request = kernel::chain::inner(
            kernel::chain::HashAlg::Sha256,
            &[1; 16],
            match &acting.part {
                None => serde_json::json!([id.serial, acting.action, acting.fields]),
                Some(part) => serde_json::json!([id.serial, acting.action, acting.fields, part]),
            }
            .to_string()
            .as_bytes(),
        );
        if let Some(key) = &acting.idempotency_key
            && let Some(row) = self.inner.store.command(id.cell, &viewer.principal(), key).await?
        {
            return self.acted_before(&row, &request).await;
        }
        for _ in 0..2 {
            let mut matter = self.matter(id).await?;
            self.tallies(&mut matter, &acting.action).await?;
            let named = match self.access(viewer, &matter).reads() {
                true => self.named(viewer, &matter.mechanism, &acting.fields, Some(id)).await?,
                false => Filled::new(),
            };
            let decision = self.decide_act(viewer, &matter, acting, named)?;
            let command = acting.idempotency_key.as_ref().map(|key| CommandRow {
                principal: viewer.principal(),
                key: key.clone(),
                request,
                matter: id,
                at: written(&decision).unwrap_or(self.now()),
            });
            match self.commit(&matter, &decision, command).await {
                Ok(()) => {
                    let entries = u32::try_from(decision.entries.len()).unwrap_or(0);
                    return Ok(Acted { id, state: decision.file.state, entries });
                }
                Err(AppError::Store(StoreError::Conflict)) => {}
                Err(AppError::Store(StoreError::Duplicate(row))) => return self.acted_before(&row, &request).await,
                Err(e) => return Err(e),
            }
        }
        Err(AppError::Conflict)
    }

    /// The answer that was given when the key came first: where the file stood then, and how many entries were added.
    pub(crate) async fn acted_before(
        &self,
        row: &CommandRow,
        request: &kernel::chain::Hash,
    ) -> Result<Acted, AppError> {
        if row.request != *request {
            return Err(AppError::KeyReused);
        }
        let matter = self.matter(row.matter).await?;
        let until = matter.entries.partition_point(|e| e.at <= row.at);
        let state = CaseFile::fold(&matter.entries[..until]).state;
        let entries = matter.entries.iter().filter(|e| e.at == row.at).count();
        Ok(Acted { id: row.matter, state, entries: u32::try_from(entries).unwrap_or(0) })
    }

    fn decide_act(
        &self,
        viewer: &Viewer,
        matter: &Matter,
        acting: &Acting,
        named: Filled,
    ) -> Result<Decision, AppError> {
        let access = self.access(viewer, matter);
        if !access.reads() {
            return Err(if access == crate::access::Access::None { AppError::NotFound } else { AppError::Forbidden });
        }
        if acting.seen.is_some_and(|seen| moved_on(matter, seen, acting.part.as_deref())) {
            return Err(AppError::Conflict);
        }
        let directory = self.directory();
        let ctx = self.context(matter, &*directory);
        let refused = |r: Refusal| AppError::Refused(Box::new(r), Some(matter.mechanism.clone()));
        let actor = viewer.actor(matter.id);
        let command = command(&ctx, matter, &actor, acting, named).map_err(refused)?;
        decide(&ctx, &matter.file, &actor, &command).map_err(refused)
    }

    /// Appends a decision.
    pub(crate) async fn commit(
        &self,
        matter: &Matter,
        decision: &Decision,
        command: Option<CommandRow>,
    ) -> Result<(), AppError> {
        if decision.entries.is_empty() {
            return Ok(());
        }
        let draft = Draft {
            id: matter.id,
            number: matter.row.number,
            mechanism: &matter.mechanism,
            before: &matter.file,
            decision,
            keys: matter.keys.as_ref(),
            head: matter.row.head,
            title: matter.row.title.clone().filter(|_| decision.file.keeping.titled()),
            new_keys: None,
        };
        let mut append = self.append_of(draft);
        if let Some(keys) = &matter.keys {
            append.blobs = self.claim_blobs(matter.id, decision, keys).await?;
        }
        append.command = command;
        // Only what opens or closes a vote makes ballots history; the rest need not look through the file.
        if decision.entries.iter().any(|e| !e.polls.is_empty() && e.act.effect().is_some()) {
            append.destroy = counted_ballots(matter.entries.iter().chain(&decision.entries));
        }
        self.inner.store.append(append).await?;
        Ok(())
    }

    /// The context of a decision on a matter, now.
    pub(crate) fn context<'a>(
        &'a self,
        matter: &'a Matter,
        directory: &'a dyn kernel::directory::Directory,
    ) -> Context<'a> {
        let now = matter.file.last_at.map_or(self.now(), |last| last.max(self.now()));
        Context {
            mechanism: &matter.mechanism,
            calendar: self.calendar(),
            directory,
            now,
            seed: bytes(self.random().as_mut()),
            hash: self.inner.profile.hash(),
            outside: &matter.outside,
        }
    }

    /// What this viewer may read of a matter.
    #[must_use]
    pub fn access(&self, viewer: &Viewer, matter: &Matter) -> crate::access::Access {
        let directory = self.directory();
        let ctx = self.context(matter, &*directory);
        crate::access::access(&ctx, &directory, viewer, matter)
    }

    /// Fires the clocks of a cell that came due; how many matters moved. What cannot be settled is reported and left.
    ///
    /// # Errors
    /// The store.
    pub async fn tick(&self, cell: Cell, limit: u32) -> Result<u32, AppError> {
        let due = self.inner.store.due(cell, self.now(), limit).await?;
        let mut ids: Vec<MatterId> = due.into_iter().map(|d| d.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut moved = 0;
        for id in ids {
            match self.tick_one(id).await {
                Ok(()) => moved += 1,
                Err(AppError::Store(StoreError::Conflict)) => {}
                Err(AppError::Refused(refusal, _)) => {
                    tracing::error!(matter = %id, rule = %refusal.rule, "a due clock cannot be settled")
                }
                Err(e) => return Err(e),
            }
        }
        Ok(moved)
    }

    async fn tick_one(&self, id: MatterId) -> Result<(), AppError> {
        let matter = self.matter(id).await?;
        let directory = self.directory();
        let ctx = self.context(&matter, &*directory);
        // A newer notice may say that nothing is due yet: it is heard first, wherever the recomputation has got to.
        let command = if self.rests_on_today(id.cell) { Command::Tick } else { Command::Recompute };
        let decision = decide(&ctx, &matter.file, &Default::default(), &command)
            .map_err(|r| AppError::Refused(Box::new(r), Some(matter.mechanism.clone())))?;
        self.commit(&matter, &decision, None).await
    }
}

fn command(
    ctx: &Context<'_>,
    matter: &Matter,
    actor: &Actor,
    acting: &Acting,
    named: Filled,
) -> Result<Command, Refusal> {
    if let Some(action) = acting.action.strip_prefix("approve:") {
        return Ok(Command::Approve { action: action.to_owned() });
    }
    if let Some(action) = acting.action.strip_prefix("reject:") {
        let reason = acting.fields.get("reason").and_then(|v| v.as_str()).map(str::trim).unwrap_or_default();
        if reason.is_empty() || reason.chars().count() > 2000 {
            let message = kernel::text::Text::new(
                "请写明不同意的理由，2000 字以内",
                "please give the reason, at most 2000 characters",
            );
            return Err(Rule::Fields(vec![kernel::refusal::FieldError {
                field: "reason".into(),
                code: "required",
                message,
            }])
            .into());
        }
        return Ok(Command::Reject { action: action.to_owned(), reason: reason.to_owned() });
    }
    if let Some(action) = acting.action.strip_prefix("take_back:") {
        return Ok(Command::TakeBack { action: action.to_owned() });
    }
    let action = ctx.mechanism.action.get(&acting.action).ok_or_else(|| Rule::UnknownAction(acting.action.clone()))?;
    let form = crate::roll::taken(ctx.mechanism, action, &acting.fields).and_then(|(fields, rolls)| {
        let mut filled = check(ctx.mechanism, action, &fields, &matter.file.facts, ctx.directory)?;
        filled.extend(rolls);
        Ok(filled)
    });
    let act = |filled| {
        let (action, part) = (acting.action.clone(), acting.part.clone());
        Command::Act { action, filled, occurred: acting.occurred, part }
    };
    match form {
        Ok(mut filled) => {
            filled.extend(named);
            Ok(act(filled))
        }
        // Who may not do this, or not now, is told so, and not how the form wants to be filled in.
        Err(errors) => match decide(ctx, &matter.file, actor, &act(Filled::new())) {
            Err(refusal) if never_mind_the_form(&refusal.rule) => Err(refusal),
            _ => Err(Rule::Fields(errors).into()),
        },
    }
}

/// Whether a rule refuses an act whatever its form says. A condition reads nothing that its own form asks for (rule 0).
fn never_mind_the_form(rule: &Rule) -> bool {
    use Rule::{AtMost, Ended, Guard, Role, Separation, State};
    matches!(rule, Role { .. } | Separation | State { .. } | Guard { .. } | Ended | AtMost { .. })
}
