//! A matter's page as bytes that can be given again: made for nobody in particular, with a fresh key put into its form each
//! time. When it may be given again, and to whom, is `app::finished`'s.

use crate::i18n::Lang;
use crate::pace::Source;
use crate::portal::raise::draft::fresh_key;
use crate::visitor::Visitor;
use app::finished::Answer;
use app::view::MatterView;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::Markup;

/// What stands before the key of a form.
const BEFORE: &str = "name=\"key\" value=\"";
/// The length of a key.
const KEY: usize = 32;

/// The number of a page's form: everything of a visit that the page looks at.
pub fn form(visitor: &Visitor, done: bool) -> u8 {
    u8::from(visitor.lang == Lang::En) | u8::from(visitor.large) << 1 | u8::from(done) << 2
}

/// The visitor without anything of his own: what is kept cannot hold what only he sent.
pub fn anybody(visitor: &Visitor, view: &MatterView, done: bool) -> Visitor {
    Visitor {
        site: visitor.site.clone(),
        lang: visitor.lang,
        large: visitor.large,
        path: format!("/m/{}{}", view.number, if done { "?done" } else { "" }),
        staff: None,
        by_token: false,
        code: None,
        source: Source { hash: 0, paced: false },
        secret: None,
    }
}

/// The page with the places of its keys.
pub fn answer(markup: Markup) -> Answer {
    let text = markup.into_string();
    let keys = text.match_indices(BEFORE).map(|(at, _)| at + BEFORE.len());
    let holes = keys.filter(|at| text.as_bytes()[*at..].iter().take_while(|b| b.is_ascii_hexdigit()).count() == KEY);
    Answer { holes: holes.collect(), bytes: text.into_bytes(), once: false }
}

/// The page with keys of its own.
pub fn respond(answer: &Answer) -> Response {
    let mut bytes = answer.bytes.clone();
    for at in &answer.holes {
        bytes[*at..at + KEY].copy_from_slice(fresh_key().as_bytes());
    }
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use maud::html;

    #[test]
    fn each_time_the_form_has_another_key_and_nothing_else_changes() {
        let page =
            html! { form { input type="hidden" name="key" value=(fresh_key()); input name="key" value="short"; } };
        let first = answer(page);
        assert_eq!(first.holes.len(), 1);
        let at = first.holes[0];
        let keys: Vec<_> = (0..2).map(|_| fresh_key()).collect();
        assert!(keys.iter().all(|k| k.len() == KEY) && keys[0] != keys[1]);
        let mut again = first.bytes.clone();
        again[at..at + KEY].copy_from_slice(keys[0].as_bytes());
        assert_eq!((&again[..at], &again[at + KEY..]), (&first.bytes[..at], &first.bytes[at + KEY..]));
    }
}
