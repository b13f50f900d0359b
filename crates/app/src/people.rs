//! Administration: accounts, posts, bodies, relations and tokens. Each act is one transaction with its record in cell 0
//! (who, what, when; never a password), decided over the directory as it stands. Who may do it is the caller's to ask.

mod accounts;
mod bodies;
mod journal;
mod tokens;

use crate::error::AppError;
use crate::installation::App;
use crate::viewer::Staff;
use kernel::ids::{BodyId, PersonId};
use kernel::text::Text;
use kernel::time::Date;
use std::collections::BTreeMap;
use store::{Administration, BodyRow, DirectoryRows, Ends, PostRow, SessionRow, StoreError};

pub use store::{ActRow, PersonRow};

pub use accounts::{NewPost, NewUser};
pub use bodies::{NewBody, NewRelation};
pub use tokens::{SCOPES, TokenView};

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// What was asked cannot be done; in words for whoever asked.
    #[error("{} / {}", .0.zh, .0.en)]
    Refused(Text),
    /// Anything else.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for PeopleError {
    fn from(error: StoreError) -> PeopleError {
        PeopleError::App(error.into())
    }
}

/// Refuses in both languages.
fn no<T>(zh: impl Into<String>, en: impl Into<String>) -> Result<T, PeopleError> {
    Err(PeopleError::Refused(Text::new(zh, en)))
}

/// What an act changes.
struct Change {
    rows: DirectoryRows,
    ends: Ends,
    begins: Option<SessionRow>,
    about: BTreeMap<String, String>,
}

impl Change {
    fn of(rows: DirectoryRows, about: &[(&str, String)]) -> Change {
        let about = about.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        Change { rows, ends: Ends::Nothing, begins: None, about }
    }

    fn ending(self, ends: Ends) -> Change {
        Change { ends, ..self }
    }

    /// With the days between which it holds, where they are said.
    fn dated(mut self, from: Option<Date>, until: Option<Date>) -> Change {
        let days = [("from", from), ("until", until)];
        self.about.extend(days.into_iter().filter_map(|(key, day)| Some((key.to_owned(), day?.to_string()))));
        self
    }
}

/// How often an act is decided anew when the directory moved on meanwhile.
const TRIES: usize = 5;

impl App {
    /// Whoever may administer accounts over the web: somebody who signed in himself and holds the post admin.
    ///
    /// # Errors
    /// `Forbidden` for everybody else, tokens included.
    pub fn administrator(&self, staff: &Staff) -> Result<PersonId, AppError> {
        if staff.is("admin") && staff.scopes.is_none() { Ok(staff.person) } else { Err(AppError::Forbidden) }
    }

    /// Decides an act over the directory as it stands, carries it out and records it.
    async fn administer<T>(
        &self,
        by: Option<PersonId>,
        what: &str,
        decide: impl Fn(&DirectoryRows) -> Result<(Change, T), PeopleError>,
    ) -> Result<T, PeopleError> {
        for _ in 0..TRIES {
            let after = self.store().directory_version().await?;
            let (change, answer) = decide(&self.store().directory().await?)?;
            // What stands already is taken down first: a record says what it changed, not what it found.
            self.take_down_directory().await?;
            let Change { rows, ends, begins, about } = change;
            let act = ActRow { at: self.now(), by, what: what.to_owned(), about, rows: journal::hashes(&rows) };
            match self.store().administer(Administration { after, rows, ends, begins, setting: None, act }).await {
                Err(StoreError::Conflict) => {}
                done => {
                    done?;
                    self.reload_directory().await?;
                    return Ok(answer);
                }
            }
        }
        Err(AppError::Conflict.into())
    }

    /// What was done in the administration, the newest first, before one of the records.
    ///
    /// # Errors
    /// The store.
    pub async fn acts(&self, before: Option<i64>, limit: u32) -> Result<Vec<(i64, ActRow)>, AppError> {
        Ok(self.store().acts(before, limit).await?)
    }
}

fn person<'a>(rows: &'a DirectoryRows, login: &str) -> Result<&'a PersonRow, PeopleError> {
    match rows.persons.iter().find(|p| p.login == login) {
        Some(found) => Ok(found),
        None => no(
            format!("没有用户“{login}”，见 `gongzhi user list`"),
            format!("there is no user {login}; see `gongzhi user list`"),
        ),
    }
}

/// A body that stands on a day.
fn body(rows: &DirectoryRows, id: BodyId, day: Date) -> Result<&BodyRow, PeopleError> {
    let id = id.0;
    match rows.bodies.iter().find(|b| b.id.0 == id) {
        Some(found) if found.valid_to.is_none_or(|to| day < to) => Ok(found),
        Some(_) => no(format!("单位 {id} 已撤销"), format!("body {id} has ended")),
        None => no(
            format!("没有单位 {id}，见 `gongzhi body list`"),
            format!("there is no body {id}; see `gongzhi body list`"),
        ),
    }
}

/// The end must come after the beginning.
fn in_order(from: Option<Date>, until: Option<Date>) -> Result<(), PeopleError> {
    match (from, until) {
        (Some(from), Some(until)) if until <= from => no(
            format!("结束日 {until} 不晚于开始日 {from}"),
            format!("it ends on {until}, not after it begins on {from}"),
        ),
        _ => Ok(()),
    }
}

/// Whether something still holds on a day or will after it.
fn goes_on(until: Option<Date>, day: Date) -> bool {
    until.is_none_or(|to| day < to)
}

/// The posts of a person at a body in a role that hold on a day or begin later.
fn posts<'a>(rows: &'a DirectoryRows, of: &PostRow, day: Date) -> impl Iterator<Item = &'a PostRow> {
    let (person, body, role) = (of.person, of.body, of.role.clone());
    rows.posts
        .iter()
        .filter(move |p| p.person == person && p.body == body && p.role == role && goes_on(p.valid_to, day))
}
