//! Rotation: every matter's keys wrapped anew in the next epoch, under the same master key or another, and no entry
//! touched. It may break off anywhere and be begun again: each row knows its epoch, and the old wrap key goes last.

use crate::error::AppError;
use crate::keyring::Keyring;
use crate::keys::MasterKey;
use crate::profile::Profile;
use crate::random::Random;
use store::{KeyQuery, Store};

/// Keys wrapped anew in one step.
const STEP: u32 = 500;

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// How many matters' keys were wrapped anew; 0 if an earlier run had finished.
    pub rows: u64,
    /// The epoch that holds now.
    pub epoch: u32,
    /// The fingerprint of the master key that holds now.
    pub master: String,
}

/// Rotates, or goes on where a rotation broke off. Nobody else may have the store open: a server goes on with the old
/// epoch. `progress` hears how many are done.
///
/// # Errors
/// The store; `Corrupt` if a matter's keys do not open, before anything of the old epoch is destroyed.
pub async fn rotate(
    store: &dyn Store,
    (master, next): (&MasterKey, Option<&MasterKey>),
    random: &mut (dyn Random + Send),
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Rotated, AppError> {
    let cipher = Profile::of(store).await?.cipher();
    let opened = Keyring::open(store, master, cipher, random).await;
    let (mut ring, holds) = match (opened, next) {
        (Ok(ring), _) => (ring, master),
        (Err(error), None) => return Err(error),
        // Finished before, under the new master key, and broken off before anybody was told.
        (Err(error), Some(next)) => {
            let ring = Keyring::open(store, next, cipher, random).await.map_err(|_| error)?;
            (ring, next)
        }
    };
    let to = next.unwrap_or(master);
    if holds.fingerprint() == to.fingerprint() && next.is_some() && ring.epochs() == 1 {
        return Ok(Rotated { rows: 0, epoch: ring.epoch(), master: to.fingerprint() });
    }
    if ring.epochs() == 1 {
        store.add_secrets(vec![ring.next_epoch(holds, cipher, random)]).await?;
        ring = Keyring::open(store, holds, cipher, random).await?;
    }
    let rows = rewrap(store, &ring, random, progress).await?;
    store.replace_secrets(ring.only_newest(to, cipher, random)).await?;
    Ok(Rotated { rows, epoch: ring.epoch(), master: to.fingerprint() })
}

async fn rewrap(
    store: &dyn Store,
    ring: &Keyring,
    random: &mut (dyn Random + Send),
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<u64, AppError> {
    let cipher = Profile::of(store).await?.cipher();
    let mut done = 0;
    progress(done);
    for cell in store.cells_fanout().await? {
        loop {
            let query = KeyQuery { cell, below: ring.epoch(), after: None, limit: STEP };
            let old = store.keys(query).await?;
            if old.is_empty() {
                break;
            }
            let mut new = Vec::with_capacity(old.len());
            for (id, row) in old {
                new.push((id, ring.wrap_keys(cipher, id, &ring.open_keys(id, &row)?, random)));
            }
            done += new.len() as u64;
            store.rewrap(cell, new).await?;
            progress(done);
        }
    }
    Ok(done)
}
