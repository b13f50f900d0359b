//! Signing in: staff by name and password, residents by number and code; `people` makes the tokens of programs. Sessions
//! are kept by the hash of their secret; a wrong try costs the same work whether or not there is such an account or matter.

use crate::code::{Given, Proof, parse, phone_matches, phone_tail, verify};
use crate::error::AppError;
use crate::installation::App;
use crate::keys::Owner;
use crate::matter::id_bytes;
use crate::password::{self, Token};
use crate::viewer::{Shown, Staff, Viewer};
use kernel::decide::Post;
use kernel::ids::{MatterId, PersonId};
use kernel::mechanism::FieldKind;
use kernel::time::Timestamp;
use store::SessionRow;

/// How long a session lasts.
const SESSION_HOURS: i64 = 12;

/// A session that has begun.
pub struct SignedIn {
    /// The secret for the cookie.
    pub secret: String,
    /// Until when.
    pub expires: Timestamp,
    /// Who.
    pub staff: Staff,
}

impl App {
    /// Signs somebody in. `source` is a hash of where the try comes from.
    ///
    /// # Errors
    /// `WrongCode`, with the seconds to wait after too many tries.
    pub async fn sign_in(&self, login: &str, password: &str, source: u64) -> Result<SignedIn, AppError> {
        let subject = format!("login:{login}");
        self.may_try(&subject, source)?;
        // Whoever was locked out a moment ago is out, here too.
        self.refresh_directory().await?;
        let directory = self.directory();
        let person = directory.login(login).filter(|p| p.active);
        if !password::verify(person.and_then(|p| p.password.as_deref()), password) {
            return Err(self.wrong(&subject, source));
        }
        self.inner.tries.right(&subject, source);
        let (person, stored) = person.map(|p| (p.id, p.password.as_deref())).ok_or(AppError::WrongCode { wait: 0 })?;
        let (secret, expires) = self.begin(person).await?;
        if !self.still(person, stored).await? {
            self.sign_out(&secret).await?;
            return Err(AppError::WrongCode { wait: 0 });
        }
        let staff = self.staff(person, None).ok_or(AppError::SignIn)?;
        Ok(SignedIn { secret, expires, staff })
    }

    async fn begin(&self, person: PersonId) -> Result<(String, Timestamp), AppError> {
        let token = Token::random(self.random().as_mut());
        let created = self.now();
        let expires = created.plus_hours(SESSION_HOURS);
        self.inner
            .store
            .put_session(SessionRow { hash: token.digest(), person, scopes: None, created, expires })
            .await?;
        Ok((token.secret().to_owned(), expires))
    }

    /// Who holds this secret, of a cookie or a bearer token.
    ///
    /// # Errors
    /// The store; an unknown, ended or expired secret is nobody.
    pub async fn who(&self, secret: &str) -> Result<Option<Staff>, AppError> {
        let Some(token) = Token::parse(secret) else { return Ok(None) };
        let session = self.inner.store.find_session(token.digest()).await?;
        let session = session.filter(|s| s.expires > self.now());
        Ok(session.and_then(|s| self.staff(s.person, s.scopes)))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The store.
    pub async fn sign_out(&self, secret: &str) -> Result<(), AppError> {
        match Token::parse(secret) {
            Some(token) => Ok(self.inner.store.end_session(token.digest()).await?),
            None => Ok(()),
        }
    }

    fn staff(&self, person: PersonId, scopes: Option<Vec<String>>) -> Option<Staff> {
        let directory = self.directory();
        let row = directory.person(person).filter(|p| p.active)?;
        let posts = directory.posts_of(person).map(|p| Post { body: p.body, role: p.role.clone() }).collect();
        Some(Staff { person, login: row.login.clone(), name: row.name.clone(), posts, scopes })
    }

    /// Somebody shows the number and code of a matter, and perhaps the last four digits of the phone left with it.
    ///
    /// # Errors
    /// `WrongCode` for a wrong code and for a number that is not there, alike; with the seconds to wait after too many tries.
    pub async fn show_code(
        &self,
        number: &str,
        code: &str,
        phone_tail: Option<&str>,
        source: u64,
    ) -> Result<Viewer, AppError> {
        let id = self.by_number(number).await.ok();
        // The same number in another spelling is the same subject; a number that is not there is tried like one that is.
        let subject =
            id.map_or_else(|| format!("number:{}", number.trim().to_uppercase()), |id| format!("matter:{id}"));
        self.may_try(&subject, source)?;
        let proof = self.proof(id, parse(code));
        let (Some(id), Some(mut shown)) = (id, Shown::of(proof)) else { return Err(self.wrong(&subject, source)) };
        if let (Shown::Short, Some(tail)) = (shown, phone_tail.filter(|t| !t.trim().is_empty())) {
            // Whoever has the short code still has ten thousand tails to guess: they count apart and are not forgiven by it.
            let tails = format!("tail:{id}");
            self.may_try(&tails, source)?;
            if !self.is_phone_tail(id, tail).await? {
                return Err(self.wrong(&tails, source));
            }
            self.inner.tries.right(&tails, source);
            shown = Shown::Long;
        }
        self.inner.tries.right(&subject, source);
        Ok(Viewer::Code(id, shown))
    }

    pub(crate) fn may_try(&self, subject: &str, source: u64) -> Result<(), AppError> {
        match self.inner.tries.wait(subject, source, self.now()) {
            0 => Ok(()),
            wait => Err(AppError::WrongCode { wait }),
        }
    }

    pub(crate) fn wrong(&self, subject: &str, source: u64) -> AppError {
        self.inner.tries.wrong(subject, source, self.now());
        AppError::WrongCode { wait: self.inner.tries.wait(subject, source, self.now()) }
    }

    pub(crate) fn proof(&self, id: Option<MatterId>, given: Given) -> Proof {
        let serial = id.map(id_bytes).unwrap_or_default();
        let owner = id.map(|id| (Owner { cell: id.cell.0, matter: &serial }, 1));
        verify(self.inner.keyring.code_key(), owner, given)
    }

    async fn is_phone_tail(&self, id: MatterId, tail: &str) -> Result<bool, AppError> {
        let matter = self.matter(id).await?;
        let texts = matter.texts(self, true).await?;
        let phones = texts
            .iter()
            .filter(|((_, f), _)| matter.mechanism.field.get(f).is_some_and(|f| f.kind == FieldKind::Phone));
        let (serial, key) = (id_bytes(id), self.inner.keyring.code_key());
        let owner = Owner { cell: id.cell.0, matter: &serial };
        let stored: Vec<_> = phones.filter_map(|(_, phone)| phone_tail(key, owner, phone)).collect();
        Ok(stored.iter().any(|s| phone_matches(key, owner, Some(s), tail)))
    }
}
