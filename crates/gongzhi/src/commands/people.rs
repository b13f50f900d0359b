//! `gongzhi user`, `body`, `token`: administration without the web.

use super::{block, say};
use crate::open::Place;
use crate::random::OsRandom;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use kernel::ids::{BodyId, PersonId};
use kernel::region::RegionCode;
use kernel::role::Relation;
use serde_json::json;
use std::process::ExitCode;
use store::{BodyRow, DirectoryRows, PersonRow, PostRow, RelationRow};

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
}

/// Bodies
#[derive(Args)]
pub struct BodyArgs {
    #[command(subcommand)]
    what: BodyWhat,
    #[command(flatten)]
    place: Place,
}

#[derive(Subcommand)]
enum BodyWhat {
    /// Lists them
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Adds one; prints its number
    Add(NewBody),
}

/// A new body
#[derive(Args)]
struct NewBody {
    /// Its name
    name: String,
    /// Its name in English
    #[arg(long)]
    en: String,
    /// The region that it is competent for
    #[arg(long)]
    region: RegionCode,
    /// What it does in mechanisms (`office FUNCTION` and `function` in the packs)
    #[arg(long = "function")]
    functions: Vec<String>,
    /// A public telephone
    #[arg(long)]
    phone: Option<String>,
    /// The body that it belongs to
    #[arg(long)]
    part_of: Option<u32>,
    /// The body that guides it
    #[arg(long)]
    guided_by: Option<u32>,
    /// The body that reviews its decisions
    #[arg(long)]
    reviewed_by: Option<u32>,
    /// The body that manages its cadres
    #[arg(long)]
    cadre_authority: Option<u32>,
}

/// Makes an API token and prints it once
#[derive(Args)]
pub struct Token {
    /// Whose
    user: String,
    /// What it may do
    #[arg(long = "scope", default_values_t = ["matters:read".to_owned(), "matters:write".to_owned()])]
    scopes: Vec<String>,
    /// For how many days
    #[arg(long, default_value_t = 365)]
    days: i64,
    #[command(flatten)]
    place: Place,
}

impl User {
    /// Carries it out.
    pub fn run(self) -> Result<ExitCode> {
        block(async {
            let app = self.place.open_beside().await?;
            match self.what {
                UserWhat::List { json } => list(&app, json),
                UserWhat::Add { login, name, body, role } => add(&app, login, name, body, role).await?,
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}

fn list(app: &app::installation::App, as_json: bool) {
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
            rows.push(json!({ "name": person.login, "person": person.name, "posts": posts }));
        } else {
            let words = posts
                .iter()
                .map(|p| format!("{}({})", p["body"].as_str().unwrap_or(""), p["roles"][0].as_str().unwrap_or("")));
            say(format!("{:<20} {}  {}", person.login, person.name, words.collect::<Vec<_>>().join(" ")));
        }
    }
    if as_json {
        say(serde_json::Value::Array(rows));
    }
}

async fn add(app: &app::installation::App, login: String, name: String, body: u32, role: String) -> Result<()> {
    let directory = app.directory();
    let body =
        directory.body(BodyId(body)).with_context(|| format!("there is no body {body}; see `gongzhi body list`"))?.id;
    anyhow::ensure!(directory.login(&login).is_none(), "there is a user {login} already");
    let id = PersonId(directory.persons().map(|p| p.id.0).max().unwrap_or(0) + 1);
    let password = app::password::readable(&mut OsRandom);
    let hash = app::password::hash(&password, &mut OsRandom).context("the password cannot be hashed")?;
    let person = PersonRow { id, login: login.clone(), name, password: Some(hash), active: true };
    let post = PostRow { person: id, body, role, valid_from: None, valid_to: None };
    app.store()
        .put_directory(DirectoryRows { persons: vec![person], posts: vec![post], ..DirectoryRows::default() })
        .await?;
    say(format!("{login}  {password}"));
    Ok(())
}

impl BodyArgs {
    /// Carries it out.
    pub fn run(self) -> Result<ExitCode> {
        block(async {
            let app = self.place.open_beside().await?;
            let as_json = match self.what {
                BodyWhat::Add(new) => return add_body(&app, new).await,
                BodyWhat::List { json } => json,
            };
            for body in app.directory().bodies() {
                if as_json {
                    say(
                        json!({ "id": body.id, "name": body.name, "region": body.region, "functions": body.functions }),
                    );
                } else {
                    say(format!("{:>5}  {}  {}  {}", body.id.0, body.region, body.name, body.functions.join(" ")));
                }
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}

async fn add_body(app: &app::installation::App, new: NewBody) -> Result<ExitCode> {
    let directory = app.directory();
    anyhow::ensure!(app.regions().get_any(&new.region).is_some(), "there is no region {}", new.region);
    let id = BodyId(directory.bodies().map(|b| b.id.0).max().unwrap_or(0) + 1);
    let uppers = [new.part_of, new.guided_by, new.reviewed_by, new.cadre_authority];
    let mut relations = Vec::new();
    for (relation, upper) in Relation::ALL.into_iter().zip(uppers).filter_map(|(r, u)| u.map(|u| (r, BodyId(u)))) {
        let known = directory.body(upper).with_context(|| format!("there is no body {}", upper.0))?;
        relations.push(RelationRow { body: id, relation, upper: known.id, valid_from: None, valid_to: None });
    }
    let row = BodyRow {
        id,
        name: new.name,
        name_en: new.en,
        region: new.region,
        functions: new.functions,
        phone: new.phone,
        address: None,
        valid_from: None,
        valid_to: None,
    };
    app.store().put_directory(DirectoryRows { bodies: vec![row], relations, ..DirectoryRows::default() }).await?;
    say(id.0);
    Ok(ExitCode::SUCCESS)
}

impl Token {
    /// Prints the token, once.
    pub fn run(self) -> Result<ExitCode> {
        block(async {
            let app = self.place.open_beside().await?;
            let token = app.make_token(&self.user, self.scopes, self.days).await;
            say(token.with_context(|| format!("there is no user {}", self.user))?);
            Ok(ExitCode::SUCCESS)
        })
    }
}
