//! A refusal in words: what is wrong, which rule says so, what can be done instead. For pages and API alike.

use crate::i18n::{Lang, t, tf};
use kernel::mechanism::Mechanism;
use kernel::refusal::{Refusal, Rule};
use kernel::text::Text;

fn pick(text: &Text, lang: Lang) -> &str {
    match lang {
        Lang::Zh => &text.zh,
        Lang::En => &text.en,
    }
}

/// The rule in one sentence.
#[must_use]
pub fn sentence(rule: &Rule, mechanism: Option<&Mechanism>, lang: Lang) -> String {
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
        Rule::Role { roles } => {
            let names: Vec<String> = roles.iter().filter(|r| r.as_str() != "clock").map(|r| role(r)).collect();
            tf(lang, &key, &[("roles", &names.join(t(lang, "refusal.or")))])
        }
        Rule::Nobody { role: r } => tf(lang, &key, &[("role", &role(r))]),
        Rule::Fields(errors) => tf(lang, &key, &[("n", &errors.len().to_string())]),
        Rule::Vote(vote) => pick(&vote.words(), lang).to_owned(),
        Rule::Paper(paper) => pick(&paper.words(), lang).to_owned(),
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
