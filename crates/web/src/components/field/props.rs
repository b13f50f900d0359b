//! What a field is made of. Plain data, no rendering.

/// One field of a form.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Id in the page; must be unique there. Errors link to it.
    pub id: String,
    /// Name in the submitted form.
    pub name: String,
    pub label: String,
    pub hint: Option<String>,
    /// What is wrong and how to mend it; the typed value stays.
    pub error: Option<String>,
    pub required: bool,
    /// When it has to be filled in although it is not required as such.
    pub needed: Option<Needed>,
    /// Who will be able to read the answer; `None` says nothing.
    pub confidentiality: Option<Confidentiality>,
    pub input: Input,
}

impl Field {
    /// A required field whose id is its name.
    #[must_use]
    pub fn new(name: impl Into<String>, label: impl Into<String>, input: Input) -> Self {
        let name = name.into();
        Self { id: format!("f-{name}"), name, label: label.into(), required: true, input, ..Self::default() }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, but it may stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// The same with a note on who can read it.
    #[must_use]
    pub fn seen_by(mut self, who: Confidentiality) -> Self {
        self.confidentiality = Some(who);
        self
    }

    /// The same with an error.
    #[must_use]
    pub fn error(mut self, error: impl Into<String>) -> Self {
        self.error = Some(error.into());
        self
    }
}

/// When a field has to be filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// In words; stands where “optional” would.
    pub words: String,
    /// For scripts: a field of the same form with the choices that make it so (`name=a|b`) or do not (`name!a|b`);
    /// empty where that cannot be said.
    pub when: String,
}

/// Who can read an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidentiality {
    /// May be published.
    Public,
    /// Only whoever handles the matter.
    Handlers,
    /// Only named people; every look is recorded and shown to the person.
    Sealed,
}

impl Confidentiality {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Handlers => "handlers",
            Self::Sealed => "sealed",
        }
    }

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Public => "field.who.public",
            Self::Handlers => "field.who.handlers",
            Self::Sealed => "field.who.sealed",
        }
    }
}

/// One option of a choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opt {
    pub value: String,
    pub label: String,
    /// What choosing it means.
    pub hint: Option<String>,
    /// What choosing it fills in where nothing is chosen yet: pairs `name=value`, blanks between them.
    pub fills: Option<String>,
}

impl Opt {
    /// An option without a hint.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: None, fills: None }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// One level of a region: district, street, community. A level whose options depend on the one above is filled by
/// pressing "next" without scripts.
#[derive(Clone, Debug, Default)]
pub struct RegionLevel {
    pub name: String,
    pub label: String,
    pub options: Vec<Opt>,
    pub value: String,
}

/// A picture of the matter that a sketch may be drawn over.
#[derive(Clone, Debug, Default)]
pub struct Under {
    pub id: String,
    pub label: String,
    /// Where it is to be had.
    pub href: String,
}

/// A file that is already on the server.
#[derive(Clone, Debug, Default)]
pub struct Staged {
    pub id: String,
    pub label: String,
    /// Address of a small picture, if it is one.
    pub thumb: Option<String>,
}

/// The input itself with its present value.
#[derive(Clone, Debug)]
pub enum Input {
    Text {
        value: String,
        max: Option<u32>,
        autocomplete: Option<&'static str>,
    },
    LongText {
        value: String,
        rows: u8,
        max: Option<u32>,
    },
    /// Radio cards up to six options, a select beyond.
    Choice {
        value: String,
        options: Vec<Opt>,
    },
    /// Short options in a line.
    ChoiceRow {
        value: String,
        options: Vec<Opt>,
    },
    Select {
        value: String,
        options: Vec<Opt>,
    },
    /// What is likely as radio cards, everything else in a select below; an empty choice takes it back. Whatever is chosen
    /// in the select counts.
    Proposed {
        value: String,
        proposed: Vec<Opt>,
        options: Vec<Opt>,
    },
    Many {
        values: Vec<String>,
        options: Vec<Opt>,
    },
    YesNo {
        value: Option<bool>,
    },
    /// A single box to tick; the label of the field is the question, this is the statement.
    Check {
        checked: bool,
        statement: String,
    },
    Number {
        value: String,
        min: Option<i64>,
        max: Option<i64>,
        unit: Option<String>,
    },
    /// Dates are ISO 8601.
    Date {
        value: String,
        min: Option<String>,
        max: Option<String>,
    },
    DateTime {
        value: String,
    },
    Phone {
        value: String,
    },
    PersonName {
        value: String,
    },
    /// One out of very many (a body): search words and a button, then radio cards. `search` is the name of the
    /// search field; the button submits the form with `name=search_go`.
    Picker {
        value: String,
        search: String,
        query: String,
        options: Vec<Opt>,
        searched: bool,
    },
    Region {
        levels: Vec<RegionLevel>,
    },
    /// Rows of what, who and by which day; named `NAME.0.what`, `NAME.0.who`, `NAME.0.by` and so on.
    Tasks {
        rows: Vec<[String; 3]>,
        options: Vec<Opt>,
    },
    /// A sketch as JSON; see `components::sketch`.
    /// `pictures` are those of the matter that may lie under it.
    Sketch {
        value: String,
        pictures: Vec<Under>,
    },
    /// `accept` as in HTML; `many` allows several. `staged` are already there, each with a box to keep it.
    Files {
        accept: &'static str,
        many: bool,
        staged: Vec<Staged>,
    },
}

impl Default for Input {
    fn default() -> Self {
        Self::text("")
    }
}

impl Input {
    /// A line of text.
    #[must_use]
    pub fn text(value: impl Into<String>) -> Self {
        Self::Text { value: value.into(), max: None, autocomplete: None }
    }

    /// A box of text.
    #[must_use]
    pub fn long(value: impl Into<String>) -> Self {
        Self::LongText { value: value.into(), rows: 4, max: None }
    }

    pub(super) fn is_group(&self) -> bool {
        match self {
            Self::Choice { options, .. } => options.len() <= 6,
            Self::ChoiceRow { .. } | Self::Many { .. } | Self::YesNo { .. } | Self::Check { .. } => true,
            Self::Picker { .. } | Self::Region { .. } | Self::Tasks { .. } | Self::Files { .. } => true,
            Self::Sketch { .. } | Self::Proposed { .. } => true,
            _ => false,
        }
    }
}
