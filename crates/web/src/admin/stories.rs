//! The stories: every scenario of the packs, played by the kernel, as an illustrated walk: who did what when, what was refused
//! and why, which letter went out, where the clocks stood, and what the person got.

mod got;
mod pictures;

use super::{admin, beats};
use crate::components::breadcrumb::Crumb;
use crate::components::facts::{Fact, facts};
use crate::components::tag::tag;
use crate::components::thread::{Entry, Speaker, thread, thread_legend};
use crate::components::{Link, Tone};
use crate::desk::about::about;
use crate::desk::frame::page as framed;
use crate::desk::words::{moment, say};
use crate::error::WebError;
use crate::i18n::{Lang, date_long, date_time, t, tf};
use crate::layout::PageHead;
use crate::visitor::Visitor;
use app::catalogue::{Scene, Story};
use app::error::AppError;
use app::played::{account, beats as told, invented, running};
use axum::extract::Path;
use kernel::file::CaseFile;
use kernel::text::Text;
use maud::{Markup, html};
use std::sync::Arc;

/// The index, by mechanism.
///
/// # Errors
/// `SignIn`, `NotFound`.
pub async fn index(visitor: Visitor) -> Result<Markup, WebError> {
    admin(&visitor)?;
    let lang = visitor.lang;
    let app = &visitor.site.app;
    let stories = app.catalogue().packs().stories();
    let body = html! {
        p.quiet { (t(lang, "story.intro")) }
        @for id in app.catalogue().ids() {
            @let own: Vec<&Arc<Story>> = stories.values().filter(|s| s.id == id).collect();
            @if let Some(first) = own.first() { details.sec.folded id=(format!("m-{id}")) {
                summary { h2 { (say(lang, &first.mechanism.mechanism.name)) } " " span.quiet.small { (tf(lang, "story.count", &[("n", &own.len().to_string())])) } }
                (list(&visitor, &own))
                p.actions { a href=(format!("/admin/mechanisms/{id}")) { (t(lang, "story.rules")) } }
            } }
        }
    };
    let title = tf(lang, "story.title", &[("n", &stories.len().to_string())]);
    framed(&visitor, visitor.head(title), "/admin/stories", &html! {}, &body).await
}

/// Rows of stories: title, where, how many steps and refusals, how it ended.
#[must_use]
pub fn list(visitor: &Visitor, stories: &[&Arc<Story>]) -> Markup {
    let lang = visitor.lang;
    html! { ul.plain.rows.bare { @for story in stories { li {
        div { a.t href=(format!("/admin/stories/{}/{}", story.id, story.slug)) { (say(lang, &story.name)) }
            small { (say(lang, &visitor.site.app.place(&story.region))) " · " (length(lang, story)) } }
        div.end { (end(lang, story)) }
    } } } }
}

fn length(lang: Lang, story: &Story) -> String {
    let refused = story.scenes.iter().filter(|s| s.log.refused.is_some()).count();
    let n = [story.scenes.len().to_string(), refused.to_string()];
    let key = if refused == 0 { "story.steps" } else { "story.steps_refused" };
    tf(lang, key, &[("n", &n[0]), ("refused", &n[1])])
}

fn end(lang: Lang, story: &Story) -> Markup {
    let file = story.end();
    let state = file.and_then(|f| story.mechanism.state.get(&f.state));
    html! { @if let (Some(file), Some(state)) = (file, state) {
        (tag(if file.ended.is_some() { Tone::Done } else { Tone::Plain }, &about(lang, &state.name)))
    } }
}

/// One story.
///
/// # Errors
/// `SignIn`, `NotFound`.
pub async fn story(visitor: Visitor, Path((id, slug)): Path<(String, String)>) -> Result<Markup, WebError> {
    admin(&visitor)?;
    let lang = visitor.lang;
    let stories = visitor.site.app.catalogue().packs().stories();
    let story = stories.get(&(id.clone(), slug)).ok_or_else(|| WebError::new(AppError::NotFound, &visitor))?;
    let name = say(lang, &story.mechanism.mechanism.name);
    let head = PageHead {
        crumbs: vec![
            Crumb::link(Link::new("/admin/stories", t(lang, "admin.nav.stories"))),
            Crumb::link(Link::new(format!("/admin/mechanisms/{id}"), name)),
        ],
        ..visitor.head(say(lang, &story.name))
    };
    framed(&visitor, head, "/admin/stories", &html! {}, &body(&visitor, story)).await
}

fn body(visitor: &Visitor, story: &Story) -> Markup {
    let lang = visitor.lang;
    let first = story.scenes.first().map(|s| date_long(lang, s.log.at.date()));
    let last = story.scenes.last().map(|s| date_long(lang, s.log.at.date()));
    let rows = [
        ("story.where", say(lang, &visitor.site.app.place(&story.region)).to_owned()),
        ("story.from", first.unwrap_or_default()),
        ("story.until", last.unwrap_or_default()),
        ("story.length", length(lang, story)),
    ];
    let rows: Vec<Fact> = rows.into_iter().map(|(key, value)| Fact::text(t(lang, key), value)).collect();
    html! {
        div.two {
            div.main {
                @if !story.lead.is_empty() { div.story-lead.sec lang="zh-CN" { @for line in &story.lead { p.voice { (line) } } } }
                section.sec { header { h2 { (t(lang, "story.walk")) } } (thread_legend(lang)) (thread(lang, &walk(visitor, story), false)) }
            }
            div.side { section.sec { header { h2 { (t(lang, "story.got")) } } (got::got(lang, story)) }
                section.sec { header { h2 { (t(lang, "story.about")) } } (facts(&rows)) p.quiet.small { (t(lang, "story.invented")) } } }
        }
    }
}

/// Every scene: what its entries say, or who was refused what and why; then where the clocks stand.
fn walk(visitor: &Visitor, story: &Story) -> Vec<Entry> {
    let lang = visitor.lang;
    let names = invented();
    let mut before = CaseFile::default();
    let mut entries = Vec::new();
    for scene in &story.scenes {
        let post = account(&scene.log.who).map(|(post, _)| post);
        // What was drawn is shown as it was drawn, with the words that say the same.
        let drawn = |id: &str| scene.drawn.iter().any(|(d, _)| d == id);
        let given: Vec<_> = scene.given.iter().filter(|(id, _)| !drawn(id)).cloned().collect();
        let mut beats = told(&story.mechanism, &names, &before, &scene.log.entries, &given);
        // Where the clocks stand is said below each scene.
        beats.iter_mut().for_each(|b| b.started.clear());
        // The last state stands beside its ring.
        beats.iter_mut().last().into_iter().for_each(|b| b.state = None);
        let mut all: Vec<Entry> = beats.iter().map(|b| beats::entry(lang, b, post.as_deref())).collect();
        if let Some(rule) = scene.log.refused {
            all.push(refused(lang, story, scene, rule));
        } else if all.is_empty() {
            all.push(Entry {
                speaker: Speaker::System,
                title: t(lang, "story.waited").to_owned(),
                when: date_time(lang, moment(scene.log.at)),
                ..Entry::default()
            });
        }
        if let Some(last) = all.last_mut() {
            let due = running(&story.mechanism, &names, &scene.after);
            let remarks = html! { @for line in &scene.remarks { p.remark lang="zh-CN" { (line) } } };
            let clocks = (scene.log.refused.is_none() && !due.is_empty()).then(|| beats::clocks(lang, &due));
            let pictures = pictures::pictures(lang, story, scene, &names);
            last.extra = Some(html! { (remarks) (pictures) @if let Some(clocks) = clocks { (clocks) } });
        }
        entries.append(&mut all);
        before = scene.after.clone();
    }
    entries
}

/// What somebody tried and the rules refused.
fn refused(lang: Lang, story: &Story, scene: &Scene, rule: &str) -> Entry {
    let label = story.mechanism.action.get(scene.action()).map_or_else(Text::default, |a| a.label.clone());
    let key = ["approve:", "reject:", "take_back:"].into_iter().position(|p| scene.log.what.starts_with(p));
    let what = match key {
        Some(0) => tf(lang, "story.approve", &[("action", say(lang, &label))]),
        Some(2) => tf(lang, "story.take_back", &[("action", say(lang, &label))]),
        Some(_) => tf(lang, "story.reject", &[("action", say(lang, &label))]),
        None if scene.log.what.starts_with("vote") => t(lang, "story.vote").to_owned(),
        None if scene.log.what == "void" => t(lang, "letter.void_do").to_owned(),
        None => say(lang, &label).to_owned(),
    };
    let who = match account(&scene.log.who) {
        Some((post, body)) if lang == Lang::Zh => format!("{} · {post}", body.zh),
        Some((_, body)) => body.en,
        None => t(lang, "desk.who.person").to_owned(),
    };
    let fields = scene.log.left_out.iter().filter_map(|f| story.mechanism.field.get(f)).map(|f| say(lang, &f.label));
    let fields: Vec<&str> = fields.collect();
    let action = story.mechanism.action.get(scene.action());
    let unmet = Some(&scene.log.unmet).filter(|u| !u.is_empty());
    let unmet = unmet.map(|u| say(lang, &kernel::guard::sentence(&story.mechanism, action, u)).to_owned());
    let why = unmet.unwrap_or_else(|| t(lang, &format!("story.refused.{rule}")).to_owned());
    let mut text = vec![tf(lang, "story.why", &[("why", &why)])];
    if !fields.is_empty() {
        text.push(tf(lang, "story.left_out", &[("fields", &fields.join(t(lang, "desk.list")))]));
    }
    Entry {
        speaker: if scene.is_residents() { Speaker::Person } else { Speaker::Body },
        late: true,
        when: date_time(lang, moment(scene.log.at)),
        datetime: Some(scene.log.at.to_string()),
        title: tf(lang, "story.tried", &[("what", &what)]),
        who: Some(who),
        text,
        ..Entry::default()
    }
}
