//! Every component with its states on one page, for /admin/components: what one looks at before changing a style.

use crate::i18n::{Lang, t};
use maud::{Markup, html};

macro_rules! show {
    ($lang:expr, $($name:ident),+ $(,)?) => {
        [$((stringify!($name), super::$name::samples($lang))),+]
    };
}

/// The body of the page of components.
#[must_use]
pub fn components_page(lang: Lang) -> Markup {
    let all = show!(
        lang,
        ring,
        steps,
        clock_strip,
        due,
        promise,
        thread,
        action_picker,
        field,
        work_list,
        filter_bar,
        pager,
        facts,
        sealed,
        looks,
        letter,
        receipt,
        notice,
        error_summary,
        empty,
        tag,
        rating,
        tile_doors,
        todo,
        wizard,
        stat,
        tabs,
        state_graph,
        state_table,
        promise_path,
        breadcrumb,
        signin_form,
        code_form,
        error_page,
    );
    html! {
        p.quiet { (t(lang, "gallery.intro")) }
        nav.chips aria-label=(t(lang, "gallery.index")) { @for (name, _) in &all { a href=(format!("#c-{name}")) { (name) } } }
        div.gallery { @for (name, sample) in &all {
            section id=(format!("c-{name}")) { h2.gallery-name { (name) } (sample) }
        } }
    }
}
