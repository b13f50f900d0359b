//! What `[part.X]`, acts on parts and clocks of parts name exists, and says what it must.

use crate::check::Findings;
use crate::check::names::{unknown, words};
use crate::finding::{Finding, Rule};
use kernel::form::kept_as;
use kernel::guard::{Guard, Many};
use kernel::ids::Class;
use kernel::mechanism::{Action, Among, CLOCK, Clock, FieldKind, Mechanism, PART, Part, RAISE, Waits};

const STATE: (&str, &str) = ("这一部分的状态", "state of the part");
const ACTION: (&str, &str) = ("动作", "action");
const KIND: (&str, &str) = ("分头办理的部分", "part");

pub(in crate::check) fn check(m: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    for (id, part) in &m.part {
        fields(m, id, part, &mut out);
        states(id, part, &mut out);
        opening(m, id, part, &mut out);
        completing(m, id, part, &mut out);
    }
    for (id, action) in &m.action {
        match action.part.as_deref() {
            Some(kind) => act(m, id, action, kind, &mut out),
            None if !action.during.is_empty() => {
                let help =
                    ("整件事的状态写在 in；while 只用于 part", "write states in `in`; `while` is for acts on parts");
                say(
                    &mut out,
                    format!("action.{id}.while"),
                    "不是部分的动作不写 while",
                    "only an act on a part has `while`",
                    help,
                );
            }
            None => {}
        }
    }
    for (id, clock) in &m.clock {
        clocks(m, id, clock, &mut out);
    }
    letters(m, &mut out);
    among(m, &mut out);
    out.list
}

/// A field that takes its bodies from parts: of which kind, never before there can be any, and only where there is one.
fn among(m: &Mechanism, out: &mut Findings) {
    let raising = m.action.get(RAISE).map(|a| m.fields_of(a)).unwrap_or_default();
    for (id, field) in &m.field {
        let Some(among) = &field.among else { continue };
        let path = format!("field.{id}.among");
        match m.part.get(&among.part) {
            None => unknown(out, path.clone(), KIND, &among.part),
            Some(part) => {
                for state in among.not.iter().chain(&among.states).filter(|s| !part.state.contains_key(*s)) {
                    unknown(out, path.clone(), STATE, state);
                }
            }
        }
        for role in among.also.iter().filter(|r| !m.role.contains_key(*r)) {
            unknown(out, path.clone(), ("角色", "role"), role);
        }
        let takes = matches!(field.kind, FieldKind::Body | FieldKind::Bodies | FieldKind::Tasks);
        let all = !among.all || field.kind == FieldKind::Bodies;
        if !takes || !all || kept_as(field) != Class::Coded || raising.contains(&id.as_str()) {
            let help = (
                "只给 class = \"coded\" 的 body、bodies（可以写 all）和 tasks 字段写 among；提交的时候还没有哪家参加",
                "only a coded `body`, `bodies` (which alone may say `all`) or `tasks` has `among`; when a matter is raised nobody takes part yet",
            );
            say(out, path, "这一项不能从参加的单位里选", "bodies cannot be taken from parts here", help);
        } else if !among.states.is_empty() && among.also.is_empty() {
            somebody(m, id, among, out);
        }
    }
}

/// An action that needs such a body asks in `when` that there is one; else its form could not be filled in by anybody.
fn somebody(m: &Mechanism, field: &str, among: &Among, out: &mut Findings) {
    let asks = |g: &Guard| match g {
        Guard::Parts(many, part, states) => {
            let some = matches!(many, Many::All | Many::Some | Many::Most | Many::Lead);
            some && *part == among.part && states.iter().all(|s| among.states.contains(s))
        }
        _ => false,
    };
    let sure = |a: &Action| match &a.when {
        Some(Guard::And(all)) => all.iter().any(asks),
        Some(one) => asks(one),
        None => false,
    };
    for (id, _) in m.action.iter().filter(|(_, a)| a.needs.iter().any(|f| f == field) && !sure(a)) {
        let part = &among.part;
        let help = (
            &*format!("when 里加上 some({part}) in [{}]，或者给 among 写 also", among.states.join(", ")),
            &*format!("add `some({part}) in [{}]` to `when`, or say `also` in `among`", among.states.join(", ")),
        );
        say(
            out,
            format!("action.{id}.when"),
            &format!("做这一步的时候，“{field}”可能一家都选不到"),
            &format!("`{field}` may find no body when this is done"),
            help,
        );
    }
}

fn say(out: &mut Findings, path: String, zh: &str, en: &str, help: (&str, &str)) {
    out.add(path, Vec::new(), (zh.to_owned(), en.to_owned()), help);
}

fn fields(m: &Mechanism, id: &str, part: &Part, out: &mut Findings) {
    words(out, &format!("part.{id}.name"), &part.name);
    let fits = |name: &str, kinds: &[FieldKind]| {
        m.field.get(name).is_some_and(|f| kinds.contains(&f.kind) && kept_as(f) == Class::Coded)
    };
    if !fits(&part.each, &[FieldKind::Bodies, FieldKind::Tasks]) {
        unknown(
            out,
            format!("part.{id}.each"),
            ("coded 的 bodies 或 tasks 字段", "coded field of bodies or tasks"),
            &part.each,
        );
    }
    if let Some(lead) = &part.lead {
        let rows = m.field.get(&part.each).is_some_and(|f| f.kind == FieldKind::Tasks);
        if !fits(lead, &[FieldKind::Body]) || rows {
            unknown(
                out,
                format!("part.{id}.lead"),
                ("coded 的 body 字段（each 是 bodies 时）", "coded body field (where `each` names bodies)"),
                lead,
            );
        }
    }
}

fn states(id: &str, part: &Part, out: &mut Findings) {
    for (name, state) in &part.state {
        words(out, &format!("part.{id}.state.{name}.name"), &state.name);
    }
    let first = part.state.get(&part.first);
    if first.is_none_or(|s| s.end) {
        unknown(out, format!("part.{id}.first"), ("没有结束的状态", "state that is no end"), &part.first);
    }
    if !part.state.values().any(|s| s.end) {
        let help = ("给最后的状态写 end = true", "write end = true in its last state");
        say(out, format!("part.{id}.state"), "没有一个结束的状态", "no state of it is an end", help);
    }
}

fn opening(m: &Mechanism, id: &str, part: &Part, out: &mut Findings) {
    let path = format!("part.{id}.opened_by");
    if part.opened_by.is_empty() {
        let help = ("写上填这个字段的动作", "name the actions that take the field");
        say(out, path.clone(), "没有写由哪些动作开出", "no action opens it", help);
    }
    for name in &part.opened_by {
        let Some(action) = m.action.get(name) else {
            unknown(out, path.clone(), ACTION, name);
            continue;
        };
        if !m.fields_of(action).contains(&part.each.as_str())
            || action.part.is_some()
            || action.by.iter().any(|r| r == CLOCK)
        {
            let help = (
                "在这个动作的 needs 里写上这个字段；它不能是部分自己的动作，也不能由期限来做",
                "name the field in `needs` of that action; it is no act on a part and nothing that the clock does",
            );
            say(
                out,
                path.clone(),
                &format!("“{name}”没有填“{}”，开不出来", part.each),
                &format!("`{name}` does not take `{}` and cannot open it", part.each),
                help,
            );
        }
    }
    for (name, action) in &m.action {
        let takes = |f: &String| m.fields_of(action).contains(&f.as_str());
        if !part.opened_by.contains(name) && std::iter::once(&part.each).chain(&part.lead).any(takes) {
            let help = ("写进 opened_by，或者换一个字段", "name it in `opened_by`, or use another field");
            say(
                out,
                path.clone(),
                &format!("“{name}”填了“{}”，却不开出部分", part.each),
                &format!("`{name}` takes `{}` and opens nothing", part.each),
                help,
            );
        }
    }
}

fn completing(m: &Mechanism, id: &str, part: &Part, out: &mut Findings) {
    if part.waits == Some(Waits::Lead) && part.lead.is_none() {
        let help = ("写 lead = \"牵头单位的字段\"", "write lead = \"FIELD\"");
        say(
            out,
            format!("part.{id}.waits"),
            "等牵头的，却没有写谁牵头",
            "it waits for the lead, and nobody leads",
            help,
        );
    }
    let path = format!("part.{id}.complete");
    let Some(name) = &part.complete else {
        if part.waits.is_some() {
            let help = ("写 complete，或者去掉 waits", "write `complete`, or remove `waits`");
            say(out, path, "写了等谁，没写等到以后做什么", "`waits` without what follows", help);
        }
        return;
    };
    let Some(action) = m.action.get(name) else {
        unknown(out, path, ACTION, name);
        return;
    };
    let by_clock = action.by.iter().any(|r| r == CLOCK) && action.part.is_none();
    let moves = action.to.as_ref().is_some_and(|to| !action.states.contains(to)) && !action.anytime;
    if !by_clock || !moves {
        let help = (
            "那个动作写 by = [\"clock\"]、in 和 to，并且 to 不在 in 里",
            "let that action have by = [\"clock\"], `in` and a `to` that is not among them",
        );
        say(
            out,
            path,
            &format!("“{name}”不能自动发生，或者会反复发生"),
            &format!("`{name}` cannot follow by itself, or would follow again and again"),
            help,
        );
    }
}

fn act(m: &Mechanism, id: &str, a: &Action, kind: &str, out: &mut Findings) {
    let at = |key: &str| format!("action.{id}.{key}");
    let Some(part) = m.part.get(kind) else {
        unknown(out, at("part"), KIND, kind);
        return;
    };
    let states = a.states.iter().map(|s| ("in", s)).chain(a.to.iter().map(|s| ("to", s)));
    for (key, state) in states.filter(|(_, s)| !part.state.contains_key(*s)) {
        unknown(out, at(key), STATE, state);
    }
    for state in a.during.iter().filter(|s| m.state.get(*s).is_none_or(|s| s.end && !part.outlives)) {
        unknown(out, at("while"), ("这件事还在办的状态", "state in which the matter is open"), state);
    }
    if let Some(end) = a.states.iter().find(|s| part.state.get(*s).is_some_and(|s| s.end)) {
        let help = ("办完的部分要重新开出来", "a part that has ended is opened anew by an action of `opened_by`");
        say(out, at("in"), &format!("“{end}”已经结束"), &format!("`{end}` is an end of the part"), help);
    }
    let matters = a.anytime || a.after_end || a.assign.is_some() || a.approval.is_some() || a.withdraws || id == RAISE;
    if matters {
        let help = (
            "去掉 anytime、after_end、assign、approval、withdraws",
            "remove `anytime`, `after_end`, `assign`, `approval` and `withdraws`",
        );
        say(out, at("part"), "部分的动作不能动整件事", "an act on a part cannot do this to the whole matter", help);
    }
}

fn clocks(m: &Mechanism, id: &str, c: &Clock, out: &mut Findings) {
    let at = |key: &str| format!("clock.{id}.{key}");
    let kind_of = |a: &str| m.action.get(a).and_then(|a| a.part.as_deref());
    let Some(kind) = c.part.as_deref() else {
        let then = c.silence.as_ref().and_then(|s| s.then.as_deref());
        if then.is_some_and(|t| kind_of(t).is_some())
            || c.suspends.iter().any(|s| m.clock.get(s).is_some_and(|c| c.part.is_some()))
        {
            let help = (
                "给这个期限写 part，或者用整件事的动作和期限",
                "write `part` in this clock, or use actions and clocks of the matter",
            );
            say(out, at("part"), "整件事的期限管不到某一个部分", "a clock of the matter reaches no single part", help);
        }
        return;
    };
    let Some(part) = m.part.get(kind) else {
        unknown(out, at("part"), KIND, kind);
        return;
    };
    for a in c.from.iter().filter(|a| kind_of(a) != Some(kind) && !part.opened_by.contains(a)) {
        unknown(out, at("from"), ("开出它的动作或者它自己的动作", "action that opens it or acts on it,"), a);
    }
    for a in c.to.iter().filter(|a| kind_of(a).is_some_and(|k| k != kind)) {
        unknown(out, at("to"), ("这一部分的动作", "act on this part,"), a);
    }
    let extended = |a: &Action| a.extends.as_ref().is_some_and(|e| e.clock == id) && a.part.as_deref() != Some(kind);
    if !c.suspends.is_empty() || m.action.values().any(extended) {
        let help = (
            "去掉 suspends；延长只能由这一部分自己的动作来做",
            "remove `suspends`; only acts on the part prolong its clock",
        );
        say(
            out,
            at("part"),
            "部分的期限不能暂停别的期限，也不能由整件事的动作来延长",
            "a clock of parts suspends nothing and is prolonged by acts on the part alone",
            help,
        );
    }
}

fn letters(m: &Mechanism, out: &mut Findings) {
    for (id, _) in m.letter.iter().filter(|(_, l)| l.to == PART) {
        let opens = |a: &String| m.part.values().any(|p| p.opened_by.contains(a));
        let mut issued = m.action.iter().filter(|(_, a)| a.letter.as_deref() == Some(id));
        if issued.any(|(name, a)| a.part.is_none() && !opens(name)) {
            let help =
                ("只在开出部分的动作和部分的动作里发这封函件", "issue it by actions that open parts or act on one");
            say(
                out,
                format!("letter.{id}.to"),
                "这封函件不知道发给哪个部分",
                "it cannot be told to which part this letter goes",
                help,
            );
        }
    }
}

/// What a condition says of parts.
pub(in crate::check) fn guard(m: &Mechanism, path: &str, guard: &Guard, out: &mut Findings) {
    let mut read = Vec::new();
    guard.visit_parts(&mut |many, kind, states| read.push((many, kind.to_owned(), states.clone())));
    for (many, kind, states) in read {
        let Some(part) = m.part.get(&kind) else {
            unknown(out, path.to_owned(), KIND, &kind);
            continue;
        };
        for state in states.iter().filter(|s| !part.state.contains_key(*s)) {
            unknown(out, path.to_owned(), STATE, state);
        }
        if many == Many::Lead && part.lead.is_none() {
            let help =
                ("在 [part] 写 lead，或者改用 all、some、most", "write `lead` in the part, or use all, some or most");
            say(out, path.to_owned(), &format!("“{kind}”没有牵头的"), &format!("nobody leads in `{kind}`"), help);
        }
    }
    let mut counted = Vec::new();
    guard.visit(&mut |_, _| {}, &mut |a| counted.push(a.to_owned()));
    for action in counted.iter().filter(|a| m.action.get(*a).is_some_and(|a| a.part.is_some())) {
        let help = ("改看状态：some(…) in […]", "look at states instead: `some(…) in […]`");
        say(
            out,
            path.to_owned(),
            &format!("“{action}”按部分计数，不能作条件"),
            &format!("`{action}` is counted in each part and is no condition"),
            help,
        );
    }
}
