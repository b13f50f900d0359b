//! What a viewer may do now, and only that; and what a rule stands in the way of, with the rule.

use super::fields::FieldView;
use super::{BodyName, body_name};
use crate::access::Access;
use crate::installation::App;
use crate::matter::Matter;
use crate::viewer::Viewer;
use kernel::decide::{Context, decidable_by, position, possible_for, takable_by};
use kernel::directory::Directory;
use kernel::form::Coded;
use kernel::guard::Facts;
use kernel::mechanism::{Action, Field, FieldKind, Mechanism, RAISE};
use kernel::part::PartFile;
use kernel::permit::permit;
use kernel::possible::Position;
use kernel::refusal::Rule;
use kernel::text::Text;
use kernel::vote::hinders;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What kind of doing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// An action of the mechanism.
    Act,
    /// To approve what somebody proposed.
    Approve,
    /// Not to approve it.
    Reject,
    /// To take back what one proposed oneself.
    TakeBack,
}

/// An action that may be done now.
#[derive(Clone, Debug, Serialize)]
pub struct ActionView {
    /// Its name in the API.
    pub name: String,
    /// The kind.
    pub kind: ActionKind,
    /// The verb.
    pub label: Text,
    /// What it does and does not do.
    pub does: Option<Text>,
    /// Where it leads, in words.
    pub leads_to: Option<Text>,
    /// Whose approval it needs.
    pub approval: Option<Text>,
    /// The letter that it issues.
    pub letter: Option<Text>,
    /// The words that were given before and become public with it.
    pub publishes: Option<String>,
    /// It is the substantive answer.
    pub answers: bool,
    /// It ends the matter or gives it up: ask once more.
    pub final_act: bool,
    /// How often it may still be done.
    pub left: Option<u32>,
    /// The clause.
    pub source: Option<String>,
    /// The form.
    pub fields: Vec<FieldView>,
}

/// An action that a rule stands in the way of.
#[derive(Clone, Debug, Serialize)]
pub struct BlockedView {
    /// Its name.
    pub name: String,
    /// The verb.
    pub label: Text,
    /// The rule.
    #[serde(skip)]
    pub rule: Rule,
    /// How many more are needed, where too few came.
    #[serde(skip)]
    pub short: Vec<Text>,
    /// The version under which the matter was raised, for the words of the rule.
    #[serde(skip)]
    pub mechanism: Arc<Mechanism>,
    /// The clause.
    pub source: Option<String>,
}

/// An act of the person that came after silence had spoken for her and counts if she posted it in time.
#[derive(Clone, Debug)]
pub struct LateView {
    /// What it is.
    pub action: ActionView,
    /// Until when it had to be posted.
    pub due: kernel::time::Timestamp,
}

pub(super) fn late(app: &App, viewer: &Viewer, matter: &Matter, access: &Access) -> Vec<LateView> {
    if !access.reads() {
        return Vec::new();
    }
    let directory = app.directory();
    let ctx = app.context(matter, &*directory);
    let all = kernel::late::recordable(&ctx, &matter.file, &viewer.actor(matter.id));
    let view = |(id, due): (&str, _)| {
        let action = matter.mechanism.action.get(id)?;
        Some(LateView { action: one(app, &ctx, matter, id, action, None), due })
    };
    all.into_iter().filter_map(view).collect()
}

pub(super) fn possible(app: &App, viewer: &Viewer, matter: &Matter, access: &Access) -> Vec<ActionView> {
    if !access.reads() {
        return Vec::new();
    }
    let directory = app.directory();
    let ctx = app.context(matter, &*directory);
    let actor = viewer.actor(matter.id);
    let decide = decidable_by(&ctx, &matter.file, &actor);
    let mut all: Vec<ActionView> = decide.iter().flat_map(|a| decision_of(&matter.mechanism, a)).collect();
    all.extend(takable_by(&matter.file, &actor).into_iter().map(|a| taking_back(&matter.mechanism, a)));
    let open = possible_for(&ctx, &matter.file, &actor);
    all.extend(
        open.into_iter()
            .filter_map(|id| matter.mechanism.action.get_key_value(id))
            // What is done on a part stands in the part's row.
            .filter(|(_, a)| a.part.is_none())
            .map(|(id, a)| one(app, &ctx, matter, id, a, None)),
    );
    // What moves the matter comes first, then notes and reminders.
    let order = |a: &ActionView| matter.mechanism.action.get(&a.name).map_or(0, |a| a.order);
    all.sort_by_key(|a| (a.kind == ActionKind::Act, a.leads_to.is_none(), a.final_act, order(a)));
    all
}

/// Shows the words that were given before and that an action would make public.
pub(super) fn to_publish(matter: &Matter, texts: &BTreeMap<(u32, String), String>, actions: &mut [ActionView]) {
    for view in actions.iter_mut().filter(|a| a.kind == ActionKind::Act) {
        let action = matter.mechanism.action.get(&view.name);
        let field = action.and_then(|a| a.publishes.as_ref().filter(|f| !a.needs.contains(f)));
        view.publishes = field.and_then(|f| texts.get(&(matter.file.said.seq(f)?, f.clone())).cloned());
    }
}

/// An act on what waits for approval: nothing of it but its words and its fields is the mechanism's.
fn on_proposal(kind: ActionKind, name: String, label: Text, fields: Vec<FieldView>) -> ActionView {
    ActionView {
        name,
        kind,
        label,
        does: None,
        leads_to: None,
        approval: None,
        letter: None,
        publishes: None,
        answers: false,
        final_act: false,
        left: None,
        source: None,
        fields,
    }
}

fn taking_back(mechanism: &Mechanism, action: &str) -> ActionView {
    let label = mechanism.action.get(action).map(|a| a.label.clone()).unwrap_or_default();
    let label = Text::new(format!("撤回提请：{}", label.zh), format!("take the request back: {}", label.en));
    on_proposal(ActionKind::TakeBack, format!("take_back:{action}"), label, Vec::new())
}

fn decision_of(mechanism: &Mechanism, action: &str) -> Vec<ActionView> {
    let label = mechanism.action.get(action).map(|a| a.label.clone()).unwrap_or_default();
    let reason = FieldView {
        id: "reason".into(),
        field: Field {
            label: Text::new("不同意的理由", "why not"),
            hint: None,
            kind: FieldKind::Text,
            class: kernel::ids::Class::Handlers,
            of: Vec::new(),
            max: Some(2000),
            function: None,
            set: None,
            proposes: None,
            within: None,
            shield: false,
            withhold: false,
            outside: None,
            ahead: false,
            after: None,
            past: false,
            among: None,
            hidden_until_end_from: Vec::new(),
            takes: None,
            running: None,
            about: false,
            link: None,
            source: None,
        },
        required: true,
        required_when: None,
        bodies: Vec::new(),
        rows: Vec::new(),
        proposed: Vec::new(),
        first: Vec::new(),
        pictures: Vec::new(),
    };
    let approve = Text::new(format!("同意：{}", label.zh), format!("approve: {}", label.en));
    let reject = Text::new(format!("不同意：{}", label.zh), format!("do not approve: {}", label.en));
    vec![
        on_proposal(ActionKind::Approve, format!("approve:{action}"), approve, Vec::new()),
        on_proposal(ActionKind::Reject, format!("reject:{action}"), reject, vec![reason]),
    ]
}

pub(super) fn one(
    app: &App,
    ctx: &Context<'_>,
    matter: &Matter,
    id: &str,
    action: &Action,
    part: Option<&PartFile>,
) -> ActionView {
    let mechanism = &matter.mechanism;
    let role = |r: &String| mechanism.role.get(r).map(|r| r.name.clone());
    let state = action.to.as_ref().and_then(|s| mechanism.state.get(s));
    let done = part.map_or(&matter.file.counts, |p| &p.counts).get(id).copied().unwrap_or(0);
    let kind = action.part.as_ref().and_then(|p| mechanism.part.get(p));
    let of_part = kind.zip(action.to.as_ref()).and_then(|(p, to)| p.state.get(to)).map(|s| s.name.clone());
    let state = state.filter(|_| kind.is_none());
    ActionView {
        name: id.to_owned(),
        kind: ActionKind::Act,
        label: action.label.clone(),
        does: action.does.clone(),
        leads_to: of_part.or_else(|| state.map(|s| s.name.clone())),
        approval: action.approval.as_ref().and_then(role),
        publishes: None,
        letter: action.letter.as_ref().and_then(|l| mechanism.letter.get(l)).map(|l| l.name.clone()),
        answers: action.answers,
        final_act: state.is_some_and(|s| s.end) || action.withdraws,
        left: action.at_most.map(|m| m.saturating_sub(done)),
        source: action.source.clone(),
        fields: fields(app, ctx, mechanism, action, matter),
    }
}

fn fields(app: &App, ctx: &Context<'_>, mechanism: &Mechanism, action: &Action, matter: &Matter) -> Vec<FieldView> {
    let region = matter.row.region;
    let shielded = |b: &BodyName| matter.file.standing.shields(ctx.directory, b.id);
    let mut views = form(app, mechanism, action, &region);
    for view in views.iter_mut().filter(|v| v.field.outside.is_some()) {
        view.bodies.retain(|b| !shielded(b));
    }
    let directory = app.directory();
    for view in &mut views {
        if let Some(among) = &view.field.among {
            view.bodies = among.bodies(&matter.file).into_iter().map(|b| body_name(&directory, b)).collect();
        }
    }
    settle(&mut views, &ctx.outside.over(&matter.file.facts));
    views
}

/// A condition that looks at nothing else in this form is decided already: the field is needed or it is not.
fn settle(views: &mut [FieldView], facts: &BTreeMap<String, Coded>) {
    let asked: BTreeSet<String> = views.iter().map(|v| v.id.clone()).collect();
    for view in views {
        let Some(guard) = view.required_when.as_ref() else { continue };
        let (mut open, mut counted) = (false, false);
        let mut reads = |fact: &str| {
            let field = fact.split('.').next().unwrap_or(fact);
            open |= *field != *view.id && asked.contains(field);
        };
        guard.visit(&mut |fact, _| reads(fact), &mut |_| counted = true);
        guard.numerics(&mut |_| counted = true);
        guard.visit_parts(&mut |_, _, _| counted = true);
        if !open && !counted {
            let known = Facts { facts, counts: &BTreeMap::new(), parts: &kernel::part::NO_PARTS };
            view.required |= guard.holds(&known);
            view.required_when = None;
        }
    }
}

/// The form of an action in a region.
#[must_use]
pub fn form(app: &App, mechanism: &Mechanism, action: &Action, region: &kernel::region::RegionCode) -> Vec<FieldView> {
    let directory = app.directory();
    let view = |id: &str| {
        let field = mechanism.field.get(id)?.clone();
        let bodies = match (field.kind, &field.function) {
            (FieldKind::Body | FieldKind::Bodies | FieldKind::Tasks, function) => {
                let near = directory.bodies().filter(|b| {
                    b.region.contains(region) || region.contains(&b.region) || same_county(&b.region, region)
                });
                let fit = near.filter(|b| function.as_ref().is_none_or(|f| directory.has(b.id, f)));
                fit.map(|b| body_name(&directory, b.id)).collect()
            }
            _ => Vec::new(),
        };
        let set = field.set.as_deref().filter(|_| field.kind == FieldKind::Row);
        let rows = set.map(|s| directory.rows_of(s).map(crate::resting::choice).collect());
        let rows = rows.unwrap_or_default();
        let required = action.needs.iter().any(|n| n == id);
        Some(FieldView {
            id: id.to_owned(),
            field,
            required,
            required_when: action.needs_when.get(id).cloned(),
            bodies,
            rows,
            proposed: Vec::new(),
            first: Vec::new(),
            pictures: Vec::new(),
        })
    };
    mechanism.fields_of(action).into_iter().filter_map(view).collect()
}

fn same_county(a: &kernel::region::RegionCode, b: &kernel::region::RegionCode) -> bool {
    let county = kernel::region::RegionLevel::County;
    a.at(county).is_some() && a.at(county) == b.at(county)
}

pub(super) fn blocked(app: &App, viewer: &Viewer, matter: &Matter, access: &Access) -> Vec<BlockedView> {
    if !access.reads() {
        return Vec::new();
    }
    let directory = app.directory();
    let ctx = app.context(matter, &*directory);
    let actor = viewer.actor(matter.id);
    let file = &matter.file;
    let facts = ctx.outside.over(&file.facts);
    let at = Position { runs: &|c| file.runs(c), facts: &facts, ..position(file) };
    let here = matter
        .mechanism
        .action
        .iter()
        .filter(|(id, a)| *id != RAISE && a.part.is_none() && a.states.contains(&file.state));
    let stopped = here.filter_map(|(id, a)| {
        let rule = match kernel::possible::blocked(&matter.mechanism, id, a, &at).or_else(|| hinders(&ctx, file, id)) {
            Some(rule @ Rule::Vote(_)) => rule,
            Some(rule @ (Rule::Guard { .. } | Rule::AtMost { .. } | Rule::NotOffered { .. })) => rule,
            None if file.proposals.contains_key(id) => Rule::Pending,
            _ => return None,
        };
        permit(&ctx, file, &actor, a).ok()?;
        let (label, source) = (a.label.clone(), a.source.clone());
        let short = super::short::short(matter, access, &rule);
        Some(BlockedView { name: id.clone(), label, rule, short, mechanism: Arc::clone(&matter.mechanism), source })
    });
    stopped.collect()
}
