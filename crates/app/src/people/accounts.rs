//! Accounts and posts: adding, locking out, a new password, moving between bodies and roles.

use super::{Change, PeopleError, body, in_order, no, person, posts};
use crate::error::AppError;
use crate::installation::App;
use crate::password;
use kernel::ids::{BodyId, PersonId};
use kernel::time::Date;
use std::collections::BTreeSet;
use store::{DirectoryRows, Ends, PersonRow, PostRow};

/// A new account with its first post.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The sign-in name.
    pub login: String,
    /// The name as colleagues know it.
    pub name: String,
    /// The body of the first post.
    pub body: BodyId,
    /// The role there.
    pub role: String,
}

/// A post to take up.
#[derive(Clone, Debug)]
pub struct NewPost {
    /// The body.
    pub body: BodyId,
    /// The role there.
    pub role: String,
    /// The first day; today if none is said.
    pub from: Option<Date>,
    /// The first day on which it no longer holds.
    pub until: Option<Date>,
}

impl App {
    /// The words for posts that something is bound to: those that mechanisms name, and the administration's own. Any other
    /// word works matters at its body without one of these rights.
    #[must_use]
    pub fn known_posts(&self) -> BTreeSet<String> {
        let territory = self.settings().territory;
        let ids = self.catalogue().ids();
        let mechanisms = ids.iter().filter_map(|id| self.catalogue().effective(id, &territory));
        let named =
            mechanisms.flat_map(|e| e.mechanism.role.values().filter_map(|r| r.post.clone()).collect::<Vec<_>>());
        named.chain(["staff", "admin", "auditor"].map(str::to_owned)).collect()
    }

    /// A password that can be read out, and its hash.
    fn fresh_password(&self, given: Option<&str>) -> Result<(String, String), PeopleError> {
        let mut random = self.random();
        let password = given.map_or_else(|| password::readable(random.as_mut()), str::to_owned);
        if password.chars().count() < 10 {
            return no("口令至少要 10 个字符", "a password has at least 10 characters");
        }
        match password::hash(&password, random.as_mut()) {
            Ok(hash) => Ok((password, hash)),
            Err(error) => no(error.to_string(), ""),
        }
    }

    /// Adds an account with a post; its password, shown this once.
    ///
    /// # Errors
    /// A name that is taken or cannot be typed, a body that there is not.
    pub async fn add_user(&self, by: Option<PersonId>, new: NewUser) -> Result<String, PeopleError> {
        let NewUser { login, name, body: at, role } = new;
        if login.is_empty() || login.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return no("用户名不能为空，也不能有空格", "a sign-in name is not empty and has no blanks");
        }
        let (password, hash) = self.fresh_password(None)?;
        let today = self.now().date();
        let decide = |rows: &DirectoryRows| {
            if rows.persons.iter().any(|p| p.login == login) {
                return no(format!("已经有用户“{login}”"), format!("there is a user {login} already"));
            }
            let at = body(rows, at, today)?.id;
            let id = PersonId(rows.persons.iter().map(|p| p.id.0).max().unwrap_or(0) + 1);
            let person =
                PersonRow { id, login: login.clone(), name: name.clone(), password: Some(hash.clone()), active: true };
            let post = PostRow { person: id, body: at, role: role.clone(), valid_from: None, valid_to: None };
            let rows = DirectoryRows { persons: vec![person], posts: vec![post], ..DirectoryRows::default() };
            let about = [("user", login.clone()), ("body", at.0.to_string()), ("role", role.clone())];
            Ok((Change::of(rows, &about), ()))
        };
        self.administer(by, "user.add", decide).await?;
        Ok(password)
    }

    /// Locks somebody out, or lets him in again. Locking out ends every session and token at once; work stays with the bodies.
    ///
    /// # Errors
    /// Nobody of that name, or it is so already.
    pub async fn set_locked(&self, by: Option<PersonId>, login: &str, locked: bool) -> Result<(), PeopleError> {
        let decide = |rows: &DirectoryRows| {
            let found = person(rows, login)?;
            if by == Some(found.id) {
                return no("不能停用自己的账号", "nobody locks himself out");
            }
            if found.active != locked {
                let word = if locked {
                    ("已经停用", "is locked out already")
                } else {
                    ("没有停用", "is not locked out")
                };
                return no(format!("“{login}”{}", word.0), format!("{login} {}", word.1));
            }
            let row = PersonRow { active: !locked, ..found.clone() };
            let ends = if locked { Ends::All(row.id) } else { Ends::Nothing };
            let rows = DirectoryRows { persons: vec![row], ..DirectoryRows::default() };
            Ok((Change::of(rows, &[("user", login.to_owned())]).ending(ends), ()))
        };
        self.administer(by, if locked { "user.lock" } else { "user.unlock" }, decide).await
    }

    /// Gives somebody a new password, drawn or given; every session and token of his ends. The password, shown this once.
    ///
    /// # Errors
    /// Nobody of that name, or a password that is too short.
    pub async fn new_password(
        &self,
        by: Option<PersonId>,
        login: &str,
        given: Option<&str>,
    ) -> Result<String, PeopleError> {
        let (password, hash) = self.fresh_password(given)?;
        let decide = |rows: &DirectoryRows| {
            let row = PersonRow { password: Some(hash.clone()), ..person(rows, login)?.clone() };
            let ends = Ends::All(row.id);
            let rows = DirectoryRows { persons: vec![row], ..DirectoryRows::default() };
            Ok((Change::of(rows, &[("user", login.to_owned())]).ending(ends), ()))
        };
        self.administer(by, "user.password", decide).await?;
        Ok(password)
    }

    /// Somebody takes up a post.
    ///
    /// # Errors
    /// Nobody of that name, no such body, days in the wrong order, or he holds it already.
    pub async fn add_post(&self, by: Option<PersonId>, login: &str, new: NewPost) -> Result<(), PeopleError> {
        let from = new.from.unwrap_or_else(|| self.now().date());
        in_order(Some(from), new.until)?;
        let decide = |rows: &DirectoryRows| {
            let holder = person(rows, login)?.id;
            let at = body(rows, new.body, from)?.id;
            let (role, valid_to) = (new.role.clone(), new.until);
            let post = PostRow { person: holder, body: at, role, valid_from: Some(from), valid_to };
            let clash = posts(rows, &post, from)
                .any(|p| p.valid_from.is_none_or(|begins| valid_to.is_none_or(|to| begins < to)));
            if clash {
                let role = &new.role;
                return no(
                    format!("“{login}”在单位 {} 已有岗位 {role}", at.0),
                    format!("{login} holds the post {role} at body {} already", at.0),
                );
            }
            let about = post_words(login, &post);
            let rows = DirectoryRows { posts: vec![post], ..DirectoryRows::default() };
            Ok((Change::of(rows, &about).dated(Some(from), valid_to), ()))
        };
        self.administer(by, "post.add", decide).await
    }

    /// Somebody gives up a post; `on` is the first day on which it no longer holds, today if none is said.
    ///
    /// # Errors
    /// Nobody of that name, or no such post that goes on after that day.
    pub async fn end_post(
        &self,
        by: Option<PersonId>,
        login: &str,
        (at, role): (BodyId, &str),
        on: Option<Date>,
    ) -> Result<(), PeopleError> {
        let on = on.unwrap_or_else(|| self.now().date());
        let decide = |rows: &DirectoryRows| {
            let (holder, role) = (person(rows, login)?.id, role.to_owned());
            let of = PostRow { person: holder, body: at, role, valid_from: None, valid_to: None };
            let ended: Vec<PostRow> =
                posts(rows, &of, on).map(|p| PostRow { valid_to: Some(on), ..p.clone() }).collect();
            if ended.is_empty() {
                return no(
                    format!("“{login}”在单位 {} 没有要结束的岗位 {}", at.0, of.role),
                    format!("{login} holds no post {} at body {} to end", of.role, at.0),
                );
            }
            let rows = DirectoryRows { posts: ended, ..DirectoryRows::default() };
            Ok((Change::of(rows, &post_words(login, &of)).dated(None, Some(on)), ()))
        };
        self.administer(by, "post.end", decide).await
    }

    /// Whether an account may still be used with the password that was just verified: it may have been locked out, or given
    /// another password, while that was reckoned.
    pub(crate) async fn still(&self, id: PersonId, password: Option<&str>) -> Result<bool, AppError> {
        self.refresh_directory().await?;
        let directory = self.directory();
        Ok(directory.person(id).is_some_and(|p| p.active && p.password.as_deref() == password))
    }
}

fn post_words(login: &str, post: &PostRow) -> [(&'static str, String); 3] {
    [("user", login.to_owned()), ("body", post.body.0.to_string()), ("role", post.role.clone())]
}
