//! The records of the administration against the people, posts, bodies and relations: each row must be as the last record that
//! changed it left it. A record holds a hash of each row that it wrote, never the row. What stood before there were such records,
//! and what a demo puts in, is taken down once as a whole. Whoever writes a record too is not found here.

use super::AppError;
use crate::installation::App;
use crate::whole::Damage;
use kernel::chain::{HashAlg, hex, inner};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{ActRow, Administration, DirectoryRows, Ends, StoreError};

/// The act that takes the directory down as it stands.
const TAKEN: &str = "directory.taken";
/// Records that are read at once.
const AT_ONCE: u32 = 1_000;
const SALT: [u8; 16] = *b"gongzhi journal\0";

/// A hash of each row, by what names it.
pub(crate) fn hashes(rows: &DirectoryRows) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for row in &rows.bodies {
        all.insert(format!("body {}", row.id.0), hash(row));
    }
    for row in &rows.persons {
        all.insert(format!("person {}", row.id.0), hash(row));
    }
    let day = |from: Option<kernel::time::Date>| from.map_or_else(|| "-".to_owned(), |day| day.to_string());
    for row in &rows.relations {
        let key = format!("relation {} {} {} {}", row.body.0, row.relation.word(), row.upper.0, day(row.valid_from));
        all.insert(key, hash(row));
    }
    for row in &rows.posts {
        all.insert(format!("post {} {} {} {}", row.person.0, row.body.0, row.role, day(row.valid_from)), hash(row));
    }
    all
}

fn hash<T: Serialize>(row: &T) -> String {
    let row = serde_json::to_vec(row).expect("invariant: a row of the directory is JSON");
    hex(&inner(HashAlg::Sha256, &SALT, &row)[..16])
}

impl App {
    /// Every record, the newest first.
    async fn all_acts(&self) -> Result<Vec<ActRow>, AppError> {
        let (mut all, mut before) = (Vec::new(), None);
        loop {
            let some = self.store().acts(before, AT_ONCE).await?;
            let Some((last, _)) = some.last() else { return Ok(all) };
            before = Some(*last);
            all.extend(some.into_iter().map(|(_, act)| act));
        }
    }

    /// What the records say of each row; none as long as no record says anything.
    async fn recorded(&self) -> Result<Option<BTreeMap<String, String>>, AppError> {
        let mut known = BTreeMap::new();
        let acts = self.all_acts().await?;
        let taken = acts.iter().any(|act| !act.rows.is_empty());
        for (key, hash) in acts.into_iter().flat_map(|act| act.rows) {
            known.entry(key).or_insert(hash);
        }
        Ok(taken.then_some(known))
    }

    /// Takes the directory down as it stands, where no record says anything of it yet: once, before the first change. Whether
    /// it did.
    ///
    /// # Errors
    /// The store.
    pub async fn take_down_directory(&self) -> Result<bool, AppError> {
        let after = self.store().directory_version().await?;
        let rows = self.store().directory().await?;
        if rows == DirectoryRows::default() || self.recorded().await?.is_some() {
            return Ok(false);
        }
        let count = [("bodies", rows.bodies.len()), ("people", rows.persons.len()), ("posts", rows.posts.len())];
        let about = count.map(|(key, n)| (key.to_owned(), n.to_string())).into();
        let act = ActRow { at: self.now(), by: None, what: TAKEN.to_owned(), about, rows: hashes(&rows) };
        let (rows, ends, begins, setting) = (DirectoryRows::default(), Ends::Nothing, None, None);
        match self.store().administer(Administration { after, rows, ends, begins, setting, act }).await {
            // Somebody changed something meanwhile: the next start takes it down.
            Err(StoreError::Conflict) => Ok(false),
            done => Ok(done.map(|()| true)?),
        }
    }

    /// Rows of the directory that no record explains, and recorded ones that are not there.
    ///
    /// # Errors
    /// The store.
    pub async fn verify_directory(&self) -> Result<Vec<Damage>, AppError> {
        let Some(recorded) = self.recorded().await? else { return Ok(Vec::new()) };
        let there = hashes(&self.store().directory().await?);
        let mut all = Vec::new();
        let mut note =
            |key: &str, what: &str| all.push(Damage { number: None, what: format!("{key} of the directory {what}") });
        for (key, hash) in &there {
            match recorded.get(key) {
                None => note(key, "is in no record of the administration"),
                Some(known) if known != hash => note(key, "is not as the last record of the administration left it"),
                Some(_) => {}
            }
        }
        for key in recorded.keys().filter(|key| !there.contains_key(*key)) {
            note(key, "is recorded by the administration and is not there");
        }
        Ok(all)
    }
}
