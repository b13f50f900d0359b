//! Published matters that ask people in now: at the doors of the home page, and as the choices of a form that names one.
//! What may be done is what the mechanisms say: something that anybody may raise beside it, or a place to be taken.

use crate::error::AppError;
use crate::installation::App;
use crate::matter::Matter;
use crate::project::{INVITED, asks_in, at_door, of_mechanism};
use crate::view::FieldView;
use kernel::form::Coded;
use kernel::ids::MatterId;
use kernel::mechanism::{Choice, Door, FieldKind, Invites, RAISE, RAISER};
use kernel::region::RegionCode;
use kernel::text::Text;
use kernel::time::{Date, Timestamp};
use store::{MarkQuery, MarkRow};

/// A matter that asks people in.
#[derive(Clone, Debug)]
pub struct InvitedView {
    /// Its public number.
    pub number: String,
    /// What it is.
    pub mechanism: Text,
    /// What it is about: its title, or how the published words begin.
    pub title: String,
    /// Where, in words.
    pub place: Text,
    /// Until when.
    pub until: Timestamp,
    /// The day on which it takes place, where it has one.
    pub day: Option<Date>,
    /// What one can do; nothing where one reads and comes.
    pub ways: Vec<TakePart>,
}

/// One way of taking part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakePart {
    /// To raise this child of it.
    Write {
        /// Which child.
        child: String,
    },
    /// To vote with a slip.
    Vote,
    /// To take a place in it.
    Book {
        /// The mechanism whose matters take one.
        mechanism: String,
        /// The verb.
        label: Text,
        /// How many are free.
        free: u32,
    },
}

/// The longest title in characters.
const TITLE: usize = 40;
/// How many running matters a form offers.
const CHOICES: u32 = 30;

impl App {
    /// What stands at a door in a region, the newest first; and where the next page begins.
    ///
    /// # Errors
    /// The store.
    pub async fn invited_at(
        &self,
        door: Door,
        region: &RegionCode,
        after: Option<MarkRow>,
        limit: u32,
    ) -> Result<(Vec<InvitedView>, Option<MarkRow>), AppError> {
        self.invited(at_door(door), region, after, limit).await
    }

    /// A place in that list, from what its address says.
    #[must_use]
    pub fn invited_after(door: Door, order: i64, id: MatterId) -> MarkRow {
        MarkRow { kind: INVITED.to_owned(), key: at_door(door), order, id, about: String::new() }
    }

    async fn invited(
        &self,
        key: String,
        region: &RegionCode,
        after: Option<MarkRow>,
        limit: u32,
    ) -> Result<(Vec<InvitedView>, Option<MarkRow>), AppError> {
        let (mut views, mut at, cell) = (Vec::new(), after, self.cell_of(region));
        // A bounded number of pages: a small place in a large cell does not read the whole index.
        for _ in 0..10 {
            let (kind, key, after) = (INVITED.to_owned(), key.clone(), at.clone());
            // One more than is shown tells whether there is a next page.
            let rows =
                self.inner.store.marks(MarkQuery { cell, kind, key, before: None, after, limit: limit + 1 }).await?;
            let last = rows.len() <= limit as usize;
            for row in rows {
                if views.len() >= limit as usize {
                    return Ok((views, at));
                }
                views.extend(self.invited_view(row.id, region).await?);
                at = Some(row);
            }
            if last {
                return Ok((views, None));
            }
        }
        Ok((views, at))
    }

    async fn invited_view(&self, id: MatterId, region: &RegionCode) -> Result<Option<InvitedView>, AppError> {
        let Some(row) = self.inner.store.find_matter(id).await? else { return Ok(None) };
        let within = region.contains(&row.region) || row.region.contains(region);
        if !within || !row.shield.is_empty() {
            return Ok(None);
        }
        let matter = self.matter(id).await?;
        let Some(invites) = matter.mechanism.mechanism.invites.as_ref() else { return Ok(None) };
        // The follower may not have noticed yet that the time is over.
        let Some(until) = asks_in(invites, &matter.file).filter(|until| *until >= self.now()) else { return Ok(None) };
        let day = match invites.day.as_ref().and_then(|d| matter.file.facts.get(d)) {
            Some(Coded::Date(day)) => Some(*day),
            _ => None,
        };
        let past = day.is_some_and(|day| day < self.now().date());
        if past && !invites.goes_on {
            return Ok(None);
        }
        let Some(title) = self.invited_title(&matter, invites).await? else { return Ok(None) };
        Ok(Some(InvitedView {
            number: self.number_text(id, row.number),
            mechanism: matter.mechanism.mechanism.name.clone(),
            title,
            place: self.place(&row.region),
            until,
            day: day.filter(|_| !past),
            ways: self.ways_in(&matter, region),
        }))
    }

    /// None where nothing is published any more, or its keys are gone.
    pub(super) async fn invited_title(&self, matter: &Matter, invites: &Invites) -> Result<Option<String>, AppError> {
        let Some(published) = &matter.file.kin.published else { return Ok(None) };
        let mut texts = matter.texts(self, false).await?;
        let Some(words) = texts.remove(&(published.seq, published.field.clone())) else { return Ok(None) };
        let named = |title: &String| texts.iter().rev().find(|((_, f), _)| f == title).map(|(_, text)| text.clone());
        Ok(Some(invites.title.as_ref().and_then(named).unwrap_or_else(|| beginning(&words))))
    }

    /// What else whoever wants to come has to know, as long as people are asked in: label and value.
    pub(super) async fn invited_tells(&self, matter: &Matter) -> Result<Vec<(Text, Text)>, AppError> {
        let Some(invites) = matter.mechanism.mechanism.invites.as_ref() else { return Ok(Vec::new()) };
        if asks_in(invites, &matter.file).is_none_or(|until| until < self.now()) {
            return Ok(Vec::new());
        }
        let (texts, directory) = (matter.texts(self, false).await?, self.directory());
        let told = invites.tells.iter().filter_map(|id| {
            let field = matter.mechanism.field.get(id)?;
            let text = texts.iter().rev().find(|((_, f), _)| f == id).map(|(_, text)| Text::new(text, text));
            let coded =
                || Some(crate::view::coded::in_words(&directory, Some(field), matter.file.facts.get(id)?, None));
            Some((field.label.clone(), text.or_else(coded)?))
        });
        Ok(told.collect())
    }

    /// The places that can be taken in a matter while it asks people in.
    pub(super) fn places_in(&self, matter: &Matter) -> Vec<TakePart> {
        let invites = matter.mechanism.mechanism.invites.as_ref();
        if invites.and_then(|i| asks_in(i, &matter.file)).is_none_or(|until| until < self.now()) {
            return Vec::new();
        }
        let ways = self.ways_in(matter, &matter.row.region);
        ways.into_iter().filter(|way| matches!(way, TakePart::Book { .. })).collect()
    }

    fn ways_in(&self, matter: &Matter, region: &RegionCode) -> Vec<TakePart> {
        let open = matter.mechanism.child.iter().filter(|(_, child)| self.open_until(matter, child).is_some());
        let mut ways: Vec<TakePart> = open.map(|(child, _)| TakePart::Write { child: child.clone() }).collect();
        let votes = |(id, vote): (&String, &kernel::mechanism::Vote)| kernel::vote::is_open(vote, id, &matter.file);
        ways.extend(matter.mechanism.vote.iter().any(votes).then_some(TakePart::Vote));
        if matter.mechanism.slots.is_some() {
            let taken = u32::try_from(matter.file.kin.takers.len()).unwrap_or(u32::MAX);
            let free = kernel::kin::places(&matter.mechanism, &matter.file).saturating_sub(taken);
            ways.extend(self.takers(&matter.row.mechanism, region, free));
        }
        ways
    }

    /// What residents may raise to take a place in a matter of this mechanism.
    fn takers(&self, mechanism: &str, region: &RegionCode, free: u32) -> Vec<TakePart> {
        let effective = |id: &String| self.catalogue().effective(id, region);
        let taker = |e: crate::catalogue::Effective| {
            let raise = e.mechanism.action.get(RAISE).filter(|a| a.by.iter().any(|r| r == RAISER))?;
            let takes = |f: &kernel::mechanism::Field| f.takes.as_ref().is_some_and(|t| t.mechanism == mechanism);
            let found = e.mechanism.field.values().any(takes);
            let (mechanism, label) = (e.mechanism.mechanism.id.clone(), raise.label.clone());
            found.then_some(TakePart::Book { mechanism, label, free })
        };
        self.catalogue().ids().iter().filter_map(effective).filter_map(taker).collect()
    }

    /// Makes a choice out of a field that names a running matter of a mechanism; where none runs, it stays as it is.
    pub(super) async fn offer_running(
        &self,
        region: &RegionCode,
        mechanism: &str,
        view: &mut FieldView,
    ) -> Result<(), AppError> {
        let (running, _) = self.invited(of_mechanism(mechanism), region, None, CHOICES).await?;
        if running.is_empty() {
            return Ok(());
        }
        let choice = |v: InvitedView| {
            let day = v.day.unwrap_or_else(|| v.until.date());
            let (zh, en) = (format!("{}（到 {day}）", v.title), format!("{} (until {day})", v.title));
            Choice { id: v.number, zh, en, source: None, hint: None, online: false }
        };
        view.field.kind = FieldKind::Choice;
        view.field.of = running.into_iter().map(choice).collect();
        Ok(())
    }
}

/// The first sentence of published words, or as much of it as a list has room for.
fn beginning(words: &str) -> String {
    let line = words.split(['\n', '。', '；']).map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    let short: String = line.chars().take(TITLE).collect();
    if short.len() < line.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn a_title_is_the_first_sentence_or_a_part_of_it() {
        assert_eq!(beginning("\n 周三上午赶集。带身份证\n"), "周三上午赶集");
        assert_eq!(beginning(&"长".repeat(41)), format!("{}…", "长".repeat(40)));
        assert_eq!(beginning(""), "");
    }
}
