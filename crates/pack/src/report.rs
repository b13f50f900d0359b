//! What `check` says of a set of packs: every mechanism as it holds in every region, its findings at their places, what is
//! still missing and what it promises. The proofs and the promise are the checker's; here they are only put together.

use crate::check::check;
use crate::fault::{Fault, Sources, json, text};
use crate::finding::Finding;
use crate::packs::{Effective, PackSet, missing_values};
use crate::promise::{Worst, promise_days};
use kernel::calendar::Calendar;
use kernel::mechanism::Mechanism;
use kernel::region::RegionCode;
use kernel::text::Text;

/// Proves a mechanism, and against a base that it takes nothing away.
pub type Prove<'a> = &'a dyn Fn(&Mechanism, Option<&Mechanism>) -> Vec<Finding>;
/// Says what a mechanism promises.
pub type Promise<'a> = &'a dyn Fn(&Mechanism) -> String;

/// The report.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// What belongs to no mechanism: files that cannot be read, overlays of nothing.
    pub faults: Vec<Fault>,
    /// Every mechanism in every region that has rules of its own; the national one first.
    pub checked: Vec<Checked>,
}

/// One mechanism as it holds somewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checked {
    /// Its id.
    pub mechanism: String,
    /// Where; none for the national one.
    pub region: Option<RegionCode>,
    /// The overlays, from the province down: name and source.
    pub overlays: Vec<(Text, String)>,
    /// Values that a region has still to give before it is offered.
    pub missing: Vec<String>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// What it promises; empty where it is wrong.
    pub promise: String,
}

/// Proves every mechanism in every region that has an overlay of its own, over the published years of a calendar.
#[must_use]
pub fn check_all(packs: &PackSet, calendar: &Calendar) -> Report {
    check_with(packs, &check, &|mechanism| promise_words(mechanism, calendar))
}

fn promise_words(mechanism: &Mechanism, calendar: &Calendar) -> String {
    let promise = promise_days(mechanism, calendar);
    let days = |zh: &str, worst: &Option<Worst>| {
        worst.as_ref().map(|w| format!("{zh} {}{} 日", if w.at_most { "不超过 at most " } else { "" }, w.days))
    };
    let found = [
        days("首次答复，通常最迟 first answer, ordinary:", &promise.due),
        days("首次答复，依法最迟 first answer, at the latest:", &promise.first),
        days("全部办完，依法最迟 end of the file, at the latest:", &promise.last),
    ];
    let sum = format!("{} / {}", promise.symbolic.zh, promise.symbolic.en);
    let parts = mechanism.part.iter().map(|(id, part)| part_words(mechanism, id, part));
    std::iter::once(sum).chain(found.into_iter().flatten()).chain(parts).collect::<Vec<_>>().join("\n")
}

/// The clocks that run for each part, beside each other.
fn part_words(mechanism: &Mechanism, id: &str, part: &kernel::mechanism::Part) -> String {
    let clocks = mechanism.clock.values().filter(|c| c.part.as_deref() == Some(id));
    let none = std::collections::BTreeMap::new();
    let one = |c: &kernel::mechanism::Clock| {
        let length = mechanism.number.get(&c.length).and_then(|n| n.value.length(&none));
        format!("{} {}", c.label.zh, length.map_or_else(|| format!("{}(local)", c.length), |l| l.zh()))
    };
    let clocks: Vec<String> = clocks.map(one).collect();
    format!("分头办理 part {id} “{}”：{}", part.name.zh, clocks.join("，"))
}

/// The same with other proofs.
#[must_use]
pub fn check_with(packs: &PackSet, prove: Prove<'_>, promise: Promise<'_>) -> Report {
    let checked = packs.variants().map(|(id, region, effective)| {
        let mut checked = Checked {
            mechanism: id.to_owned(),
            region: region.copied(),
            overlays: Vec::new(),
            missing: Vec::new(),
            faults: Vec::new(),
            promise: String::new(),
        };
        match effective {
            Err(faults) => checked.faults = faults.to_vec(),
            Ok(effective) => fill(packs, effective, &mut checked, prove, promise),
        }
        checked
    });
    Report { faults: packs.faults().to_vec(), checked: checked.collect() }
}

fn fill(packs: &PackSet, effective: &Effective, checked: &mut Checked, prove: Prove<'_>, promise: Promise<'_>) {
    let mechanism = &effective.mechanism;
    // A region is measured against what holds one level up, which is itself measured against the country.
    let above = checked.region.map(|r| packs.effective_with_places(&checked.mechanism, r.parent().as_ref()));
    let base = above.and_then(Result::ok).map(|e| &*e.mechanism);
    let at = |f: &Finding| Fault::from_finding(f, &effective.place(&f.path));
    let mut found = prove(mechanism, base);
    found.extend(crate::kin::wired(packs, checked.region.as_ref(), mechanism));
    checked.faults = found.iter().map(at).collect();
    checked.overlays.clone_from(&effective.overlays);
    checked.missing = missing_values(mechanism);
    if checked.faults.is_empty() {
        checked.promise = promise(mechanism);
    }
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty() && self.checked.iter().all(|c| c.faults.is_empty())
    }

    /// Every fault once: a fault of the base shows in each region.
    #[must_use]
    pub fn all_faults(&self) -> Vec<Fault> {
        let mut all: Vec<Fault> = Vec::new();
        for fault in self.faults.iter().chain(self.checked.iter().flat_map(|c| &c.faults)) {
            if !all.contains(fault) {
                all.push(fault.clone());
            }
        }
        all
    }

    /// For people.
    #[must_use]
    pub fn text(&self, sources: &Sources, colour: bool) -> String {
        let mut out = text(&self.all_faults(), sources, colour);
        for c in &self.checked {
            let place = c.region.map_or_else(|| "全国 national".to_owned(), |r| r.to_string());
            let state = match (c.faults.len(), c.missing.is_empty()) {
                (0, true) => "✓ 可以受理 offered".to_owned(),
                (0, false) => format!("✓ 待地方给出 to be given locally: {}", c.missing.join(", ")),
                (n, _) => format!("✗ {n} 处要改 to mend"),
            };
            out.push_str(&format!("{} [{place}] {state}\n", c.mechanism));
            out.extend(c.promise.lines().map(|l| format!("    {l}\n")));
        }
        out
    }

    /// For programs.
    #[must_use]
    pub fn json(&self, sources: &Sources) -> serde_json::Value {
        let one = |c: &Checked| {
            serde_json::json!({
                "mechanism": c.mechanism, "region": c.region, "missing": c.missing, "promise": c.promise,
                "overlays": c.overlays.iter().map(|(n, s)| serde_json::json!({ "name": n, "source": s })).collect::<Vec<_>>(),
                "faults": json(&c.faults, sources),
            })
        };
        let checked: Vec<_> = self.checked.iter().map(one).collect();
        serde_json::json!({ "clean": self.is_clean(), "faults": json(&self.faults, sources), "checked": checked })
    }
}
