//! The clause behind a refusal: what the base wrote as the source of the part that an overlay loosened, written out. It finds
//! nothing itself.

use crate::finding::{Finding, Rule};
use crate::titles::spelled;
use kernel::mechanism::Mechanism;
use kernel::text::Text;

/// Adds to each refusal of a loosening on what the base rests.
pub(super) fn cite(found: &mut [Finding], base: &Mechanism) {
    for f in found.iter_mut().filter(|f| f.rule == Rule::OverlaySafe) {
        let own = source(base, &f.path).filter(|s| !s.trim().is_empty());
        let (what, source) = match own {
            Some(own) => (Text::new("基础机制这一条依据", "what the base says here rests on"), own),
            None => (Text::new("这个机制依据", "the mechanism rests on"), base.mechanism.source.as_str()),
        };
        let spelled = spelled(source);
        f.message.zh.push_str(&format!("。{}：{}", what.zh, spelled.zh));
        f.message.en.push_str(&format!("; {}: {}", what.en, spelled.en));
    }
}

/// The source of a part of the base; for a clock that of its length, for a letter that of the action that issues it.
fn source<'a>(m: &'a Mechanism, path: &str) -> Option<&'a str> {
    let mut steps = path.split('.');
    let (table, id) = (steps.next()?, steps.next());
    let number = |id: &str| m.number.get(id).map(|n| n.source.as_str());
    let action = |id: &str| m.action.get(id).and_then(|a| a.source.as_deref());
    match (table, id) {
        ("clock", Some(id)) => number(&m.clock.get(id)?.length),
        ("number", Some(id)) => number(id),
        ("action", Some(id)) if steps.next() == Some("extends") => {
            m.action.get(id)?.extends.as_ref().and_then(|e| number(&e.by)).or_else(|| action(id))
        }
        ("action", Some(id)) => action(id),
        ("field", Some(id)) => m.field.get(id)?.source.as_deref(),
        ("vote", Some(id)) => m.vote.get(id)?.source.as_deref(),
        ("cap", Some(id)) => m.cap.get(id)?.source.as_deref(),
        ("letter", Some(id)) => {
            let issues = |a: &&kernel::mechanism::Action| a.letter.as_deref() == Some(id);
            m.action.values().filter(issues).find_map(|a| a.source.as_deref())
        }
        ("escalation", _) => number(&m.escalation.as_ref()?.within),
        ("approval", _) => number(&m.approval.as_ref()?.within),
        ("retention", _) => Some(&m.retention.as_ref()?.source),
        _ => None,
    }
}
