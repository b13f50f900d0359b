//! The shapes of answers: what a view says, with times in RFC 3339 at +08:00. Nothing is decided here about who may see what.

use app::view as v;
use kernel::text::Text;
use kernel::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Words in both languages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Words {
    /// 中文.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<&Text> for Words {
    fn from(t: &Text) -> Words {
        Words { zh: t.zh.clone(), en: t.en.clone() }
    }
}

/// A time as the API writes it.
#[must_use]
pub fn time(t: Timestamp) -> String {
    t.to_string()
}

/// The word of a plain enumeration, as serde writes it.
#[must_use]
pub fn word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A body.
#[derive(Debug, Serialize, ToSchema)]
pub struct Body {
    /// Its id, as forms take it.
    pub id: u32,
    /// Its name.
    pub name: Words,
    /// Its public telephone.
    pub phone: Option<String>,
}

impl From<&v::BodyName> for Body {
    fn from(b: &v::BodyName) -> Body {
        Body { id: b.id.0, name: (&b.name).into(), phone: b.phone.clone() }
    }
}

/// One option of a choice.
#[derive(Debug, Serialize, ToSchema)]
pub struct Choice {
    /// The code.
    pub id: String,
    /// Its words.
    pub label: Words,
    /// What it means or leads to.
    pub hint: Option<Words>,
}

/// A field to fill in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Field {
    /// Its id.
    pub id: String,
    /// What it takes: `text`, `choice`, `body`, `files` …
    #[serde(rename = "type")]
    pub kind: String,
    /// What stands before it.
    pub label: Words,
    /// What helps to fill it in.
    pub hint: Option<Words>,
    /// Who may know it: `coded`, `public`, `handlers`, `sealed`.
    pub class: String,
    /// It must be given.
    pub required: bool,
    /// It must be given when this holds.
    pub required_when: Option<String>,
    /// Longest text, largest number, or most entries.
    pub max: Option<u32>,
    /// The options of a choice.
    pub of: Vec<Choice>,
    /// The bodies to choose from.
    pub bodies: Vec<Body>,
    /// The clause that asks for it.
    pub source: Option<String>,
}

impl From<&v::FieldView> for Field {
    fn from(f: &v::FieldView) -> Field {
        let option = |c: &kernel::mechanism::Choice| Choice {
            id: c.id.clone(),
            label: Words { zh: c.zh.clone(), en: c.en.clone() },
            hint: c.hint.as_ref().map(Words::from),
        };
        Field {
            id: f.id.clone(),
            kind: word(&f.field.kind),
            label: (&f.field.label).into(),
            hint: f.field.hint.as_ref().map(Words::from),
            class: word(&f.field.class),
            required: f.required,
            required_when: f.required_when.as_ref().map(ToString::to_string),
            max: f.field.max,
            of: f.field.of.iter().map(option).collect(),
            bodies: f.bodies.iter().map(Body::from).collect(),
            source: f.field.source.clone(),
        }
    }
}

/// Something that may be done now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Action {
    /// Its name in the address.
    pub name: String,
    /// The verb.
    pub label: Words,
    /// What it does and does not do.
    pub does: Option<Words>,
    /// Where it leads.
    pub leads_to: Option<Words>,
    /// Whose approval it needs.
    pub approval: Option<Words>,
    /// It is the substantive answer.
    pub answers: bool,
    /// It ends the matter or gives it up.
    #[serde(rename = "final")]
    pub final_act: bool,
    /// How often it may still be done.
    pub left: Option<u32>,
    /// The clause.
    pub source: Option<String>,
    /// The form.
    pub fields: Vec<Field>,
}

impl From<&v::ActionView> for Action {
    fn from(a: &v::ActionView) -> Action {
        let words = |t: &Option<Text>| t.as_ref().map(Words::from);
        Action {
            name: a.name.clone(),
            label: (&a.label).into(),
            does: words(&a.does),
            leads_to: words(&a.leads_to),
            approval: words(&a.approval),
            answers: a.answers,
            final_act: a.final_act,
            left: a.left,
            source: a.source.clone(),
            fields: a.fields.iter().map(Field::from).collect(),
        }
    }
}

/// Something that a rule stands in the way of.
#[derive(Debug, Serialize, ToSchema)]
pub struct Blocked {
    /// Its name.
    pub name: String,
    /// The verb.
    pub label: Words,
    /// The rule.
    pub rule: String,
    /// The clause.
    pub clause: Option<String>,
    /// The conditions that do not hold, where the rule is `guard`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

/// A condition that does not hold: what has to be so, never what is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Condition {
    /// The stable name of its kind: `value`, `set`, `count`, `number`, `share`, `room`, `parts`, `any`, `all`.
    pub code: String,
    /// The fields, facts, actions, parts or caps that it is about, by their ids.
    pub about: Vec<String>,
    /// What has to be so, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl From<kernel::guard::Condition> for Condition {
    fn from(c: kernel::guard::Condition) -> Condition {
        Condition { code: c.code.to_owned(), about: c.about, zh: c.words.zh, en: c.words.en }
    }
}

impl From<&v::BlockedView> for Blocked {
    fn from(b: &v::BlockedView) -> Blocked {
        let rule = b.rule.code().to_owned();
        let conditions = crate::refusal::conditions(&b.rule, Some(&b.mechanism));
        let conditions = conditions.into_iter().map(Condition::from).collect();
        Blocked { name: b.name.clone(), label: (&b.label).into(), rule, clause: b.source.clone(), conditions }
    }
}

/// A clock of a matter.
#[derive(Debug, Serialize, ToSchema)]
pub struct Clock {
    /// Its id.
    pub id: String,
    /// What is due.
    pub label: Words,
    /// Who owes it, where that is a body.
    pub body: Option<Body>,
    /// Nobody owes: the person may act until then.
    pub window: bool,
    /// What silence means, for a window.
    pub silence: Option<Words>,
    /// From when it counts.
    pub from: String,
    /// The date that counts.
    pub due: String,
    /// By bare counting.
    pub nominal_due: String,
    /// With the roll over rest days.
    pub legal_due: String,
    /// The date before it was prolonged.
    pub original_due: Option<String>,
    /// `60d`, `5wd`, `2h`.
    pub length: String,
    /// `h`, `cd` (calendar days) or `wd` (working days).
    pub unit: String,
    /// The clause.
    pub source: String,
    /// The articles in it.
    pub article: Option<String>,
    /// How sure the number is.
    pub confidence: String,
    /// It rests on a calendar that is not published.
    pub provisional: bool,
    /// It passed its date.
    pub overdue: bool,
    /// Working days left; negative since.
    pub working_days: i32,
    /// It stands still.
    pub suspended: bool,
    /// When it stopped.
    pub stopped: Option<String>,
    /// Whether it was kept; none while it runs.
    pub kept: Option<bool>,
    /// How the date was found, step by step.
    pub derivation: Derivation,
}

/// How a date was found, step by step.
#[derive(Debug, Serialize, ToSchema)]
pub struct Derivation {
    /// 中文.
    pub zh: Vec<String>,
    /// English.
    pub en: Vec<String>,
}

impl From<&v::ClockView> for Clock {
    fn from(c: &v::ClockView) -> Clock {
        Clock {
            id: c.id.clone(),
            label: (&c.label).into(),
            body: c.body.as_ref().map(Body::from),
            window: c.window,
            silence: c.silence.as_ref().map(Words::from),
            from: time(c.from),
            due: time(c.due),
            nominal_due: time(c.nominal_due),
            legal_due: time(c.legal_due),
            original_due: c.original_due.map(time),
            length: c.length.to_string(),
            unit: c.unit.to_owned(),
            source: c.source.clone(),
            article: c.source.split_once(' ').map(|(_, article)| article.to_owned()),
            confidence: word(&c.confidence),
            provisional: c.provisional,
            overdue: c.overdue,
            working_days: c.working_days,
            suspended: c.suspended,
            stopped: c.stopped.map(time),
            kept: c.kept,
            derivation: Derivation { zh: c.derivation.zh.clone(), en: c.derivation.en.clone() },
        }
    }
}
