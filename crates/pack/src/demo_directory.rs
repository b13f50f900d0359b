//! A small directory of bodies and people from a TOML file, held in memory: for scenarios, walks, tests and the demo region.
//! The directory of an installation, with its dates and its store, is elsewhere.

use crate::fault::Fault;
use crate::near::nearest;
use crate::schema::read;
use crate::source::{Node, Plain, parse};
use kernel::decide::{Actor, Post};
use kernel::directory::Directory;
use kernel::form::Coded;
use kernel::ids::{BodyId, PersonId};
use kernel::outside::Row;
use kernel::region::RegionCode;
use kernel::role::Relation;
use kernel::text::Text;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

const EMBEDDED_FILE: &str = "scenarios/directory.toml";

/// A directory of one day.
#[derive(Clone, Debug, Default)]
pub struct DemoDirectory {
    bodies: BTreeMap<BodyId, Body>,
    by_name: BTreeMap<String, BodyId>,
    people: Vec<Person>,
    rows: BTreeMap<(String, String), Row>,
}

/// Rows of sets as a file gives them: set, code, columns.
pub type Rows = BTreeMap<String, BTreeMap<String, BTreeMap<String, Json>>>;

/// A body.
#[derive(Clone, Debug)]
pub struct Body {
    /// Its id: the place in the file, from 1.
    pub id: BodyId,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub en: String,
    /// The territory that it is competent for.
    pub region: RegionCode,
    /// What it does, as packs name it.
    pub functions: BTreeSet<String>,
    superiors: BTreeMap<Relation, BodyId>,
}

/// Somebody with posts.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account: the place in the file, from 1.
    pub id: PersonId,
    /// What scenarios and sign-ins call the account.
    pub user: String,
    /// What the page shows; a post, not a person's name.
    pub name: String,
    /// The posts.
    pub posts: Vec<Post>,
}

impl Person {
    /// This person as one who acts.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { raiser: false, person: Some(self.id), posts: self.posts.clone() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BodyRow {
    name: String,
    en: String,
    region: RegionCode,
    #[serde(default)]
    functions: BTreeSet<String>,
    #[serde(default)]
    part_of: Option<String>,
    #[serde(default)]
    guided_by: Option<String>,
    #[serde(default)]
    reviewed_by: Option<String>,
    #[serde(default)]
    cadre_authority: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonRow {
    user: String,
    name: String,
    posts: Vec<PostRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PostRow {
    body: String,
    role: String,
}

impl DemoDirectory {
    /// Reads `[[body]]` and `[[person]]` rows.
    ///
    /// # Errors
    /// Rows that cannot be read, names given twice or not at all, relations that run in a circle.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<DemoDirectory, Vec<Fault>> {
        let root = parse(file, bytes)?;
        let mut faults = Vec::new();
        let bodies: Vec<(&Node, BodyRow)> = rows(&root, "body", &mut faults);
        let people: Vec<(&Node, PersonRow)> = rows(&root, "person", &mut faults);
        let mut directory = DemoDirectory::default();
        for ((node, row), id) in bodies.iter().zip(1..) {
            if directory.by_name.insert(row.name.clone(), BodyId(id)).is_some() {
                faults.push(twice(node, &row.name));
            }
        }
        for ((node, row), id) in bodies.iter().zip(1..) {
            let body = directory.body_of(BodyId(id), node, row, &mut faults);
            directory.bodies.insert(BodyId(id), body);
        }
        for ((node, row), id) in people.iter().zip(1..) {
            let find = |p: &PostRow, faults: &mut Vec<Fault>| {
                let body = directory.find(node, "posts", &p.body, faults)?;
                Some(Post { body, role: p.role.clone() })
            };
            let posts = row.posts.iter().filter_map(|p| find(p, &mut faults)).collect();
            if directory.people.iter().any(|p| p.user == row.user) {
                faults.push(twice(node, &row.user));
            }
            let (user, name) = (row.user.clone(), row.name.clone());
            directory.people.push(Person { id: PersonId(id), user, name, posts });
        }
        if let Some(node) = root.get("set") {
            let rows: Option<Rows> = read(node, "set", &mut faults);
            directory.add_rows(&rows.unwrap_or_default());
        }
        directory.circles(&bodies, &mut faults);
        if faults.is_empty() { Ok(directory) } else { Err(faults) }
    }

    /// The directory that is built in: an invented district with all that is above and below it.
    ///
    /// # Errors
    /// As `parse`; a test holds the built-in file to be right.
    pub fn embedded() -> Result<DemoDirectory, Vec<Fault>> {
        let file = crate::packs::EMBEDDED.iter().find(|(name, _)| *name == EMBEDDED_FILE);
        DemoDirectory::parse(EMBEDDED_FILE, file.map_or(&[][..], |(_, bytes)| *bytes))
    }

    /// Adds rows of sets, in place of those with the same code. Words that are the name of a body mean that body.
    pub fn add_rows(&mut self, rows: &Rows) {
        for (set, rows) in rows {
            for (code, columns) in rows {
                let coded = |v: &Json| match v {
                    Json::Number(n) => n.as_i64().map(Coded::Number),
                    Json::String(s) => {
                        Some(self.by_name.get(s).map_or_else(|| Coded::Code(s.clone()), |b| Coded::Body(*b)))
                    }
                    _ => None,
                };
                let columns = columns.iter().filter_map(|(id, v)| Some((id.clone(), coded(v)?))).collect();
                self.rows.insert((set.clone(), code.clone()), Row { version: 1, columns });
            }
        }
    }

    /// The codes of a set's rows.
    #[must_use]
    pub fn codes(&self, set: &str) -> Vec<&str> {
        self.rows.keys().filter(|(s, _)| s == set).map(|(_, code)| code.as_str()).collect()
    }

    fn body_of(&self, id: BodyId, node: &Node, row: &BodyRow, faults: &mut Vec<Fault>) -> Body {
        let said = [&row.part_of, &row.guided_by, &row.reviewed_by, &row.cadre_authority];
        let mut superiors = BTreeMap::new();
        for (relation, name) in Relation::ALL.into_iter().zip(said) {
            let found = name.as_ref().and_then(|n| self.find(node, relation.word(), n, faults));
            superiors.extend(found.map(|b| (relation, b)));
        }
        let (name, en, functions) = (row.name.clone(), row.en.clone(), row.functions.clone());
        Body { id, name, en, region: row.region, functions, superiors }
    }

    fn find(&self, node: &Node, key: &str, name: &str, faults: &mut Vec<Fault>) -> Option<BodyId> {
        let found = self.by_name.get(name).copied();
        if found.is_none() {
            let message = [&*format!("没有“{name}”这个单位"), &*format!("there is no body `{name}`")];
            let near = nearest(name, self.by_name.keys().map(String::as_str));
            let help = near.map_or_else(
                || [String::from("先写一行 [[body]]"), String::from("write a `[[body]]` row for it")],
                |n| [format!("是不是想写“{n}”？"), format!("did you mean `{n}`?")],
            );
            faults.push(Fault::new(&node.place(key), "unknown", message, [&help[0], &help[1]]));
        }
        found
    }

    fn circles(&self, rows: &[(&Node, BodyRow)], faults: &mut Vec<Fault>) {
        for ((node, row), id) in rows.iter().zip(1..) {
            for relation in Relation::ALL {
                let mut at = Some(BodyId(id));
                for _ in 0..=self.bodies.len() {
                    at = at.and_then(|b| self.superior(b, relation));
                }
                if at.is_some() {
                    let word = relation.word();
                    let message = [
                        &*format!("“{}”沿 {word} 往上走会绕圈", row.name),
                        &*format!("going up from `{}` over {word} never ends", row.name),
                    ];
                    let help = ["最上面的单位不写上级", "leave the relation out at the top"];
                    faults.push(Fault::new(&node.place(word), "circle", message, help));
                }
            }
        }
    }

    /// The body of this name.
    #[must_use]
    pub fn body_named(&self, name: &str) -> Option<BodyId> {
        self.by_name.get(name).copied()
    }

    /// A body.
    #[must_use]
    pub fn body(&self, id: BodyId) -> Option<&Body> {
        self.bodies.get(&id)
    }

    /// The name of a body, or its number where there is none.
    #[must_use]
    pub fn name(&self, id: BodyId) -> String {
        self.bodies.get(&id).map_or_else(|| id.0.to_string(), |b| b.name.clone())
    }

    /// All bodies, in the order of the file.
    pub fn bodies(&self) -> impl Iterator<Item = &Body> {
        self.bodies.values()
    }

    /// All people, in the order of the file.
    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// The person of this account.
    #[must_use]
    pub fn person(&self, user: &str) -> Option<&Person> {
        self.people.iter().find(|p| p.user == user)
    }
}

fn rows<'a, T: serde::de::DeserializeOwned>(
    root: &'a Node,
    table: &str,
    faults: &mut Vec<Fault>,
) -> Vec<(&'a Node, T)> {
    let Some(Node { plain: Plain::Array(rows), .. }) = root.get(table) else {
        return Vec::new();
    };
    rows.iter().enumerate().filter_map(|(i, n)| Some((n, read(n, &format!("{table}.{i}"), faults)?))).collect()
}

fn twice(node: &Node, name: &str) -> Fault {
    let message = [&*format!("“{name}”写了两次"), &*format!("`{name}` is there twice")];
    Fault::new(&node.here(name), "twice", message, ["改名或删去一个", "rename or remove one"])
}

impl Directory for DemoDirectory {
    fn called(&self, body: BodyId) -> Text {
        self.bodies
            .get(&body)
            .map_or_else(|| Text::new(body.0.to_string(), body.0.to_string()), |b| Text::new(&b.name, &b.en))
    }

    fn offices(&self, function: &str, region: &RegionCode) -> Vec<BodyId> {
        let fits = |b: &&Body| b.functions.contains(function) && b.region.contains(region);
        let mut found: Vec<&Body> = self.bodies.values().filter(fits).collect();
        found.sort_by_key(|b| (std::cmp::Reverse(b.region.level()), b.id));
        found.into_iter().map(|b| b.id).collect()
    }

    fn superior(&self, body: BodyId, relation: Relation) -> Option<BodyId> {
        let superiors = &self.bodies.get(&body)?.superiors;
        superiors.get(&relation).or_else(|| superiors.get(&Relation::PartOf)).copied().filter(|s| *s != body)
    }

    fn under(&self, body: BodyId, ancestor: BodyId) -> bool {
        let mut open = vec![body];
        let mut seen = BTreeSet::new();
        while let Some(at) = open.pop() {
            if at == ancestor {
                return true;
            }
            if seen.insert(at) {
                let superiors = self.bodies.get(&at).map(|b| &b.superiors);
                let up = [Relation::PartOf, Relation::GuidedBy].into_iter();
                open.extend(up.filter_map(|r| superiors?.get(&r).copied()));
            }
        }
        false
    }

    fn has(&self, body: BodyId, function: &str) -> bool {
        self.bodies.get(&body).is_some_and(|b| b.functions.contains(function))
    }

    fn knows(&self, body: BodyId) -> bool {
        self.bodies.contains_key(&body)
    }

    fn row(&self, set: &str, code: &str) -> Option<Row> {
        self.rows.get(&(set.to_owned(), code.to_owned())).cloned()
    }

    fn near(&self, set: &str, code: &str) -> Option<String> {
        nearest(code, self.codes(set)).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = r#"
[[body]]
name = "区政府"
en = "district"
region = "990101"
functions = ["coordination"]
[[body]]
name = "街道"
en = "street"
region = "990101001"
functions = ["handling_unit"]
part_of = "区政府"
[[body]]
name = "区热线"
en = "desk"
region = "990101"
functions = ["handling_unit"]
guided_by = "区政府"
[[person]]
user = "head"
name = "负责人"
posts = [{ body = "街道", role = "head" }]
"#;

    #[test]
    fn offices_are_nearest_first_and_superiors_fall_back() {
        let d = DemoDirectory::parse("d", ROWS.as_bytes()).expect("reads");
        let street = "990101001".parse().expect("a code");
        let names: Vec<_> = d.offices("handling_unit", &street).into_iter().map(|b| d.name(b)).collect();
        assert_eq!(names, ["街道", "区热线"]);
        let [top, street, line] = ["区政府", "街道", "区热线"].map(|n| d.body_named(n).expect("there"));
        assert_eq!(d.superior(street, Relation::ReviewedBy), Some(top));
        assert!(d.under(line, top) && d.under(street, top) && !d.under(top, street));
        assert_eq!(d.person("head").expect("there").posts[0].body, street);
    }

    #[test]
    fn slips_are_told() {
        let circle = ROWS.replace("functions = [\"coordination\"]", "part_of = \"街道\"");
        assert_eq!(DemoDirectory::parse("d", circle.as_bytes()).expect_err("refused")[0].rule, "circle");
        let typo = ROWS.replace("guided_by = \"区政府\"", "guided_by = \"区政府府\"");
        let fault = DemoDirectory::parse("d", typo.as_bytes()).expect_err("refused").remove(0);
        assert_eq!(fault.help, "did you mean `区政府`?");
        let twice = ROWS.replace("\"街道\"\nen", "\"区政府\"\nen");
        assert!(DemoDirectory::parse("d", twice.as_bytes()).expect_err("refused").iter().any(|f| f.rule == "twice"));
    }
}
