//! Letters of a matter: issued by an entry, numbered by the store, rendered when they are read, always the same.

use crate::access::Access;
use crate::docx::{self, EVERYBODY, Sheet};
use crate::error::AppError;
use crate::installation::App;
use crate::matter::Matter;
use crate::view::{FileView, LetterView, ServedView, TryView, VoidedView, body_name, drawn_in_words};
use crate::viewer::Viewer;
use crate::voiding::VoidForm;
use kernel::clocks::named;
use kernel::entry::{Act, By, Entry};
use kernel::file::CaseFile;
use kernel::ids::{BodyId, Class, MatterId};
use kernel::mechanism::{FieldKind, Letter, PART, READ, Serve};
use kernel::papers::VOID_REASON;
use kernel::part::PartEvent;
use kernel::sketch::Sketch;
use kernel::text::Text;
use pack::letters::{ClockWords, Context};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::LetterRow;

type Texts = BTreeMap<(u32, String), String>;

/// A letter to be read and printed.
#[derive(Clone, Debug)]
pub struct LetterPage {
    /// Its facts.
    pub view: LetterView,
    /// Who signs.
    pub from: String,
    /// Its number.
    pub body: BodyId,
    /// The text.
    pub text: String,
    /// How this viewer may declare it void; none for whoever may not.
    pub may_void: Option<VoidForm>,
}

impl LetterPage {
    /// In the parts that its sheet is made of.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        let sheet = Sheet::of(&self.from, self.view.number.as_deref(), &self.text);
        Sheet { void: self.view.voided.is_some(), ..sheet }
    }
}

impl App {
    /// A letter as a Word file, in the own template of its body where the packs have one.
    ///
    /// # Errors
    /// `Letter` if the template cannot be used.
    pub fn letter_file(&self, page: &LetterPage) -> Result<Vec<u8>, AppError> {
        let own = self.letterhead(page.body);
        let template = own.map_or_else(docx::built_in, |own| own.to_vec());
        docx::write(&template, &page.sheet()).map_err(|e| AppError::Letter(e.to_string()))
    }

    /// The template of a body: its own, that of the first of its functions that has one, that of everybody.
    fn letterhead(&self, body: BodyId) -> Option<Arc<[u8]>> {
        let directory = self.directory();
        let functions = directory.body(body).into_iter().flat_map(|b| b.functions.iter().cloned());
        let names = std::iter::once(format!("bodies/{}", body.0)).chain(functions).chain([EVERYBODY.to_owned()]);
        names.into_iter().find_map(|of| self.catalogue().packs().letterhead(&of))
    }

    pub(crate) async fn letter_views(
        &self,
        matter: &Matter,
        access: &Access,
        texts: &Texts,
    ) -> Result<Vec<LetterView>, AppError> {
        let rows = self.inner.store.letters(matter.id).await?;
        Ok(rows.iter().filter(|r| addressed(matter, r, access)).filter_map(|r| view(self, matter, r, texts)).collect())
    }

    /// A letter as it was issued. Residents read those addressed to them.
    ///
    /// # Errors
    /// `NotFound` for whoever may not read it; `Letter` if the template fails.
    pub async fn letter(&self, viewer: &Viewer, id: MatterId, seq: u32) -> Result<LetterPage, AppError> {
        let matter = self.matter(id).await?;
        let access = self.access(viewer, &matter);
        if !access.reads() {
            return Err(AppError::NotFound);
        }
        let rows = self.inner.store.letters(id).await?;
        let row =
            rows.iter().find(|r| r.draft.seq == seq && addressed(&matter, r, &access)).ok_or(AppError::NotFound)?;
        let texts = matter.texts(self, false).await?;
        let view = view(self, &matter, row, &texts).ok_or(AppError::NotFound)?;
        let letter = matter.mechanism.letter.get(&row.draft.letter).ok_or(AppError::NotFound)?;
        self.record_view(viewer, &matter, &access).await?;
        let text = match &matter.file.keeping.erased {
            Some(erased) => gone(&view, erased.at),
            None => self.render(&matter, letter, row, &view).await?,
        };
        let may_void = self.void_form(viewer, &matter, row, &texts);
        let directory = self.directory();
        Ok(LetterPage {
            from: body_name(&directory, row.draft.body).name.zh,
            body: row.draft.body,
            view,
            text,
            may_void,
        })
    }

    async fn render(
        &self,
        matter: &Matter,
        letter: &Letter,
        row: &LetterRow,
        view: &LetterView,
    ) -> Result<String, AppError> {
        let entries = matter.entries.iter().take_while(|e| e.seq <= row.draft.seq);
        let file = CaseFile::fold(entries);
        let directory = self.directory();
        let own_name = letter.to == kernel::mechanism::RAISER;
        let texts = matter.texts(self, own_name).await?;
        let anonymous = matter.file.keeping.anonymous();
        let issued = matter.entries.iter().filter(|e| e.seq <= row.draft.seq);
        let said: BTreeSet<&str> = issued.flat_map(|e| &e.sealed).map(|c| c.field.as_str()).collect();
        let mut fields = BTreeMap::new();
        for id in &letter.fields {
            let text =
                texts.iter().rev().find(|((seq, f), _)| f == id && *seq <= row.draft.seq).map(|(_, t)| t.clone());
            let field = matter.mechanism.field.get(id);
            let drawn = |t: String| match field.filter(|f| f.kind == FieldKind::Sketch) {
                Some(_) => Sketch::read(&t).map_or(t, |s| drawn_in_words(&s).zh),
                None => t,
            };
            let text = text.map(drawn);
            let sealed = field.is_some_and(|f| f.class == Class::Sealed);
            let gone = || (anonymous && sealed && own_name && said.contains(id.as_str())).then(|| ERASED.to_owned());
            let value = match text.or_else(gone).filter(|_| !sealed || own_name) {
                Some(text) => Some(text),
                None => self.in_words(matter, id, &file).await?,
            };
            fields.extend(value.map(|v| (id.clone(), v)));
        }
        let words = |c: &kernel::file::Running| ClockWords {
            due: crate::words::date(c.dates.due.date()),
            length: c.started.length.zh(),
        };
        let role = |r: &str| file.roles.get(r).map(|b| body_name(&directory, *b).name.zh);
        let context = Context {
            number: self.number_text(matter.id, matter.row.number),
            letter_number: view.number.clone().unwrap_or_default(),
            date: crate::words::date(view.at.date()),
            body: body_name(&directory, row.draft.body).name.zh,
            to: self
                .called(matter, letter, row.draft.seq)
                .or_else(|| role(&letter.to))
                .or_else(|| own_name.then(|| name_in(matter, &texts)).flatten())
                .or_else(|| (own_name && anonymous).then(|| ERASED.to_owned()))
                .or_else(|| own_name.then(|| NAMELESS.to_owned()))
                .unwrap_or_default(),
            installation: self.settings().name.clone(),
            mechanism: matter.mechanism.mechanism.name.zh.clone(),
            remedy: remedy(matter, row.draft.seq),
            kept: kept(matter, &file),
            counted: letter.fields.iter().filter_map(|id| Some((id.clone(), over(&file, id)?))).collect(),
            fields,
            // Of the clocks of parts, one stands for those that began together.
            clocks: file.clocks.iter().rev().map(|(id, c)| (named(id).to_owned(), words(c))).collect(),
            votes: crate::tally::in_words(&matter.mechanism, &file, &matter.entries),
        };
        pack::letters::render(&letter.template, &context).map_err(|e| AppError::Letter(e.to_string()))
    }

    /// Whom a letter to parts is addressed to: the bodies that its entry called, or the one on whose part it acted.
    fn called(&self, matter: &Matter, letter: &kernel::mechanism::Letter, seq: u32) -> Option<String> {
        let seq = origin(matter, seq);
        let entry = matter.entries.iter().find(|e| e.seq == seq).filter(|_| letter.to == PART)?;
        let acted = entry.part.as_ref().and_then(|key| matter.file.parts.get(key)).map(|p| p.body);
        let opened = entry.parts.iter().filter_map(|e| match e {
            PartEvent::Opened { body, .. } => Some(*body),
            _ => None,
        });
        let directory = self.directory();
        let bodies: std::collections::BTreeSet<_> = opened.chain(acted).collect();
        Some(bodies.into_iter().map(|b| body_name(&directory, b).name.zh).collect::<Vec<_>>().join("、"))
    }

    /// A coded value as a letter prints it: a row of a list by what it was called in the version that it was chosen from.
    async fn in_words(&self, matter: &Matter, id: &str, file: &CaseFile) -> Result<Option<String>, AppError> {
        let Some(value) = file.facts.get(id) else { return Ok(None) };
        let field = matter.mechanism.field.get(id);
        let set = field.filter(|f| f.kind == FieldKind::Row).and_then(|f| f.set.as_deref());
        let version = file.facts.get(&format!("{id}.version")).and_then(|v| v.as_code().parse::<u32>().ok());
        let rows = match (set, version) {
            (Some(set), Some(version)) => self.inner.store.set_rows(set, version).await?,
            _ => Vec::new(),
        };
        let code = value.as_code();
        let then = rows.iter().find(|r| r.code == *code).map(|r| r.name.as_str());
        Ok(Some(crate::view::coded::in_words(&self.directory(), field, value, then).zh))
    }
}

/// Whom a letter speaks to who gave no name.
const NAMELESS: &str = "您好";

/// In the place of a name or a number that was erased before the rest.
const ERASED: &str = "（已删除）";

/// Over which days the system counted a number.
fn over(file: &CaseFile, field: &str) -> Option<String> {
    let days = kernel::tally::counted_over(&file.facts, field)?;
    Some(format!("{}至{}", crate::words::date(days.from), crate::words::date(days.to)))
}

/// What is left of a letter whose matter was erased.
fn gone(view: &LetterView, at: kernel::time::Timestamp) -> String {
    let day = crate::words::date(at.date());
    format!("{}\n这件事里的个人信息已于{day}依法删除，函件的正文不再保存。\n", view.name.zh)
}

/// How long the matter itself is kept after its end, as its letter says; empty where nothing says it.
fn kept(matter: &Matter, file: &CaseFile) -> String {
    let m = &matter.mechanism;
    let length = |id: Option<&String>| id.and_then(|id| m.number.get(id)).and_then(|n| n.value.length(&file.facts));
    let Some(retention) = m.retention.as_ref().filter(|r| r.archive.is_none()) else { return String::new() };
    let whole = length(retention.after_end.as_ref()).map(|l| format!("在办结以后保存 {}，到期自动删除", l.kept_zh()));
    let identity = length(retention.identity.as_ref())
        .map(|l| format!("其中姓名、电话等能认出人的信息在办结以后只保存 {}，到期先删除", l.kept_zh()));
    whole.into_iter().chain(identity).collect::<Vec<_>>().join("；")
}

/// What the person may do against the act that issued a letter.
fn remedy(matter: &Matter, seq: u32) -> String {
    let seq = origin(matter, seq);
    let entry = matter.entries.iter().find(|e| e.seq == seq);
    let action = entry.and_then(|e| e.act.effect()).and_then(|a| matter.mechanism.action.get(a));
    action.and_then(|a| a.remedy.as_ref()).map(|t| t.zh.clone()).unwrap_or_default()
}

/// The name that the raiser gave, for the first line of a letter to her.
fn name_in(matter: &Matter, texts: &BTreeMap<(u32, String), String>) -> Option<String> {
    let is_name = |f: &str| matter.mechanism.field.get(f).is_some_and(|f| f.kind == FieldKind::PersonName);
    texts.iter().find(|((_, f), _)| is_name(f)).map(|(_, t)| t.clone())
}

/// The raiser reads the letters addressed to her; what bodies write to each other is theirs.
fn addressed(matter: &Matter, row: &LetterRow, access: &Access) -> bool {
    let to_raiser = matter.mechanism.letter.get(&row.draft.letter).is_some_and(|l| l.to == kernel::mechanism::RAISER);
    *access != Access::Own || to_raiser
}

/// The number of a letter, as printed.
pub(crate) fn printed(row: &LetterRow) -> String {
    format!("{}〔{}〕{}号", row.draft.series.as_deref().unwrap_or_default(), row.draft.year, row.number)
}

/// The letter whose act issued this one: itself, or the void one in whose place it came.
fn origin(matter: &Matter, seq: u32) -> u32 {
    let mut at = seq;
    while let Some(Act::Voided(before)) = matter.entries.iter().find(|e| e.seq == at).map(|e| &e.act) {
        at = *before;
    }
    at
}

pub(crate) fn view(app: &App, matter: &Matter, row: &LetterRow, texts: &Texts) -> Option<LetterView> {
    let letter = matter.mechanism.letter.get(&row.draft.letter)?;
    let seq = row.draft.seq;
    let entry = matter.entries.iter().find(|e| e.seq == seq)?;
    let number = row.draft.series.is_some().then(|| printed(row));
    let papers = &matter.file.papers;
    let instead_of = if let Act::Voided(before) = entry.act { Some(before) } else { None };
    Some(LetterView {
        id: row.draft.letter.clone(),
        name: letter.name.clone(),
        seq,
        number,
        at: entry.at,
        voided: papers.voided.get(&seq).and_then(|by| voided(matter, *by, texts)),
        instead_of,
        served: letter.serve.as_ref().and_then(|s| served(app, matter, s, seq, texts)),
        tries: letter.serve.iter().flat_map(|s| tries(matter, s, seq, texts)).collect(),
        owed: letter.serve.is_some() && !papers.served.contains_key(&seq) && !papers.voided.contains_key(&seq),
    })
}

fn voided(matter: &Matter, by: u32, texts: &Texts) -> Option<VoidedView> {
    let entry = matter.entries.iter().find(|e| e.seq == by)?;
    let own = matches!(entry.act, Act::Voided(_));
    Some(VoidedView {
        seq: by,
        at: entry.at,
        reason: texts.get(&(by, VOID_REASON.to_owned())).cloned(),
        anew: (own && entry.letter.is_some()).then_some(by),
    })
}

fn served(app: &App, matter: &Matter, serve: &Serve, seq: u32, texts: &Texts) -> Option<ServedView> {
    let (by, service) = matter.file.papers.served.get(&seq)?;
    let entry = matter.entries.iter().find(|e| e.seq == *by)?;
    let text = |field: &String| texts.get(&(*by, field.clone())).cloned();
    let option = |field: &String, id: &str| {
        let found = matter.mechanism.field.get(field)?.of.iter().find(|o| o.id == id);
        found.map(|o| Text::new(&o.zh, &o.en))
    };
    let way = option(&serve.how, &service.how);
    // What an earlier letter of the file was signed with is not taken for this one's.
    let signed = serve.signed.as_ref().filter(|_| service.how == READ);
    let signed = signed.and_then(|f| option(f, entry.facts.get(f)?.as_code().as_ref()));
    let directory = app.directory();
    Some(ServedView {
        seq: *by,
        how: service.how.clone(),
        way: way.unwrap_or_else(|| Text::new("视为送达", "deemed served")),
        on: service.on,
        who: text(&serve.who),
        caller: serve.caller.as_ref().and_then(text),
        witness: serve.witness.as_ref().and_then(text),
        signed,
        proof: text(&serve.proof).iter().flat_map(|t| t.split(',')).map(|id| FileView { id: id.to_owned() }).collect(),
        by: if let By::Post { body, .. } = entry.by { Some(body_name(&directory, body)) } else { None },
    })
}

/// The calls about a letter that nobody answered: after it was issued, and before it was served in some other way.
fn tries(matter: &Matter, serve: &Serve, seq: u32, texts: &Texts) -> Vec<TryView> {
    let papers = &matter.file.papers;
    let until = papers.served.get(&seq).map(|(by, _)| *by).or_else(|| papers.voided.get(&seq).copied());
    let about = |e: &&Entry| e.seq > seq && until.is_none_or(|u| e.seq < u);
    let tried = |e: &&Entry| serve.tried.is_some() && e.act.effect() == serve.tried.as_deref();
    let said = |e: &Entry| serve.caller.as_ref().and_then(|f| texts.get(&(e.seq, f.clone())).cloned());
    let all = matter.entries.iter().filter(about).filter(tried);
    all.map(|e| TryView { seq: e.seq, at: e.at, caller: said(e) }).collect()
}
