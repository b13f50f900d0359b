//! API tokens: made, listed and ended by whoever administers the installation. A secret is shown once and never kept.

use super::{Change, PeopleError, no, person};
use crate::installation::App;
use crate::password::Token;
use kernel::chain::hex;
use kernel::ids::PersonId;
use kernel::time::Timestamp;
use store::{DirectoryRows, Ends, SessionRow};

/// What a token may be for: reading matters; raising them and acting on them.
pub const SCOPES: [&str; 2] = ["matters:read", "matters:write"];

/// A token as it is listed.
#[derive(Clone, Debug, serde::Serialize)]
pub struct TokenView {
    /// The beginning of its hash, by which it is ended.
    pub token: String,
    /// Whose.
    pub user: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created: String,
    /// Until when it holds.
    pub expires: String,
}

/// So much of a hash tells tokens apart.
const SHOWN: usize = 12;

fn name(hash: &[u8; 32]) -> String {
    hex(hash)[..SHOWN].to_owned()
}

impl App {
    /// Makes an API token; its secret is shown this once.
    ///
    /// # Errors
    /// Nobody of that name, somebody locked out, or a scope that there is not.
    pub async fn make_token(&self, login: &str, scopes: Vec<String>, days: i64) -> Result<String, PeopleError> {
        if let Some(unknown) = scopes.iter().find(|s| !SCOPES.contains(&s.as_str())) {
            let all = SCOPES.join(", ");
            return no(
                format!("没有“{unknown}”这个权限，可用的有：{all}"),
                format!("there is no scope {unknown}; there are: {all}"),
            );
        }
        let token = Token::random(self.random().as_mut());
        let (hash, created) = (token.digest(), self.now());
        let expires = created.plus_hours(days * 24);
        let decide = |rows: &DirectoryRows| {
            let owner = person(rows, login)?;
            if !owner.active {
                return no(format!("“{login}”已停用"), format!("{login} is locked out"));
            }
            let begins = SessionRow { hash, person: owner.id, scopes: Some(scopes.clone()), created, expires };
            let about = [("user", login.to_owned()), ("token", name(&hash)), ("scopes", scopes.join(" "))];
            let change = Change { begins: Some(begins), ..Change::of(DirectoryRows::default(), &about) };
            Ok((change.dated(None, Some(expires.date())), ()))
        };
        self.administer(None, "token.add", decide).await?;
        Ok(token.secret().to_owned())
    }

    /// The tokens that hold, of one person or of all.
    ///
    /// # Errors
    /// Nobody of that name.
    pub async fn tokens(&self, login: Option<&str>) -> Result<Vec<TokenView>, PeopleError> {
        let found = self.tokens_of(login).await?;
        let view = |(user, row): (String, SessionRow)| TokenView {
            token: name(&row.hash),
            user,
            scopes: row.scopes.unwrap_or_default(),
            created: row.created.to_string(),
            expires: row.expires.to_string(),
        };
        Ok(found.into_iter().map(view).collect())
    }

    async fn tokens_of(&self, login: Option<&str>) -> Result<Vec<(String, SessionRow)>, PeopleError> {
        let rows = self.store().directory().await?;
        let whose = match login {
            Some(login) => vec![person(&rows, login)?],
            None => rows.persons.iter().collect(),
        };
        let (mut all, now): (_, Timestamp) = (Vec::new(), self.now());
        for owner in whose {
            let sessions = self.store().sessions_of(owner.id).await?;
            let tokens = sessions.into_iter().filter(|s| s.scopes.is_some() && s.expires > now);
            all.extend(tokens.map(|s| (owner.login.clone(), s)));
        }
        Ok(all)
    }

    /// Ends a token, named by the beginning of its hash as the list shows it; whose it was.
    ///
    /// # Errors
    /// None begins so.
    pub async fn end_token(&self, by: Option<PersonId>, token: &str) -> Result<String, PeopleError> {
        let all = self.tokens_of(None).await?;
        let Some((user, row)) = all.into_iter().find(|(_, s)| token.len() >= SHOWN && hex(&s.hash).starts_with(token))
        else {
            return no(
                format!("没有令牌 {token}，见 `gongzhi token list`"),
                format!("there is no token {token}; see `gongzhi token list`"),
            );
        };
        let decide = |_: &DirectoryRows| {
            let about = [("user", user.clone()), ("token", name(&row.hash))];
            Ok((Change::of(DirectoryRows::default(), &about).ending(Ends::One(row.hash)), ()))
        };
        self.administer(by, "token.end", decide).await?;
        Ok(user)
    }
}
