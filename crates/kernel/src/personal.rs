//! The personal content of a matter after it has done its work: until when it is kept, that it was erased, that it is only
//! stored, that it was corrected. Entries say so without any of the content; destroying keys and text is the app's, and
//! may be done again at any time, because the entry stays.

use crate::clocks::length;
use crate::decide::{Context, Decision};
use crate::entry::{Act, By, ClockEvent, Entry};
use crate::file::CaseFile;
use crate::form::Coded;
use crate::ids::{Class, MatterId};
use crate::kin::{Kin, Step};
use crate::mechanism::{Action, Deed, Mechanism};
use crate::seal::seal_one;
use crate::text::Text;
use crate::time::{DayEnd, Roll, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The ground of what the clock erases.
pub const RETENTION: &str = "retention";
/// The field in which a matter keeps what was corrected.
pub const CORRECTION: &str = "correction";

/// Where the matter stands that another one is about: it runs, it has ended, it is kept under a duty to archive, or there
/// is nothing personal left in it.
pub const STANDINGS: [&str; 4] = ["open", "ended", "archived", "erased"];

/// The fact by which conditions know it, for the field that names it.
#[must_use]
pub fn about_fact(field: &str) -> String {
    format!("about({field})")
}

/// What a decision in this matter does to the one that it is about; the follower carries it there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Touch {
    /// Which.
    pub matter: MatterId,
    /// What.
    pub deed: Deed,
    /// The field that says why, or how it reads now.
    pub field: String,
    /// The ground, by its code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ground: String,
    /// The ground in words, as the pack has them; never anybody's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Text>,
}

/// A decision about personal content, as the file that it is about knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decided {
    /// When.
    pub at: Timestamp,
    /// The entry.
    pub seq: u32,
    /// The ground, by its code.
    pub ground: String,
    /// In words.
    pub words: Text,
    /// The matter in which it was decided; none where the clock did it.
    pub by: Option<MatterId>,
}

/// What the fold keeps of all this.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Keeping {
    /// Until when the content is kept; none while the matter runs, and where nobody has said how long.
    pub until: Option<Timestamp>,
    /// Until when it is kept who the people in it are, where that is shorter.
    pub identity_until: Option<Timestamp>,
    /// It was erased.
    pub erased: Option<Decided>,
    /// Who the people in it are was erased; the rest is still there.
    pub identity_erased: Option<Decided>,
    /// It is only stored.
    pub restricted: Option<Decided>,
    /// By which decisions it was corrected: matter and entry there.
    pub corrected: Vec<(MatterId, u32)>,
}

impl Keeping {
    /// Takes one more entry.
    pub(crate) fn evolve(&mut self, entry: &Entry) {
        self.until = entry.beyond.keeps.or(self.until);
        self.identity_until = entry.beyond.keeps_identity.or(self.identity_until);
        let decided = |ground: &String, words: &Text, by: Option<MatterId>| Decided {
            at: entry.at,
            seq: entry.seq,
            ground: ground.clone(),
            words: words.clone(),
            by,
        };
        match &entry.act {
            Act::Kin(Kin::Erased { ground, words, by }) => self.erased = Some(decided(ground, words, *by)),
            Act::Kin(Kin::IdentityErased { words }) => {
                self.identity_erased = Some(decided(&RETENTION.to_owned(), words, None));
            }
            Act::Kin(Kin::Restricted { ground, words, by }) => {
                self.restricted = Some(decided(ground, words, Some(*by)));
            }
            Act::Kin(Kin::Corrected { by, seq }) => self.corrected.push((*by, *seq)),
            _ => {}
        }
    }

    /// After a silence was taken back: what was decided stays decided, how long it is kept begins anew with the end.
    pub(crate) fn restored(&mut self, now: &Keeping) {
        *self = Keeping { until: self.until, identity_until: self.identity_until, ..now.clone() };
    }

    /// Nobody reads any more who the people in it are, and nobody writes it there again.
    #[must_use]
    pub fn anonymous(&self) -> bool {
        self.erased.is_some() || self.identity_erased.is_some()
    }

    /// The title may be shown in lists.
    #[must_use]
    pub fn titled(&self) -> bool {
        self.erased.is_none() && self.restricted.is_none()
    }
}

impl CaseFile {
    /// The matter that this one is about.
    #[must_use]
    pub fn about(&self) -> Option<MatterId> {
        self.opened.as_ref()?.origin.about
    }
}

/// Until when the content is kept, and who the people in it are, where the file ends at this time.
pub(crate) fn until(
    ctx: &Context<'_>,
    at: Timestamp,
    facts: &BTreeMap<String, Coded>,
) -> (Option<Timestamp>, Option<Timestamp>) {
    let Some(retention) = ctx.mechanism.retention.as_ref().filter(|r| r.archive.is_none()) else { return (None, None) };
    let end = |number: &Option<String>| {
        let length = length(ctx.mechanism, number.as_ref()?, facts).ok()?;
        Some(crate::clocks::dates(ctx.calendar, at, length, Roll::None, DayEnd::Midnight).due)
    };
    let all = end(&retention.after_end);
    // Where a region keeps the whole no longer than this, everything goes at once.
    (all, end(&retention.identity).filter(|at| all.is_none_or(|all| *at < all)))
}

/// What an action does to the matter that this one is about, with the ground resolved.
pub(crate) fn touch(m: &Mechanism, file: &CaseFile, action: &Action, facts: &BTreeMap<String, Coded>) -> Option<Touch> {
    let (deed, field) = action.deed()?;
    let matter = file.about()?;
    let code = facts.get(field).map(|c| c.as_code().into_owned()).unwrap_or_default();
    let option = m.field.get(field).and_then(|f| f.of.iter().find(|o| o.id == code));
    let words = option.map(|o| Text::new(&o.zh, &o.en));
    Some(Touch { matter, deed, field: field.to_owned(), ground: code, words })
}

/// What another matter, the clock or a ledger does to the content of this one. The second time it leaves no entry.
pub(crate) fn step(ctx: &Context<'_>, d: &mut Decision, step: &Step) {
    let keeping = &d.file.keeping;
    match step {
        Step::Erase { by, ground, words } if keeping.erased.is_none() => {
            let kin = Kin::Erased { ground: ground.clone(), words: words.clone(), by: *by };
            erase(ctx, d, kin);
        }
        Step::EraseIdentity { words } if !keeping.anonymous() => {
            erase(ctx, d, Kin::IdentityErased { words: words.clone() });
        }
        Step::Restrict { by, ground, words } if keeping.titled() => {
            let kin = Kin::Restricted { ground: ground.clone(), words: words.clone(), by: *by };
            let entry = Entry::new(d.file.seq + 1, ctx.now, Act::Kin(kin), By::Clock);
            d.push(entry);
        }
        Step::Correct { by, seq, text } if keeping.erased.is_none() && !keeping.corrected.contains(&(*by, *seq)) => {
            correct(ctx, d, Kin::Corrected { by: *by, seq: *seq }, text);
        }
        _ => {}
    }
}

/// A matter that still runs, in a store that is older than its erasure, ends with it: nobody can work on it any more.
fn erase(ctx: &Context<'_>, d: &mut Decision, kin: Kin) {
    let ends = d.file.ended.is_none();
    let stopped = |id: &String| ClockEvent::Stopped { id: id.clone() };
    let clocks = d.file.clocks.keys().map(stopped).collect();
    let mut entry = Entry { ends, clocks, ..Entry::new(d.file.seq + 1, ctx.now, Act::Kin(kin), By::Clock) };
    if ends {
        entry.beyond.keeps = until(ctx, ctx.now, &d.file.facts).0;
    }
    d.push(entry);
}

fn correct(ctx: &Context<'_>, d: &mut Decision, kin: Kin, text: &str) {
    let seq = d.file.seq + 1;
    let (commitment, personal) = seal_one(ctx, seq, CORRECTION, Class::Handlers, text.to_owned());
    d.push(Entry { sealed: vec![commitment], ..Entry::new(seq, ctx.now, Act::Kin(kin), By::Clock) });
    d.personal.push(personal);
}
