//! Names, fourth part: numbers in conditions, rows of sets and caps read what exists and is of the right kind.

use super::Findings;
use super::guards::fact_field;
use super::names::{unknown, words};
use crate::finding::{Finding, Rule};
use kernel::form::kept_as;
use kernel::guard::Guard;
use kernel::ids::Class;
use kernel::mechanism::{
    Cap, ColumnKind, Field, FieldKind, LIMIT, Measure, Mechanism, Proposes, RAISE, RULES, UNTIL_END,
};
use kernel::numeric::Numeric;

const CAP: (&str, &str) = ("限额", "cap");
const SET: (&str, &str) = ("清单", "set");

pub(super) fn check(m: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    for (id, action) in &m.action {
        action.when.iter().for_each(|g| numbers(m, &format!("action.{id}.when"), g, true, &mut out));
        for (field, guard) in &action.needs_when {
            numbers(m, &format!("action.{id}.needs_when.{field}"), guard, false, &mut out);
        }
    }
    rows(m, &mut out);
    sets(m, &mut out);
    m.cap.iter().for_each(|(id, cap)| self::cap(m, id, cap, &mut out));
    out.list
}

fn say(out: &mut Findings, path: impl Into<String>, says: [String; 2], help: (&str, &str)) {
    let [zh, en] = says;
    out.add(path, Vec::new(), (zh, en), help);
}

/// What is compared is a number; room is asked for a cap that exists, and never by a form.
pub(super) fn numbers(m: &Mechanism, path: &str, guard: &Guard, rooms: bool, out: &mut Findings) {
    guard.numerics(&mut |n| {
        if let Numeric::Room(cap) = n {
            if !m.cap.contains_key(cap) {
                unknown(out, path.to_owned(), CAP, cap);
            }
            if !rooms {
                let says = ["这里的条件不能用限额".into(), "no room can be asked for in this condition".into()];
                say(out, path, says, ("只比较字段的值", "compare values of fields only"));
            }
        }
        for name in n.reads() {
            let field = fact_field(m, name);
            let fits = field.as_ref().is_none_or(|f| matches!(f.kind, FieldKind::Number | FieldKind::Bodies));
            if !fits {
                let says = [
                    format!("“{name}”不是数字，不能比大小"),
                    format!("`{name}` is no number and cannot be compared as one"),
                ];
                let help = (
                    "比较 number 字段、bodies 字段（算个数）或清单的 number 列",
                    "compare a `number` field, a `bodies` field (its size) or a number column of a set",
                );
                say(out, path, says, help);
            }
        }
    });
}

/// A mean: of marks that are options of choices, each worth something; or of hours of a clock or until an action.
pub(super) fn measure(m: &Mechanism, id: &str, measure: &Measure, out: &mut Findings) {
    let lines = !measure.numerator.is_empty() || !measure.denominator.is_empty();
    let ways = [lines, measure.marks.is_some(), measure.hours.is_some()].into_iter().filter(|w| *w).count();
    if ways > 1 {
        let says = [
            format!("“{id}”：numerator、marks、hours 只写一种"),
            format!("`{id}`: one of `numerator`, `marks` and `hours`"),
        ];
        say(out, format!("measure.{id}"), says, ("留一种", "keep one of them"));
    }
    if let Some(marks) = &measure.marks {
        let known = |field: &String| super::guards::options(m, field);
        let worth: std::collections::BTreeSet<&String> = marks.worth.keys().collect();
        let whole =
            |field: &String| known(field).is_some_and(|o| o.iter().collect::<std::collections::BTreeSet<_>>() == worth);
        if marks.of.is_empty() || marks.best() == 0 || !marks.of.iter().all(whole) {
            let says = [
                format!("“{id}”：of 写 coded 的选择题，每一题的选项都在 worth 里各值几分"),
                format!("`{id}`: `of` names coded choices, and `worth` says of each of their options what it is worth"),
            ];
            let help = (
                "写 marks = { of = [\"字段\"], worth = { 选项 = 3, … } }",
                "write marks = { of = [\"FIELD\"], worth = { OPTION = 3, … } }",
            );
            say(out, format!("measure.{id}.marks"), says, help);
        }
    }
    if let Some(hours) = &measure.hours {
        let path = format!("measure.{id}.hours");
        match (&hours.clock, &hours.until) {
            (Some(clock), None) if m.clock.get(clock).is_some_and(|c| c.owed_by.is_some()) => {}
            (Some(clock), None) => unknown(out, path, ("要按时办的期限", "owed clock"), clock),
            (None, Some(action)) if action == UNTIL_END || (action != RAISE && m.action.contains_key(action)) => {}
            (None, Some(action)) => unknown(out, path, ("动作", "action"), action),
            _ => {
                let says = ["hours 写 clock 或者 until".into(), "`hours` says `clock` or `until`".into()];
                say(out, path, says, ("两者写一个", "write one of the two"));
            }
        }
    }
}

fn rows(m: &Mechanism, out: &mut Findings) {
    for (id, field) in &m.field {
        let path = format!("field.{id}.set");
        match (&field.set, field.kind == FieldKind::Row) {
            (Some(set), true) if m.set.contains_key(set) => {}
            (Some(set), true) => unknown(out, path, SET, set),
            (None, false) => {}
            _ => {
                let says = [
                    format!("“{id}”：从清单里选的字段（row）要写 set，别的字段不写"),
                    format!("`{id}`: a field of type `row` names its `set`, others have none"),
                ];
                say(out, path, says, ("写 type = \"row\" 和 set = \"…\"", "write type = \"row\" and set = \"…\""));
            }
        }
        if let Some(proposes) = &field.proposes {
            proposal(m, id, field, proposes, out);
        }
        if field.kind == FieldKind::Row && field.class != Class::Coded {
            let says = [format!("“{id}”要写成 coded"), format!("`{id}` has to be coded")];
            say(out, format!("field.{id}.class"), says, ("写 class = \"coded\"", "write class = \"coded\""));
        }
    }
}

fn proposal(m: &Mechanism, id: &str, field: &Field, proposes: &Proposes, out: &mut Findings) {
    let set = field.set.as_ref().and_then(|s| m.set.get(s));
    let body = set.and_then(|s| s.column.get(&proposes.body)).is_some_and(|c| c.kind == ColumnKind::Body);
    let takes = |f: &String| m.field.get(f).is_some_and(|f| matches!(f.kind, FieldKind::Body | FieldKind::Bodies));
    if !body {
        let says = [
            format!("“{}”不是清单里写单位的一列", proposes.body),
            format!("`{}` is no column of bodies", proposes.body),
        ];
        let help = ("写清单里 type = \"body\" 的一列", "name a column of the set with type = \"body\"");
        say(out, format!("field.{id}.proposes.body"), says, help);
    }
    for other in proposes.first.iter().filter(|f| !takes(f)) {
        let says = [format!("“{other}”不是填单位的字段"), format!("`{other}` is no field that takes a body")];
        say(
            out,
            format!("field.{id}.proposes.first"),
            says,
            ("写 type = \"body\" 或者 \"bodies\" 的字段", "name a field that takes a body"),
        );
    }
}

fn sets(m: &Mechanism, out: &mut Findings) {
    for (id, set) in &m.set {
        words(out, &format!("set.{id}.name"), &set.name);
        register(id, set, out);
        for (name, column) in &set.column {
            let path = format!("set.{id}.column.{name}");
            if ["code", "name", "version"].contains(&name.as_str()) {
                let says = [format!("“{name}”是每张清单都有的"), format!("every set has `{name}`")];
                say(out, path.clone(), says, ("换一个列名", "choose another name for the column"));
            }
            column.name.iter().for_each(|t| words(out, &format!("{path}.name"), t));
            let mut ids: Vec<&str> = column.of.iter().map(|c| c.id.as_str()).collect();
            ids.sort_unstable();
            ids.dedup();
            if (column.kind == ColumnKind::Choice) == column.of.is_empty() || ids.len() != column.of.len() {
                let says = [
                    format!("“{name}”：选择列要有选项，选项不能重复；别的列没有"),
                    format!("`{name}`: a column of choices has options, each once; others have none"),
                ];
                say(out, format!("{path}.of"), says, ("写 of = [{ id, zh, en }, …]", "write of = [{ id, zh, en }, …]"));
            }
        }
    }
}

/// A register has the one column that the program fills in, and no other list has it.
fn register(id: &str, set: &kernel::mechanism::Set, out: &mut Findings) {
    let own = |(name, c): (&String, &kernel::mechanism::Column)| name == RULES && c.kind == ColumnKind::Codes;
    let codes = set.column.values().any(|c| c.kind == ColumnKind::Codes);
    if (set.register && !(set.column.len() == 1 && set.column.iter().all(own))) || (!set.register && codes) {
        let says = [
            format!("“{id}”：依据的登记（register）只有一列 rules，类型是 codes；别的清单没有这种列"),
            format!("`{id}`: a `register` has the one column `rules` of type `codes`, other sets have none of these"),
        ];
        let help = (
            "写 register = true 和 rules = { type = \"codes\" }",
            "write register = true and rules = { type = \"codes\" }",
        );
        say(out, format!("set.{id}.column"), says, help);
    }
}

fn cap(m: &Mechanism, id: &str, cap: &Cap, out: &mut Findings) {
    let at = |key: &str| format!("cap.{id}.{key}");
    words(out, &at("name"), &cap.name);
    if cap.number.is_some() == cap.set.is_some() || (cap.row.is_some() && cap.set.is_none()) {
        let says =
            ["一年几次：写 number，或者写 set 和 row".into(), "how many a year: `number`, or `set` and `row`".into()];
        say(out, at("number"), says, ("两者写一个", "write one of the two"));
    }
    if let Some(name) = &cap.set {
        match m.set.get(name) {
            None => unknown(out, at("set"), SET, name),
            Some(set) if set.column.get(LIMIT).is_some_and(|c| c.kind == ColumnKind::Number) => {}
            Some(_) => {
                let says = [format!("“{name}”没有数字列 limit"), format!("`{name}` has no number column `limit`")];
                say(out, at("set"), says, ("给清单加上 limit 列", "add a column `limit` to the set"));
            }
        }
        if cap.row.is_none() && cap.per.is_none() {
            let says = ["没有写用清单的哪一行".into(), "it names no row of the set".into()];
            say(out, at("row"), says, ("写 row，或者写 per", "write `row`, or `per`"));
        }
    }
    match cap.action() {
        Some(action) if m.action.contains_key(action) => {}
        Some(action) => unknown(out, at("counts"), ("动作", "action"), action),
        None => {
            let says = ["没有写数哪个动作".into(), "it does not say which action is counted".into()];
            say(out, at("counts"), says, ("写 counts = \"did 动作\"", "write counts = \"did ACTION\""));
        }
    }
    if let Some(per) = cap.per.as_ref().filter(|p| m.field.get(*p).is_none_or(|f| kept_as(f) != Class::Coded)) {
        unknown(out, at("per"), ("coded 字段", "coded field"), per);
    }
    if let Some(guard) = &cap.when {
        super::guards::one(m, &at("when"), guard, None, out);
        numbers(m, &at("when"), guard, false, out);
    }
}
