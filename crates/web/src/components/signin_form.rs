//! Sign-in for staff and residents: user name, pass phrase, and in a demo the accounts to try.

use super::field::{Field, Input, field};
use super::{Hidden, hidden_fields};
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// An account of the demo, never shown elsewhere.
#[derive(Clone, Debug, Default)]
pub struct DemoAccount {
    pub user: String,
    pub password: String,
    pub post: String,
}

/// The form.
#[derive(Clone, Debug, Default)]
pub struct SigninForm {
    pub action: String,
    pub user: String,
    /// One sentence that does not say which of the two was wrong.
    pub error: Option<String>,
    pub hidden: Hidden,
    pub demo: Vec<DemoAccount>,
}

/// The form, with fields `user` and `password`.
#[must_use]
pub fn signin_form(lang: Lang, form: &SigninForm) -> Markup {
    let user = Field::new(
        "user",
        t(lang, "signin.user"),
        Input::Text { value: form.user.clone(), max: Some(60), autocomplete: Some("username") },
    );
    html! {
        form.signin.card method="post" action=(form.action) {
            (hidden_fields(&form.hidden))
            @if let Some(error) = &form.error { div.note data-tone="warn" role="alert" { p { (error) } } }
            div.stack { (field(lang, &user))
                div.field { label for="f-password" { (t(lang, "signin.password")) }
                    input.in #f-password type="password" name="password" autocomplete="current-password" required; } }
            p.actions { button.btn data-kind="go" { (t(lang, "signin.go")) } }
        }
        @if !form.demo.is_empty() { section.demo { h2.h3 { (t(lang, "signin.demo")) }
            table.tbl data-cards { thead { tr { th scope="col" { (t(lang, "signin.post")) } th scope="col" { (t(lang, "signin.user")) } th scope="col" { (t(lang, "signin.password")) } } }
                tbody { @for account in &form.demo { tr { td { (account.post) } td data-l=(t(lang, "signin.user")) { span.num { (account.user) } } td data-l=(t(lang, "signin.password")) { span.num { (account.password) } } } } } } } }
    }
}

/// After a wrong password, with demo accounts.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let demo =
        vec![DemoAccount { user: "operator".into(), password: "demo".into(), post: t(lang, "sample.holder").into() }];
    signin_form(
        lang,
        &SigninForm {
            action: "#".into(),
            user: "operator".into(),
            error: Some(t(lang, "signin.wrong").into()),
            hidden: vec![],
            demo,
        },
    )
}
