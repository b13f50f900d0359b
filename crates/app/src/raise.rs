//! Raising a matter: checked, decided, sealed, counted, promised and appended in one transaction; then the receipt.

use crate::catalogue::Effective;
use crate::code;
use crate::error::AppError;
use crate::installation::App;
use crate::keys::{MatterKeys, Owner};
use crate::matter::{Draft, id_bytes, read_chain};
use crate::number::Number;
use crate::project::holder;
use crate::random::bytes;
use crate::receipt::{Receipt, fields_digest};
use crate::view::{BodyName, body_name};
use crate::viewer::Viewer;
use kernel::chain::{GENESIS, Hash, HashAlg};
use kernel::decide::{Actor, Context, Decision, Opening, raise, raise_from};
use kernel::entry::Entry;
use kernel::file::CaseFile;
use kernel::form::{Filled, Given, Raw, check};
use kernel::ids::MatterId;
use kernel::kin::Origin;
use kernel::mechanism::{Door, Mechanism, RAISE};
use kernel::refusal::{Refusal, Rule};
use kernel::region::RegionCode;
use kernel::text::Text;
use kernel::time::Timestamp;
use std::collections::BTreeMap;
use store::{CommandRow, StoreError};

/// What is raised.
#[derive(Clone, Debug)]
pub struct Raising {
    /// The mechanism.
    pub mechanism: String,
    /// Where.
    pub region: RegionCode,
    /// The form.
    pub fields: Raw,
    /// When it happened, where that was earlier (posted, spoken).
    pub occurred: Option<Timestamp>,
    /// The client's key, so that a second sending is the same matter.
    pub idempotency_key: Option<String>,
}

/// What the raiser gets.
#[derive(Clone, Debug)]
pub struct Raised {
    /// The matter.
    pub id: MatterId,
    /// Its number.
    pub number: String,
    /// The short code.
    pub query_code: String,
    /// The long code.
    pub long_code: String,
    /// The signed promise.
    pub receipt: String,
    /// The state now.
    pub state: String,
    /// Its name.
    pub state_name: Text,
    /// Who holds it now; none is the raiser, or nobody after the end.
    pub holder: Option<BodyName>,
    /// The ordinary date of the first answer.
    pub due_by: Option<Timestamp>,
    /// The latest lawful date of it.
    pub promised_by: Option<Timestamp>,
    /// It had been raised by the same key before.
    pub again: bool,
    /// It is somebody else's, beside another matter: its codes are given to that person and to nobody of the other one.
    pub apart: bool,
}

/// A matter that was raised, as it stands now.
struct Stands<'a> {
    id: MatterId,
    number: (i16, u32),
    mechanism: &'a Mechanism,
    file: &'a CaseFile,
    first: (&'a Entry, Hash),
    again: bool,
}

impl App {
    /// The mechanism as it is offered in a region of the territory.
    ///
    /// # Errors
    /// `UnknownRegion`, `OutsideTerritory`, `UnknownMechanism`, `NotOffered`.
    pub fn offered(&self, mechanism: &str, region: &RegionCode) -> Result<Effective, AppError> {
        if !self.settings().territory.contains(region) {
            let known = self.regions().get(region, self.now().date()).is_some();
            let given = region.to_string();
            return Err(if known {
                AppError::OutsideTerritory { region: given }
            } else {
                AppError::UnknownRegion { given }
            });
        }
        if self.regions().get(region, self.now().date()).is_none() {
            return Err(AppError::UnknownRegion { given: region.to_string() });
        }
        let catalogue = self.catalogue();
        catalogue.effective(mechanism, region).ok_or_else(|| {
            let (mechanism, region) = (mechanism.to_owned(), region.to_string());
            if catalogue.ids().contains(&mechanism) {
                AppError::NotOffered { mechanism, region }
            } else {
                AppError::UnknownMechanism { given: mechanism }
            }
        })
    }

    /// Raises a matter, on behalf of whoever looks: a resident, or somebody at a post who takes it down.
    ///
    /// # Errors
    /// What the rules refuse, what the region does not offer, what the store cannot do.
    pub async fn raise(&self, viewer: &Viewer, raising: Raising) -> Result<Raised, AppError> {
        let effective = self.offered(&raising.mechanism, &raising.region)?;
        // What has no door is raised by a resident only from the page of another matter.
        if effective.mechanism.mechanism.door == Door::Staff && !matches!(viewer, Viewer::Staff(_)) {
            let (mechanism, region) = (raising.mechanism, raising.region.to_string());
            return Err(AppError::NotOffered { mechanism, region });
        }
        crate::channel::own_way(viewer, &effective.mechanism, &raising.fields)
            .map_err(|rule| AppError::Refused(Box::new(rule.into()), Some(effective.mechanism.clone())))?;
        self.raise_from(viewer, raising, Origin::default()).await
    }

    /// The same where another matter stands behind it.
    pub(crate) async fn raise_from(
        &self,
        viewer: &Viewer,
        raising: Raising,
        mut origin: Origin,
    ) -> Result<Raised, AppError> {
        let effective = self.offered(&raising.mechanism, &raising.region)?;
        let cell = self.cell_of(&raising.region);
        let request = request_hash(&raising);
        if let Some(again) = self.raised_before(viewer, &raising, cell, &request).await? {
            return Ok(again);
        }
        if origin.parent.is_none() {
            origin.parent = self.joined(viewer, &effective.mechanism, &raising).await?.parent;
        }
        origin.about = self.named_by(viewer, &effective.mechanism, &raising).await?;
        let mut named = self.named(viewer, &effective.mechanism, &raising.fields, None).await?;
        // The matter that stands behind it is no link besides.
        let behind = origin.parent.as_ref().map(|p| p.matter);
        named.retain(|_, given| !matches!(given, Given::Matter(_, id) if Some(*id) == behind));
        let id = self.next_id(cell);
        let now = self.now();
        // Whether everything else is right comes first: a place is taken for a matter that will be.
        let mut decision = self.decide_raise(viewer, &effective, &raising, (now, &origin, &named))?;
        origin.takes = self.take_places(&effective.mechanism, &decision, id).await?;
        if !origin.takes.is_empty() {
            decision = self.decide_raise(viewer, &effective, &raising, (now, &origin, &named))?;
        }
        let command = raising.idempotency_key.as_ref().map(|key| CommandRow {
            principal: viewer.principal(),
            key: key.clone(),
            request,
            matter: id,
            at: now,
        });
        let put = self.put_new(id, &effective, &decision, command).await;
        if put.is_err() {
            self.give_back(id, &origin.takes).await;
        }
        match put {
            Ok((number, first)) => {
                let (mechanism, first) = (&*effective.mechanism, (&decision.entries[0], first));
                self.raised(Stands { id, number, mechanism, file: &decision.file, first, again: false })
            }
            Err(AppError::Store(StoreError::Duplicate(row))) => self.same_or_reused(&row, &request).await,
            Err(e) => Err(e),
        }
    }

    /// Puts a new matter into the store; its number and the hash of its first entry.
    ///
    /// # Errors
    /// `Duplicate` if the command was carried out before.
    pub(crate) async fn put_new(
        &self,
        id: MatterId,
        effective: &Effective,
        decision: &Decision,
        command: Option<CommandRow>,
    ) -> Result<((i16, u32), Hash), AppError> {
        self.keep_version(effective).await?;
        let year = decision.entries[0].at.date().year();
        let number = (year, self.next_number(id.cell, year).await?);
        let mut random = self.random();
        let keys = MatterKeys::random(random.as_mut());
        let title = self.seal_title(id, &effective.mechanism, decision, &keys);
        let cipher = self.inner.profile.cipher();
        let new_keys = Some(self.inner.keyring.wrap_keys(cipher, id, &keys, random.as_mut()));
        let before = CaseFile::default();
        let mechanism = &*effective.mechanism;
        let decision = &numbered(decision, number);
        let mut append = self.append_of(Draft {
            id,
            number,
            mechanism,
            before: &before,
            decision,
            keys: Some(&keys),
            head: GENESIS,
            title,
            new_keys,
        });
        append.blobs = self.claim_blobs(id, decision, &keys).await?;
        append.command = command;
        let first = append.entries[0].hash;
        self.inner.store.append(append).await?;
        Ok((number, first))
    }

    fn decide_raise(
        &self,
        viewer: &Viewer,
        effective: &Effective,
        raising: &Raising,
        (now, origin, named): (Timestamp, &Origin, &Filled),
    ) -> Result<Decision, AppError> {
        let directory = self.directory();
        let mechanism = &*effective.mechanism;
        let refused = |r: Refusal| AppError::Refused(Box::new(r), Some(effective.mechanism.clone()));
        let action = mechanism.action.get(RAISE).ok_or_else(|| AppError::corrupt("a mechanism without raising"))?;
        let mut filled = check(mechanism, action, &raising.fields, &BTreeMap::new(), &*directory)
            .map_err(|errors| refused(Rule::Fields(errors).into()))?;
        filled.extend(named.clone());
        let ctx = Context {
            mechanism,
            calendar: self.calendar(),
            directory: &*directory,
            now,
            seed: bytes(self.random().as_mut()),
            hash: self.inner.profile.hash(),
            outside: &kernel::outside::NOTHING,
        };
        let promise = self.catalogue().promise(effective, self.calendar(), raising.occurred.unwrap_or(now).min(now));
        let opening = Opening { region: raising.region, promise, version: effective.version.to_string() };
        let actor = match viewer {
            Viewer::Staff(staff) => Actor { raiser: false, person: Some(staff.person), posts: staff.posts.clone() },
            _ => Actor { raiser: true, ..Actor::default() },
        };
        let decision = raise(&ctx, &actor, opening.clone(), filled.clone(), raising.occurred).map_err(refused)?;
        if origin.is_empty() {
            return Ok(decision);
        }
        raise_from(&ctx, decision.entries[0].by, opening, origin.clone(), filled, raising.occurred).map_err(refused)
    }

    async fn raised_before(
        &self,
        viewer: &Viewer,
        raising: &Raising,
        cell: kernel::ids::Cell,
        request: &Hash,
    ) -> Result<Option<Raised>, AppError> {
        let Some(key) = &raising.idempotency_key else { return Ok(None) };
        match self.inner.store.command(cell, &viewer.principal(), key).await? {
            Some(row) => Ok(Some(self.same_or_reused(&row, request).await?)),
            None => Ok(None),
        }
    }

    async fn same_or_reused(&self, row: &CommandRow, request: &Hash) -> Result<Raised, AppError> {
        if row.request != *request {
            return Err(AppError::KeyReused);
        }
        let loaded = self.inner.store.load(row.matter).await?.ok_or(AppError::NotFound)?;
        let entries = read_chain(row.matter, &loaded.entries, &loaded.matter.head)?;
        let (id, number, first) = (row.matter, loaded.matter.number, (&entries[0], loaded.entries[0].hash));
        let mechanism = &*self.version(&loaded.matter.version).await?;
        self.raised(Stands { id, number, mechanism, file: &CaseFile::fold(&entries), first, again: true })
    }

    fn raised(&self, now: Stands<'_>) -> Result<Raised, AppError> {
        let Stands { id, number, mechanism, file, first, again } = now;
        let opened = file.opened.as_ref().ok_or_else(|| AppError::corrupt("a file that was not opened"))?;
        let codes = self.codes(id);
        Ok(Raised {
            id,
            number: self.number_text(id, number),
            query_code: codes.short.to_string(),
            long_code: codes.long.to_string(),
            receipt: self.receipt(id, number, first.0, first.1)?,
            state: file.state.clone(),
            state_name: mechanism.state.get(&file.state).map(|s| s.name.clone()).unwrap_or_default(),
            holder: holder(mechanism, file).map(|b| body_name(&self.directory(), b)),
            due_by: opened.due_by,
            promised_by: opened.promised_by,
            again,
            apart: opened.origin.parent.as_ref().is_some_and(|p| p.apart),
        })
    }

    /// The codes of a matter: derived, never stored.
    pub(crate) fn codes(&self, id: MatterId) -> code::Codes {
        let serial = id_bytes(id);
        code::issue(self.inner.keyring.code_key(), Owner { cell: id.cell.0, matter: &serial }, 1)
    }

    /// The public number of a matter.
    #[must_use]
    pub fn number_text(&self, id: MatterId, number: (i16, u32)) -> String {
        let year = u16::try_from(number.0).unwrap_or(0);
        Number::new(&self.alias_of(id.cell), year, u64::from(number.1))
            .map_or_else(|_| id.to_string(), |n| n.to_string())
    }

    /// The signed promise of a matter, from its first entry.
    ///
    /// # Errors
    /// A value that cannot stand in a receipt.
    pub(crate) fn receipt(
        &self,
        id: MatterId,
        number: (i16, u32),
        first: &Entry,
        hash: Hash,
    ) -> Result<String, AppError> {
        let opened = first.opened.as_ref().ok_or_else(|| AppError::corrupt("the first entry opens nothing"))?;
        let date = |t: Option<Timestamp>| t.map_or_else(|| "-".to_owned(), |t| t.to_string());
        let receipt = Receipt {
            origin: self.settings().origin.clone(),
            number: self.number_text(id, number),
            received_at: first.at.to_string(),
            arrived_at: crate::channel::arrived(first).map(|at| at.to_string()),
            mechanism: opened.mechanism.clone(),
            mechanism_hash: from_hex(&opened.version).unwrap_or_default(),
            entry: hash,
            fields: fields_digest(&committed(first).collect()),
            due_by: date(opened.due_by),
            promised_by: date(opened.promised_by),
            logged_within_s: crate::log::WITHIN_S,
        };
        crate::receipt::issue(&receipt, &self.inner.signing).map_err(|e| AppError::corrupt(format!("the receipt: {e}")))
    }

    /// Keeps the effective mechanism under its hash, once.
    async fn keep_version(&self, effective: &Effective) -> Result<(), AppError> {
        let catalogue = self.catalogue();
        if catalogue.is_remembered(&effective.version) {
            return Ok(());
        }
        let mechanism = &effective.mechanism;
        let json = serde_json::to_string(&**mechanism).map_err(|e| AppError::corrupt(e.to_string()))?;
        self.inner.store.put_mechanism(&effective.version, &mechanism.mechanism.id, &json).await?;
        catalogue.remember(&effective.version, mechanism.clone());
        Ok(())
    }
}

/// The commitments to the personal fields of an entry.
pub(crate) fn committed(entry: &Entry) -> impl Iterator<Item = (String, Hash)> {
    entry.sealed.iter().filter_map(|c| Some((c.field.clone(), from_hex(&c.hash)?)))
}

/// The same with the number in its first entry, so that the chain covers it.
fn numbered(decision: &Decision, number: (i16, u32)) -> Decision {
    let mut decision = decision.clone();
    let opened = [decision.entries[0].opened.as_mut(), decision.file.opened.as_mut()];
    opened.into_iter().flatten().for_each(|o| o.number = Some(number));
    decision
}

fn from_hex(text: &str) -> Option<Hash> {
    crate::keys::from_hex(text)?.as_slice().try_into().ok()
}

/// What was asked, so that the same key with another request is noticed.
fn request_hash(raising: &Raising) -> Hash {
    let text = serde_json::json!([raising.mechanism, raising.region, raising.fields, raising.occurred]).to_string();
    kernel::chain::inner(HashAlg::Sha256, &[0; 16], text.as_bytes())
}

/// The attachments that a decision names.
pub(crate) fn files(decision: &Decision, filled: impl Fn(&str) -> bool) -> Vec<String> {
    let named = decision.personal.iter().filter(|p| filled(&p.field));
    named.flat_map(|p| p.content.split(',').map(str::to_owned)).filter(|s| !s.is_empty()).collect()
}

/// Whether a value of a form is a list of attachments.
#[must_use]
pub fn is_files(given: &Given) -> bool {
    matches!(given, Given::Files(_))
}
