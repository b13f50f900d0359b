//! The register of sources as a list: every clause that the mechanisms in force name, with the rules that rest on it. Forms take
//! clauses from it like rows of any other list, so that which rules rest on a clause is data and not typed. Nobody loads it;
//! what a clause says, and whether a rule still follows it, it does not know.

use crate::catalogue::Catalogue;
use crate::clauses::{Clause, Item, clauses, items};
use crate::source::title;
use crate::view::RowName;
use kernel::mechanism::{Mechanism, RULES};
use kernel::region::RegionCode;
use kernel::text::Text;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::SetRow;

/// The rules in words, in Chinese and in English, and what stands in a list to choose from.
pub(crate) const SAID: &str = "said";
pub(crate) const SAID_EN: &str = "said_en";
const SHORT: &str = "short";
/// The rows are those of today: nothing but the program writes them.
const VERSION: u32 = 1;
/// How many rules a line to choose from names.
const NAMED: usize = 2;

fn mechanisms(packs: &Catalogue, territory: &RegionCode) -> Vec<Arc<Mechanism>> {
    let one = |id: String| packs.effective(&id, territory).map(|e| e.mechanism).or_else(|| packs.packs().base(&id));
    packs.ids().into_iter().filter_map(one).collect()
}

/// Every item of what is in force in the territory; of what is not offered there, of its national base.
#[must_use]
pub fn in_force(packs: &Catalogue, territory: &RegionCode) -> Vec<Item> {
    mechanisms(packs, territory).iter().flat_map(|m| items(m)).collect()
}

/// The registers that mechanisms read, each with a row for every clause.
pub(crate) fn sets(packs: &Catalogue, territory: &RegionCode) -> Vec<(String, u32, Vec<SetRow>)> {
    let all = mechanisms(packs, territory);
    let read =
        |m: &Arc<Mechanism>| m.set.iter().filter(|(_, s)| s.register).map(|(id, _)| id.clone()).collect::<Vec<_>>();
    let names: BTreeSet<String> = all.iter().flat_map(read).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let items: Vec<Item> = all.iter().flat_map(|m| items(m)).collect();
    let rows = rows(&items);
    names.into_iter().map(|name| (name, VERSION, rows.clone())).collect()
}

fn rows(items: &[Item]) -> Vec<SetRow> {
    let read: Vec<(&Item, Vec<Clause>)> = items.iter().map(|i| (i, clauses(&i.source))).collect();
    let document = |c: &&Clause| !c.article.is_empty() && title(&c.text).is_none_or(|t| !t.plain);
    let named: BTreeSet<&Clause> = read.iter().flat_map(|(_, c)| c).filter(document).collect();
    let rests = |clause: &Clause| -> Vec<&Item> {
        read.iter().filter(|(_, cs)| cs.iter().any(|c| c.touches(clause))).map(|(i, _)| *i).collect()
    };
    named.into_iter().map(|clause| row(clause, &rests(clause))).collect()
}

fn row(clause: &Clause, rests: &[&Item]) -> SetRow {
    let said: Vec<Text> = rests.iter().map(|i| said(i)).collect();
    let join = |get: fn(&Text) -> &str, with| said.iter().map(get).collect::<Vec<_>>().join(with);
    let ids = rests.iter().map(|i| format!("{}:{}", i.mechanism, i.path)).collect::<Vec<_>>().join(" ");
    let name = pack::titles::spelled(&clause.key()).zh;
    let first = said.iter().take(NAMED).map(|t| t.zh.as_str()).collect::<Vec<_>>().join("、");
    let more = if said.len() > NAMED { "等" } else { "" };
    let short = format!("{name}：{first}{more} {} 条规则", said.len());
    let columns = [(RULES, ids), (SAID, join(|t| &t.zh, "；")), (SAID_EN, join(|t| &t.en, "; ")), (SHORT, short)];
    let columns: BTreeMap<String, String> = columns.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    SetRow { code: clause.key(), name, columns }
}

/// A row to choose; of a clause also what rests on it.
pub(crate) fn choice(row: &SetRow) -> RowName {
    RowName { code: row.code.clone(), name: row.columns.get(SHORT).unwrap_or(&row.name).clone() }
}

/// A rule as people call it: its mechanism, its name or else its place, and of a number how much.
fn said(item: &Item) -> Text {
    let label = item.label.clone().unwrap_or_else(|| Text::new(&item.path, &item.path));
    let value = |get: fn(&Text) -> &str| item.value.as_ref().map(|v| format!(" {}", get(v))).unwrap_or_default();
    Text::new(
        format!("{}·{}{}", item.name.zh, label.zh, value(|t| &t.zh)),
        format!("{}, {}{}", item.name.en, label.en, value(|t| &t.en)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(path: &str, source: &str) -> Item {
        let name = Text::new("灯", "lamp");
        Item { mechanism: "lamp".into(), name, path: path.into(), label: None, value: None, source: source.into() }
    }

    #[test]
    fn a_clause_has_the_rules_that_rest_on_it_and_no_others() {
        let items =
            [item("number.repair", "XF 34"), item("action.extend", "XF 29-35"), item("number.ask", "XF 36; design")];
        let rows = rows(&items);
        let of = |code: &str| rows.iter().find(|r| r.code == code).map(|r| r.columns[RULES].as_str());
        assert_eq!(of("XF 34"), Some("lamp:number.repair lamp:action.extend"));
        assert_eq!(of("XF 36"), Some("lamp:number.ask"));
        assert_eq!(rows.len(), 3, "what is no document has no row: {rows:?}");
    }
}
