//! The register of letters (发文登记): all numbered letters of a body in a year, void ones among them, so that every number is
//! accounted for. It tells no words of a matter, and of a matter that whoever looks may not read nothing but the number.

use crate::error::AppError;
use crate::installation::App;
use crate::letters::view;
use crate::view::LetterView;
use crate::viewer::{Staff, Viewer};
use kernel::ids::BodyId;
use std::collections::BTreeMap;
use store::RegisterQuery;

/// How many rows a page has.
const PAGE: u32 = 50;

/// A number of the register.
#[derive(Clone, Debug)]
pub struct RegisterRow {
    /// The number, as printed.
    pub printed: String,
    /// The matter's number and the letter; none where the matter may not be read.
    pub letter: Option<(String, LetterView)>,
}

/// A page of the register.
#[derive(Clone, Debug, Default)]
pub struct RegisterPage {
    /// Series by series, the last number first.
    pub rows: Vec<RegisterRow>,
    /// Numbers of the year that are declared to be lost: nobody gets them any more.
    pub gaps: Vec<store::LetterGap>,
    /// After which series and number it goes on; none at the end.
    pub next: Option<(String, u32)>,
}

impl App {
    /// The register of one of the viewer's bodies.
    ///
    /// # Errors
    /// `NotFound` for a body that is none of the viewer's.
    pub async fn register(
        &self,
        staff: &Staff,
        body: BodyId,
        year: i16,
        after: Option<(String, u32)>,
    ) -> Result<RegisterPage, AppError> {
        if !staff.bodies().contains(&body) {
            return Err(AppError::NotFound);
        }
        let Some(cell) = self.cell_of_staff(staff) else { return Ok(RegisterPage::default()) };
        let query = RegisterQuery { cell, body, year, after, limit: PAGE };
        let found = self.inner.store.letter_register(query).await?;
        let last = found.last().and_then(|(_, l)| Some((l.draft.series.clone()?, l.number)));
        let next = last.filter(|_| found.len() == PAGE as usize);
        let viewer = Viewer::Staff(staff.clone());
        let mut rows = Vec::with_capacity(found.len());
        for (id, row) in &found {
            let matter = self.matter(*id).await?;
            let reads = self.access(&viewer, &matter).reads();
            let seen = if reads { view(self, &matter, row, &BTreeMap::new()) } else { None };
            let number = self.number_text(*id, matter.row.number);
            rows.push(RegisterRow { printed: crate::letters::printed(row), letter: seen.map(|l| (number, l)) });
        }
        let gaps = self.inner.store.letter_gaps(cell, body, year).await?;
        Ok(RegisterPage { rows, gaps, next })
    }
}
