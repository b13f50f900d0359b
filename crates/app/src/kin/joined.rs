//! A matter of somebody else beside another one: a post raises it for a person who has no part in the first file, and names
//! that one. From then on it is a child; its codes are given to that person alone, and neither person sees the other's.

use super::named::unknown;
use crate::access::Access;
use crate::catalogue::Effective;
use crate::error::AppError;
use crate::installation::App;
use crate::matter::Matter;
use crate::raise::Raising;
use crate::viewer::Viewer;
use kernel::ids::MatterId;
use kernel::kin::{Origin, Parent};
use kernel::mechanism::{Child, Mechanism};
use kernel::refusal::Rule;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Matter {
    /// What stands behind a child of this matter.
    pub(crate) fn behind(&self, child: &str) -> Parent {
        let known = self.mechanism.child.get(child);
        let told = known.map(|c| c.told.keys().cloned().collect()).unwrap_or_default();
        let apart = known.is_some_and(|c| c.joins.is_some());
        Parent { apart, told, ..Parent::of(self.id, child) }
    }
}

impl App {
    /// The matter beside which one is raised, where its mechanism is a child that joins others.
    ///
    /// # Errors
    /// `Refused` where the field names no running matter that it may join, or whoever raises does not work on that one: the
    /// same as for a number that is not there.
    pub(crate) async fn joined(
        &self,
        viewer: &Viewer,
        mechanism: &Arc<Mechanism>,
        raising: &Raising,
    ) -> Result<Origin, AppError> {
        let id = &mechanism.mechanism.id;
        let catalogue = self.catalogue();
        let ours = |c: &Child| c.joins.clone().filter(|_| c.mechanism == *id);
        let all = catalogue.ids().into_iter().filter_map(|m| catalogue.effective(&m, &raising.region));
        let joined = |e: Effective| {
            let field = e.mechanism.child.values().find_map(ours)?;
            Some((e.mechanism.mechanism.id.clone(), field))
        };
        let all: BTreeMap<String, String> = all.filter_map(joined).collect();
        let Some(field) = all.values().next().cloned() else { return Ok(Origin::default()) };
        let typed = raising.fields.get(&field).and_then(|v| v.as_str()).map(str::trim).filter(|t| !t.is_empty());
        // That it has to be filled in is told with the rest of the form.
        let Some(typed) = typed else { return Ok(Origin::default()) };
        let found = self.by_number(typed).await.ok();
        match self.joins(viewer, found, (id, &field), &all).await? {
            Some(parent) => Ok(Origin { parent, ..Origin::default() }),
            None => {
                let errors = vec![unknown(&field)];
                Err(AppError::Refused(Box::new(Rule::Fields(errors).into()), Some(mechanism.clone())))
            }
        }
    }

    /// What stands behind it; none where it may not be raised beside that matter.
    async fn joins(
        &self,
        viewer: &Viewer,
        found: Option<MatterId>,
        (mechanism, field): (&str, &str),
        parents: &BTreeMap<String, String>,
    ) -> Result<Option<Option<Parent>>, AppError> {
        let Some(id) = found else { return Ok(None) };
        let matter = self.matter(id).await?;
        let works = matches!(viewer, Viewer::Staff(_))
            && matches!(self.access(viewer, &matter), Access::Handler { .. })
            && matter.file.ended.is_none();
        let fits = |c: &Child| c.mechanism == mechanism && c.joins.as_deref() == Some(field);
        let child = matter.mechanism.child.iter().find(|(_, c)| fits(c)).map(|(child, _)| child);
        // One that was raised before its mechanism knew of such children is named as it always was, and linked.
        let older = child.is_none() && parents.contains_key(&matter.mechanism.mechanism.id);
        Ok((works && (older || child.is_some())).then(|| child.map(|child| matter.behind(child))))
    }
}
