//! What a person has told so far, carried in the form from step to step: nothing is kept on the server but staged files.

use crate::error::WebError;
use crate::portal::fields::{self, Kept, Values, needed_now, raw};
use crate::posted::Posted;
use crate::visitor::Visitor;
use app::catalogue::Effective;
use app::channel::{CHANNEL, online};
use app::view::{FieldView, form};
use kernel::form::Raw;
use kernel::ids::Class;
use kernel::mechanism::{FieldKind, RAISE};
use kernel::refusal::FieldError;
use kernel::region::{RegionCode, RegionLevel};
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

/// Chosen instead of a place inside the territory.
pub const OUTSIDE: &str = "outside";

/// What was told so far.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The one sentence.
    pub what: String,
    /// Where, in words.
    pub place: String,
    /// The region as picked, level by level.
    pub picks: Vec<String>,
    /// Files already here.
    pub files: Vec<Kept>,
    /// The other fields.
    pub values: Values,
    /// So that a second press is the same matter.
    pub key: String,
}

impl Draft {
    /// From a form; a new key where it brings none.
    #[must_use]
    pub fn of(posted: &Posted) -> Draft {
        let key = posted.get("key");
        let good = key.len() == 32 && key.bytes().all(|b| b.is_ascii_hexdigit());
        let picks = (0..5).map(|n| posted.get(&format!("r{n}")).trim().to_owned()).take_while(|p| !p.is_empty());
        Draft {
            what: posted.get("what").trim().to_owned(),
            place: posted.get("place").trim().to_owned(),
            picks: picks.collect(),
            files: posted.all("files_keep").iter().filter_map(|k| Kept::read(k)).collect(),
            values: fields::typed(posted),
            key: if good { key.to_owned() } else { fresh_key() },
        }
    }

    /// The region: the deepest pick that lies below the one before it.
    #[must_use]
    pub fn region(&self, territory: &RegionCode) -> RegionCode {
        let mut region = *territory;
        for pick in &self.picks {
            match pick.parse::<RegionCode>() {
                Ok(next) if region.contains(&next) => region = next,
                _ => break,
            }
        }
        region
    }

    /// The person said that the place lies elsewhere.
    #[must_use]
    pub fn is_outside(&self) -> bool {
        self.picks.iter().any(|p| p == OUTSIDE)
    }

    /// The territory is wider than a county and no county was named: nobody could be found to answer.
    #[must_use]
    pub fn lacks_county(&self, visitor: &Visitor) -> bool {
        let territory = visitor.site.app.settings().territory;
        let region = self.region(&territory);
        region.at(RegionLevel::County).is_none()
            && !visitor.site.app.regions().choices(&region, today(visitor)).is_empty()
    }

    /// Everything as hidden fields.
    #[must_use]
    pub fn hidden(&self) -> Vec<(String, String)> {
        let mut all = self.hidden_without(&[]);
        all.extend(self.values.iter().flat_map(|(id, vs)| vs.iter().map(move |v| (fields::name(id), v.clone()))));
        all
    }

    /// What step one holds as hidden fields, except for the names that the page itself asks for.
    #[must_use]
    pub fn hidden_without(&self, asked: &[&str]) -> Vec<(String, String)> {
        let mut all = vec![
            ("key".to_owned(), self.key.clone()),
            ("what".to_owned(), self.what.clone()),
            ("place".to_owned(), self.place.clone()),
        ];
        all.extend(self.picks.iter().enumerate().map(|(n, p)| (format!("r{n}"), p.clone())));
        all.extend(self.files.iter().map(|f| ("files_keep".to_owned(), f.carried())));
        all.retain(|(name, _)| !asked.contains(&name.as_str()));
        all
    }
}

/// A region of an address as it would have been picked, level by level.
#[must_use]
pub fn picks(visitor: &Visitor, code: &str) -> Vec<String> {
    let (territory, regions) = (visitor.site.app.settings().territory, visitor.site.app.regions());
    let Ok(code) = code.parse::<RegionCode>() else { return Vec::new() };
    let shown = |r: &RegionCode| regions.get(r, today(visitor)).is_some_and(|r| !r.is_hidden());
    let path = code.ancestors().chain([code]).filter(|r| territory.contains(r) && *r != territory);
    path.filter(shown).map(|r| r.to_string()).collect()
}

/// 128 bits that nobody can guess. Not a secret of a person: it only tells one press of a button from another.
#[must_use]
pub fn fresh_key() -> String {
    let half = || RandomState::new().hash_one(std::time::Instant::now());
    format!("{:016x}{:016x}", half(), half())
}

/// Today at the installation.
#[must_use]
pub fn today(visitor: &Visitor) -> kernel::time::Date {
    visitor.site.app.now().date()
}

/// The form of a mechanism's raising, sorted into what the three steps ask.
pub struct Shape {
    /// The mechanism.
    pub effective: Effective,
    /// The sentence.
    pub main: Option<FieldView>,
    /// The place in words.
    pub place: Option<FieldView>,
    /// The photos.
    pub files: Option<FieldView>,
    /// The rest, asked in step two.
    pub rest: Vec<FieldView>,
    /// What the page answers itself: how it came in.
    pub fixed: Option<(FieldView, String)>,
}

impl Shape {
    /// The shape of a mechanism in a region.
    #[must_use]
    pub fn of(visitor: &Visitor, effective: Effective, region: &RegionCode) -> Shape {
        let mechanism = effective.mechanism.clone();
        let all = mechanism.action.get(RAISE).map(|a| form(&visitor.site.app, &mechanism, a, region));
        let mut rest = all.unwrap_or_default();
        let mut take = |fits: &dyn Fn(&FieldView) -> bool| {
            let at = rest.iter().position(fits)?;
            Some(rest.remove(at))
        };
        let words = |v: &FieldView| v.field.kind == FieldKind::Text && v.field.class != Class::Sealed;
        let main = take(&|v| v.required && words(v)).or_else(|| take(&words));
        let place = take(&|v| v.field.kind == FieldKind::Place);
        let files = take(&|v| v.field.kind == FieldKind::Files);
        // How a matter came in is for the desk to say; a page on the web says so itself.
        let channel = take(&|v| v.id == CHANNEL);
        let fixed = channel.and_then(|v| {
            let code = online(&v.field)?.id.clone();
            Some((v, code))
        });
        Shape { effective, main, place, files, rest, fixed }
    }

    /// The same with the days on which there are places, and with what runs where a field names it: where nothing runs,
    /// there is nothing to ask.
    ///
    /// # Errors
    /// The store.
    pub async fn with_places(mut self, visitor: &Visitor, region: &RegionCode) -> Result<Shape, WebError> {
        visitor.site.app.offer_places(region, &mut self.rest).await.map_err(visitor.fails())?;
        self.rest.retain(|v| v.required || v.field.running.is_none() || !v.field.of.is_empty());
        Ok(self)
    }

    /// What this form must have now that it did not before: conditions look at the way it came in too.
    #[must_use]
    pub fn values(&self, draft: &Draft) -> Values {
        let mut values = draft.values.clone();
        values.extend(self.fixed.iter().map(|(v, code)| (v.id.clone(), vec![code.clone()])));
        values
    }

    /// Everything as the use case takes it. A place that the mechanism has no field for goes with the sentence.
    #[must_use]
    pub fn raw(&self, draft: &Draft) -> Raw {
        let mut raw = raw(&self.rest, &draft.values);
        let what = match (&self.place, draft.place.is_empty()) {
            (None, false) => format!("{}\n{}", draft.what, draft.place),
            _ => draft.what.clone(),
        };
        let text = |v: &FieldView, text: String| (v.id.clone(), serde_json::Value::String(text));
        raw.extend(self.main.iter().map(|v| text(v, what.clone())));
        raw.extend(self.place.iter().map(|v| text(v, draft.place.clone())));
        raw.extend(self.fixed.iter().map(|(v, code)| text(v, code.clone())));
        let ids: Vec<&String> = draft.files.iter().map(|f| &f.id).collect();
        raw.extend(self.files.iter().map(|v| (v.id.clone(), serde_json::json!(ids))));
        raw
    }

    /// What is wrong with the form as a whole.
    #[must_use]
    pub fn errors(&self, visitor: &Visitor, draft: &Draft) -> Vec<FieldError> {
        let mechanism = &self.effective.mechanism;
        let Some(action) = mechanism.action.get(RAISE) else { return Vec::new() };
        let directory = visitor.site.app.directory();
        kernel::form::check(mechanism, action, &self.raw(draft), &BTreeMap::new(), &*directory)
            .err()
            .unwrap_or_default()
    }

    /// Whether an error belongs to step one.
    #[must_use]
    pub fn is_first(&self, error: &FieldError) -> bool {
        [&self.main, &self.place, &self.files].into_iter().flatten().any(|v| v.id == error.field)
    }

    /// A field of step two that must be given.
    #[must_use]
    pub fn must(&self, draft: &Draft, view: &FieldView) -> bool {
        view.required || needed_now(view, &self.values(draft))
    }
}
