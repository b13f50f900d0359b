//! Which matter a new one is about: only the person whose matter it is can name it, by showing its long code, or somebody at
//! a post who takes her request down and has seen who she is.

use crate::error::AppError;
use crate::installation::App;
use crate::raise::Raising;
use crate::viewer::{Shown, Viewer};
use kernel::ids::MatterId;
use kernel::mechanism::Mechanism;
use kernel::refusal::{FieldError, Rule};
use kernel::text::Text;
use std::sync::Arc;

impl App {
    /// The matter that a raising names, for the opening of the new one.
    ///
    /// # Errors
    /// `Refused` where there is none of that number, or it is not shown to be hers: both the same, so that nobody learns
    /// which numbers there are.
    pub(crate) async fn named_by(
        &self,
        viewer: &Viewer,
        mechanism: &Arc<Mechanism>,
        raising: &Raising,
    ) -> Result<Option<MatterId>, AppError> {
        let Some(field) = mechanism.about() else { return Ok(None) };
        let number = raising.fields.get(field).and_then(|v| v.as_str()).map(str::trim).filter(|n| !n.is_empty());
        let Some(number) = number else { return Ok(None) };
        let found = self.by_number(number).await.ok();
        let shown = match viewer {
            Viewer::Staff(_) => found,
            Viewer::Code(of, Shown::Long) => found.filter(|id| id == of),
            Viewer::Code(..) | Viewer::Public => None,
        };
        if shown.is_some() {
            return Ok(shown);
        }
        let message = Text::new(
            "请先用这件事的编号和完整查询码打开它，在那一页的“我的个人信息”里提出；窗口代办的，请核对编号",
            "open that matter with its number and full query code first and ask on its page, under “my personal data”; at a counter, compare the number",
        );
        let error = FieldError { field: field.to_owned(), code: "not_shown", message };
        Err(AppError::Refused(Box::new(Rule::Fields(vec![error]).into()), Some(mechanism.clone())))
    }
}
