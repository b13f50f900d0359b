//! What a matter says to those that came out of it: what happens there by itself, with what was given here. Nothing else of
//! this one is told, and whoever that one is of sees nothing of it.

use crate::error::AppError;
use crate::installation::App;
use crate::matter::Matter;
use kernel::entry::{Act, Entry};
use kernel::file::CaseFile;
use kernel::form::{Filled, Given};
use kernel::ids::MatterId;
use kernel::kin::{ChildMatter, Step};
use kernel::mechanism::{Child, Mechanism};

/// The children that are told of an action: how, what follows there, and which.
pub(crate) fn hears<'a>(
    mechanism: &'a Mechanism,
    file: &'a CaseFile,
    did: &'a str,
) -> impl Iterator<Item = (&'a Child, &'a str, &'a ChildMatter)> {
    let open = |c: &&ChildMatter| c.matter.is_some() && c.ended.is_none();
    file.kin.children.iter().filter(open).filter_map(move |c| {
        let known = mechanism.child.get(&c.child)?;
        Some((known, known.tells.get(did)?.as_str(), c))
    })
}

impl App {
    /// Tells what was done up to an entry, in its order: nothing is passed over, whichever errand is carried first.
    pub(super) async fn tell_children(&self, matter: &Matter, upto: u32) -> Result<(), AppError> {
        for entry in matter.entries.iter().take_while(|e| e.seq <= upto) {
            let Some(did) = entry.act.effect() else { continue };
            for (known, then, child) in hears(&matter.mechanism, &matter.file, did) {
                // What was done before it came is not its affair.
                if let Some(id) = child.matter.filter(|_| child.seq < entry.seq) {
                    self.tell_child(matter, entry, (known, then), id).await?;
                }
            }
        }
        Ok(())
    }

    async fn tell_child(
        &self,
        matter: &Matter,
        entry: &Entry,
        (known, then): (&Child, &str),
        id: MatterId,
    ) -> Result<(), AppError> {
        let other = self.matter(id).await?;
        if other.file.kin.heard >= entry.seq || other.file.ended.is_some() {
            return Ok(());
        }
        let Some(action) = other.mechanism.action.get(then) else { return Ok(()) };
        let given = self.given(matter, entry, known.handed(action)).await?;
        self.step(id, &Step::Heard { matter: matter.id, seq: entry.seq, then: then.to_owned(), given }).await.map(drop)
    }

    /// What an entry was given, under the names that the other matter has for it.
    async fn given(
        &self,
        matter: &Matter,
        entry: &Entry,
        handed: impl Iterator<Item = (&str, &str)>,
    ) -> Result<Filled, AppError> {
        let from = if let Act::Approved(_, seq) = entry.act { seq } else { entry.seq };
        let mut given = Filled::new();
        let mut texts = None;
        for (theirs, ours) in handed {
            if let Some(coded) = entry.facts.get(ours) {
                given.insert(theirs.to_owned(), Given::Coded(coded.clone()));
                continue;
            }
            if texts.is_none() {
                texts = Some(matter.texts(self, false).await?);
            }
            let text = texts.as_ref().and_then(|t| t.get(&(from, ours.to_owned())));
            given.extend(text.map(|t| (theirs.to_owned(), Given::Text(t.clone()))));
        }
        Ok(given)
    }
}
