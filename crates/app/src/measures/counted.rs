//! The matters behind a figure: just those that count above its line, or below it, and of these the ones that somebody may
//! read. Each is counted here as its entries counted it, so that the list and the figure cannot differ in what they count.

use super::{Span, clocks, ratio};
use crate::count::deltas;
use crate::error::AppError;
use crate::installation::App;
use crate::kin::repeats::{CATEGORY, category_of, label};
use crate::lists::ItemView;
use crate::matter::Matter;
use crate::viewer::{Staff, Viewer};
use kernel::file::CaseFile;
use kernel::ids::MatterId;
use kernel::mechanism::{Measure, Mechanism};
use kernel::text::Text;
use store::{CounterRow, MatterRow};

/// On which side of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Above: the numerator, or the count.
    Above,
    /// Below: all of which that is a share.
    Below,
}

/// A page of the matters behind a figure.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The mechanism's name.
    pub mechanism: Text,
    /// The figure's name.
    pub name: Text,
    /// Its formula.
    pub formula: Text,
    /// The matters, in the order of their keys.
    pub items: Vec<ItemView>,
    /// After which key the next page begins.
    pub next: Option<i64>,
}

/// How many stand on one page, and how many keys are looked through for it at most.
const PAGE: usize = 25;
const LOOKED: u32 = 1000;

impl App {
    /// The matters behind a figure that somebody may read, after a key.
    ///
    /// # Errors
    /// `OutsideTerritory`; `NotFound` for a name that no mechanism has, or without a line for what is below one; the store.
    pub async fn counted(
        &self,
        staff: &Staff,
        span: &Span,
        (figure, side): (&str, Side),
        after: Option<i64>,
    ) -> Result<Counted, AppError> {
        let territory = self.settings().territory;
        if !territory.contains(&span.region) {
            return Err(AppError::OutsideTerritory { region: span.region.to_string() });
        }
        let (id, name) = figure.split_once('.').ok_or(AppError::NotFound)?;
        let effective = self.catalogue().effective(id, &territory).ok_or(AppError::NotFound)?;
        let measure = effective.mechanism.measure.get(name).cloned();
        let measure = &measure.or_else(|| of_category(&effective.mechanism, name)).ok_or(AppError::NotFound)?;
        let mean = measure.marks.is_some() || measure.hours.is_some();
        if side == Side::Below && measure.denominator.is_empty() && !mean {
            return Err(AppError::NotFound);
        }
        let head = &effective.mechanism.mechanism;
        let mut page = Counted {
            mechanism: head.name.clone(),
            name: measure.name.clone(),
            formula: measure.formula.clone(),
            items: Vec::new(),
            next: None,
        };
        let (cell, viewer) = (self.cell_of(&span.region), Viewer::Staff(staff.clone()));
        let serials = self.inner.store.serials(cell, after, LOOKED).await?;
        let more = serials.len() >= LOOKED as usize;
        for serial in serials {
            let row = self.inner.store.find_matter(MatterId { cell, serial }).await?;
            page.next = Some(serial);
            let Some(row) = row.filter(|row| may_count(row, id, span)) else { continue };
            let matter = self.matter(row.id).await?;
            if self.access(&viewer, &matter).reads() && self.counts(&matter, measure, span, side) {
                page.items.push(self.item(&matter.row).await?);
                if page.items.len() >= PAGE {
                    return Ok(page);
                }
            }
        }
        page.next = page.next.filter(|_| more);
        Ok(page)
    }

    /// Whether a matter counts on this side, by its own entries.
    fn counts(&self, matter: &Matter, measure: &Measure, span: &Span, side: Side) -> bool {
        let (mut rows, mut before) = (Vec::new(), CaseFile::default());
        for entry in &matter.entries {
            let mut file = before.clone();
            file.evolve(entry);
            rows.extend(deltas(&matter.mechanism, matter.id, &before, entry, &file));
            before = file;
        }
        let counted = rows.into_iter().map(|d| CounterRow { key: d.key, n: d.by });
        let rows: Vec<CounterRow> = counted.filter(|r| (span.from..=span.to).contains(&r.key.day)).collect();
        let rows: Vec<&CounterRow> = rows.iter().collect();
        let mechanism = &matter.mechanism.mechanism.id;
        let sum = ratio(&rows, mechanism, measure, &clocks(measure), self.now().date());
        match side {
            Side::Above => sum.numerator != 0,
            Side::Below => sum.denominator.is_some_and(|n| n != 0),
        }
    }
}

/// The matters of a category, as a figure that no mechanism writes down: `category.CODE`.
fn of_category(m: &Mechanism, name: &str) -> Option<Measure> {
    let code = name.strip_prefix(CATEGORY)?.strip_prefix('.')?;
    let (_, field) = category_of(m)?;
    field.of.iter().find(|o| o.id == code)?;
    Some(Measure {
        name: label(field, code),
        formula: Text::new(
            "这一类的事，每件算一次，算在收到的那天",
            "matters of this kind, each once, on the day it came",
        ),
        code: None,
        numerator: vec![format!("{CATEGORY} {code}")],
        denominator: Vec::new(),
        marks: None,
        hours: None,
    })
}

/// What the row alone already says: another mechanism or place, raised later, or of the shielded book, which no figure counts.
fn may_count(row: &MatterRow, mechanism: &str, span: &Span) -> bool {
    row.mechanism == mechanism
        && span.region.contains(&row.region)
        && row.shield.is_empty()
        && row.raised_at.date() <= span.to
}
