//! A refusal in words: what is wrong, which rule says so, what can be done instead. For pages and API alike.

use crate::i18n::{Lang, t, tf};
use kernel::guard;
use kernel::mechanism::{CLOCK, Mechanism};
use kernel::refusal::{Refusal, Rule};
use kernel::text::Text;

fn pick(text: &Text, lang: Lang) -> &str {
    match lang {
        Lang::Zh => &text.zh,
        Lang::En => &text.en,
    }
}

/// The rule in one sentence, with its full stop.
#[must_use]
pub fn sentence(rule: &Rule, mechanism: Option<&Mechanism>, lang: Lang) -> String {
    stopped(plain(rule, mechanism, lang), lang)
}

/// A whole sentence, so that what comes after it does not run into it.
fn stopped(text: String, lang: Lang) -> String {
    if text.is_empty() || text.ends_with(['。', '！', '？', '.', '!', '?']) {
        return text;
    }
    match lang {
        Lang::Zh => text + "。",
        Lang::En => {
            let mut letters = text.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            format!("{first}{}.", letters.as_str())
        }
    }
}

fn plain(rule: &Rule, mechanism: Option<&Mechanism>, lang: Lang) -> String {
    let role = |id: &str| {
        let role = mechanism.and_then(|m| m.role.get(id)).map(|r| pick(&r.name, lang).to_owned());
        role.unwrap_or_else(|| {
            t(
                lang,
                match id {
                    "raiser" => "refusal.raiser",
                    "part" => "refusal.part",
                    _ => "refusal.system",
                },
            )
            .to_owned()
        })
    };
    let state = |id: &str| {
        let of_part = |m: &Mechanism| m.part.values().find_map(|p| p.state.get(id)).map(|s| s.name.clone());
        let name = mechanism.and_then(|m| m.state.get(id).map(|s| s.name.clone()).or_else(|| of_part(m)));
        name.map_or_else(String::new, |n| pick(&n, lang).to_owned())
    };
    let action = |id: &str| {
        mechanism.and_then(|m| m.action.get(id)).map_or_else(String::new, |a| pick(&a.label, lang).to_owned())
    };
    let key = format!("refusal.{}", rule.code());
    match rule {
        Rule::State { state: s } => tf(lang, &key, &[("state", &state(s))]),
        Rule::AtMost { at_most, then } => {
            let mut text = tf(lang, &key, &[("n", &at_most.to_string())]);
            if let Some(then) = then {
                text.push_str(&tf(lang, "refusal.at_most_then", &[("action", &action(then))]));
            }
            text
        }
        Rule::Guard { action, unmet } => mechanism.map_or_else(
            || t(lang, &key).to_owned(),
            |m| pick(&guard::sentence(m, m.action.get(action), unmet), lang).to_owned(),
        ),
        Rule::Role { roles } if roles.is_empty() => t(lang, "refusal.role_of_nobody").to_owned(),
        Rule::Role { roles } if roles.iter().all(|r| r == CLOCK) => t(lang, "refusal.clock").to_owned(),
        Rule::Role { roles } => {
            let names: Vec<String> = roles.iter().filter(|r| *r != CLOCK).map(|r| role(r)).collect();
            tf(lang, &key, &[("roles", &names.join(t(lang, "refusal.or")))])
        }
        Rule::Nobody { role: r } => tf(lang, &key, &[("role", &role(r))]),
        Rule::Fields(errors) => tf(lang, &key, &[("n", &errors.len().to_string())]),
        Rule::Vote(vote) => pick(&vote.words(), lang).to_owned(),
        Rule::Paper(paper) => pick(&paper.words(), lang).to_owned(),
        Rule::Count(count) => pick(&count.words(), lang).to_owned(),
        _ => t(lang, &key).to_owned(),
    }
}

/// The refusal in sentences: the rule, then what is possible.
#[must_use]
pub fn words(refusal: &Refusal, mechanism: Option<&Mechanism>, lang: Lang) -> Vec<String> {
    let mut text = vec![sentence(&refusal.rule, mechanism, lang)];
    let labels = refusal.possible.iter().filter_map(|a| mechanism?.action.get(a)).map(|a| pick(&a.label, lang));
    let labels: Vec<&str> = labels.take(5).collect();
    if !labels.is_empty() {
        text.push(tf(lang, "refusal.possible", &[("actions", &labels.join(t(lang, "refusal.comma")))]));
    }
    text
}

/// The refusal in one paragraph.
#[must_use]
pub fn said(refusal: &Refusal, mechanism: Option<&Mechanism>, lang: Lang) -> String {
    let between = match lang {
        Lang::Zh => "",
        Lang::En => " ",
    };
    words(refusal, mechanism, lang).join(between)
}

/// The conditions that do not hold, where that is why.
#[must_use]
pub fn conditions(rule: &Rule, mechanism: Option<&Mechanism>) -> Vec<guard::Condition> {
    match (rule, mechanism) {
        (Rule::Guard { unmet, .. }, Some(m)) => guard::conditions(m, unmet),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::refusal::VoteRule;

    #[test]
    fn every_sentence_ends_before_the_next_begins() {
        let slip = || Rule::Vote(VoteRule::NoSlip { slip: 9, base: 8 });
        assert_eq!(sentence(&slip(), None, Lang::Zh), "没有 9 号票，票号从 1 到 8。");
        assert_eq!(sentence(&slip(), None, Lang::En), "There is no slip 9; they run from 1 to 8.");
        let clock = Rule::Role { roles: vec![CLOCK.into()] };
        assert_eq!(sentence(&clock, None, Lang::Zh), "这一步由时限到期时自动办理，不用人办。");
        let nobody = Rule::Role { roles: Vec::new() };
        for lang in [Lang::Zh, Lang::En] {
            assert_ne!(sentence(&nobody, None, lang), sentence(&clock, None, lang));
        }
    }
}
