//! `gongzhi user` and `token`: accounts, posts and tokens, without the web. What may be done is decided in `app::people`.

use super::{block, say};
use crate::open::Place;
use anyhow::{Context, Result};
use app::installation::App;
use app::people::{NewPost, NewUser};
use clap::{Args, Subcommand};
use kernel::ids::BodyId;
use kernel::time::Date;
use serde_json::json;
use std::io::BufRead;
use std::process::ExitCode;
use zeroize::Zeroizing;

/// People with accounts
#[derive(Args)]
pub struct User {
    #[command(subcommand)]
    what: UserWhat,
    #[command(flatten)]
    place: Place,
}

#[derive(Subcommand)]
enum UserWhat {
    /// Lists them with their posts
    List {
        /// As JSON
        #[arg(long, global = true)]
        json: bool,
    },
    /// Adds one with a post; prints a password once
    Add {
        /// The sign-in name
        login: String,
        /// The name as colleagues know it
        #[arg(long)]
        name: String,
        /// The body's number (`gongzhi body list`)
        #[arg(long)]
        body: u32,
        /// The role at that body, e.g. staff, head, operator, callback, auditor, admin
        #[arg(long, default_value = "staff")]
        role: String,
    },
    /// Locks one out: sessions and tokens end at once, open work stays with the body
    Lock {
        /// The sign-in name
        login: String,
    },
    /// Lets one in again
    Unlock {
        /// The sign-in name
        login: String,
    },
    /// Gives one a new password, printed once; sessions and tokens end at once
    Password {
        /// The sign-in name
        login: String,
        /// Reads the password from the first line of the input instead of drawing one
        #[arg(long)]
        stdin: bool,
    },
    /// Posts: who moves between bodies and roles
    #[command(subcommand)]
    Post(PostWhat),
    /// Lists what was done to accounts, posts, bodies and tokens, the newest first
    Log {
        /// As JSON
        #[arg(long)]
        json: bool,
        /// How many
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
}

#[derive(Subcommand)]
enum PostWhat {
    /// Somebody takes up a post
    Add {
        /// The sign-in name
        login: String,
        /// The body's number
        #[arg(long)]
        body: u32,
        /// The role there
        #[arg(long, default_value = "staff")]
        role: String,
        /// The first day; today if left out
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// The first day on which it no longer holds
        #[arg(long, value_name = "DATE")]
        until: Option<Date>,
    },
    /// Somebody gives up a post
    End {
        /// The sign-in name
        login: String,
        /// The body's number
        #[arg(long)]
        body: u32,
        /// The role there
        #[arg(long, default_value = "staff")]
        role: String,
        /// The first day on which it no longer holds; today if left out
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
}

/// API tokens: makes one and prints it once, or lists or ends them
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Token {
    #[command(subcommand)]
    what: Option<TokenWhat>,
    /// Whose
    #[arg(required = true)]
    user: Option<String>,
    /// What it may do
    #[arg(long = "scope", default_values_t = app::people::SCOPES.map(str::to_owned))]
    scopes: Vec<String>,
    /// For how many days
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(i64).range(1..=3650))]
    days: i64,
    #[command(flatten)]
    place: Place,
}

#[derive(Subcommand)]
enum TokenWhat {
    /// Lists those that hold; never their secrets
    List {
        /// Only this person's
        user: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Ends one, by its name in the list
    End {
        /// Its name in the list
        token: String,
    },
}

impl User {
    /// Carries it out.
    pub fn run(self) -> Result<ExitCode> {
        block(async {
            let app = self.place.open_beside().await?;
            match self.what {
                UserWhat::List { json } => list(&app, json),
                UserWhat::Add { login, name, body, role } => {
                    remark(&app, &role);
                    let new = NewUser { login: login.clone(), name, body: BodyId(body), role };
                    let password = app.add_user(None, new).await?;
                    say(format!("{login}  {password}"));
                }
                UserWhat::Lock { login } => {
                    app.set_locked(None, &login, true).await?;
                    say(format!("{login}：已停用，已登录的全部退出 / {login} is locked out, all sessions ended"));
                }
                UserWhat::Unlock { login } => {
                    app.set_locked(None, &login, false).await?;
                    say(format!("{login}：已恢复 / {login} may sign in again"));
                }
                UserWhat::Password { login, stdin } => new_password(&app, &login, stdin).await?,
                UserWhat::Post(what) => post(&app, what).await?,
                UserWhat::Log { json, limit } => acts(&app, json, limit).await?,
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}

fn list(app: &App, as_json: bool) {
    let directory = app.directory();
    let mut rows = Vec::new();
    for person in directory.persons() {
        let posts: Vec<_> = directory
            .posts_of(person.id)
            .filter_map(|p| {
                directory.body(p.body).map(|b| json!({ "body": b.name, "region": b.region, "roles": [p.role] }))
            })
            .collect();
        if as_json {
            let locked = !person.active;
            rows.push(json!({ "name": person.login, "person": person.name, "locked": locked, "posts": posts }));
        } else {
            let words = posts
                .iter()
                .map(|p| format!("{}({})", p["body"].as_str().unwrap_or(""), p["roles"][0].as_str().unwrap_or("")));
            let words = words.collect::<Vec<_>>().join(" ");
            let locked = if person.active { "" } else { "  [已停用 locked]" };
            say(format!("{:<20} {}  {words}{locked}", person.login, person.name));
        }
    }
    if as_json {
        say(serde_json::Value::Array(rows));
    }
}

/// A post that nothing is bound to is lawful, and most often a slip.
fn remark(app: &App, role: &str) {
    let known = app.known_posts();
    if !known.contains(role) {
        let list = known.into_iter().collect::<Vec<_>>().join(", ");
        eprintln!("gongzhi: 没有机制提到岗位“{role}”，有的是 / no mechanism names the post {role}; they name: {list}");
    }
}

async fn new_password(app: &App, login: &str, stdin: bool) -> Result<()> {
    let mut given = Zeroizing::new(String::new());
    if stdin {
        std::io::stdin().lock().read_line(&mut given).context("读不到口令 / no password can be read")?;
    }
    let typed = stdin.then(|| given.trim_end_matches(['\r', '\n']));
    let password = Zeroizing::new(app.new_password(None, login, typed).await?);
    if stdin {
        say(format!("{login}：口令已换，已登录的全部退出 / {login} has another password, all sessions ended"));
    } else {
        say(format!("{login}  {}", *password));
    }
    Ok(())
}

async fn post(app: &App, what: PostWhat) -> Result<()> {
    match what {
        PostWhat::Add { login, body, role, from, until } => {
            remark(app, &role);
            app.add_post(None, &login, NewPost { body: BodyId(body), role: role.clone(), from, until }).await?;
            say(format!("{login}：在单位 {body} 任 {role} / {login} holds the post {role} at body {body}"));
        }
        PostWhat::End { login, body, role, on } => {
            app.end_post(None, &login, (BodyId(body), &role), on).await?;
            say(format!("{login}：不再在单位 {body} 任 {role} / {login} gives up the post {role} at body {body}"));
        }
    }
    Ok(())
}

async fn acts(app: &App, as_json: bool, limit: u32) -> Result<()> {
    let directory = app.directory();
    let mut rows = Vec::new();
    for (n, act) in app.acts(None, limit).await? {
        let by = act.by.and_then(|p| directory.person(p)).map(|p| p.login.clone());
        if as_json {
            rows.push(json!({ "n": n, "at": act.at.to_string(), "by": by, "what": act.what, "about": act.about }));
        } else {
            let about: Vec<String> = act.about.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let by = by.unwrap_or_else(|| "命令行 command line".to_owned());
            say(format!("{n:>6}  {}  {by}  {}  {}", act.at, act.what, about.join(" ")));
        }
    }
    if as_json {
        say(serde_json::Value::Array(rows));
    }
    Ok(())
}

impl Token {
    /// Prints the token, once; or the list.
    pub fn run(self) -> Result<ExitCode> {
        block(async {
            let app = self.place.open_beside().await?;
            match self.what {
                None => {
                    let user = self.user.context("say whose")?;
                    say(app.make_token(&user, self.scopes, self.days).await?);
                }
                Some(TokenWhat::List { user, json }) => {
                    let all = app.tokens(user.as_deref()).await?;
                    if json {
                        say(serde_json::to_string(&all)?);
                    } else {
                        all.iter().for_each(|t| {
                            say(format!("{}  {:<20} {}  → {}", t.token, t.user, t.scopes.join(" "), t.expires));
                        });
                    }
                }
                Some(TokenWhat::End { token }) => {
                    let user = app.end_token(None, &token).await?;
                    say(format!("{user}：令牌 {token} 已作废 / the token {token} of {user} has ended"));
                }
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}
