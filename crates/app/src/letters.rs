//! Letters of a matter: issued by an entry, numbered by the store, rendered when they are read, always the same.

use crate::error::AppError;
use crate::installation::App;
use crate::matter::Matter;
use crate::view::{LetterView, body_name};
use crate::viewer::Viewer;
use kernel::file::CaseFile;
use kernel::form::Coded;
use kernel::ids::{Class, MatterId};
use kernel::mechanism::Letter;
use serde_json::{Map, Value, json};
use store::LetterRow;

/// A letter to be read and printed.
#[derive(Clone, Debug)]
pub struct LetterPage {
    /// Its facts.
    pub view: LetterView,
    /// Who signs.
    pub from: String,
    /// The text.
    pub text: String,
}

impl App {
    pub(crate) async fn letter_views(&self, matter: &Matter) -> Result<Vec<LetterView>, AppError> {
        let rows = self.inner.store.letters(matter.id).await?;
        Ok(rows.iter().filter_map(|r| view(matter, r)).collect())
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
        let row = rows.iter().find(|r| r.draft.seq == seq).ok_or(AppError::NotFound)?;
        let view = view(&matter, row).ok_or(AppError::NotFound)?;
        let letter = matter.mechanism.letter.get(&row.draft.letter).ok_or(AppError::NotFound)?;
        let text = self.render(&matter, letter, row, &view).await?;
        let directory = self.directory();
        Ok(LetterPage { from: body_name(&directory, row.draft.body).name.zh, view, text })
    }

    async fn render(&self, matter: &Matter, letter: &Letter, row: &LetterRow, view: &LetterView) -> Result<String, AppError> {
        let entries = matter.entries.iter().take_while(|e| e.seq <= row.draft.seq);
        let file = CaseFile::fold(entries);
        let directory = self.directory();
        let own_name = letter.to == kernel::mechanism::RAISER;
        let texts = matter.texts(self, own_name).await?;
        let mut fields = Map::new();
        for id in &letter.fields {
            let field = matter.mechanism.field.get(id);
            let class = field.map(|f| f.class);
            let text = texts.iter().rev().find(|((seq, f), _)| f == id && *seq <= row.draft.seq).map(|(_, t)| t.clone());
            let coded = file.facts.get(id).map(|c| match (c, field) {
                (Coded::Code(code), Some(f)) => f.of.iter().find(|o| o.id == *code).map_or(code.clone(), |o| o.zh.clone()),
                (c, _) if !c.bodies().is_empty() => {
                    c.bodies().iter().map(|b| body_name(&directory, *b).name.zh).collect::<Vec<_>>().join("、")
                }
                (Coded::Date(d), _) => crate::words::date(*d),
                (c, _) => c.as_code().into_owned(),
            });
            let value = text.filter(|_| class != Some(Class::Sealed) || own_name).or(coded);
            fields.insert(id.clone(), value.map_or(Value::Null, Value::String));
        }
        let clocks: Map<String, Value> =
            file.clocks.iter().map(|(id, c)| (id.clone(), Value::String(crate::words::date(c.dates.due.date())))).collect();
        let role = |r: &str| file.roles.get(r).map(|b| body_name(&directory, *b).name.zh);
        let roles: Map<String, Value> = file.roles.keys().filter_map(|r| role(r).map(|n| (r.clone(), Value::String(n)))).collect();
        let context = json!({
            "number": view.number,
            "matter": self.number_text(matter.id, matter.row.number),
            "date": crate::words::date(view.at.date()),
            "raised": crate::words::date(matter.row.raised_at.date()),
            "body": body_name(&directory, row.draft.body).name.zh,
            "to": if own_name { None } else { role(&letter.to) },
            "fields": fields,
            "clocks": clocks,
            "roles": roles,
            "installation": self.settings().name,
            "phone": self.settings().phone,
        });
        crate::words::render(&letter.template, &context).map_err(AppError::Letter)
    }
}

fn view(matter: &Matter, row: &LetterRow) -> Option<LetterView> {
    let letter = matter.mechanism.letter.get(&row.draft.letter)?;
    let at = matter.entries.iter().find(|e| e.seq == row.draft.seq)?.at;
    let number = row.draft.series.as_ref().map(|s| format!("{s}〔{}〕{}号", row.draft.year, row.number));
    Some(LetterView { id: row.draft.letter.clone(), name: letter.name.clone(), seq: row.draft.seq, number, at })
}
