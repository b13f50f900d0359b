//! The directory of bodies as of one day, held in memory: names, functions, relations, persons and posts.
//! It answers the kernel; it decides nothing about who may read.

use crate::filled::Reached;
use kernel::decide::Post;
use kernel::directory::Directory;
use kernel::form::Coded;
use kernel::ids::{BodyId, PersonId};
use kernel::outside::Row;
use kernel::region::RegionCode;
use kernel::role::Relation;
use kernel::time::Date;
use pack::demo_directory::DemoDirectory;
use std::collections::{BTreeMap, BTreeSet};
use store::{BodyRow, DirectoryRows, PersonRow, PostRow, RelationRow, SetRow};

/// The directory of one day.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The version it was read at.
    pub version: i64,
    /// The day that it is of.
    pub day: Option<Date>,
    bodies: BTreeMap<BodyId, BodyRow>,
    at: BTreeMap<RegionCode, Vec<BodyId>>,
    upper: BTreeMap<(BodyId, Relation), BodyId>,
    offices: BTreeMap<(String, RegionCode), Vec<BodyId>>,
    persons: BTreeMap<PersonId, PersonRow>,
    posts: Vec<PostRow>,
    sets: BTreeMap<String, (u32, BTreeMap<String, SetRow>)>,
    pub(crate) reached: Reached,
}

/// Deep enough for any tree of bodies; a cycle in bad data ends here.
const DEEPEST: usize = 32;

fn valid(from: Option<Date>, to: Option<Date>, day: Date) -> bool {
    from.is_none_or(|f| f <= day) && to.is_none_or(|t| day < t)
}

/// The invented bodies and people as rows to put into a store, each person with this password hash. For a demo and for
/// tests; whoever runs an installation names its own.
#[must_use]
pub fn invented(demo: &DemoDirectory, password: Option<&str>) -> DirectoryRows {
    let (valid_from, valid_to) = (None, None);
    let mut rows = DirectoryRows::default();
    for body in demo.bodies() {
        rows.bodies.push(BodyRow {
            id: body.id,
            name: body.name.clone(),
            name_en: body.en.clone(),
            region: body.region,
            functions: body.functions.iter().cloned().collect(),
            phone: None,
            address: None,
            valid_from,
            valid_to,
        });
        let upper = |relation| Some((relation, demo.superior(body.id, relation)?));
        let row = |(relation, upper)| RelationRow { body: body.id, relation, upper, valid_from, valid_to };
        rows.relations.extend(Relation::ALL.into_iter().filter_map(upper).map(row));
    }
    for person in demo.people() {
        let (id, login, name) = (person.id, person.user.clone(), person.name.clone());
        rows.persons.push(PersonRow { id, login, name, password: password.map(str::to_owned), active: true });
        let post = |p: &Post| PostRow { person: id, body: p.body, role: p.role.clone(), valid_from, valid_to };
        rows.posts.extend(person.posts.iter().map(post));
    }
    rows
}

impl Snapshot {
    /// The directory as it stands on a day.
    #[must_use]
    pub fn new(rows: DirectoryRows, day: Date, version: i64) -> Snapshot {
        let bodies = rows.bodies.into_iter().filter(|b| valid(b.valid_from, b.valid_to, day));
        let bodies: BTreeMap<_, _> = bodies.map(|b| (b.id, b)).collect();
        let mut offices: BTreeMap<(String, RegionCode), Vec<BodyId>> = BTreeMap::new();
        let mut at: BTreeMap<RegionCode, Vec<BodyId>> = BTreeMap::new();
        for body in bodies.values() {
            at.entry(body.region).or_default().push(body.id);
            for function in &body.functions {
                offices.entry((function.clone(), body.region)).or_default().push(body.id);
            }
        }
        let relations = rows.relations.into_iter().filter(|r| valid(r.valid_from, r.valid_to, day));
        Snapshot {
            version,
            day: Some(day),
            upper: relations.filter(|r| r.body != r.upper).map(|r| ((r.body, r.relation), r.upper)).collect(),
            offices,
            persons: rows.persons.into_iter().map(|p| (p.id, p)).collect(),
            posts: rows.posts.into_iter().filter(|p| valid(p.valid_from, p.valid_to, day)).collect(),
            bodies,
            at,
            sets: BTreeMap::new(),
            reached: Reached::default(),
        }
    }

    /// With the rows of the sets that hold today: set, version, rows.
    #[must_use]
    pub fn with_sets(mut self, sets: Vec<(String, u32, Vec<SetRow>)>) -> Snapshot {
        let by_code = |rows: Vec<SetRow>| rows.into_iter().map(|r| (r.code.clone(), r)).collect();
        self.sets = sets.into_iter().map(|(set, version, rows)| (set, (version, by_code(rows)))).collect();
        self
    }

    /// The rows of a set that holds, by code.
    pub fn rows_of(&self, set: &str) -> impl Iterator<Item = &SetRow> {
        self.sets.get(set).into_iter().flat_map(|(_, rows)| rows.values())
    }

    /// One row.
    #[must_use]
    pub fn set_row(&self, set: &str, code: &str) -> Option<&SetRow> {
        self.sets.get(set)?.1.get(code)
    }

    /// The version of a set that holds; 0 where there is none.
    #[must_use]
    pub fn set_version(&self, set: &str) -> u32 {
        self.sets.get(set).map_or(0, |(v, _)| *v)
    }

    /// A body.
    #[must_use]
    pub fn body(&self, id: BodyId) -> Option<&BodyRow> {
        self.bodies.get(&id)
    }

    /// All bodies in order of their ids.
    pub fn bodies(&self) -> impl Iterator<Item = &BodyRow> {
        self.bodies.values()
    }

    /// The bodies whose territory is exactly this region.
    pub fn bodies_of(&self, region: &RegionCode) -> impl Iterator<Item = &BodyRow> {
        self.at.get(region).into_iter().flatten().filter_map(|id| self.bodies.get(id))
    }

    /// The upper body of a relation, as the directory says it (without falling back).
    #[must_use]
    pub fn upper(&self, body: BodyId, relation: Relation) -> Option<BodyId> {
        self.upper.get(&(body, relation)).copied()
    }

    /// A person.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&PersonRow> {
        self.persons.get(&id)
    }

    /// The person with a sign-in name.
    #[must_use]
    pub fn login(&self, login: &str) -> Option<&PersonRow> {
        self.persons.values().find(|p| p.login == login)
    }

    /// All persons.
    pub fn persons(&self) -> impl Iterator<Item = &PersonRow> {
        self.persons.values()
    }

    /// The posts of a person.
    pub fn posts_of(&self, person: PersonId) -> impl Iterator<Item = &PostRow> {
        self.posts.iter().filter(move |p| p.person == person)
    }

    /// Problems of the data that would let a matter find nobody: relations that run in a circle, upper bodies that are missing.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut found = Vec::new();
        for ((body, relation), upper) in &self.upper {
            if !self.bodies.contains_key(upper) || !self.bodies.contains_key(body) {
                found.push(format!("{} of body {} names a body that does not exist", relation.word(), body.0));
            }
        }
        for body in self.bodies.keys() {
            for relation in Relation::ALL {
                let mut seen = BTreeSet::from([*body]);
                let mut at = self.upper(*body, relation);
                while let Some(b) = at {
                    if !seen.insert(b) {
                        found.push(format!("{} runs in a circle at body {}", relation.word(), body.0));
                        break;
                    }
                    at = self.upper(b, relation);
                }
            }
        }
        found
    }
}

impl Directory for Snapshot {
    fn offices(&self, function: &str, region: &RegionCode) -> Vec<BodyId> {
        // Nearest first: the region itself, then upward.
        let upward: Vec<RegionCode> = region.ancestors().collect();
        let regions = std::iter::once(*region).chain(upward.into_iter().rev());
        let found = regions.filter_map(|r| self.offices.get(&(function.to_owned(), r)));
        found.flatten().copied().collect()
    }

    fn superior(&self, body: BodyId, relation: Relation) -> Option<BodyId> {
        self.upper(body, relation)
            .or_else(|| self.upper(body, Relation::PartOf))
            .filter(|b| self.bodies.contains_key(b))
    }

    fn under(&self, body: BodyId, ancestor: BodyId) -> bool {
        let mut layer = vec![body];
        for _ in 0..DEEPEST {
            if layer.contains(&ancestor) {
                return true;
            }
            let up = |b: &BodyId| [Relation::PartOf, Relation::GuidedBy].map(|r| self.upper(*b, r));
            layer = layer.iter().flat_map(up).flatten().collect();
            if layer.is_empty() {
                break;
            }
        }
        false
    }

    fn has(&self, body: BodyId, function: &str) -> bool {
        self.bodies.get(&body).is_some_and(|b| b.functions.iter().any(|f| f == function))
    }

    fn knows(&self, body: BodyId) -> bool {
        self.bodies.contains_key(&body)
    }

    fn called(&self, body: BodyId) -> kernel::text::Text {
        crate::view::body_name(self, body).name
    }

    fn row(&self, set: &str, code: &str) -> Option<Row> {
        let (version, rows) = self.sets.get(set)?;
        // The kernel keeps only the columns that the mechanism declares; here digits are numbers, names of bodies bodies.
        let coded = |text: &String| match text.parse::<i64>() {
            Ok(n) => Coded::Number(n),
            Err(_) => match self.bodies.values().find(|b| b.name == *text) {
                Some(body) => Coded::Body(body.id),
                None => Coded::Code(text.clone()),
            },
        };
        let columns = rows.get(code)?.columns.iter().map(|(id, text)| (id.clone(), coded(text))).collect();
        Some(Row { version: *version, columns })
    }

    fn near(&self, set: &str, code: &str) -> Option<String> {
        let codes = self.sets.get(set)?.1.keys().map(String::as_str);
        pack::near::nearest(code, codes).map(str::to_owned)
    }
}
