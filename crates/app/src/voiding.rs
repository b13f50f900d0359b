//! Declaring a letter void (作废): by the body that issued it, with a reason; where it has still to be served, another comes
//! in its place at once. The number stays where it is and is given to nobody else.

use crate::access::Access;
use crate::act::{Acted, moved_on, written};
use crate::error::AppError;
use crate::installation::App;
use crate::matter::Matter;
use crate::view::{FieldView, form};
use crate::viewer::Viewer;
use kernel::chain::{HashAlg, inner};
use kernel::decide::{Command, Context, Decision, decide};
use kernel::form::{Filled, Given, Raw, check};
use kernel::ids::{BodyId, MatterId};
use kernel::mechanism::Action;
use kernel::papers::{owed, voidable};
use kernel::refusal::{FieldError, Refusal, Rule};
use kernel::text::Text;
use std::collections::BTreeMap;
use store::{CommandRow, LetterRow, StoreError};

/// Longest reason, in characters.
pub const LONGEST_REASON: usize = 500;

type Texts = BTreeMap<(u32, String), String>;

/// What the form asks of whoever may declare a letter void.
#[derive(Clone, Debug)]
pub struct VoidForm {
    /// It has still to be served: another has to come in its place.
    pub owed: bool,
    /// The words that may be put right.
    pub fields: Vec<FieldView>,
    /// As they stand in the letter.
    pub words: BTreeMap<String, String>,
    /// How many entries the file has; sent back.
    pub seq: u32,
}

/// What somebody asks.
#[derive(Clone, Debug, Default)]
pub struct Voiding {
    /// Why.
    pub reason: String,
    /// Issue it anew, with these words in the place of the old; what is not named stays.
    pub anew: Option<Raw>,
    /// The client's key.
    pub idempotency_key: Option<String>,
    /// The number of entries that the actor saw; another number is a conflict to look at.
    pub seen: Option<u32>,
}

impl App {
    /// Declares a letter void.
    ///
    /// # Errors
    /// `NotFound` for whoever may not know of it, `Refused` with the rule, `Conflict` if the matter moved on twice.
    pub async fn void_letter(
        &self,
        viewer: &Viewer,
        id: MatterId,
        letter: u32,
        asked: &Voiding,
    ) -> Result<Acted, AppError> {
        let about = serde_json::json!([id.serial, "void", letter, asked.reason, asked.anew]).to_string();
        let request = inner(HashAlg::Sha256, &[1; 16], about.as_bytes());
        if let Some(key) = &asked.idempotency_key
            && let Some(row) = self.inner.store.command(id.cell, &viewer.principal(), key).await?
        {
            return self.acted_before(&row, &request).await;
        }
        for _ in 0..2 {
            let matter = self.matter(id).await?;
            let decision = self.decide_void(viewer, &matter, letter, asked).await?;
            let principal = viewer.principal();
            let row = |key: &String| CommandRow {
                principal,
                key: key.clone(),
                request,
                matter: id,
                at: written(&decision).unwrap_or(self.now()),
            };
            let command = asked.idempotency_key.as_ref().map(row);
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

    async fn decide_void(
        &self,
        viewer: &Viewer,
        matter: &Matter,
        letter: u32,
        asked: &Voiding,
    ) -> Result<Decision, AppError> {
        let access = self.access(viewer, matter);
        if !access.reads() {
            return Err(if access == Access::None { AppError::NotFound } else { AppError::Forbidden });
        }
        if asked.seen.is_some_and(|seen| moved_on(matter, seen, None)) {
            return Err(AppError::Conflict);
        }
        let rows = self.inner.store.letters(matter.id).await?;
        let row = rows.iter().find(|r| r.draft.seq == letter).ok_or(AppError::NotFound)?;
        let texts = matter.texts(self, false).await?;
        let directory = self.directory();
        let ctx = self.context(matter, &*directory);
        let refused = |r: Refusal| AppError::Refused(Box::new(r), Some(matter.mechanism.clone()));
        let actor = viewer.actor(matter.id);
        voidable(&ctx, &matter.file, &actor, letter, row.draft.body).map_err(|r| refused(r.into()))?;
        let filled = asked.anew.as_ref().map(|raw| words(&ctx, matter, row, raw, &texts));
        let (anew, reason) = match (filled.transpose(), reason(&asked.reason)) {
            (Ok(anew), Ok(reason)) => (anew, reason),
            (anew, reason) => {
                let all = [anew.err(), reason.err()].into_iter().flatten().flatten().collect();
                return Err(refused(Rule::Fields(all).into()));
            }
        };
        let command = Command::Void { letter, body: row.draft.body, reason, anew };
        decide(&ctx, &matter.file, &actor, &command).map_err(refused)
    }

    /// The form for declaring a letter void; none for whoever may not.
    pub(crate) fn void_form(
        &self,
        viewer: &Viewer,
        matter: &Matter,
        row: &LetterRow,
        texts: &Texts,
    ) -> Option<VoidForm> {
        let Viewer::Staff(_) = viewer else { return None };
        let directory = self.directory();
        let ctx = self.context(matter, &*directory);
        let (letter, body): (u32, BodyId) = (row.draft.seq, row.draft.body);
        if matter.file.keeping.erased.is_some() {
            return None;
        }
        voidable(&ctx, &matter.file, &viewer.actor(matter.id), letter, body).ok()?;
        Some(VoidForm {
            owed: owed(&ctx, &matter.file, letter),
            fields: form(self, &matter.mechanism, &asking(&ctx, &row.draft.letter), &matter.row.region),
            words: quoted(&ctx, row, texts),
            seq: matter.file.seq,
        })
    }
}

fn reason(given: &str) -> Result<String, Vec<FieldError>> {
    let given = given.trim();
    if given.is_empty() || given.chars().count() > LONGEST_REASON {
        let message = Text::new("请写明为什么作废，500 字以内", "please say why it is void, in at most 500 characters");
        return Err(vec![FieldError { field: "reason".into(), code: "required", message }]);
    }
    Ok(given.to_owned())
}

/// A form that takes the words of a letter.
fn asking(ctx: &Context<'_>, letter: &str) -> Action {
    let may = ctx.mechanism.correctable(letter).into_iter().map(str::to_owned).collect();
    Action { may, ..Action::default() }
}

/// The words that a letter quotes, as they stood when it was issued.
fn quoted(ctx: &Context<'_>, row: &LetterRow, texts: &Texts) -> BTreeMap<String, String> {
    let one = |f: &str| {
        let found = texts.iter().rev().find(|((seq, field), _)| field == f && *seq <= row.draft.seq);
        found.map(|(_, text)| (f.to_owned(), text.clone()))
    };
    ctx.mechanism.correctable(&row.draft.letter).into_iter().filter_map(one).collect()
}

/// All words of the letter that comes in its place: those that were put right, and the others as they stood.
fn words(
    ctx: &Context<'_>,
    matter: &Matter,
    row: &LetterRow,
    raw: &Raw,
    texts: &Texts,
) -> Result<Filled, Vec<FieldError>> {
    let action = asking(ctx, &row.draft.letter);
    let right = check(ctx.mechanism, &action, raw, &matter.file.facts, ctx.directory)?;
    let mut all: Filled = quoted(ctx, row, texts).into_iter().map(|(f, text)| (f, Given::Text(text))).collect();
    all.extend(right);
    Ok(all)
}
