//! Matters of other mechanisms that are counted as alike: those have a category whose options this one knows, what a plan
//! hands over fits into its fields, and what is raised never comes to raise what is counted.

use super::{Reach, say};
use crate::check::Findings;
use kernel::mechanism::{Field, FieldKind, Mechanism, Word};
use std::collections::BTreeSet;

impl Reach<'_> {
    /// What is counted by category, in plans and in numbers of actions.
    pub(super) fn alike(&self, out: &mut Findings) {
        for (id, plan) in &self.m.plan {
            let Some(repeats) = &plan.repeats else { continue };
            let path = format!("plan.{id}.repeats.of");
            self.categories(&path, &repeats.of, out);
            for of in repeats.of.iter().filter(|of| self.comes_to(of)) {
                let says = (
                    format!("提出来的事会再提出“{of}”，数来数去数的是自己引出来的"),
                    format!("what is raised raises `{of}` again, so the count feeds itself"),
                );
                say(
                    out,
                    path.clone(),
                    says,
                    ("不数它，或者去掉那边的 raises", "do not count it, or remove that `raises`"),
                );
            }
        }
        for (id, action) in &self.m.action {
            for (field, tally) in action.counts.iter().filter_map(|(f, c)| Some((f, c.tally()?))) {
                self.categories(&format!("action.{id}.counts.{field}.of"), &tally.of, out);
            }
        }
    }

    fn categories(&self, path: &str, of: &[String], out: &mut Findings) {
        let own = options(self.m);
        for id in of {
            let Some(other) = self.other(id, path, out) else { continue };
            let theirs = options(&other);
            if theirs.is_empty() {
                let says =
                    (format!("“{id}”没有按类数的字段"), format!("`{id}` says of no matter of which category it is"));
                let help = (
                    "在那个机制的 [mechanism] 里写 category = \"字段\"",
                    "write category = \"FIELD\" in its [mechanism]",
                );
                say(out, path.to_owned(), says, help);
            } else if let Some(lost) = theirs.difference(&own).next() {
                let says = (
                    format!("“{id}”里的“{lost}”这一类，这里没有，数不到"),
                    format!("the category `{lost}` of `{id}` is not among those of this mechanism"),
                );
                say(out, path.to_owned(), says, ("两边的选项写成一样", "give both the same options"));
            }
        }
        if of.is_empty() {
            let says = ("没有写数什么".to_owned(), "nothing is counted".to_owned());
            say(out, path.to_owned(), says, ("写上数哪些机制的事", "name the mechanisms whose matters are counted"));
        }
    }

    /// Whether a matter of this mechanism may raise one of another, by itself or by way of others.
    fn comes_to(&self, of: &str) -> bool {
        let next = |m: &Mechanism| -> Vec<String> {
            let children =
                m.child.values().filter(|c| !c.hidden && c.open_while.is_none()).map(|c| c.mechanism.clone());
            let planned = m.plan.values().filter(|p| p.starts.is_some()).map(|p| p.raises.mechanism.clone());
            children.chain(planned).collect()
        };
        let (mut seen, mut stack) = (BTreeSet::new(), next(self.m));
        while let Some(at) = stack.pop() {
            if at == of {
                return true;
            }
            if seen.insert(at.clone()) {
                stack.extend(self.find(&at).iter().flat_map(|m| next(m)));
            }
        }
        false
    }
}

/// The categories that a mechanism knows.
fn options(m: &Mechanism) -> BTreeSet<&str> {
    let field = m.mechanism.category.as_ref().and_then(|c| m.field.get(c));
    field.into_iter().flat_map(|f| &f.of).map(|o| o.id.as_str()).collect()
}

/// Whether what was counted can stand in a field: what it may stand in is said in both languages where it cannot.
pub(super) fn fits(field: &Field, word: Word) -> Result<(), (&'static str, &'static str)> {
    use FieldKind::{Choice, Date, Number, Place, Text};
    let (kinds, zh, en): (&[FieldKind], _, _) = match word {
        Word::Category => (&[Choice, Text], "类别只能填进选择题或文字", "a category stands in a choice or a text"),
        Word::Region => (&[Place, Text], "哪一带只能填进地点或文字", "a region stands in a place or a text"),
        Word::Count => (&[Number], "件数只能填进数字", "a count stands in a number"),
        Word::From | Word::To => (&[Date, Text], "日子只能填进日期或文字", "a day stands in a date or a text"),
    };
    if kinds.contains(&field.kind) { Ok(()) } else { Err((zh, en)) }
}
