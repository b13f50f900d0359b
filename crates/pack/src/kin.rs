//! What reaches over into another mechanism, asked over the whole set of packs: it exists, what is handed over satisfies its
//! raising, what it brings is a fact of it, places can be taken there, and no mechanisms raise each other for ever.
//! Each finding stands at the path of the mechanism that reaches over.

mod alike;
mod kept;
mod round;
mod told;

use crate::check::{Findings, check, unknown};
use crate::finding::{Finding, Rule};
use crate::packs::PackSet;
use kernel::form::kept_as;
use kernel::ids::Class;
use kernel::mechanism::{CLOCK, Field, FieldKind, Mechanism, NUMBER, RAISE, RAISER, THE_BODY, WORDS, Word};
use kernel::region::RegionCode;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The nine rules, and what reaches over. Empty means proved.
#[must_use]
pub fn check_in(
    packs: &PackSet,
    region: Option<&RegionCode>,
    mechanism: &Mechanism,
    base: Option<&Mechanism>,
) -> Vec<Finding> {
    let mut found = check(mechanism, base);
    found.extend(wired(packs, region, mechanism));
    found
}

/// What is wrong with how a mechanism reaches over into others, as they hold in the same region.
#[must_use]
pub fn wired(packs: &PackSet, region: Option<&RegionCode>, m: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    let reach = Reach { packs, region, m, repeats: false };
    for (id, action) in &m.action {
        let child = action.raises.as_ref().and_then(|r| Some((r, m.child.get(&r.child)?)));
        if let Some((raises, child)) = child {
            let given = m.action.get(RAISE).into_iter().chain([action]).flat_map(|a| a.needs.iter()).collect();
            let path = format!("action.{id}.raises");
            if let Some(other) = reach.other(&child.mechanism, &format!("child.{}.mechanism", raises.child), &mut out) {
                reach.satisfied(&path, &other, &raises.with, &given, &mut out);
                let body = action.by.iter().all(|r| r != CLOCK && r != RAISER);
                reach.for_a_body(&path, &other, body, &mut out);
                reach.kept_out(&path, &other, &raises.with, (child.internal, action.when.as_ref()), &mut out);
            }
        }
    }
    for (id, child) in &m.child {
        let Some(other) = reach.other(&child.mechanism, &format!("child.{id}.mechanism"), &mut out) else { continue };
        reach.brings(id, &other, &mut out);
        reach.told(id, child, &other, &mut out);
        reach.tells(id, child, &other, &mut out);
        if child.open_while.is_some() {
            reach.anybodys(id, &other, &mut out);
        }
        if child.hidden {
            reach.hidden(id, &other, &mut out);
            reach.for_a_body(&format!("child.{id}"), &other, false, &mut out);
        }
    }
    for (id, plan) in &m.plan {
        let path = format!("plan.{id}.raises");
        let needs = m.action.get(RAISE).into_iter().chain(plan.starts.as_ref().and_then(|s| m.action.get(s)));
        let counted = WORDS.map(|(word, _)| word.to_owned());
        let repeats = plan.repeats.is_some();
        let given = needs.flat_map(|a| a.needs.iter()).chain(counted.iter().filter(|_| repeats)).collect();
        let reach = Reach { repeats, ..reach };
        if let Some(other) = reach.other(&plan.raises.mechanism, &format!("{path}.mechanism"), &mut out) {
            reach.satisfied(&path, &other, &plan.raises.with, &given, &mut out);
            reach.for_a_body(&path, &other, false, &mut out);
            reach.kept_out(&path, &other, &plan.raises.with, (false, None), &mut out);
        }
    }
    for (id, field) in &m.field {
        if let Some(running) = &field.running {
            reach.asks_in(running, &format!("field.{id}.running"), &mut out);
        }
        let Some(takes) = &field.takes else { continue };
        let path = format!("field.{id}.takes");
        let Some(other) = reach.other(&takes.mechanism, &format!("{path}.mechanism"), &mut out) else { continue };
        let gives: Vec<&String> = other.action.keys().filter(|a| crate::check::gives(&other, a)).collect();
        if !gives.contains(&&takes.action) {
            unknown(
                &mut out,
                format!("{path}.action"),
                ("给名额的动作", "action that gives a place"),
                &takes.action,
                gives,
            );
        }
    }
    reach.alike(&mut out);
    reach.round(&mut out);
    out.list
}

#[derive(Clone, Copy)]
struct Reach<'a> {
    packs: &'a PackSet,
    region: Option<&'a RegionCode>,
    m: &'a Mechanism,
    /// What is handed over is what was counted, and no field of this mechanism.
    repeats: bool,
}

fn say(out: &mut Findings, path: String, says: (String, String), help: (&str, &str)) {
    out.add(path, Vec::new(), says, help);
}

/// Fields that hold words of any kind.
fn wordy(kind: FieldKind) -> bool {
    use FieldKind::{Matter, PersonName, Phone, Place, ResidentId, Text};
    matches!(kind, Text | Place | PersonName | Phone | ResidentId | Matter)
}

impl Reach<'_> {
    fn find(&self, id: &str) -> Option<Arc<Mechanism>> {
        let found = self.region.map_or_else(|| self.packs.base(id), |r| self.packs.effective(id, r));
        found.ok()
    }

    fn other(&self, id: &str, path: &str, out: &mut Findings) -> Option<Arc<Mechanism>> {
        let known: Vec<String> = self.packs.mechanisms().into_iter().map(str::to_owned).collect();
        if !known.iter().any(|k| k == id) {
            unknown(out, path.to_owned(), ("机制", "mechanism"), id, &known);
        }
        // One that cannot be read is told at its own place.
        self.find(id)
    }

    /// Whether matters of the other one ever ask people in, so that there is something to choose from.
    fn asks_in(&self, id: &str, path: &str, out: &mut Findings) {
        if self.other(id, path, out).is_some_and(|m| m.mechanism.invites.is_none()) {
            let says = (format!("“{id}”从不请人来"), format!("`{id}` never asks people in"));
            say(out, path.to_owned(), says, ("在那个机制写上 mechanism.invites", "give that mechanism `invites`"));
        }
    }

    /// Whether what is handed over is all that raising asks for, and nothing else.
    fn satisfied(
        &self,
        path: &str,
        other: &Mechanism,
        with: &BTreeMap<String, String>,
        given: &BTreeSet<&String>,
        out: &mut Findings,
    ) {
        let Some(raise) = other.action.get(RAISE) else { return };
        let name = &other.mechanism.id;
        if !raise.by.iter().any(|r| r == CLOCK || r == RAISER) {
            say(
                out,
                path.to_owned(),
                (
                    format!("“{name}”只能由工作人员提交，系统不能替他们提交"),
                    format!("`{name}` is raised by staff alone; neither the person nor the clock may"),
                ),
                ("那个机制的 raise 写 by = [\"clock\", …]", "give its `raise` by = [\"clock\", …]"),
            );
        }
        let asked = other.fields_of(raise);
        for (target, source) in with {
            let at = format!("{path}.with.{target}");
            let Some(field) = other.field.get(target).filter(|_| asked.contains(&target.as_str())) else {
                let known: Vec<String> = asked.iter().map(|s| (*s).to_owned()).collect();
                unknown(out, at, ("提交时要填的字段", "field of its raising"), target, &known);
                continue;
            };
            self.fits(&at, field, source, out);
        }
        let must =
            raise.needs.iter().chain(raise.needs_when.iter().filter(|(_, g)| asked_for(g, with)).map(|(f, _)| f));
        for need in must {
            let source = with.get(need);
            let sure = source.is_some_and(|s| s.starts_with(['=', THE_BODY]) || s == NUMBER || given.contains(s));
            // A field asked for on a condition comes with the condition's own fact.
            let conditional = source.is_some() && raise.needs_when.contains_key(need);
            if !sure && !conditional {
                say(
                    out,
                    format!("{path}.with"),
                    (
                        format!("“{name}”提交时要填“{need}”，这里不一定有"),
                        format!("raising `{name}` needs `{need}`, which is not surely there"),
                    ),
                    (
                        "在 with 里写上它从哪个必填的字段来（提交时或本动作的 needs）",
                        "say in `with` from which needed field it comes (of raising, or of this action)",
                    ),
                );
            }
        }
    }

    /// Whether a value can stand in a field of the other mechanism.
    fn fits(&self, at: &str, field: &Field, source: &str, out: &mut Findings) {
        let wrong = |out: &mut Findings, zh: &str, en: &str| {
            let help = ("换一个来源，或者改那边的字段", "take it from elsewhere, or change the field there");
            say(out, at.to_owned(), (zh.to_owned(), en.to_owned()), help);
        };
        if let Some(value) = source.strip_prefix('=') {
            let value = value.trim();
            if field.kind == FieldKind::Choice && !field.of.iter().any(|c| c.id == value) {
                wrong(out, &format!("那边没有选项“{value}”"), &format!("there is no option `{value}`"));
            }
            return;
        }
        if source.starts_with(THE_BODY) {
            if !matches!(field.kind, FieldKind::Body | FieldKind::Bodies) || field.function.is_some() {
                wrong(
                    out,
                    "角色的单位只能填进不要求职能的单位字段",
                    "the body of a role stands in a `body` without `function`",
                );
            }
            return;
        }
        if source == NUMBER {
            if !matches!(field.kind, FieldKind::Text | FieldKind::Matter) {
                wrong(out, "编号只能填进文字或事项字段", "a number of a matter stands in a `matter` or a text");
            }
            return;
        }
        if self.repeats {
            if let Some(Err((zh, en))) = Word::of(source).map(|word| alike::fits(field, word)) {
                wrong(out, zh, en);
            }
            return;
        }
        let Some(from) = self.m.field.get(source) else { return };
        let same = from.kind == field.kind
            || (wordy(from.kind) && field.kind == FieldKind::Text)
            || (from.kind == FieldKind::Body && field.kind == FieldKind::Bodies);
        if !same {
            return wrong(out, "两边的类型不一样", "the two are not of the same type");
        }
        if from.kind == FieldKind::Files {
            return wrong(out, "附件不能带过去", "attachments cannot be handed over");
        }
        if from.class == Class::Sealed && field.class != Class::Sealed {
            return wrong(out, "封存的内容到那边就不封存了", "what is sealed here would not be sealed there");
        }
        if from.of.iter().any(|c| field.of.iter().all(|o| o.id != c.id)) {
            return wrong(out, "这边有的选项那边没有", "it has options that the other does not have");
        }
        const LONGEST: u32 = 2000;
        if wordy(from.kind) && from.max.unwrap_or(LONGEST) > field.max.unwrap_or(LONGEST) {
            wrong(out, "这边写得下的字数，那边写不下", "it may be longer than the other can hold");
        }
        if field.function.is_some() && field.function != from.function {
            wrong(
                out,
                "那边要求单位有某项职能，这边没有要求",
                "the other asks for a function that this one does not ask for",
            );
        }
    }

    /// Anybody can raise it, with what the parent fills in.
    fn anybodys(&self, id: &str, other: &Mechanism, out: &mut Findings) {
        let Some(child) = self.m.child.get(id) else { return };
        let Some(raise) = other.action.get(RAISE) else { return };
        if !raise.by.iter().any(|b| b == RAISER) {
            let says = (
                format!("“{}”来件人自己提交不了", other.mechanism.id),
                format!("the person herself cannot raise `{}`", other.mechanism.id),
            );
            let help = ("那个机制的 raise 写 by = [\"raiser\", …]", "give its `raise` by = [\"raiser\", …]");
            say(out, format!("child.{id}"), says, help);
        }
        let asked = other.fields_of(raise);
        for (target, source) in &child.with {
            match other.field.get(target).filter(|_| asked.contains(&target.as_str())) {
                Some(field) => self.fits(&format!("child.{id}.with.{target}"), field, source, out),
                None => {
                    let known: Vec<String> = asked.iter().map(|s| (*s).to_owned()).collect();
                    let path = format!("child.{id}.with");
                    unknown(out, path, ("提交时要填的字段", "field of its raising"), target, &known);
                }
            }
        }
        self.for_a_body(&format!("child.{id}"), other, false, out);
    }

    fn brings(&self, id: &str, other: &Mechanism, out: &mut Findings) {
        let Some(child) = self.m.child.get(id) else { return };
        for (ours, theirs) in &child.brings {
            let path = format!("child.{id}.brings.{ours}");
            let mut values: BTreeSet<String> =
                other.action.values().filter_map(|a| a.sets.get(theirs).cloned()).collect();
            let field = other.field.get(theirs).filter(|f| kept_as(f) == Class::Coded);
            if values.is_empty() && field.is_none() {
                let facts: BTreeSet<String> = other.action.values().flat_map(|a| a.sets.keys().cloned()).collect();
                let coded = other.field.iter().filter(|(_, f)| kept_as(f) == Class::Coded).map(|(id, _)| id.clone());
                let known: Vec<String> = facts.into_iter().chain(coded).collect();
                unknown(
                    out,
                    path,
                    ("可带回的事实（coded 字段或 sets）", "fact (a coded field, or one that is set)"),
                    theirs,
                    &known,
                );
                continue;
            }
            match field.map(|f| f.kind) {
                Some(FieldKind::Choice) => {
                    values.extend(field.into_iter().flat_map(|f| f.of.iter().map(|c| c.id.clone())))
                }
                Some(FieldKind::YesNo) => values.extend(["yes".to_owned(), "no".to_owned()]),
                Some(_) => continue,
                None => {}
            }
            for (action, value) in compared(self.m, ours).into_iter().filter(|(_, v)| !values.contains(v)) {
                let path = format!("action.{action}.when");
                unknown(out, path, ("子事项带回的值", "value that the child brings"), &value, &values);
            }
        }
    }

    /// A complaint that the parent's handlers must not see has a shield for them, and the person can raise it.
    fn hidden(&self, id: &str, other: &Mechanism, out: &mut Findings) {
        let Some(child) = self.m.child.get(id) else { return };
        let raise = other.action.get(RAISE);
        if !raise.is_some_and(|r| r.by.iter().any(|b| b == RAISER)) {
            let says = (
                format!("“{}”来件人自己提交不了", other.mechanism.id),
                format!("the person herself cannot raise `{}`", other.mechanism.id),
            );
            say(
                out,
                format!("child.{id}"),
                says,
                ("那个机制的 raise 写 by = [\"raiser\", …]", "give its `raise` by = [\"raiser\", …]"),
            );
        }
        let asked = raise.map(|r| other.fields_of(r)).unwrap_or_default();
        let shield =
            child.shield.as_ref().and_then(|s| other.field.get(s).filter(|f| f.shield && asked.contains(&s.as_str())));
        if shield.is_none_or(|f| f.kind != FieldKind::Bodies) {
            let mut shielded = Findings::of(Rule::Shielded);
            let says = (
                "办过原事项的单位会看到这件隐藏的事项".to_owned(),
                "the bodies that handled the parent would see the hidden child".to_owned(),
            );
            let help = (
                "写 shield = \"那边 shield = true 的 bodies 字段\"，提交时要填它",
                "say shield = \"FIELD\": a `bodies` field there with shield = true that its raising asks for",
            );
            say(&mut shielded, format!("child.{id}.shield"), says, help);
            out.list.append(&mut shielded.list);
        }
        for (target, source) in &child.with {
            match other.field.get(target).filter(|_| asked.contains(&target.as_str())) {
                Some(field) => self.fits(&format!("child.{id}.with.{target}"), field, source, out),
                None => {
                    let known: Vec<String> = asked.iter().map(|s| (*s).to_owned()).collect();
                    unknown(
                        out,
                        format!("child.{id}.with"),
                        ("提交时要填的字段", "field of its raising"),
                        target,
                        &known,
                    );
                }
            }
        }
    }
}

/// Whether a condition may hold with what is handed over: it fails surely only where it compares fixed values.
fn asked_for(guard: &kernel::guard::Guard, with: &BTreeMap<String, String>) -> bool {
    use kernel::form::Coded;
    let mut known = true;
    guard.visit(&mut |fact, _| known &= with.get(fact).is_none_or(|s| s.starts_with('=')), &mut |_| {});
    let fixed = with.iter().filter_map(|(f, s)| Some((f.clone(), Coded::Code(s.strip_prefix('=')?.trim().to_owned()))));
    let facts = fixed.collect();
    !known
        || guard.holds(&kernel::guard::Facts {
            facts: &facts,
            counts: &BTreeMap::new(),
            parts: &kernel::part::NO_PARTS,
        })
}

/// The values that conditions compare a fact with, and where.
fn compared(m: &Mechanism, fact: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (id, guard) in m.action.iter().filter_map(|(id, a)| Some((id, a.when.as_ref()?))) {
        let mut note = |name: &str, values: Option<&BTreeSet<String>>| {
            if name == fact {
                found.extend(values.into_iter().flatten().map(|v| (id.clone(), v.clone())));
            }
        };
        guard.visit(&mut note, &mut |_| {});
    }
    found
}
