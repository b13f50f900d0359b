//! A row of a list that names a body fills in the fields which take it: by script as soon as it is chosen, without one by a
//! button that shows the form again. Which column and which fields is the mechanism's affair; nothing is sent by it.

use super::form::{Filling, name};
use crate::components::field::Opt;
use crate::visitor::Visitor;
use app::view::FieldView;
use std::collections::BTreeMap;

/// The same options with what each fills in.
#[must_use]
pub fn filling(visitor: &Visitor, view: &FieldView, options: Vec<Opt>) -> Vec<Opt> {
    let (Some(proposes), bodies) = (&view.field.proposes, bodies(visitor, view)) else { return options };
    let fills = |code: &str| {
        let body = bodies.get(code)?;
        Some(proposes.first.iter().map(|f| format!("{}={body}", name(f))).collect::<Vec<_>>().join(" "))
    };
    options.into_iter().map(|o| Opt { fills: fills(&o.value), ..o }).collect()
}

/// What the rows that were chosen name: field and body.
#[must_use]
pub fn named(visitor: &Visitor, fields: &[FieldView], filling: &Filling) -> Vec<(String, String)> {
    let of = |view: &FieldView| {
        let body = bodies(visitor, view).remove(filling.get(&view.id))?;
        let first = &view.field.proposes.as_ref()?.first;
        Some(first.iter().map(|f| (f.clone(), body.clone())).collect::<Vec<_>>())
    };
    let all = fields.iter().filter_map(of).flatten();
    let may = |(field, body): &(String, String)| {
        fields.iter().any(|v| v.id == *field && v.bodies.iter().any(|b| b.id.0.to_string() == *body))
    };
    all.filter(may).collect()
}

/// The body that each row of a field's list names, by its code.
fn bodies(visitor: &Visitor, view: &FieldView) -> BTreeMap<String, String> {
    let (Some(set), Some(proposes)) = (&view.field.set, &view.field.proposes) else { return BTreeMap::new() };
    let directory = visitor.site.app.directory();
    let ids: BTreeMap<&str, String> = directory.bodies().map(|b| (b.name.as_str(), b.id.0.to_string())).collect();
    let rows = directory.rows_of(set);
    rows.filter_map(|r| Some((r.code.clone(), ids.get(r.columns.get(&proposes.body)?.as_str())?.clone()))).collect()
}
