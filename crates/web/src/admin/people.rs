//! Bodies, their relations and their posts, as of today. Read only.

use super::admin;
use crate::desk::frame::page as framed;
use crate::desk::words::{post, say};
use crate::error::WebError;
use crate::i18n::{t, tf};
use crate::visitor::Visitor;
use app::directory::Snapshot;
use app::view::body_name;
use kernel::ids::BodyId;
use kernel::role::Relation;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The page.
pub async fn page(visitor: Visitor) -> Result<Markup, WebError> {
    admin(&visitor)?;
    let lang = visitor.lang;
    let directory = visitor.site.app.directory();
    let mut posts: BTreeMap<BodyId, Vec<String>> = BTreeMap::new();
    for person in directory.persons().filter(|p| p.active) {
        for held in directory.posts_of(person.id) {
            let words = tf(lang, "desk.entry.field", &[("label", &post(lang, &held.role)), ("value", &person.name)]);
            posts.entry(held.body).or_default().push(words);
        }
    }
    let problems = directory.problems();
    let body = html! {
        p { a href="/admin/accounts" { (t(lang, "admin.accounts.see")) } }
        @if !problems.is_empty() { div.note data-tone="warn" { p { b { (t(lang, "admin.people.problems")) } } ul lang="en" { @for problem in &problems { li { (problem) } } } } }
        table.tbl data-cards {
            thead { tr { @for key in ["body", "region", "above", "posts"] { th scope="col" { (t(lang, &format!("admin.people.{key}"))) } } } }
            tbody { @for row in directory.bodies() { tr {
                th scope="row" { (say(lang, &body_name(&directory, row.id).name)) small { code lang="en" { (row.functions.join(", ")) } } }
                td data-l=(t(lang, "admin.people.region")) { (say(lang, &visitor.site.app.place(&row.region))) }
                td data-l=(t(lang, "admin.people.above")) { (above(&visitor, &directory, row.id)) }
                td data-l=(t(lang, "admin.people.posts")) { @match posts.get(&row.id) {
                    Some(list) => { ul.plain { @for line in list { li { (line) } } } }
                    None => { "—" }
                } }
            } } }
        }
    };
    let title = tf(
        lang,
        "admin.people.title",
        &[("bodies", &directory.bodies().count().to_string()), ("people", &directory.persons().count().to_string())],
    );
    framed(&visitor, visitor.head(title), "/admin/people", &html! {}, &body).await
}

fn above(visitor: &Visitor, directory: &Snapshot, body: BodyId) -> Markup {
    let lang = visitor.lang;
    let known: Vec<(Relation, BodyId)> =
        Relation::ALL.into_iter().filter_map(|r| Some((r, directory.upper(body, r)?))).collect();
    html! { @if known.is_empty() { "—" } @else { ul.plain { @for (relation, upper) in &known { li {
        (tf(lang, "desk.entry.field", &[("label", t(lang, &format!("admin.relation.{}", relation.word()))), ("value", say(lang, &body_name(directory, *upper).name))]))
    } } } } }
}
