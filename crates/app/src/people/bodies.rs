//! Bodies and their relations: made, ended and moved, with the days between which they hold.

use super::{Change, PeopleError, body, goes_on, in_order, no};
use crate::directory::Snapshot;
use crate::installation::App;
use kernel::ids::{BodyId, PersonId};
use kernel::region::RegionCode;
use kernel::role::Relation;
use kernel::time::Date;
use store::{BodyRow, DirectoryRows, Lane, PostRow, RelationRow};

/// A new body.
#[derive(Clone, Debug)]
pub struct NewBody {
    /// 中文.
    pub name: String,
    /// English.
    pub name_en: String,
    /// The region that it is competent for.
    pub region: RegionCode,
    /// What it does in mechanisms.
    pub functions: Vec<String>,
    /// A public telephone.
    pub phone: Option<String>,
    /// The bodies above it.
    pub uppers: Vec<(Relation, BodyId)>,
    /// Exists from; none for as long as anybody asks.
    pub from: Option<Date>,
    /// The first day on which it no longer exists.
    pub until: Option<Date>,
}

/// A new relation.
#[derive(Clone, Copy, Debug)]
pub struct NewRelation {
    /// The lower body.
    pub body: BodyId,
    /// How.
    pub relation: Relation,
    /// The upper body.
    pub upper: BodyId,
    /// The first day; today if none is said.
    pub from: Option<Date>,
    /// The first day on which it no longer holds.
    pub until: Option<Date>,
}

/// Lanes in which a matter needs this body.
const OPEN: [Lane; 3] = [Lane::Mine, Lane::Decide, Lane::Escalated];

impl App {
    /// Adds a body; its number.
    ///
    /// # Errors
    /// No such region or upper body, or days in the wrong order.
    pub async fn add_body(&self, by: Option<PersonId>, new: NewBody) -> Result<BodyId, PeopleError> {
        in_order(new.from, new.until)?;
        if self.regions().get_any(&new.region).is_none() {
            return no(
                format!("没有区划 {}，见 `gongzhi regions find 名称`", new.region),
                format!("there is no region {}; see `gongzhi regions find NAME`", new.region),
            );
        }
        let today = self.now().date();
        let decide = |rows: &DirectoryRows| {
            let id = BodyId(rows.bodies.iter().map(|b| b.id.0).max().unwrap_or(0) + 1);
            let mut relations = Vec::new();
            for (relation, upper) in &new.uppers {
                let upper = body(rows, *upper, new.from.unwrap_or(today))?.id;
                let (valid_from, valid_to) = (new.from, new.until);
                relations.push(RelationRow { body: id, relation: *relation, upper, valid_from, valid_to });
            }
            let row = BodyRow {
                id,
                name: new.name.clone(),
                name_en: new.name_en.clone(),
                region: new.region,
                functions: new.functions.clone(),
                phone: new.phone.clone(),
                address: None,
                valid_from: new.from,
                valid_to: new.until,
            };
            let about = [("body", id.0.to_string()), ("name", row.name.clone())];
            let rows = DirectoryRows { bodies: vec![row], relations, ..DirectoryRows::default() };
            Ok((Change::of(rows, &about).dated(new.from, new.until), id))
        };
        self.administer(by, "body.add", decide).await
    }

    /// Ends a body; `on` is the first day on which it no longer exists, today if none is said. Its posts and its relations
    /// upward end with it; how many posts.
    ///
    /// # Errors
    /// Matters wait for it, or bodies stand below it: both find another body first.
    pub async fn end_body(&self, by: Option<PersonId>, id: BodyId, on: Option<Date>) -> Result<usize, PeopleError> {
        let on = on.unwrap_or_else(|| self.now().date());
        if on <= self.now().date() {
            self.demand_idle(id).await?;
        }
        let decide = |rows: &DirectoryRows| {
            let row = BodyRow { valid_to: Some(on), ..body(rows, id, on)?.clone() };
            let below = rows.relations.iter().filter(|r| r.upper == id && goes_on(r.valid_to, on));
            let below: Vec<String> = below.map(|r| format!("{} ({})", r.body.0, r.relation.word())).collect();
            if !below.is_empty() {
                let list = below.join(", ");
                return no(
                    format!("它还有下级：{list}；先用 `gongzhi body relation` 给它们另找上级"),
                    format!("bodies stand below it: {list}; give them another one first with `gongzhi body relation`"),
                );
            }
            let upward = rows.relations.iter().filter(|r| r.body == id && goes_on(r.valid_to, on));
            let relations: Vec<_> = upward.map(|r| RelationRow { valid_to: Some(on), ..r.clone() }).collect();
            let held = rows.posts.iter().filter(|p| p.body == id && goes_on(p.valid_to, on));
            let posts: Vec<_> = held.map(|p| PostRow { valid_to: Some(on), ..p.clone() }).collect();
            let count = posts.len();
            let about = [("body", id.0.to_string()), ("name", row.name.clone()), ("posts", count.to_string())];
            let rows = DirectoryRows { bodies: vec![row], relations, posts, ..DirectoryRows::default() };
            Ok((Change::of(rows, &about).dated(None, Some(on)), count))
        };
        self.administer(by, "body.end", decide).await
    }

    /// Nothing may wait for a body that goes: counted, not read.
    async fn demand_idle(&self, id: BodyId) -> Result<(), PeopleError> {
        let mut open = 0;
        for cell in self.store().cells_fanout().await? {
            let lanes = self.store().lane_counts(cell, id).await?;
            open += lanes.iter().filter(|(lane, _)| OPEN.contains(lane)).map(|(_, n)| n).sum::<i64>();
        }
        if open == 0 {
            return Ok(());
        }
        no(
            format!("还有 {open} 件事等它办；先转给别的单位，或者用 --on 定一个以后的日子"),
            format!("{open} matters wait for it; hand them on first, or name a later day with --on"),
        )
    }

    /// Puts a body under another.
    ///
    /// # Errors
    /// No such body, one of that kind is there already, days in the wrong order, or it would run in a circle.
    pub async fn add_relation(&self, by: Option<PersonId>, new: NewRelation) -> Result<(), PeopleError> {
        let from = new.from.unwrap_or_else(|| self.now().date());
        in_order(Some(from), new.until)?;
        let NewRelation { relation, until, .. } = new;
        let decide = |rows: &DirectoryRows| {
            let (lower, upper) = (body(rows, new.body, from)?.id, body(rows, new.upper, from)?.id);
            let overlaps = |r: &&RelationRow| {
                let begins = r.valid_from.is_none_or(|b| until.is_none_or(|to| b < to));
                r.body == lower && r.relation == relation && goes_on(r.valid_to, from) && begins
            };
            if let Some(known) = rows.relations.iter().find(overlaps) {
                let (word, at) = (relation.word(), known.upper.0);
                return no(
                    format!("单位 {} 的 {word} 已经是 {at}；先用 `gongzhi body relation end` 结束它", lower.0),
                    format!(
                        "{word} of body {} is {at} already; end it first with `gongzhi body relation end`",
                        lower.0
                    ),
                );
            }
            let row = RelationRow { body: lower, relation, upper, valid_from: Some(from), valid_to: until };
            circle(rows, &row, from)?;
            let about = relation_words(&row);
            let rows = DirectoryRows { relations: vec![row], ..DirectoryRows::default() };
            Ok((Change::of(rows, &about).dated(Some(from), until), ()))
        };
        self.administer(by, "relation.add", decide).await
    }

    /// Ends a relation; `on` is the first day on which it no longer holds, today if none is said.
    ///
    /// # Errors
    /// There is none that goes on after that day.
    pub async fn end_relation(
        &self,
        by: Option<PersonId>,
        (lower, relation): (BodyId, Relation),
        on: Option<Date>,
    ) -> Result<(), PeopleError> {
        let on = on.unwrap_or_else(|| self.now().date());
        let decide = |rows: &DirectoryRows| {
            let ours = |r: &&RelationRow| r.body == lower && r.relation == relation && goes_on(r.valid_to, on);
            let found = rows.relations.iter().filter(ours);
            let ended: Vec<_> = found.map(|r| RelationRow { valid_to: Some(on), ..r.clone() }).collect();
            let Some(last) = ended.last() else {
                let (id, word) = (lower.0, relation.word());
                return no(format!("单位 {id} 没有要结束的 {word}"), format!("body {id} has no {word} to end"));
            };
            let about = relation_words(last);
            let rows = DirectoryRows { relations: ended, ..DirectoryRows::default() };
            Ok((Change::of(rows, &about).dated(None, Some(on)), ()))
        };
        self.administer(by, "relation.end", decide).await
    }
}

/// Refuses a relation that makes the directory run in a circle.
fn circle(rows: &DirectoryRows, new: &RelationRow, day: Date) -> Result<(), PeopleError> {
    let before = Snapshot::new(rows.clone(), day, 0).problems();
    let mut after = rows.clone();
    after.relations.push(new.clone());
    let fresh = Snapshot::new(after, day, 0).problems().into_iter().find(|p| !before.contains(p));
    let itself = (new.body == new.upper).then(|| "a body is not above itself".to_owned());
    match fresh.or(itself) {
        Some(problem) => no("这样上下级会绕成一圈", problem),
        None => Ok(()),
    }
}

fn relation_words(row: &RelationRow) -> [(&'static str, String); 3] {
    [("body", row.body.0.to_string()), ("relation", row.relation.word().to_owned()), ("upper", row.upper.0.to_string())]
}
