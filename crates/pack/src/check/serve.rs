//! Names and rules 3 and 4 for letters that are served: the act that says so asks how, when, to whom and by what proof;
//! somebody owes the service; it counts as served in the end; and what the person may do against it runs from then. A way
//! to a reviewing body that does not run from a service is refused.

use super::Findings;
use super::kin::unknown;
use crate::finding::{Finding, Rule};
use kernel::form::{Coded, kept_as};
use kernel::guard::Facts;
use kernel::ids::Class;
use kernel::mechanism::{
    Action, CLOCK, FieldKind, Letter, Mechanism, PHONE, RAISER, READ, Serve, WAYS, names_somebody, needs_proof,
};
use kernel::role::{BodyExpr, Relation};
use std::collections::BTreeMap;

const ACTION: (&str, &str) = ("动作", "action");

pub(super) fn check(m: &Mechanism) -> Vec<Finding> {
    let mut all: Vec<Finding> = Vec::new();
    for (id, letter) in &m.letter {
        let Some(serve) = &letter.serve else { continue };
        let at = |key: &str| format!("letter.{id}.serve{}{key}", if key.is_empty() { "" } else { "." });
        all.extend(named(m, letter, serve, &at));
        if let (Some(by), Some(deemed)) = (m.action.get(&serve.by), m.action.get(&serve.deemed)) {
            all.extend(asked(m, serve, by, &at));
            all.extend(sequel(m, id, serve, (by, deemed), &at));
            all.extend(periods(m, id, serve, &at));
        }
    }
    all.extend(appeals(m));
    all
}

pub(super) fn say(out: &mut Findings, path: impl Into<String>, zh: &str, en: &str, help: (&str, &str)) {
    out.add(path, Vec::new(), (zh.to_owned(), en.to_owned()), help);
}

/// Everything that it names is there and of the right kind.
fn named(m: &Mechanism, letter: &Letter, s: &Serve, at: &dyn Fn(&str) -> String) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    if letter.to != RAISER {
        let help = ("去掉 serve，或者写 to = \"raiser\"", "remove `serve`, or write to = \"raiser\"");
        say(&mut out, at(""), "要送达的是给来件人的文书", "what is served is a letter to the raiser", help);
    }
    for (key, action) in [("by", &s.by), ("deemed", &s.deemed)].into_iter().filter(|(_, a)| !m.action.contains_key(*a))
    {
        unknown(&mut out, at(key), ACTION, action, m.action.keys());
    }
    let fields = [
        ("how", Some(&s.how), FieldKind::Choice, Class::Coded),
        ("on", Some(&s.on), FieldKind::Date, Class::Coded),
        ("who", Some(&s.who), FieldKind::Text, Class::Handlers),
        ("proof", Some(&s.proof), FieldKind::Files, Class::Handlers),
        ("consent", s.consent.as_ref(), FieldKind::YesNo, Class::Coded),
        ("number", s.number.as_ref(), FieldKind::Phone, Class::Sealed),
        ("caller", s.caller.as_ref(), FieldKind::Text, Class::Handlers),
        ("witness", s.witness.as_ref(), FieldKind::Text, Class::Handlers),
        ("signed", s.signed.as_ref(), FieldKind::Choice, Class::Coded),
    ];
    for (key, field, kind, class) in fields.into_iter().filter_map(|(k, f, kind, c)| Some((k, f?, kind, c))) {
        if !m.field.get(field).is_some_and(|f| f.kind == kind && kept_as(f) == class) {
            let help = (
                "how、signed 写 coded 的选择题，on 写 coded 的日期，who、caller、witness 写 handlers 文字，proof 写 handlers 的 files，consent 写 coded 的 yes_no，number 写 sealed 的 phone",
                "`how` and `signed` are coded choices, `on` a coded date, `who`, `caller` and `witness` handlers' texts, `proof` handlers' files, `consent` a coded yes_no, `number` a sealed phone",
            );
            let (zh, en) = (
                format!("“{field}”不是这里要的字段"),
                format!("`{field}` is no field of the kind that is wanted here"),
            );
            say(&mut out, at(key), &zh, &en, help);
        }
    }
    out.list
}

/// The act that says so asks for what proves it, whichever way was taken.
fn asked(m: &Mechanism, s: &Serve, by: &Action, at: &dyn Fn(&str) -> String) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    let by_staff = by.by.iter().all(|r| r != RAISER && r != CLOCK);
    if !by_staff || by.part.is_some() || by.approval.is_some() || by.letter.is_some() {
        let help = (
            "由单位来记，不要 part、approval、letter",
            "let a body record it, without `part`, `approval` and `letter`",
        );
        say(&mut out, at("by"), "送达是单位当时记下的事", "a service is what a body records when it happened", help);
    }
    for (key, field) in [("how", &s.how), ("on", &s.on)].into_iter().filter(|(_, f)| !by.needs.contains(f)) {
        let (zh, en) = (format!("“{}”没有必填“{field}”", s.by), format!("`{}` does not need `{field}`", s.by));
        say(&mut out, at(key), &zh, &en, ("写进那个动作的 needs", "name it in `needs` of that action"));
    }
    let Some(how) = m.field.get(&s.how) else { return out.list };
    for option in &how.of {
        let way = option.id.as_str();
        if !WAYS.contains(&way) {
            let help = (
                "选项的 id 只用 direct、left、online、post、notice、phone、read",
                "let the ids be direct, left, online, post, notice, phone or read",
            );
            let (zh, en) = (format!("没有“{way}”这种送达方式"), format!("there is no way of serving called `{way}`"));
            say(&mut out, format!("field.{}.of", s.how), &zh, &en, help);
            continue;
        }
        let mut wanted: Vec<(&str, &str)> = Vec::new();
        wanted.extend(needs_proof(way).then_some(("proof", s.proof.as_str())));
        wanted.extend(names_somebody(way).then_some(("who", s.who.as_str())));
        wanted.extend(s.asks_consent(way).then(|| ("consent", s.consent.as_deref().unwrap_or_default())));
        wanted.extend((way == PHONE).then(|| ("caller", s.caller.as_deref().unwrap_or_default())));
        wanted.extend((way == READ).then(|| ("witness", s.witness.as_deref().unwrap_or_default())));
        wanted.extend((way == READ).then(|| ("signed", s.signed.as_deref().unwrap_or_default())));
        for (key, _) in wanted.into_iter().filter(|(_, f)| !demanded(by, f, &s.how, way)) {
            let (zh, en) = (
                format!("以“{}”送达时，没有要求填“{key}”", option.zh),
                format!("served by `{way}`, `{key}` is not asked for"),
            );
            let help = (
                "在那个动作里写 needs_when：留置、电子、邮寄、公告要 proof；电子和 agreed 里的要 consent；除电子、公告外都要 who；电话要 caller；宣读要 witness、signed",
                "say it in `needs_when` of that action: `proof` for left, online, post and notice; `consent` for online and the ways in `agreed`; `who` for all but online and notice; `caller` for phone; `witness` and `signed` for read",
            );
            say(&mut out, at(key), &zh, &en, help);
        }
    }
    out.list
}

/// Whether an action asks for a field where this way was chosen, whatever else was said before.
fn demanded(by: &Action, field: &str, how: &str, way: &str) -> bool {
    let facts = BTreeMap::from([(how.to_owned(), Coded::Code(way.to_owned()))]);
    let (counts, parts) = (BTreeMap::new(), &kernel::part::NO_PARTS);
    by.needs.iter().any(|f| f == field)
        || by.needs_when.get(field).is_some_and(|g| g.holds(&Facts { facts: &facts, counts: &counts, parts }))
}

/// Wherever it is issued, somebody owes the service, and it counts as served in the end.
fn sequel(
    m: &Mechanism,
    id: &str,
    s: &Serve,
    (by, deemed): (&Action, &Action),
    at: &dyn Fn(&str) -> String,
) -> Vec<Finding> {
    let (mut sound, mut clocked) = (Findings::of(Rule::Sound), Findings::of(Rule::Clocked));
    if deemed.by != [CLOCK] || deemed.states != by.states || deemed.to != by.to {
        let help = (
            "写 by = [\"clock\"]，in 和 to 与送达的动作相同",
            "let it have by = [\"clock\"], with `in` and `to` as in the act of serving",
        );
        say(
            &mut sound,
            at("deemed"),
            "视为送达要与送达到同一步",
            "to count as served leads where the service leads",
            help,
        );
    }
    for (name, action) in m.action.iter().filter(|(_, a)| a.letter.as_deref() == Some(id)) {
        if action.to.as_ref().is_none_or(|to| !by.states.contains(to) || action.states.contains(to)) {
            let help = (
                "作出文书的动作要到一个等送达的状态，送达的动作写在那个状态",
                "let it lead to a state of its own in which the letter is served",
            );
            let (zh, en) = (
                format!("“{name}”作出以后，没有等送达的一步"),
                format!("`{name}` leads to no state in which it is served"),
            );
            say(&mut sound, at("by"), &zh, &en, help);
        }
        let between = |c: &kernel::mechanism::Clock, to: &String| c.from.contains(name) && c.to.contains(to);
        if !m.clock.values().any(|c| c.owed_by.is_some() && between(c, &s.by)) {
            let help = (
                "写一个 owed_by 的期限：from 作出，to 送达",
                "write a clock with `owed_by` from the issuing act to the service",
            );
            let (zh, en) =
                (format!("“{name}”以后多久送达，没有人欠着"), format!("after `{name}` nobody owes the service"));
            say(&mut clocked, at("by"), &zh, &en, help);
        }
        let falls = |c: &kernel::mechanism::Clock| c.silence.as_ref().and_then(|x| x.then.as_ref()) == Some(&s.deemed);
        if !m.clock.values().any(|c| falls(c) && between(c, &s.by)) {
            let help = (
                "写一个 window_of 的期限，silence.then 是视为送达的动作",
                "write a clock with `window_of` whose `silence` is the act by which it counts as served",
            );
            let (zh, en) = (
                format!("“{name}”以后送不到怎么办，没有写"),
                format!("after `{name}` it is not said what follows where it cannot be served"),
            );
            say(&mut clocked, at("deemed"), &zh, &en, help);
        }
    }
    sound.list.extend(clocked.list);
    sound.list
}

/// Her time runs from the service, and from the day on which it counts as served, never from the day of the letter.
fn periods(m: &Mechanism, id: &str, s: &Serve, at: &dyn Fn(&str) -> String) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Answered);
    let hers = || m.clock.iter().filter(|(_, c)| c.window_of.as_deref() == Some(RAISER));
    let issues = |a: &String| m.action.get(a).is_some_and(|a| a.letter.as_deref() == Some(id));
    for (clock, _) in hers().filter(|(_, c)| c.from.iter().any(issues)) {
        let (zh, en) = (
            format!("“{clock}”从作出文书那天起算，她还没有收到"),
            format!("`{clock}` runs from the day of the letter, which she has not received then"),
        );
        let help = ("from 写送达和视为送达的动作", "let it begin with the service, or with counting as served");
        say(&mut out, format!("clock.{clock}.from"), &zh, &en, help);
    }
    for (clock, c) in hers().filter(|(_, c)| c.from.contains(&s.by) != c.from.contains(&s.deemed)) {
        let missing = if c.from.contains(&s.by) { &s.deemed } else { &s.by };
        let (zh, en) =
            (format!("“{clock}”没有从“{missing}”起算"), format!("`{clock}` does not begin with `{missing}`"));
        say(&mut out, format!("clock.{clock}.from"), &zh, &en, ("把两个动作都写进 from", "name both acts in `from`"));
    }
    if !hers().any(|(_, c)| c.from.contains(&s.by)) {
        let help = ("去掉 serve，或者写从送达起算的窗口", "remove `serve`, or write a window that begins with it");
        say(&mut out, at(""), "送达以后没有起算她的什么期限", "no time of hers begins with the service", help);
    }
    out.list
}

/// A window in which she may turn to a reviewing body begins with a service.
fn appeals(m: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Answered);
    let reviews =
        |role: &String| matches!(m.role.get(role).map(|r| &r.is), Some(BodyExpr::Superior(Relation::ReviewedBy, _)));
    let appeal = |a: &String| {
        m.action.get(a).is_some_and(|a| {
            let to = a.to.as_ref().and_then(|s| m.state.get(s)).and_then(|s| s.holder.as_ref());
            a.by.iter().any(|r| r == RAISER) && to.is_some_and(reviews)
        })
    };
    let hers = m.clock.iter().filter(|(_, c)| c.window_of.as_deref() == Some(RAISER) && c.to.iter().any(appeal));
    for (clock, c) in hers {
        for start in c.from.iter().filter(|a| m.served_by(a).next().is_none()) {
            let (zh, en) = (
                format!("“{clock}”是请求复查的期限，却从“{start}”起算，没有送达的凭据"),
                format!(
                    "`{clock}` is a time to ask for review and begins with `{start}`, by which no letter is proved to be served"
                ),
            );
            let help = (
                "给那份文书写 serve，期限从送达和视为送达的动作起算",
                "write `serve` in that letter and let the time begin with the service",
            );
            say(&mut out, format!("clock.{clock}.from"), &zh, &en, help);
        }
    }
    out.list
}
