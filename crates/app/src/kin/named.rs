//! The other matters that a form names by their numbers: each becomes a link between both files. Whoever names one may know
//! of it: by reading it, by showing its full code, or because it is published. A number that is not there and one that may
//! not be known of are refused alike.

use crate::access::Access;
use crate::code::{Proof, parse};
use crate::error::AppError;
use crate::installation::App;
use crate::matter::Matter;
use crate::viewer::{Shown, Viewer};
use kernel::form::{Filled, Given, Raw};
use kernel::ids::MatterId;
use kernel::mechanism::Mechanism;
use kernel::refusal::{FieldError, Rule};
use kernel::text::Text;
use std::sync::Arc;

impl App {
    /// What the `matter` fields of a form name, to be laid over the checked form.
    ///
    /// # Errors
    /// `Refused`, the same for a number that is not there and for one that this viewer may not know of.
    pub(crate) async fn named(
        &self,
        viewer: &Viewer,
        mechanism: &Arc<Mechanism>,
        fields: &Raw,
        own: Option<MatterId>,
    ) -> Result<Filled, AppError> {
        let (mut named, mut errors) = (Filled::new(), Vec::new());
        for (field, typed) in numbers(mechanism, fields) {
            match self.known(viewer, typed).await? {
                Some(id) if Some(id) == own => errors.push(itself(field)),
                Some(id) => {
                    let row = self.inner.store.find_matter(id).await?.ok_or(AppError::NotFound)?;
                    named.insert(field.to_owned(), Given::Matter(self.number_text(id, row.number), id));
                }
                None => errors.push(unknown(field)),
            }
        }
        if errors.is_empty() {
            return Ok(named);
        }
        Err(AppError::Refused(Box::new(Rule::Fields(errors).into()), Some(mechanism.clone())))
    }

    /// The same where nobody sends the form: what an action or a plan hands over was looked at before. The matter that
    /// stands behind it is no link besides.
    pub(crate) async fn named_by_itself(&self, mechanism: &Mechanism, fields: &Raw, behind: &[MatterId]) -> Filled {
        let mut named = Filled::new();
        for (field, typed) in numbers(mechanism, fields) {
            if let Ok(id) = self.by_number(typed).await
                && !behind.contains(&id)
            {
                named.insert(field.to_owned(), Given::Matter(typed.to_owned(), id));
            }
        }
        named
    }

    /// The matter of a number, perhaps with its code behind it, if this viewer may know of it.
    async fn known(&self, viewer: &Viewer, typed: &str) -> Result<Option<MatterId>, AppError> {
        let (number, code) =
            typed.split_once(|c: char| c.is_whitespace() || ",，;；".contains(c)).unwrap_or((typed, ""));
        let found = self.by_number(number).await.ok();
        // The same work is done where there is none of that number, so that the time does not tell.
        let shown = self.proof(found, parse(code)) == Proof::Long;
        let Some(id) = found else { return Ok(None) };
        let matter = self.matter(id).await?;
        let reads = match viewer {
            Viewer::Staff(_) => matches!(self.access(viewer, &matter), Access::Handler { .. }),
            Viewer::Code(of, Shown::Long) => *of == id,
            Viewer::Code(..) | Viewer::Public => false,
        };
        Ok((shown || reads || is_published(&matter)).then_some(id))
    }
}

/// Whether everybody may read something of it.
fn is_published(matter: &Matter) -> bool {
    matter.file.kin.published.is_some() && matter.file.standing.shield.is_empty()
}

/// The fields that name another matter for its own sake, with what was typed. What takes a place or says which matter this
/// one is about is looked at elsewhere.
fn numbers<'a>(mechanism: &'a Mechanism, fields: &'a Raw) -> impl Iterator<Item = (&'a str, &'a str)> {
    let typed = fields.iter().filter_map(|(id, value)| Some((id, value.as_str()?.trim())));
    let typed = typed.filter(|(_, text)| !text.is_empty());
    typed
        .filter(|(id, _)| mechanism.field.get(*id).is_some_and(kernel::mechanism::Field::links))
        .map(|(id, t)| (id.as_str(), t))
}

pub(super) fn unknown(field: &str) -> FieldError {
    let message = Text::new(
        "没有查到这个编号，或者您看不到它。请核对；是您自己的另一件，编号后面空一格再写完整查询码；记不清就先不填",
        "there is no such number, or you may not see it. Compare it; for another matter of your own write its full code after the number; leave it out if you are not sure",
    );
    FieldError { field: field.to_owned(), code: "unknown_matter", message }
}

fn itself(field: &str) -> FieldError {
    let message =
        Text::new("不能填本件自己的编号，请填另一件的", "that is this matter itself; give the number of another one");
    FieldError { field: field.to_owned(), code: "itself", message }
}
