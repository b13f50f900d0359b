//! `gongzhi body`: bodies and the relations between them, without the web. What may be done is decided in `app::people`.

use super::{block, say};
use crate::open::Place;
use anyhow::Result;
use app::installation::App;
use app::people::NewRelation;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use kernel::ids::BodyId;
use kernel::region::RegionCode;
use kernel::role::Relation;
use kernel::time::Date;
use serde_json::json;
use std::process::ExitCode;

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
    /// Ends one that has no open work and nothing below it; its posts and its relations end with it
    End {
        /// Its number
        body: u32,
        /// The first day on which it no longer exists; today if left out
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
    /// Who stands above whom
    #[command(subcommand)]
    Relation(RelationWhat),
}

#[derive(Subcommand)]
enum RelationWhat {
    /// Lists those of today
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Puts a body under another
    Add {
        /// The lower body's number
        body: u32,
        /// How
        #[arg(value_parser = relation())]
        relation: Relation,
        /// The upper body's number
        upper: u32,
        /// The first day; today if left out
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// The first day on which it no longer holds
        #[arg(long, value_name = "DATE")]
        until: Option<Date>,
    },
    /// Ends one
    End {
        /// The lower body's number
        body: u32,
        /// How
        #[arg(value_parser = relation())]
        relation: Relation,
        /// The first day on which it no longer holds; today if left out
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
}

fn relation() -> impl TypedValueParser<Value = Relation> {
    let of = |word: String| Relation::ALL.into_iter().find(|r| r.word() == word);
    PossibleValuesParser::new(Relation::ALL.map(Relation::word)).try_map(move |word| of(word).ok_or("no relation"))
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
    #[arg(long, value_parser = crate::open::region_code)]
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
    /// The first day on which it exists
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// The first day on which it no longer exists
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
}

impl BodyArgs {
    /// Carries it out.
    pub fn run(self) -> Result<ExitCode> {
        block(async {
            let app = self.place.open_beside().await?;
            match self.what {
                BodyWhat::Add(new) => say(app.add_body(None, new.told()).await?.0),
                BodyWhat::List { json } => list(&app, json),
                BodyWhat::End { body, on } => {
                    let posts = app.end_body(None, BodyId(body), on).await?;
                    say(format!(
                        "单位 {body} 已撤销，{posts} 个岗位随之结束 / body {body} ends, and {posts} posts with it"
                    ));
                }
                BodyWhat::Relation(what) => relate(&app, what).await?,
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}

impl NewBody {
    fn told(self) -> app::people::NewBody {
        let uppers = [self.part_of, self.guided_by, self.reviewed_by, self.cadre_authority];
        let uppers = Relation::ALL.into_iter().zip(uppers);
        app::people::NewBody {
            name: self.name,
            name_en: self.en,
            region: self.region,
            functions: self.functions,
            phone: self.phone,
            uppers: uppers.filter_map(|(relation, upper)| Some((relation, BodyId(upper?)))).collect(),
            from: self.from,
            until: self.until,
        }
    }
}

fn list(app: &App, as_json: bool) {
    let directory = app.directory();
    if as_json {
        let row = |b: &store::BodyRow| {
            let mut row = json!({ "id": b.id, "name": b.name, "name_en": b.name_en, "region": b.region, "functions": b.functions });
            let days = [("from", b.valid_from), ("until", b.valid_to)];
            days.into_iter().filter_map(|(key, day)| Some((key, day?))).for_each(|(key, day)| row[key] = json!(day));
            row
        };
        return say(serde_json::Value::Array(directory.bodies().map(row).collect()));
    }
    for body in directory.bodies() {
        say(format!("{:>5}  {}  {}  {}", body.id.0, body.region, body.name, body.functions.join(" ")));
    }
}

async fn relate(app: &App, what: RelationWhat) -> Result<()> {
    match what {
        RelationWhat::List { json } => relations(app, json),
        RelationWhat::Add { body, relation, upper, from, until } => {
            let new = NewRelation { body: BodyId(body), relation, upper: BodyId(upper), from, until };
            app.add_relation(None, new).await?;
            say(format!("{body} {} {upper}：已记下 / noted", relation.word()));
        }
        RelationWhat::End { body, relation, on } => {
            app.end_relation(None, (BodyId(body), relation), on).await?;
            say(format!("{body} {}：已结束 / ended", relation.word()));
        }
    }
    Ok(())
}

fn relations(app: &App, as_json: bool) {
    let directory = app.directory();
    let mut rows = Vec::new();
    for body in directory.bodies() {
        for relation in Relation::ALL {
            let Some(upper) = directory.upper(body.id, relation) else { continue };
            if as_json {
                rows.push(json!({ "body": body.id, "relation": relation.word(), "upper": upper }));
            } else {
                let above = directory.body(upper).map_or("", |b| b.name.as_str());
                say(format!("{:>5} {}  {}  {} {above}", body.id.0, body.name, relation.word(), upper.0));
            }
        }
    }
    if as_json {
        say(serde_json::Value::Array(rows));
    }
}
