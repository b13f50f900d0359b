//! What a region may do with each key of the language: one row for each table, each key in exactly one column. The same table
//! stands in docs/pack-authoring.md §10; tests hold both to the schema, so that a new key is red until somebody has decided.
//! What stands under `never` and `added` is compared by `kept`; what stands under `better` has a rule of its own.

/// One table of a mechanism, or one inside another (`action.extends`; `.*` for named ones, `[]` for a list of them).
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which.
    pub table: &'static str,
    /// The region's own affair.
    pub freely: &'static [&'static str],
    /// May be said where the base says nothing; what the base says stays.
    pub added: &'static [&'static str],
    /// Only in favour of people, or only stricter; each by its rule.
    pub better: &'static [&'static str],
    /// Not the region's.
    pub never: &'static [&'static str],
}

const NO: &[&str] = &[];

const fn row(
    table: &'static str,
    freely: &'static [&'static str],
    added: &'static [&'static str],
    better: &'static [&'static str],
    never: &'static [&'static str],
) -> Row {
    Row { table, freely, added, better, never }
}

/// All of them, in the order of the documentation.
pub const ROWS: &[Row] = &[
    row(
        "mechanism",
        &["name", "summary", "source", "order"],
        &["category"],
        &["door", "feedback", "sample", "shelf", "invites"],
        &["id"],
    ),
    row("mechanism.shelf", &["title"], NO, NO, NO),
    row("mechanism.invites", &["title"], &["goes_on"], &["door", "while", "tells"], &["day"]),
    row("role", &["name"], &["post"], &["is", "not"], &["function"]),
    row("number", &["source", "valid_from", "valid_to", "confidence", "note"], NO, &["value", "floor"], NO),
    row(
        "field",
        &["hint", "proposes", "source"],
        &["outside", "among", "within", "after", "past"],
        &["label", "class", "of", "max", "function", "shield", "withhold", "ahead", "hidden_until_end_from"],
        &["type", "set", "takes", "running", "about", "link"],
    ),
    row("field.of[]", &["zh", "en", "hint", "source"], NO, &["id"], &["online"]),
    row("field.among", NO, NO, NO, &["part", "all", "not", "in", "also"]),
    row("field.within", NO, NO, NO, &["links", "when"]),
    row("field.proposes", &["body", "first"], NO, NO, NO),
    row("field.takes", NO, NO, NO, &["mechanism", "action"]),
    row("state", &["name"], NO, &["holder"], &["ring", "end"]),
    row("part", &["name"], NO, &["opened_by", "outlives", "state"], &["each", "first", "lead", "waits", "complete"]),
    row("part.state.*", &["name"], NO, NO, &["end"]),
    row(
        "action",
        &["label", "said", "does", "unless", "order", "source"],
        &["counts", "raises", "publishes"],
        &[
            "in",
            "while",
            "anytime",
            "after_end",
            "by",
            "to",
            "when",
            "needs",
            "may",
            "needs_when",
            "approval",
            "at_most",
            "then",
            "letter",
            "asks",
            "withdraws",
            "extends",
            "sets",
            "unpublishes",
            "remedy",
            "optional",
        ],
        &["part", "on_word", "assign", "answers", "gives_back", "erases", "restricts", "corrects"],
    ),
    row("action.extends", NO, NO, &["clock", "by"], NO),
    row("action.raises", NO, NO, NO, &["child", "mechanism", "with"]),
    row("action.counts.*", NO, NO, NO, &["of", "days", "since", "when"]),
    row(
        "clock",
        &["label"],
        NO,
        &["from", "to", "length", "roll", "ends", "expiry", "silence", "suspends"],
        &["owed_by", "window_of", "part"],
    ),
    row("clock.silence", &["zh", "en"], NO, NO, &["then"]),
    row("escalation", NO, NO, &["within"], &["up"]),
    row("approval", NO, NO, &["within", "expiry"], NO),
    row("letter", &["name", "series"], &["serve"], &["template", "fields"], &["to", "from"]),
    row(
        "letter.serve",
        NO,
        NO,
        NO,
        &[
            "by", "how", "on", "who", "proof", "consent", "deemed", "agreed", "number", "caller", "tried", "witness",
            "signed",
        ],
    ),
    row("measure", &["name", "code"], NO, NO, &["formula", "numerator", "denominator", "marks", "hours"]),
    row("measure.marks", NO, NO, NO, &["of", "worth"]),
    row("measure.hours", NO, NO, NO, &["clock", "until"]),
    row(
        "child",
        &["name"],
        NO,
        NO,
        &[
            "mechanism",
            "ended",
            "brings",
            "told",
            "tells",
            "hands",
            "joins",
            "internal",
            "hidden",
            "open_while",
            "shield",
            "with",
        ],
    ),
    row("plan", &["name"], NO, &["every", "on", "repeats"], &["of", "starts", "stops", "each", "raises"]),
    row("plan.each", NO, NO, NO, &["level", "office"]),
    row("plan.repeats", NO, NO, &["of", "within", "at_least"], &["level"]),
    row("plan.raises", NO, NO, NO, &["mechanism", "with"]),
    row("slots", NO, NO, NO, &["capacity", "day"]),
    row(
        "vote",
        &["name", "source"],
        NO,
        &["options", "secret", "proxies", "paper", "quorum", "majority"],
        &["opened_by", "closed_by", "base", "per", "for", "window", "tellers"],
    ),
    row("vote.options[]", &["hint", "source"], NO, &["id"], &["zh", "en", "online"]),
    row("retention", &["source"], NO, &["after_end", "identity", "archive"], NO),
    row("set", &["name"], NO, &["column"], &["register"]),
    row("set.column.*", &["name"], NO, &["of"], &["type"]),
    row("set.column.*.of[]", &["zh", "en", "hint", "source"], NO, &["id"], &["online"]),
    row("cap", &["name", "source"], NO, &["number"], &["set", "row", "counts", "when", "per"]),
];
