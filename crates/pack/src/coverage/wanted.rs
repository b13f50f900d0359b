//! Every item that the scenarios of a mechanism have to show. Conditions, counts and missing numbers are looked up in the
//! checker's graph of all configurations, so that each comes with the shortest way to it, and one that nothing can ever
//! meet is told as superfluous. Nothing is played here.

use super::demand::{Demand, Shown};
use crate::check::lower::{RULES, lower, real};
use crate::check::model::Model;
use crate::check::unroll::Unrolled;
use crate::packs::missing_values;
use kernel::mechanism::{Action, CLOCK, Mechanism, RAISE};
use kernel::role::Exclusion;
use kernel::text::Text;
use std::collections::{BTreeMap, BTreeSet};

/// The items, and what of the pack can never refuse anything.
pub(super) struct Wanted {
    pub demands: Vec<Demand>,
    pub idle: Vec<(String, Text)>,
}

/// What a mechanism as a region has it must show; `base` is the national one, where numbers may be missing.
pub(super) fn wanted(mechanism: &Mechanism, base: &Mechanism) -> Wanted {
    let mut w = Wanted { demands: Vec::new(), idle: Vec::new() };
    w.ends(mechanism);
    w.limits(mechanism);
    w.not_offered(base);
    w.forms(mechanism);
    w.people(mechanism);
    w.clocks(mechanism);
    w.repeats(mechanism);
    w
}

impl Wanted {
    fn add(&mut self, path: String, shown: Shown, [zh, en]: [&str; 2], step: String) {
        self.demands.push(Demand { shown, path, what: Text::new(zh, en), step });
    }

    fn ends(&mut self, m: &Mechanism) {
        for (id, state) in m.state.iter().filter(|(_, s)| s.end) {
            let says = [&*format!("走到结束“{}”", state.name.zh), &*format!("the end state `{id}`")];
            self.add(format!("state.{id}"), Shown::End(id.clone()), says, format!("then = {{ state = \"{id}\" }}"));
        }
    }

    /// Conditions, counts and prolongations.
    fn limits(&mut self, m: &Mechanism) {
        let graph = Unrolled::new(Model::new(&lower(m, RULES), false));
        let met = first_met(&graph);
        let limited = m.action.iter().filter(|(id, a)| *id != RAISE && a.by.iter().any(|r| r != CLOCK));
        for (id, action) in limited {
            for Limit { key, rule, zh, en } in limits_of(action) {
                let path = format!("action.{id}.{key}");
                let found = met.get(&(id.as_str(), rule)).map(|n| way(&graph, *n));
                // The graph stops at the end; what is done after it uses up its own count there.
                let after = || (action.after_end && rule == "at_most").then(|| format!("after the end, {id}"));
                let alone =
                    || (rule == "at_most" && graph.model.only_counts_itself(id)).then(|| format!("{id} → {id}"));
                match found.or_else(after).or_else(alone) {
                    Some(way) => {
                        let says = [&*format!("因{zh}被拒绝"), &*format!("a refusal by its {en}")];
                        let step = format!("{}, refused = \"{rule}\"; {way}", does(m, id, action));
                        self.add(path, Shown::Refused { action: id.clone(), rule }, says, step);
                    }
                    // A prolongation that always finds its clock running is as it should be.
                    None if rule == "clock_stopped" => {}
                    None => {
                        let zh = format!("{zh}永远不会拒绝谁：删去，或者写对");
                        let en = format!("the {en} can never refuse anything: remove it, or mend it");
                        self.idle.push((path, Text::new(zh, en)));
                    }
                }
            }
        }
    }

    /// Routes, or the whole mechanism, where a region has not set the numbers.
    fn not_offered(&mut self, base: &Mechanism) {
        let says = ["没有定时限的地方不开放", "a refusal where the region has set no number"];
        let mut add = |id: &str, way: String| {
            let Some(action) = base.action.get(id) else { return };
            let step = format!("overlay = false … {}, refused = \"not_offered\"; {way}", does(base, id, action));
            let shown = Shown::Refused { action: id.to_owned(), rule: "not_offered" };
            self.add(format!("action.{id}"), shown, says, step);
        };
        if !missing_values(base).is_empty() {
            return add(RAISE, String::new());
        }
        let graph = Unrolled::new(Model::new(&lower(base, RULES), true));
        for ((id, rule), n) in first_met(&graph) {
            if rule == "not_offered" && base.action[id].optional {
                add(id, way(&graph, n));
            }
        }
    }

    /// What forms ask for, and bodies that must not be named in them.
    fn forms(&mut self, m: &Mechanism) {
        let mut asked: BTreeMap<&str, &str> = BTreeMap::new();
        for (id, action) in &m.action {
            for (field, guard) in &action.needs_when {
                let says = [
                    &*format!("“{guard}”时没填“{field}”被拒绝"),
                    &*format!("a refusal without `{field}` where `{guard}`"),
                ];
                let step = format!("{}, refused = \"fields\" (leave out {field})", does(m, id, action));
                let shown = Shown::LeftOut { action: id.clone(), field: field.clone() };
                self.add(format!("action.{id}.needs_when.{field}"), shown, says, step);
            }
            for field in &action.needs {
                asked.entry(field).or_insert(id);
            }
            let named = action.assign.as_ref().filter(|f| m.shield().is_some() && m.field.contains_key(*f));
            if let Some(field) = named {
                let says = ["指给被反映的单位被拒绝", "a refusal to assign it to the body complained about"];
                let step = format!("{}, with {field} = a shielded body, refused = \"shielded\"", does(m, id, action));
                let shown = Shown::Refused { action: id.clone(), rule: "shielded" };
                self.add(format!("action.{id}.assign"), shown, says, step);
            }
        }
        for (field, id) in asked {
            let says = [&*format!("没填“{field}”被拒绝"), &*format!("a form refused without `{field}`")];
            let step = format!("{}, refused = \"fields\" (leave out {field})", does(m, id, &m.action[id]));
            self.add(format!("action.{id}.needs"), Shown::Required(field.to_owned()), says, step);
        }
    }

    /// Separation of duty and approval.
    fn people(&mut self, m: &Mechanism) {
        let acting: BTreeSet<&String> = m.action.values().flat_map(|a| a.by.iter().chain(&a.approval)).collect();
        let apart = |e: &Exclusion| matches!(e, Exclusion::Assignee | Exclusion::FormerAssignees);
        for (id, role) in m.role.iter().filter(|(id, r)| acting.contains(id) && r.not.iter().any(apart)) {
            let says = [
                &*format!("办过的人换个岗位也当不了“{}”", role.name.zh),
                &*format!("somebody who handled it refused as `{id}`"),
            ];
            let step = format!("refused = \"separation\", by somebody with a post at the handler and one as {id}");
            self.add(format!("role.{id}.not"), Shown::Apart(id.clone()), says, step);
        }
        for (id, role) in m.action.iter().filter_map(|(id, a)| Some((id, a.approval.as_ref()?))) {
            let path = format!("action.{id}.approval");
            let step = format!("do = \"reject:{id}\" by {role}, with = {{ reason = \"…\" }}");
            self.add(path.clone(), Shown::Rejected(id.clone()), ["不批准", "a proposal that is not approved"], step);
            let says = ["自己批自己的请示被拒绝", "the proposer refused to approve himself"];
            let step = format!("{role} proposes {id}, then do = \"approve:{id}\", refused = \"separation\"");
            self.add(path, Shown::OwnProposal(id.clone()), says, step);
        }
        if m.approval.is_some() && m.action.values().any(|a| a.approval.is_some()) {
            let says = ["请示到期没人批，往上报", "an approval that is overdue and climbs"];
            let step = "propose, then do = \"wait\" until its time has passed".to_owned();
            self.add("approval".into(), Shown::ApprovalOverdue, says, step);
        }
    }

    /// What is raised because of repeats, and what is not; and a number that a person types although it is counted.
    fn repeats(&mut self, m: &Mechanism) {
        for id in m.plan.iter().filter(|(_, p)| p.repeats.is_some()).map(|(id, _)| id) {
            let step =
                |rest: &str| format!("who = \"clock\", do = \"raise\", repeats = {{ plan = \"{id}\", … }}{rest}");
            let path = || format!("plan.{id}.repeats");
            let says = ["反复来的，系统提出来", "a matter raised because of repeats"];
            self.add(path(), Shown::Repeated(id.clone()), says, step(""));
            for (rule, zh, en) in [
                ("count_few", "不到件数的不提", "too few"),
                ("count_open", "同一类同一带正在办的不再提", "one that is open"),
                ("count_recent", "刚办完的不马上再提", "one that has just ended"),
            ] {
                let shown = Shown::Refused { action: RAISE.into(), rule };
                self.add(path(), shown, [zh, en], step(&format!(", refused = \"{rule}\"")));
            }
        }
        for (id, action) in &m.action {
            for (field, tally) in action.counts.iter().filter_map(|(f, c)| Some((f, c.tally()?))) {
                let path = format!("action.{id}.counts.{field}");
                let mut add = |rule: &'static str, says: [&str; 2]| {
                    let shown = Shown::Refused { action: id.clone(), rule };
                    self.add(path.clone(), shown, says, format!("{}, refused = \"{rule}\"", does(m, id, action)));
                };
                if m.fields_of(action).contains(&field.as_str()) {
                    add("count_typed", ["系统数的数，人填了被拒绝", "a number typed that the system counts"]);
                }
                if tally.since.is_some() {
                    add("count_early", ["日子没过完，不能数", "a count before its days are over"]);
                }
            }
        }
    }

    fn clocks(&mut self, m: &Mechanism) {
        for (id, clock) in &m.clock {
            let starts = clock.from.join(" / ");
            let step = format!("after {starts}: who = \"clock\", do = \"wait\", at = past its date");
            if let Some(silence) = &clock.silence {
                let says = [&*format!("窗口“{}”没人说话", clock.label.zh), "a window that passes in silence"];
                let shown = Shown::Silent { window: id.clone(), then: silence.then.clone() };
                self.add(format!("clock.{id}.silence"), shown, says, step);
            } else if clock.owed_by.is_some() {
                let says = [&*format!("“{}”到期没做，往上报", clock.label.zh), "a clock that is missed and climbs"];
                self.add(format!("clock.{id}.expiry"), Shown::Overdue(id.clone()), says, step);
            }
        }
    }
}

/// What of an action can refuse it: its key, the rule's code, and its name in words.
struct Limit {
    key: &'static str,
    rule: &'static str,
    zh: String,
    en: String,
}

fn limits_of(action: &Action) -> Vec<Limit> {
    let limit = |key, rule, zh, en| Limit { key, rule, zh, en };
    let guard = action.when.as_ref();
    let guard = guard.map(|g| limit("when", "guard", format!("条件“{g}”"), format!("condition `{g}`")));
    let most = action.at_most;
    let most = most.map(|n| limit("at_most", "at_most", format!("“最多 {n} 次”"), format!("limit of {n}")));
    let clock = action.extends.as_ref().map(|e| &e.clock);
    let clock = clock.map(|c| limit("extends", "clock_stopped", format!("“{c}”没在走"), format!("clock `{c}`")));
    guard.into_iter().chain(most).chain(clock).collect()
}

fn does(m: &Mechanism, id: &str, action: &Action) -> String {
    let by = action.by.first().map(String::as_str).unwrap_or_default();
    let name = m.role.get(by).map_or("", |r| r.name.zh.as_str());
    format!("do = \"{id}\" by {by}{}", if name.is_empty() { String::new() } else { format!("（{name}）") })
}

fn way(graph: &Unrolled, n: usize) -> String {
    let (steps, details) = (graph.way(n).join(" → "), graph.details(n));
    if details.is_empty() { steps } else { format!("{steps}, where {details}") }
}

/// The first configuration in which each action is refused by each rule.
fn first_met(graph: &Unrolled) -> BTreeMap<(&str, &'static str), usize> {
    let mut met = BTreeMap::new();
    for n in 0..graph.nodes.len() {
        graph.ask(&graph.nodes[n], |a, rule| {
            if let Some(rule) = rule {
                met.entry((real(&graph.model.actions[a].0), rule.code())).or_insert(n);
            }
        });
    }
    met
}
