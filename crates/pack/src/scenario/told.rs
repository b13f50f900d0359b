//! What went otherwise in a step, told at its line.

use crate::fault::Fault;
use crate::near::nearest;
use crate::source::Node;
use kernel::guard::Guard;
use kernel::refusal::{Refusal, Rule};
use kernel::text::Text;
use std::collections::BTreeSet;

/// Where a step stands, to tell what went wrong with it.
pub struct Told<'a> {
    pub node: &'a Node,
    pub step: usize,
    pub name: &'a Text,
}

impl Told<'_> {
    pub fn fault(&self, key: &str, expected: &str, got: &str) -> Box<Fault> {
        let (zh, en) = (format!("应当是 {expected}，实际是 {got}"), format!("expected {expected}, got {got}"));
        self.says(key, [&zh, &en])
    }

    pub fn says(&self, key: &str, [zh, en]: [&str; 2]) -> Box<Fault> {
        let at = self.node.place(key);
        let (n, name) = (self.step, self.name);
        let message =
            [&*format!("场景“{}”第 {n} 步：{zh}", name.zh), &*format!("scenario “{}”, step {n}: {en}", name.en)];
        let help = ["改机制，或者改场景里的这一步", "change the mechanism, or this step of the scenario"];
        let mut fault = Box::new(Fault::new(&at, "scenario", message, help));
        fault.path = format!("step.{n}.{key}");
        fault
    }

    pub fn same(&self, key: &str, expected: &str, got: &str) -> Result<(), Box<Fault>> {
        if expected == got { Ok(()) } else { Err(self.fault(key, expected, got)) }
    }

    pub fn unknown<'k>(&self, key: &str, name: &str, known: impl IntoIterator<Item = &'k str>) -> Box<Fault> {
        let mut fault = self.says(key, [&format!("没有“{name}”"), &format!("there is no `{name}`")]);
        if let Some(near) = nearest(name, known) {
            (fault.help_zh, fault.help) = (format!("是不是想写“{near}”？"), format!("did you mean `{near}`?"));
        }
        fault
    }
}

pub(super) fn left_out(rule: &Rule) -> BTreeSet<String> {
    let Rule::Fields(faults) = rule else { return BTreeSet::new() };
    faults.iter().filter(|f| f.code == "required").map(|f| f.field.clone()).collect()
}

pub(super) fn unmet(rule: &Rule) -> Vec<Guard> {
    if let Rule::Guard { unmet, .. } = rule { unmet.clone() } else { Vec::new() }
}

pub(super) fn words(refusal: &Refusal) -> String {
    match &refusal.rule {
        Rule::Fields(faults) => {
            faults.iter().map(|f| format!("{} ({})", f.field, f.message.en)).collect::<Vec<_>>().join("; ")
        }
        rule if refusal.possible.is_empty() => rule.to_string(),
        rule => format!("{rule}; possible: {}", refusal.possible.join(", ")),
    }
}
