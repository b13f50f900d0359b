//! A matter in memory: loaded, its chain checked, folded, its keys opened. And the way back: a decision becomes one append.

use crate::count::deltas;
use crate::error::AppError;
use crate::installation::App;
use crate::keys::{MatterKeys, Owner};
use crate::project::{change, due, marks, row, work};
use crate::random::{Random, bytes};
use crate::seal::{VaultField, VaultRow as Fields, open_row, seal, seal_row};
use crate::terms::{of_text, searched};
use crate::title::title_text;
use kernel::chain::{GENESIS, Hash, HashAlg, inner, link};
use kernel::decide::Decision;
use kernel::entry::Entry;
use kernel::file::CaseFile;
use kernel::ids::{Class, MatterId};
use kernel::mechanism::Mechanism;
use kernel::outside::Outside;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Append, EntryRow, KeyRow, LetterDraft, MatterRow, OutboxDraft, Sealed, VaultRow};

/// A matter as the use cases work on it.
pub struct Matter {
    /// Which.
    pub id: MatterId,
    /// Its row.
    pub row: MatterRow,
    /// Its entries.
    pub entries: Vec<Entry>,
    /// The fold of its entries.
    pub file: CaseFile,
    /// The version that it was raised under.
    pub mechanism: Arc<Mechanism>,
    /// Its keys; none once erased.
    pub keys: Option<MatterKeys>,
    /// Room under its caps, and the count of secret ballots once they may be counted.
    pub outside: Outside,
}

/// The bytes that name a matter in keys and associated data.
#[must_use]
pub fn id_bytes(id: MatterId) -> [u8; 8] {
    id.serial.to_be_bytes()
}

/// From the crypto module's form to the store's, and back.
#[must_use]
pub fn stored(s: crate::seal::Sealed) -> Sealed {
    Sealed { alg: s.alg, nonce: s.nonce.to_vec(), text: s.ct }
}

/// Back again.
///
/// # Errors
/// `Corrupt` for a nonce of another length.
pub fn opened(s: &Sealed) -> Result<crate::seal::Sealed, AppError> {
    let nonce = s.nonce.as_slice().try_into().map_err(|_| AppError::corrupt("a nonce has the wrong length"))?;
    Ok(crate::seal::Sealed { alg: s.alg, nonce, ct: s.text.clone() })
}

fn class_id(class: Class) -> u8 {
    match class {
        Class::Sealed => 2,
        _ => 1,
    }
}

fn row_aad(id: MatterId, seq: u32, class: Class) -> Vec<u8> {
    let serial = id_bytes(id);
    Owner { cell: id.cell.0, matter: &serial }.bind("gongzhi.vault/v1", &[&seq.to_be_bytes(), &[class_id(class)]])
}

/// Checks a chain and reads its entries.
///
/// # Errors
/// `Corrupt`, naming the entry that does not follow from the one before.
pub fn read_chain(id: MatterId, rows: &[EntryRow], head: &Hash) -> Result<Vec<Entry>, AppError> {
    let mut previous = GENESIS;
    let mut entries = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let hash =
            HashAlg::from_id(row.alg).map(|alg| link(alg, &previous, row.seq, &inner(alg, &row.salt, &row.body)));
        let Some(hash) = hash.filter(|hash| *hash == row.hash && row.seq as usize == i + 1) else {
            return Err(AppError::corrupt(format!(
                "entry {} of matter {id} does not follow from the one before",
                i + 1
            )));
        };
        let entry: Entry = serde_json::from_slice(&row.body)
            .map_err(|e| AppError::corrupt(format!("entry {} of matter {id} cannot be read: {e}", i + 1)))?;
        if entry.seq != row.seq {
            return Err(AppError::corrupt(format!("entry {} of matter {id} says it is another", i + 1)));
        }
        previous = hash;
        entries.push(entry);
    }
    if previous != *head {
        return Err(AppError::corrupt(format!("the head of matter {id} is not its last entry")));
    }
    Ok(entries)
}

impl Matter {
    /// The text of all fields that a class of key opens, by entry and field. Empty once erased.
    ///
    /// # Errors
    /// `Corrupt` for a row that does not open.
    pub async fn texts(&self, app: &App, identity: bool) -> Result<BTreeMap<(u32, String), String>, AppError> {
        let Some(keys) = &self.keys else { return Ok(BTreeMap::new()) };
        let mut texts = BTreeMap::new();
        for row in app.inner.store.vault(self.id).await? {
            if row.class == Class::Sealed && (!identity || keys.identity.is_none()) {
                continue;
            }
            for (field, value) in open_fields(keys, self.id, &row)? {
                // A secret choice is shown to nobody, whatever he may read; a roll by `App::roll` alone.
                if kernel::vote::is_kept(&field) {
                    continue;
                }
                texts.insert((row.seq, field), value.text);
            }
        }
        Ok(texts)
    }

    /// The title, from the row.
    #[must_use]
    pub fn title(&self) -> Option<String> {
        title(self.keys.as_ref()?, &self.row)
    }
}

/// The title of a matter, from its row.
#[must_use]
pub fn title(keys: &MatterKeys, row: &MatterRow) -> Option<String> {
    let sealed = opened(row.title.as_ref()?).ok()?;
    let text = crate::seal::open(&keys.handlers, &title_aad(row.id), &sealed).ok()?;
    String::from_utf8(text.to_vec()).ok()
}

fn title_aad(id: MatterId) -> Vec<u8> {
    let serial = id_bytes(id);
    Owner { cell: id.cell.0, matter: &serial }.bind("gongzhi.title/v1", &[])
}

/// Opens one row of the vault.
///
/// # Errors
/// `Corrupt` for a row that does not open.
pub fn open_fields(keys: &MatterKeys, id: MatterId, row: &VaultRow) -> Result<Fields, AppError> {
    let key = if row.class == Class::Sealed { keys.identity.as_ref() } else { Some(&keys.handlers) };
    let wrong = || AppError::corrupt(format!("the vault of matter {id}, entry {}: its key was destroyed", row.seq));
    open_row(key.ok_or_else(wrong)?, &row_aad(id, row.seq, row.class), &opened(&row.sealed)?)
        .map_err(|e| AppError::corrupt(format!("the vault of matter {id}, entry {}: {e}", row.seq)))
}

impl App {
    /// Loads a matter and checks its chain.
    ///
    /// # Errors
    /// `NotFound`, `Corrupt`, the store.
    pub(crate) async fn matter(&self, id: MatterId) -> Result<Matter, AppError> {
        let loaded = self.inner.store.load(id).await?.ok_or(AppError::NotFound)?;
        let entries = read_chain(id, &loaded.entries, &loaded.matter.head)?;
        let mechanism = self.version(&loaded.matter.version).await?;
        let file = CaseFile::fold(&entries);
        // From the entry on that erases it, nobody is shown anything, whether or not the keys are destroyed already.
        let erased = file.keeping.erased.is_some();
        let keys = if erased { None } else { self.inner.store.matter_key(id).await? };
        let mut keys = keys.map(|k| self.inner.keyring.open_keys(id, &k)).transpose()?;
        if let Some(keys) = keys.as_mut().filter(|_| file.keeping.identity_erased.is_some()) {
            keys.identity = None;
        }
        let mut matter = Matter { id, row: loaded.matter, file, entries, mechanism, keys, outside: Outside::default() };
        self.look_outside(&mut matter).await?;
        Ok(matter)
    }

    /// Makes the one append of a decision.
    pub(crate) fn append_of(&self, draft: Draft<'_>) -> Append {
        let Draft { id, number, mechanism, before, decision, keys, head, title, new_keys } = draft;
        let (mut random, alg) = (self.random(), self.inner.profile.hash());
        let mut rows = Vec::new();
        let mut counters = Vec::new();
        let mut outbox = Vec::new();
        let mut letters = Vec::new();
        let (mut at, mut previous) = (before.clone(), head);
        for entry in &decision.entries {
            let mut after = at.clone();
            after.evolve(entry);
            counters.extend(deltas(mechanism, id, &at, entry, &after));
            outbox.extend(messages(mechanism, &at, &after, entry));
            outbox.extend(errand(draft.mechanism, &after, entry));
            letters.extend(letter(mechanism, &after, entry).map(|l| (self.home_of(l.body), l)));
            let body = serde_json::to_vec(entry).expect("invariant: an entry is plain data");
            let salt: [u8; 16] = bytes(random.as_mut());
            let hash = link(alg, &previous, entry.seq, &inner(alg, &salt, &body));
            rows.push(EntryRow { seq: entry.seq, salt, body, alg: alg.id(), hash });
            (at, previous) = (after, hash);
        }
        let (vault, terms) = self.seal_personal(id, mechanism, decision, keys, random.as_mut());
        let (old_work, old_due, old_marks) = match before.seq {
            0 => Default::default(),
            _ => (work(mechanism, before, id), due(before, id), marks(mechanism, before, id)),
        };
        Append {
            matter: row(mechanism, &decision.file, id, number, title, previous),
            expected: (before.seq, head),
            entries: rows,
            vault,
            key: new_keys,
            work: change(&old_work, &work(mechanism, &decision.file, id)),
            due: change(&old_due, &due(&decision.file, id)),
            marks: change(&old_marks, &marks(mechanism, &decision.file, id)),
            counters,
            outbox,
            terms,
            letters,
            blobs: Vec::new(),
            destroy: Vec::new(),
            command: None,
        }
    }

    /// The cell in which a body's letters are numbered: its own county's; of what has no body, the installation's.
    fn home_of(&self, body: kernel::ids::BodyId) -> kernel::ids::Cell {
        let region = self.directory().body(body).map_or(self.settings().territory, |b| b.region);
        self.cell_of(&region)
    }

    fn seal_personal(
        &self,
        id: MatterId,
        mechanism: &Mechanism,
        decision: &Decision,
        keys: Option<&MatterKeys>,
        random: &mut dyn Random,
    ) -> (Vec<VaultRow>, Vec<u64>) {
        let Some(keys) = keys else { return (Vec::new(), Vec::new()) };
        let cipher = self.inner.profile.cipher();
        let mut grouped: BTreeMap<(u32, u8), (Class, Fields)> = BTreeMap::new();
        let mut terms = Vec::new();
        for p in &decision.personal {
            let slot = grouped.entry((p.seq, class_id(p.class))).or_insert_with(|| (p.class, Fields::new()));
            slot.1.insert(p.field.clone(), VaultField { alg: p.alg, salt: p.salt, text: p.content.clone() });
            if p.class != Class::Sealed
                && let Some(words) = searched(mechanism, &p.field, &p.content)
            {
                terms.extend(of_text(&self.inner.terms, &words));
            }
        }
        terms.extend(self.shelf_term(mechanism));
        terms.sort_unstable();
        terms.dedup();
        let seal_one = |((seq, _), (class, fields)): ((u32, u8), (Class, Fields))| {
            let class = if class == Class::Sealed { Class::Sealed } else { Class::Handlers };
            let key = match (class, &keys.identity) {
                (Class::Sealed, identity) => {
                    identity.as_ref().expect("invariant: the kernel lets nothing in whose key is gone")
                }
                _ => &keys.handlers,
            };
            VaultRow { seq, class, sealed: stored(seal_row(cipher, key, &row_aad(id, seq, class), &fields, random)) }
        };
        (grouped.into_iter().map(seal_one).collect(), terms)
    }

    /// Seals the title of a matter: the beginning of the first text of its raising.
    pub(crate) fn seal_title(
        &self,
        id: MatterId,
        mechanism: &Mechanism,
        decision: &Decision,
        keys: &MatterKeys,
    ) -> Option<Sealed> {
        let said = |field: &str| decision.personal.iter().find(|p| p.field == field).map(|p| p.content.as_str());
        let (cipher, words) = (self.inner.profile.cipher(), title_text(mechanism, said)?);
        Some(stored(seal(cipher, &keys.handlers, &title_aad(id), words.as_bytes(), self.random().as_mut())))
    }
}

/// What an append is made of.
pub(crate) struct Draft<'a> {
    pub id: MatterId,
    pub number: (i16, u32),
    pub mechanism: &'a Mechanism,
    pub before: &'a CaseFile,
    pub decision: &'a Decision,
    pub keys: Option<&'a MatterKeys>,
    pub head: Hash,
    pub title: Option<Sealed>,
    pub new_keys: Option<KeyRow>,
}

/// Who hears of an entry: the raiser of what moves her matter, the body that it now waits for.
fn messages(mechanism: &Mechanism, before: &CaseFile, after: &CaseFile, entry: &Entry) -> Vec<OutboxDraft> {
    let about = match &entry.act {
        kernel::entry::Act::Expired(clock) => format!("expired/{clock}"),
        kernel::entry::Act::Recomputed => "recomputed".into(),
        kernel::entry::Act::Kin(_) => "kin".into(),
        kernel::entry::Act::Voted(vote) => format!("voted/{vote}"),
        kernel::entry::Act::Voided(_) => "voided".into(),
        act => act.effect().map_or_else(|| "proposed".to_owned(), |a| format!("did/{a}")),
    };
    let draft = |to| OutboxDraft { at: entry.at, kind: "notice".into(), seq: entry.seq, to, about: about.clone() };
    let mut drafts = Vec::new();
    let moved = entry.state.is_some()
        || entry.answers
        || entry.letter.is_some()
        || matches!(entry.act, kernel::entry::Act::Voided(_))
        || entry.clocks.iter().any(|e| moves(before, e));
    let moved = moved && !matches!(entry.act, kernel::entry::Act::Voted(_));
    if moved && entry.by != kernel::entry::By::Raiser {
        drafts.push(draft(None));
    }
    if let Some(body) = crate::project::holder(mechanism, after).filter(|_| entry.state.is_some()) {
        drafts.push(draft(Some(body)));
    }
    for event in &entry.parts {
        if let kernel::part::PartEvent::Opened { body, .. } = event {
            drafts.push(draft(Some(*body)));
        }
    }
    for event in &entry.clocks {
        if let kernel::entry::ClockEvent::Started(s) = event
            && (kernel::clocks::level(&s.id).1 > 0 || s.id.starts_with("approve:"))
        {
            drafts.extend(s.body.map(|b| draft(Some(b))));
        }
    }
    drafts
}

/// What the follower carries to other matters for an entry.
fn errand(mechanism: &Mechanism, after: &CaseFile, entry: &Entry) -> Option<OutboxDraft> {
    let told = entry.ends && after.opened.as_ref().is_some_and(|o| o.origin.parent.as_ref().is_some_and(|p| !p.hidden));
    let did =
        entry.act.effect().is_some_and(|did| after.opened.as_ref().is_some_and(|o| o.origin.tells(did).is_some()));
    let tells = entry.act.effect().is_some_and(|did| crate::kin::hears(mechanism, after, did).next().is_some());
    let came = entry.opened.as_ref().is_some_and(|o| o.origin.came().is_some());
    let linked = matches!(
        entry.act,
        kernel::entry::Act::Kin(kernel::kin::Kin::Linked { .. } | kernel::kin::Kin::Unlinked { .. })
    );
    let beyond = &entry.beyond;
    use kernel::kin::Kin;
    let erased = matches!(entry.act, kernel::entry::Act::Kin(Kin::Erased { .. } | Kin::IdentityErased { .. }));
    let personal = erased || beyond.touches.is_some();
    let errand = personal
        || came
        || !beyond.links.is_empty()
        || beyond.raises.is_some()
        || beyond.taker.is_some()
        || !beyond.frees.is_empty()
        || told
        || did
        || tells
        || linked;
    let draft = || OutboxDraft { at: entry.at, kind: KIN.into(), seq: entry.seq, to: None, about: KIN.into() };
    errand.then(draft)
}

/// The kind of outbox rows that are errands to other matters, and no notices.
pub(crate) const KIN: &str = "kin";

/// A date is another one now; a notice that only confirms dates is no news.
fn moves(before: &CaseFile, event: &kernel::entry::ClockEvent) -> bool {
    match event {
        kernel::entry::ClockEvent::Extended { .. } => true,
        kernel::entry::ClockEvent::Recomputed { id, dates, .. } => {
            before.clocks.get(id).is_none_or(|c| c.dates.due != dates.due)
        }
        _ => false,
    }
}

/// The letter that an entry issues.
pub(crate) fn letter(mechanism: &Mechanism, after: &CaseFile, entry: &Entry) -> Option<LetterDraft> {
    let id = entry.letter.as_ref()?;
    let letter = mechanism.letter.get(id)?;
    let body = after.roles.get(&letter.from).copied().unwrap_or(kernel::ids::BodyId(0));
    let series = letter.series.as_ref().map(|s| s.zh.clone());
    Some(LetterDraft { seq: entry.seq, letter: id.clone(), body, series, year: entry.at.date().year() })
}
