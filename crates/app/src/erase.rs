//! Erasing, restricting and correcting personal content: what a decision in one matter does to another, what the end of its
//! retention does, and what a ledger does again after a restore. First the entry, then the ledger, then the keys: wherever
//! it breaks off, it is begun again, and from the entry on nobody is shown anything.

use crate::error::AppError;
use crate::installation::App;
use crate::matter::{Matter, read_chain};
use crate::whole::Damage;
use kernel::file::CaseFile;
use kernel::ids::{Cell, MatterId};
use kernel::kin::Step;
use kernel::mechanism::Deed;
use kernel::personal::{RETENTION, STANDINGS, Touch};
use kernel::text::Text;
use std::collections::BTreeSet;
use store::{ErasureRow, MarkQuery};

/// The index of what is kept until a day.
pub const RETAINED: &str = "retained";
/// The index of those of which it is kept until a day who the people in them are.
pub const RETAINED_IDENTITY: &str = "retained_identity";
/// How much one round takes at most, and one page of the ledger.
const AT_ONCE: u32 = 200;

/// The ledger of erasures outside the store and its backups, so that an older backup can be brought up to it. Lines only
/// grow; a line is durable when `add` returns.
pub trait Ledger: Send + Sync {
    /// Adds an erasure.
    ///
    /// # Errors
    /// It could not be made durable: then nothing may be erased yet.
    fn add(&self, matter: MatterId, row: &ErasureRow) -> std::io::Result<()>;
    /// Everything in it.
    ///
    /// # Errors
    /// It cannot be read.
    fn all(&self) -> std::io::Result<Vec<(MatterId, ErasureRow)>>;
}

fn unkept(source: std::io::Error) -> AppError {
    store::StoreError::Unavailable { during: "ledger", source: Box::new(source) }.into()
}

impl App {
    /// Keeps the ledger of erasures outside the store as well, from now on.
    pub fn keep_ledger(&self, ledger: std::sync::Arc<dyn Ledger>) {
        // Set once, when the installation is opened; a second one would be the same file.
        let _ = self.inner.ledger.set(ledger);
    }

    /// Where a matter stands for whoever decides about its content.
    pub(crate) async fn standing(&self, id: MatterId) -> Result<&'static str, AppError> {
        let [open, ended, archived, erased] = STANDINGS;
        let (file, mechanism) = self.folded(id).await?;
        if file.keeping.erased.is_some() {
            return Ok(erased);
        }
        for part in self.with_children(id).await? {
            let file = self.folded(part).await?.0;
            if file.ended.is_none() || file.parts.values().any(|p| !p.ended) {
                return Ok(open);
            }
        }
        let kept = mechanism.retention.as_ref().is_some_and(|r| r.archive.is_some());
        Ok(if kept { archived } else { ended })
    }

    async fn folded(&self, id: MatterId) -> Result<(CaseFile, std::sync::Arc<kernel::mechanism::Mechanism>), AppError> {
        let loaded = self.inner.store.load(id).await?.ok_or(AppError::NotFound)?;
        let entries = read_chain(id, &loaded.entries, &loaded.matter.head)?;
        Ok((CaseFile::fold(&entries), self.version(&loaded.matter.version).await?))
    }

    /// A matter and what was raised out of it with its words, down to the last. What is the offices' own has none of
    /// them, and what others sent or were given a matter for is theirs.
    async fn with_children(&self, id: MatterId) -> Result<Vec<MatterId>, AppError> {
        let (mut all, mut seen) = (vec![id], BTreeSet::from([id]));
        let mut at = 0;
        while let Some(id) = all.get(at).copied() {
            at += 1;
            let (file, mechanism) = self.folded(id).await?;
            let others = kernel::mechanism::Child::is_others;
            let hers = |c: &&kernel::kin::ChildMatter| !mechanism.child.get(&c.child).is_some_and(others);
            let children: Vec<MatterId> = file.kin.children.iter().filter(hers).filter_map(|c| c.matter).collect();
            all.extend(children.into_iter().filter(|c| seen.insert(*c)));
        }
        Ok(all)
    }

    /// Carries a decision of one matter to the one that it is about; false where it has to wait for its end.
    pub(crate) async fn touch(&self, from: &Matter, seq: u32, touch: &Touch) -> Result<bool, AppError> {
        let (ground, words) = (touch.ground.clone(), touch.words.clone().unwrap_or_default());
        match touch.deed {
            Deed::Erase => {
                if self.standing(touch.matter).await? == STANDINGS[0] {
                    return Ok(false);
                }
                for id in self.with_children(touch.matter).await? {
                    let step = Step::Erase { by: Some(from.id), ground: ground.clone(), words: words.clone() };
                    self.step(id, &step).await?;
                }
            }
            Deed::Restrict => {
                for id in self.with_children(touch.matter).await? {
                    let step = Step::Restrict { by: from.id, ground: ground.clone(), words: words.clone() };
                    self.step(id, &step).await?;
                }
            }
            Deed::Correct => {
                let texts = from.texts(self, false).await?;
                let said = texts.iter().rev().find(|((at, f), _)| *f == touch.field && *at <= seq);
                if let Some((_, text)) = said {
                    self.step(touch.matter, &Step::Correct { by: from.id, seq, text: text.clone() }).await?;
                }
            }
        }
        Ok(true)
    }

    /// Destroys what an entry says is erased.
    pub(crate) async fn destroy(&self, matter: &Matter) -> Result<(), AppError> {
        let keeping = &matter.file.keeping;
        let Some(erased) = keeping.erased.as_ref().or(keeping.identity_erased.as_ref()) else { return Ok(()) };
        let (order, identity) = (Some((matter.id, erased.seq)), keeping.erased.is_none());
        let row = ErasureRow { at: self.now(), ground: erased.ground.clone(), order, identity };
        if !covers(self.inner.store.erasure(matter.id).await?.as_ref(), &row)
            && let Some(ledger) = self.inner.ledger.get()
        {
            ledger.add(matter.id, &row).map_err(unkept)?;
        }
        self.inner.store.erase(matter.id, row).await?;
        self.inner.finished.outdate();
        Ok(())
    }

    /// Erases what was kept until now; how many.
    pub(crate) async fn retire(&self, cell: Cell) -> Result<u32, AppError> {
        let whole = Step::Erase { by: None, ground: RETENTION.into(), words: over() };
        let identity = Step::EraseIdentity { words: over() };
        Ok(self.retire_all(cell, RETAINED, whole).await? + self.retire_all(cell, RETAINED_IDENTITY, identity).await?)
    }

    async fn retire_all(&self, cell: Cell, kind: &str, step: Step) -> Result<u32, AppError> {
        let before = Some(self.now().0 + 1);
        let query = MarkQuery { cell, kind: kind.into(), key: String::new(), before, after: None, limit: AT_ONCE };
        let mut done = 0;
        for row in self.inner.store.marks(query).await? {
            if self.is_asked_about(row.id).await? {
                continue;
            }
            match self.step(row.id, &step).await {
                Ok(_) => done += 1,
                Err(AppError::Store(e)) => return Err(e.into()),
                Err(error) => tracing::error!(matter = %row.id, %error, "what is kept no longer could not be erased"),
            }
        }
        Ok(done)
    }

    /// Whether somebody is deciding about its content just now: what she asked for is not taken away meanwhile.
    async fn is_asked_about(&self, id: MatterId) -> Result<bool, AppError> {
        let (kind, key) = (crate::project::ABOUT.to_owned(), id.to_string());
        let query = MarkQuery { cell: id.cell, kind, key, before: None, after: None, limit: AT_ONCE };
        for row in self.inner.store.marks(query).await? {
            if self.inner.store.find_matter(row.id).await?.is_some_and(|m| m.ended_at.is_none()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Erases again what either ledger says is erased and the store still holds: after a restore, before anything is
    /// served. Safe to repeat; how many matters held something.
    ///
    /// # Errors
    /// The store, or the ledger outside it.
    pub async fn replay_erasures(&self) -> Result<u32, AppError> {
        let mut again = 0;
        let outside = self.inner.ledger.get().map(|l| l.all().map_err(unkept)).transpose()?.unwrap_or_default();
        let written: BTreeSet<_> = outside.iter().map(|(id, row)| (*id, row.identity)).collect();
        for (id, row) in outside {
            // What the store does not know of was raised after the backup; its numbers are gone with it.
            let known = self.inner.store.find_matter(id).await?.is_some();
            again += u32::from(known && self.replay(id, &row).await?);
        }
        for cell in self.inner.store.cells_fanout().await? {
            let mut after = None;
            loop {
                let page = self.inner.store.erasures(cell, after, AT_ONCE).await?;
                let Some((last, _)) = page.last() else { break };
                after = Some(last.serial);
                for (id, row) in &page {
                    // One whose file was lost, or of a restore without it: the ledger is whole again from here on.
                    if !written.contains(&(*id, row.identity))
                        && let Some(ledger) = self.inner.ledger.get()
                    {
                        ledger.add(*id, row).map_err(unkept)?;
                    }
                    let known = self.inner.store.find_matter(*id).await?.is_some();
                    again += u32::from(known && self.replay(*id, row).await?);
                }
            }
        }
        Ok(again)
    }

    async fn replay(&self, id: MatterId, row: &ErasureRow) -> Result<bool, AppError> {
        let store = &self.inner.store;
        let key = store.matter_key(id).await?;
        let words = if row.ground == RETENTION { over() } else { again() };
        let (held, step) = if row.identity {
            let sealed = |v: &store::VaultRow| v.class == kernel::ids::Class::Sealed;
            let held = key.is_some_and(|k| k.identity.is_some()) || store.vault(id).await?.iter().any(sealed);
            (held, Step::EraseIdentity { words })
        } else {
            let held = key.is_some() || !store.vault(id).await?.is_empty();
            (held, Step::Erase { by: None, ground: row.ground.clone(), words })
        };
        if !held && covers(store.erasure(id).await?.as_ref(), row) {
            return Ok(false);
        }
        self.step(id, &step).await?;
        store.erase(id, row.clone()).await?;
        self.inner.finished.outdate();
        Ok(held)
    }

    /// Compares the store's ledger of erasures with the one outside it, as it stood a minute before: an erasure writes the
    /// latter first.
    ///
    /// # Errors
    /// The store.
    pub async fn verify_ledger(&self, outside: &[(MatterId, ErasureRow)]) -> Result<Vec<Damage>, AppError> {
        let (store, settled) = (&self.inner.store, self.now().plus_millis(-60_000));
        let mut found = Vec::new();
        let mut wrong = async |id: MatterId, what: &str| -> Result<(), AppError> {
            let number = store.find_matter(id).await?.map(|m| self.number_text(id, m.number));
            found.push(Damage { number, what: what.to_owned() });
            Ok(())
        };
        for (id, row) in outside.iter().filter(|(_, row)| row.at <= settled) {
            let known = store.find_matter(*id).await?.is_some();
            if known && !covers(store.erasure(*id).await?.as_ref(), row) {
                wrong(*id, "the ledger of erasures says that it was erased, the database does not").await?;
            }
        }
        let written: BTreeSet<MatterId> = outside.iter().map(|(id, _)| *id).collect();
        for cell in store.cells_fanout().await? {
            let mut after = None;
            loop {
                let page = store.erasures(cell, after, AT_ONCE).await?;
                let Some((last, _)) = page.last() else { break };
                after = Some(last.serial);
                for (id, row) in page {
                    if row.at <= settled && !written.contains(&id) {
                        wrong(id, "it was erased, and the ledger of erasures outside the database does not say so")
                            .await?;
                    }
                }
            }
        }
        Ok(found)
    }

    /// What verification says where a matter has no keys.
    pub(crate) async fn rightly_gone(&self, id: MatterId, file: &CaseFile) -> Result<(), AppError> {
        let whole = self.inner.store.erasure(id).await?.is_some_and(|row| !row.identity);
        if file.keeping.erased.is_some() || whole {
            return Ok(());
        }
        Err(AppError::corrupt("its keys are missing, and no erasure is recorded"))
    }
}

/// Whether what the store's ledger says is at least this.
fn covers(known: Option<&ErasureRow>, row: &ErasureRow) -> bool {
    known.is_some_and(|known| row.identity || !known.identity)
}

/// The end of the retention, in words.
fn over() -> Text {
    Text::new("保存期限届满", "the time for which it is kept is over")
}

/// An erasure of which the store knew nothing: the backup is older.
fn again() -> Text {
    Text::new("按先前的决定，恢复备份后再次删除", "as decided before, erased again after a restore")
}
