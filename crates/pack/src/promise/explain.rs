//! The worked path of a promise in plain words: who does what by when, and which clock says so. Words come from the pack.

use super::{PathStep, Promise};
use crate::check::lower::real;
use kernel::mechanism::Mechanism;
use kernel::text::Lang;
use kernel::time::Length;

/// The path to the latest lawful first answer, a line for each step.
#[must_use]
pub fn explain(promise: &Promise, mechanism: &Mechanism, lang: Lang) -> Vec<String> {
    explain_path(&promise.path, mechanism, lang)
}

/// Any worked path, a line for each step.
#[must_use]
pub fn explain_path(path: &[PathStep], mechanism: &Mechanism, lang: Lang) -> Vec<String> {
    path.iter().map(|step| line(step, mechanism, lang)).collect()
}

fn line(step: &PathStep, m: &Mechanism, lang: Lang) -> String {
    let what = what(step, m, lang);
    let state = m.state.get(&step.state).map_or(step.state.as_str(), |s| s.name.get(lang));
    let date = step.at.date();
    let why = why(step, m, lang);
    match (lang, why) {
        (Lang::Zh, Some(why)) => format!("最晚 {date}：{what}（{why}），到“{state}”"),
        (Lang::Zh, None) => format!("{date}：{what}，到“{state}”"),
        (Lang::En, Some(why)) => format!("by {date}: {what} ({why}), now `{state}`"),
        (Lang::En, None) => format!("{date}: {what}, now `{state}`"),
    }
}

fn what(step: &PathStep, m: &Mechanism, lang: Lang) -> String {
    // What is proved has an action for each part and each way; people know the one that the file has.
    let label = step.action.as_ref().map(|a| m.action.get(real(a)).map_or(real(a), |a| a.label.get(lang)));
    let window = step.silence.as_ref().and_then(|w| m.clock.get(real(w)));
    let silence = window.and_then(|c| c.silence.as_ref()).map(|s| if lang == Lang::Zh { &s.zh } else { &s.en });
    match (label, silence, lang) {
        (Some(label), None, _) => label.to_owned(),
        (_, Some(silence), Lang::Zh) => format!("到期没有回应，{silence}"),
        (_, Some(silence), Lang::En) => format!("nothing was said in time: {silence}"),
        (None, None, _) => String::new(),
    }
}

fn why(step: &PathStep, m: &Mechanism, lang: Lang) -> Option<String> {
    let waited = step.waited.as_ref()?;
    let clock = m.clock.get(real(&waited.clock))?;
    let length = |l: &Length| if lang == Lang::Zh { l.zh() } else { l.en() };
    let mut lengths = waited.lengths.iter().map(|(_, l)| length(l)).collect::<Vec<_>>().join(" + ");
    for other in &waited.stood {
        let label = m.clock.get(real(other)).map_or(real(other), |c| c.label.get(lang));
        lengths +=
            &if lang == Lang::Zh { format!("，扣除“{label}”") } else { format!(", less the time of `{label}`") };
    }
    let (label, since) = (clock.label.get(lang), waited.since.date());
    Some(match lang {
        Lang::Zh => format!("“{label}”：{since} 起 {lengths}"),
        Lang::En => format!("`{label}`: {lengths} from {since}"),
    })
}
