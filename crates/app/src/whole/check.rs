//! One matter with everything that belongs to it: each part is made again from the entries, or opened under its key.

use super::{Damage, Recount, Versions, words};
use crate::error::AppError;
use crate::installation::App;
use crate::keys::MatterKeys;
use crate::matter::{letter, open_fields, opened, read_chain, title};
use crate::project::{due, marks, row, work};
use crate::seal::{SealedBlob, blob_id, is_content_id, open_blob_key, open_blob_with};
use crate::terms::{of_text, searched};
use crate::title::title_text;
use kernel::chain::hex;
use kernel::entry::Entry;
use kernel::file::CaseFile;
use kernel::ids::{Cell, Class, MatterId};
use kernel::mechanism::{FieldKind, Mechanism};
use kernel::vote::BALLOT;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::Belongings;

/// What a piece of work found.
pub struct Piece {
    pub matters: u64,
    pub entries: u64,
    pub damage: Vec<Damage>,
    pub recount: Recount,
    pub last: i64,
}

impl Piece {
    fn up_to(last: i64) -> Self {
        Self { matters: 0, entries: 0, damage: Vec::new(), recount: Recount::new(), last }
    }
}

/// What lies open in the vault of a matter.
#[derive(Default)]
struct Open {
    texts: BTreeMap<(u32, String), String>,
    terms: Vec<u64>,
    /// As terms were made while rows and sketches had none.
    older: Vec<u64>,
}

impl App {
    pub(super) async fn check_piece(&self, cell: Cell, serials: &[i64], known: bool, versions: &Versions) -> Piece {
        let mut piece = Piece::up_to(serials.last().copied().unwrap_or(i64::MIN));
        let first = serials.first().copied().unwrap_or(i64::MAX);
        match self.inner.store.belongings(cell, first, piece.last).await {
            Ok(all) if all.iter().map(|b| b.loaded.matter.id.serial).eq(serials.iter().copied()) => {
                for one in &all {
                    self.check_into(&mut piece, one, known, versions).await;
                }
                if piece.damage.is_empty() {
                    return piece;
                }
            }
            _ => {}
        }
        // Something cannot be read or does not hold: one by one, so that the others are still verified, and what a damaged
        // tree hides from whoever walks along it is asked for by its key before it is called damaged.
        let mut piece = Piece::up_to(piece.last);
        for serial in serials {
            let id = MatterId { cell, serial: *serial };
            let lost = |what: String| Damage { number: Some(id.to_string()), what };
            match self.inner.store.belongings(cell, *serial, *serial).await {
                Ok(one) if one.len() == 1 => self.check_into(&mut piece, &one[0], known, versions).await,
                Ok(_) => piece.damage.push(lost("its row is missing".into())),
                Err(e) => piece.damage.push(self.unreadable(id, words(&e.into())).await),
            }
        }
        piece
    }

    async fn unreadable(&self, id: MatterId, what: String) -> Damage {
        let row = self.inner.store.find_matter(id).await.ok().flatten();
        Damage { number: Some(row.map_or_else(|| id.to_string(), |row| self.number_text(id, row.number))), what }
    }

    async fn check_into(&self, piece: &mut Piece, one: &Belongings, known: bool, versions: &Versions) {
        piece.matters += 1;
        piece.entries += one.loaded.entries.len() as u64;
        let id = one.loaded.matter.id;
        let mut number = one.loaded.matter.number;
        let found = self.check_one(one, known, versions, &mut piece.recount, &mut number).await;
        let number = self.number_text(id, number);
        piece.damage.extend(found.into_iter().map(|what| Damage { number: Some(number.clone()), what }));
    }

    async fn check_one(
        &self,
        one: &Belongings,
        known: bool,
        versions: &Versions,
        recount: &mut Recount,
        number: &mut (i16, u32),
    ) -> Vec<String> {
        let (matter, id) = (&one.loaded.matter, one.loaded.matter.id);
        let entries = match read_chain(id, &one.loaded.entries, &matter.head) {
            Ok(entries) => entries,
            Err(e) => return vec![words(&e)],
        };
        let first = CaseFile::fold(&entries[..entries.len().min(1)]);
        let Some(said) = first.opened.as_ref() else { return vec!["its first entry opens nothing".into()] };
        *number = said.number.unwrap_or(matter.number);
        let mut damage: Vec<String> = self.version_damage(&said.version, versions).await.into_iter().collect();
        let mechanism = match self.version(&said.version).await {
            Ok(m) => m,
            Err(e) => return vec![words(&e)],
        };
        let mut letters = Vec::new();
        let file = super::rebuild::fold_counting(&mechanism, id, &entries, |entry, file, deltas| {
            deltas.into_iter().for_each(|d| *recount.entry((d.key, d.slot)).or_default() += d.by);
            letters.extend(letter(&mechanism, file, entry));
        });
        if known {
            return damage;
        }
        if row(&mechanism, &file, id, *number, matter.title.clone(), matter.head) != *matter {
            damage.push("its row is not what its entries give".into());
        }
        damage.extend(derived(&mechanism, &file, one));
        if !letters.iter().eq(one.letters.iter().map(|l| &l.draft)) {
            damage.push("its letters are not those that its entries issue".into());
        }
        if let Err(e) = self.check_sealed(one, &mechanism, &entries, &file).await {
            damage.push(words(&e));
        }
        damage
    }

    /// What is wrong with a mechanism as it is stored; read once in a run.
    async fn version_damage(&self, version: &str, versions: &Versions) -> Option<String> {
        let known = |v: &Versions| v.lock().expect("invariant: no panic under this lock").get(version).cloned();
        if let Some(known) = known(versions) {
            return known;
        }
        let stored = self.inner.store.find_mechanism(version).await;
        let damage = match stored {
            Ok(Some(json)) => match serde_json::from_str::<Mechanism>(&json) {
                Ok(m) if hex(&m.hash()) == version => None,
                _ => Some("the mechanism that it was raised under is not as it was stored".to_owned()),
            },
            Ok(None) => Some("the mechanism that it was raised under is missing".to_owned()),
            Err(e) => Some(format!("the mechanism that it was raised under: {}", words(&e.into()))),
        };
        versions.lock().expect("invariant: no panic under this lock").insert(version.to_owned(), damage.clone());
        damage
    }

    /// Keys, vault, title, terms, attachments.
    async fn check_sealed(
        &self,
        one: &Belongings,
        mechanism: &Arc<Mechanism>,
        entries: &[Entry],
        file: &CaseFile,
    ) -> Result<(), AppError> {
        let matter = &one.loaded.matter;
        let wrong = |what: &str| Err(AppError::corrupt(what));
        let left = !one.vault.is_empty() || !one.blobs.is_empty() || !one.derived.terms.is_empty();
        let whole = one.erasure.as_ref().filter(|row| !row.identity);
        // As with a whole erasure: the entry, the ledger, either of the two will do.
        let anonymous = file.keeping.anonymous() || one.erasure.is_some();
        let keys = match (&one.key, whole) {
            (Some(key), None) => self.inner.keyring.open_keys(matter.id, key)?,
            // The entry that erases it comes first, then the keys go, then the ledger knows: either of the two will do.
            (None, None) => return self.rightly_gone(matter.id, file).await,
            (Some(_), Some(_)) => return wrong("its keys are there, although it was erased"),
            (None, Some(_)) if left || matter.title.is_some() => {
                return wrong("what was sealed is there, although it was erased");
            }
            (None, Some(_)) => return Ok(()),
        };
        if keys.identity.is_none() && !anonymous {
            return wrong("the key of its identity is missing, and no erasure is recorded");
        }
        if one.erasure.is_some() && (keys.identity.is_some() || one.vault.iter().any(|v| v.class == Class::Sealed)) {
            return wrong("who the people in it are is there, although it was erased");
        }
        let open = self.check_vault(one, &keys, mechanism, entries, anonymous)?;
        // Until a rebuild, a matter is found as it was when it was written: before rows and sketches were searched.
        if ![&open.terms, &open.older].contains(&&one.derived.terms) {
            return Err(AppError::corrupt("its search terms are not those of its words"));
        }
        let first = |field: &str| open.texts.get(&(1, field.to_owned())).map(String::as_str);
        let wanted = title_text(mechanism, first).filter(|_| file.keeping.titled());
        let stands = title(&keys, matter);
        if stands != wanted || stands.is_some() != matter.title.is_some() {
            return wrong("its title is not the beginning of its words");
        }
        self.check_attachments(one, &keys, mechanism, &open).await
    }

    /// Every text that is still there must open its commitment, and nothing else may lie there.
    fn check_vault(
        &self,
        one: &Belongings,
        keys: &MatterKeys,
        mechanism: &Mechanism,
        entries: &[Entry],
        anonymous: bool,
    ) -> Result<Open, AppError> {
        let id = one.loaded.matter.id;
        let mut hashes: BTreeMap<(u32, String), String> = BTreeMap::new();
        let mut open = Open::default();
        for row in &one.vault {
            for (field, value) in open_fields(keys, id, row)? {
                hashes.insert((row.seq, field.clone()), hex(&value.commitment(&field)));
                let words = searched(mechanism, &field, &value.text).filter(|_| row.class != Class::Sealed);
                if let Some(words) = words {
                    let terms = of_text(&self.inner.terms, &words);
                    let kind = mechanism.field.get(&field).map(|f| &f.kind);
                    if matches!(kind, Some(FieldKind::Text | FieldKind::Place)) {
                        open.older.extend(&terms);
                    }
                    open.terms.extend(terms);
                }
                open.texts.insert((row.seq, field), value.text);
            }
        }
        for terms in [&mut open.terms, &mut open.older] {
            terms.extend(self.shelf_term(mechanism));
            terms.sort_unstable();
            terms.dedup();
        }
        // Counted secret ballots were destroyed.
        let counted = crate::outside::counted_ballots(entries.iter());
        for entry in entries {
            for c in &entry.sealed {
                match hashes.remove(&(entry.seq, c.field.clone())) {
                    None if anonymous && c.class == Class::Sealed => {}
                    None if counted.contains(&entry.seq) && c.field.starts_with(BALLOT) => {}
                    Some(hash) if hash == c.hash => {}
                    Some(_) => {
                        let what = format!("{} of entry {} is not what was committed to", c.field, entry.seq);
                        return Err(AppError::corrupt(what));
                    }
                    None => return Err(AppError::corrupt(format!("{} of entry {} is missing", c.field, entry.seq))),
                }
            }
        }
        match hashes.into_iter().next() {
            None => Ok(open),
            Some(((seq, field), _)) => {
                Err(AppError::corrupt(format!("{field} of entry {seq} lies in the vault and no entry knows of it")))
            }
        }
    }

    /// The attachments that the entries name are there, open, and are what was named; no others lie there.
    async fn check_attachments(
        &self,
        one: &Belongings,
        keys: &MatterKeys,
        mechanism: &Mechanism,
        open: &Open,
    ) -> Result<(), AppError> {
        let is = |field: &str, kind| mechanism.field.get(field).is_some_and(|f| f.kind == kind);
        let texts = |kind| open.texts.iter().filter(move |((_, field), _)| is(field, kind)).map(|(_, text)| text);
        let under: Vec<String> = texts(FieldKind::Sketch).filter_map(|t| crate::attach::base(t)).collect();
        let files = texts(FieldKind::Files).flat_map(|ids| ids.split(',')).filter(|id| !id.is_empty());
        let named: BTreeSet<&str> = files.chain(under.iter().map(String::as_str)).collect();
        let there: BTreeSet<&str> = one.blobs.iter().map(|b| b.id.as_str()).collect();
        if let Some(id) = named.difference(&there).next() {
            return Err(AppError::corrupt(format!("attachment {id} is missing")));
        }
        if let Some(id) = there.difference(&named).next() {
            return Err(AppError::corrupt(format!("attachment {id} lies there and no entry names it")));
        }
        for blob in &one.blobs {
            let wrong = |why: &str| AppError::corrupt(format!("attachment {}: {why}", blob.id));
            let row = self.inner.store.find_blob(blob.cell, &blob.id).await?.ok_or_else(|| wrong("is missing"))?;
            let sealed = SealedBlob { key: opened(&row.key)?, body: opened(&row.content)? };
            let own =
                open_blob_key(&keys.handlers, blob.id.as_bytes(), &sealed.key).map_err(|e| wrong(&e.to_string()))?;
            let content = open_blob_with(&own, blob.id.as_bytes(), &sealed).map_err(|e| wrong(&e.to_string()))?;
            if is_content_id(&blob.id) && blob_id(&own, &row.mime, &content) != blob.id {
                return Err(wrong("is not the content that was named"));
            }
            if content.len() as u64 != u64::from(row.size) {
                return Err(wrong("has another size than its row says"));
            }
        }
        Ok(())
    }
}

fn derived(mechanism: &Mechanism, file: &CaseFile, one: &Belongings) -> Vec<String> {
    let (id, stands) = (one.loaded.matter.id, &one.derived);
    let parts = [
        (stands.work == work(mechanism, file, id), "places in work lists"),
        (stands.due == due(file, id), "due dates"),
        (stands.marks == marks(mechanism, file, id), "marks"),
    ];
    let wrong = parts.iter().filter(|(same, _)| !same);
    wrong.map(|(_, what)| format!("its {what} are not what its entries give")).collect()
}
