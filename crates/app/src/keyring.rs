//! The opened secrets of an installation: the wrap keys of its epochs, and what codes, search terms and receipts hang on.
//! They are made at the first start and wrapped by the master key in the key file, so that another master key, or
//! another epoch, changes no code, no term and no signature. The master key itself is not kept in memory.

use crate::error::AppError;
use crate::keys::{Epoch, Key, KeyClass, MasterKey, MatterKeys, Name, Owner, WrappedKey, unwrap, wrap};
use crate::matter::{id_bytes, opened, stored};
use crate::random::Random;
use crate::seal::{Cipher, SealError};
use kernel::ids::MatterId;
use std::collections::BTreeMap;
use store::{KeyRow, Sealed, SecretRow, Store, StoreError};

/// The secrets, opened.
#[derive(Clone, Debug)]
pub struct Keyring {
    wraps: BTreeMap<u32, Key>,
    code: Key,
    term: Key,
    receipt: Key,
}

impl Keyring {
    /// Opens the secrets of an installation; at its first start they are made. One from before secrets were kept apart
    /// keeps those that were derived from its master key.
    ///
    /// # Errors
    /// The store; `Setup` if the master key is another one, `Corrupt` if a secret is missing or was changed.
    pub async fn open(
        store: &dyn Store,
        master: &MasterKey,
        cipher: Cipher,
        random: &mut (dyn Random + Send),
    ) -> Result<Self, AppError> {
        let mut rows = store.secrets().await?;
        if rows.is_empty() {
            let old = store.directory_version().await? > 0 || !store.cells_fanout().await?.is_empty();
            let new = [Name::Wrap(1), Name::Code, Name::Term, Name::Receipt].map(|name| {
                let secret = if old { master.derived(name) } else { Key::random(random) };
                secret_row(master, cipher, name, &secret, random)
            });
            store.add_secrets(new.into()).await?;
            rows = store.secrets().await?;
        }
        Self::read(master, &rows)
    }

    fn read(master: &MasterKey, rows: &[SecretRow]) -> Result<Self, AppError> {
        let (mut wraps, mut others) = (BTreeMap::new(), BTreeMap::new());
        for row in rows {
            let name = Name::parse(&row.name).ok_or_else(|| {
                AppError::corrupt(format!("the key file holds a secret {} of a newer program", row.name))
            })?;
            let secret = master.open(name, &opened(&row.sealed)?).map_err(|_| {
                let given = master.fingerprint();
                if given == row.master {
                    return AppError::corrupt(format!("the secret {name} of the key file was changed"));
                }
                another_key(&row.master, &given).into()
            })?;
            match name {
                Name::Wrap(epoch) => drop(wraps.insert(epoch, secret)),
                name => drop(others.insert(name.to_string(), secret)),
            }
        }
        let mut take = |name: Name| {
            let secret = others.remove(&name.to_string());
            secret.ok_or_else(|| AppError::corrupt(format!("the key file lacks the secret {name}")))
        };
        let ring = Self { code: take(Name::Code)?, term: take(Name::Term)?, receipt: take(Name::Receipt)?, wraps };
        if ring.wraps.is_empty() {
            return Err(AppError::corrupt("the key file lacks its wrap key"));
        }
        Ok(ring)
    }

    /// The epoch that new keys are wrapped in: the newest.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.newest().number
    }

    /// How many epochs there are: more than one while a rotation is under way.
    #[must_use]
    pub fn epochs(&self) -> usize {
        self.wraps.len()
    }

    fn newest(&self) -> Epoch<'_> {
        let (number, key) = self.wraps.last_key_value().expect("invariant: one was there when it was opened");
        Epoch { number: *number, key }
    }

    /// Makes query codes.
    #[must_use]
    pub fn code_key(&self) -> &Key {
        &self.code
    }

    /// Makes search terms.
    #[must_use]
    pub fn term_key(&self) -> &Key {
        &self.term
    }

    /// Seeds the key that signs receipts.
    #[must_use]
    pub fn receipt_seed(&self) -> &Key {
        &self.receipt
    }

    /// Opens the keys of a matter.
    ///
    /// # Errors
    /// `Corrupt` for a key of another matter or of an epoch that is gone.
    pub fn open_keys(&self, id: MatterId, row: &KeyRow) -> Result<MatterKeys, AppError> {
        let serial = id_bytes(id);
        let owner = Owner { cell: id.cell.0, matter: &serial };
        let one = |class: KeyClass, sealed: &Sealed| {
            let s = opened(sealed)?;
            let wrapped = WrappedKey { alg: s.alg, epoch: row.epoch, nonce: s.nonce, ct: s.ct };
            let epoch = self.wraps.get(&row.epoch).ok_or(SealError::UnknownEpoch(row.epoch));
            let key = epoch.and_then(|epoch| unwrap(epoch, owner, class, &wrapped));
            key.map_err(|e| AppError::corrupt(format!("the keys of matter {id}: {e}")))
        };
        Ok(MatterKeys {
            handlers: one(KeyClass::Handlers, &row.handlers)?,
            identity: row.identity.as_ref().map(|key| one(KeyClass::Identity, key)).transpose()?,
        })
    }

    /// Wraps the keys of a matter in the newest epoch.
    #[must_use]
    pub fn wrap_keys(&self, cipher: Cipher, id: MatterId, keys: &MatterKeys, random: &mut dyn Random) -> KeyRow {
        let serial = id_bytes(id);
        let (epoch, owner) = (self.newest(), Owner { cell: id.cell.0, matter: &serial });
        let mut one = |class, key| {
            let w = wrap(cipher, epoch, owner, class, key, random);
            stored(crate::seal::Sealed { alg: w.alg, nonce: w.nonce, ct: w.ct })
        };
        KeyRow {
            handlers: one(KeyClass::Handlers, &keys.handlers),
            identity: keys.identity.as_ref().map(|key| one(KeyClass::Identity, key)),
            epoch: epoch.number,
        }
    }

    /// A wrap key for the epoch after the newest, as a row to be kept beside the others.
    pub(crate) fn next_epoch(&self, master: &MasterKey, cipher: Cipher, random: &mut dyn Random) -> SecretRow {
        let name = Name::Wrap(self.epoch() + 1);
        let secret = Key::random(random);
        secret_row(master, cipher, name, &secret, random)
    }

    /// The rows that are left when every key is wrapped in the newest epoch.
    pub(crate) fn only_newest(&self, master: &MasterKey, cipher: Cipher, random: &mut dyn Random) -> Vec<SecretRow> {
        let newest = self.newest();
        let all = [
            (Name::Wrap(newest.number), newest.key),
            (Name::Code, &self.code),
            (Name::Term, &self.term),
            (Name::Receipt, &self.receipt),
        ];
        all.map(|(name, secret)| secret_row(master, cipher, name, secret, random)).into()
    }
}

/// A master key that is not the one: whoever reads of damage here would restore over good data.
fn another_key(wanted: &str, given: &str) -> StoreError {
    StoreError::Setup {
        what: format!(
            "主密钥不对：数据由指纹 {wanted} 的主密钥封存，给出的是 {given}。数据没有损坏，不要恢复备份；请用 --master-key-file 或 \
             --master-key-command 给出正确的主密钥 / this is not the right master key: the key file belongs to the master key {wanted}, and \
             {given} was given. Nothing is damaged, restore nothing: name the right one with --master-key-file or --master-key-command"
        ),
    }
}

fn secret_row(master: &MasterKey, cipher: Cipher, name: Name, secret: &Key, random: &mut dyn Random) -> SecretRow {
    let sealed = stored(master.seal(cipher, name, secret, random));
    SecretRow { name: name.to_string(), master: master.fingerprint(), sealed }
}
