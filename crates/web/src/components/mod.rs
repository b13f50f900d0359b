//! The visual language as pure functions: props in, markup out, one component per file, each with `samples()`.
//! Components know no matter, no mechanism and no permission; whoever calls them maps data to props.

pub mod action_picker;
pub mod breadcrumb;
pub mod clock_strip;
pub mod code_form;
pub mod count;
pub mod counts;
pub mod due;
pub mod empty;
pub mod error_page;
pub mod error_summary;
pub mod facts;
pub mod field;
pub mod filter_bar;
pub mod letter;
pub mod letter_fate;
pub mod looks;
pub mod notice;
pub mod pager;
pub mod promise;
pub mod promise_path;
pub mod rating;
pub mod receipt;
pub mod ring;
pub mod sealed;
pub mod signin_form;
pub mod sketch;
pub mod stat;
pub mod state_graph;
pub mod state_table;
pub mod steps;
pub mod tabs;
pub mod tag;
pub mod thread;
pub mod tile_doors;
pub mod todo;
pub mod vote;
pub mod wizard;
pub mod work_list;

mod gallery;
pub use gallery::components_page;

use maud::{Markup, html};

/// A link with its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    pub href: String,
    pub label: String,
}

impl Link {
    /// A link.
    #[must_use]
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self { href: href.into(), label: label.into() }
    }
}

/// How grave something is. Every tone also has a shape or a word: colour alone never carries it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Due,
    Warn,
    Done,
}

impl Tone {
    /// The value of `data-tone`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Due => "due",
            Self::Warn => "warn",
            Self::Done => "done",
        }
    }
}

/// Hidden fields of a form, e.g. the CSRF token or the idempotency key.
pub type Hidden = Vec<(String, String)>;

/// Renders [`Hidden`].
#[must_use]
pub fn hidden_fields(hidden: &Hidden) -> Markup {
    html! { @for (name, value) in hidden { input type="hidden" name=(name) value=(value); } }
}

#[cfg(test)]
mod tests;
