//! Letters as Word files that an office can go on writing in. The layout comes from a template: the built-in one after
//! GB/T 9704, or the own one of a body, of its function or of the whole office below `letters/`, in which `{{抬头}}`, `{{文号}}`, `{{标题}}`, `{{主送}}`, `{{正文}}` and
//! `{{落款}}` stand where the parts of a letter go. Only those words are replaced; everything else of the template stays.

mod fill;

use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The media type.
pub const MIME: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/// The template of whoever has none of its own: packs hold it as `letters/office.docx`.
pub const EVERYBODY: &str = "office";
/// The largest part of a template, unpacked.
const LARGEST: u64 = 20 << 20;

/// The parts of the built-in template.
const BUILT_IN: [(&str, &str); 6] = [
    ("[Content_Types].xml", include_str!("docx/content_types.xml")),
    ("_rels/.rels", include_str!("docx/rels.xml")),
    ("word/document.xml", include_str!("docx/document.xml")),
    ("word/_rels/document.xml.rels", include_str!("docx/document.rels.xml")),
    ("word/styles.xml", include_str!("docx/styles.xml")),
    ("word/footer1.xml", include_str!("docx/footer1.xml")),
];

/// A letter in the parts that a sheet is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The issuing body, as on its letterhead.
    pub issuer: String,
    /// The number; none before it is numbered.
    pub number: Option<String>,
    /// The title.
    pub title: String,
    /// Whom it addresses, without the colon.
    pub to: String,
    /// The text.
    pub paragraphs: Vec<String>,
    /// Body and date, line by line.
    pub signature: Vec<String>,
    /// It is void; the title says so.
    pub void: bool,
}

impl Sheet {
    /// The parts of a text as letters of packs are written: title, number, addressee, paragraphs, signature in two lines.
    #[must_use]
    pub fn of(issuer: &str, number: Option<&str>, text: &str) -> Sheet {
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
        let (title, rest) = lines.split_first().map_or(("", &[][..]), |(t, rest)| (*t, rest));
        let rest = if number.is_some() && rest.first().copied() == number { &rest[1..] } else { rest };
        let (to, rest) = match rest.split_first() {
            Some((to, rest)) if to.ends_with('：') => (to.trim_end_matches('：'), rest),
            _ => ("", rest),
        };
        let own = |lines: &[&str]| lines.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>();
        let (body, signature) = rest.split_at(rest.len().saturating_sub(2));
        Sheet {
            issuer: issuer.to_owned(),
            number: number.map(str::to_owned),
            title: title.to_owned(),
            to: to.to_owned(),
            paragraphs: own(body),
            signature: own(signature),
            void: false,
        }
    }

    /// What stands in the place of a word of the template, line by line; none for another word.
    fn part(&self, name: &str) -> Option<Vec<String>> {
        let one = |text: &str| vec![text.to_owned()];
        Some(match name {
            "抬头" => one(&self.issuer),
            "文号" => self.number.iter().cloned().collect(),
            // Every layout has a title, whoever drew it, so that no office's own hides it.
            "标题" if self.void => one(&format!("{}（已作废）", self.title)),
            "标题" => one(&self.title),
            "主送" if self.to.is_empty() => Vec::new(),
            "主送" => one(&format!("{}：", self.to)),
            "正文" => self.paragraphs.clone(),
            "落款" => self.signature.clone(),
            _ => return None,
        })
    }
}

/// Why a template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocxError {
    /// Not a Word file.
    #[error("函件模板不是 Word 文件（.docx）。The template is not a Word file: {0}")]
    NotWord(String),
    /// A word that must be there is not.
    #[error("函件模板里没有 {{{{{0}}}}}，函件会缺这一部分。The template lacks {{{{{0}}}}}.")]
    Lacks(&'static str),
    /// A word in braces that is none.
    #[error("函件模板里的 {{{{{0}}}}} 不能填。The template has {{{{{0}}}}}, which is nothing to fill in.")]
    Unknown(String),
}

/// The built-in template, for an office to make its own from.
#[must_use]
pub fn built_in() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in BUILT_IN {
        let written = zip.start_file(name, SimpleFileOptions::default()).map(|()| zip.write_all(text.as_bytes()));
        written.expect("invariant: memory takes a file").expect("invariant: memory takes bytes");
    }
    zip.finish().expect("invariant: memory takes the end").into_inner()
}

/// Whether a template can be used.
///
/// # Errors
/// What is wrong with it.
pub fn check(template: &[u8]) -> Result<(), DocxError> {
    let mut zip = ZipArchive::new(Cursor::new(template)).map_err(|e| DocxError::NotWord(e.to_string()))?;
    let mut seen = Vec::new();
    let names: Vec<String> = zip.file_names().filter_map(Result::ok).map(String::from).collect();
    if !names.iter().any(|n| n == "word/document.xml") {
        return Err(DocxError::NotWord("word/document.xml".into()));
    }
    for name in names.iter().filter(|n| is_text(n)) {
        seen.extend(fill::names(&text(&mut zip, name)?));
    }
    if let Some(other) = seen.iter().find(|n| Sheet::default().part(n).is_none()) {
        return Err(DocxError::Unknown(other.clone()));
    }
    let lacks = ["正文", "落款"].into_iter().find(|n| !seen.iter().any(|s| s == n));
    lacks.map_or(Ok(()), |n| Err(DocxError::Lacks(n)))
}

/// Writes a letter into a template.
///
/// # Errors
/// A template that is no Word file.
pub fn write(template: &[u8], sheet: &Sheet) -> Result<Vec<u8>, DocxError> {
    let broken = |e: &dyn std::fmt::Display| DocxError::NotWord(e.to_string());
    let mut from = ZipArchive::new(Cursor::new(template)).map_err(|e| broken(&e))?;
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let name = {
            let file = from.by_index_raw(index).map_err(|e| broken(&e))?;
            let name = file.name().map_err(|e| broken(&e))?.to_string();
            if !is_text(&name) {
                to.raw_copy_file(file).map_err(|e| broken(&e))?;
                continue;
            }
            name
        };
        let filled = fill::fill(&text(&mut from, &name)?, &|n| sheet.part(n));
        to.start_file(name.as_str(), SimpleFileOptions::default()).map_err(|e| broken(&e))?;
        to.write_all(filled.as_bytes()).map_err(|e| broken(&e))?;
    }
    Ok(to.finish().map_err(|e| broken(&e))?.into_inner())
}

/// Whether a part of a template may hold words to fill in.
fn is_text(name: &str) -> bool {
    let part = name.strip_prefix("word/").and_then(|n| n.strip_suffix(".xml"));
    part.is_some_and(|n| n == "document" || n.starts_with("header") || n.starts_with("footer"))
}

fn text(zip: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<String, DocxError> {
    let file = zip.by_name(name).map_err(|e| DocxError::NotWord(e.to_string()))?;
    let mut text = String::new();
    file.take(LARGEST).read_to_string(&mut text).map_err(|e| DocxError::NotWord(e.to_string()))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let text = "答复书\n街复〔2026〕7号\n\n林女士：\n\n　　通道已划线 <62 米> & 巡查。\n　　另行告知。\n\n柳巷街道\n2026年10月16日\n";
        Sheet::of("柳巷街道", Some("街复〔2026〕7号"), text)
    }

    fn read(bytes: &[u8], part: &str) -> String {
        text(&mut ZipArchive::new(Cursor::new(bytes)).expect("a zip"), part).expect("a part")
    }

    #[test]
    fn a_letter_is_taken_apart() {
        let s = sheet();
        assert_eq!((s.title.as_str(), s.to.as_str(), s.paragraphs.len()), ("答复书", "林女士", 2));
        assert_eq!(s.signature, ["柳巷街道", "2026年10月16日"]);
    }

    #[test]
    fn the_word_file_holds_the_letter_in_the_layout_of_the_standard() {
        let template = built_in();
        assert_eq!(check(&template), Ok(()));
        let file = write(&template, &sheet()).expect("written");
        let document = read(&file, "word/document.xml");
        for said in
            ["街复〔2026〕7号", "林女士：", "通道已划线 &lt;62 米&gt; &amp; 巡查。", "另行告知。", "2026年10月16日"]
        {
            assert!(document.contains(said), "{said} is missing");
        }
        assert!(!document.contains("{{"), "something was not filled in");
        // 37 mm above, 28 mm at the binding: GB/T 9704.
        assert!(document.contains("w:top=\"2098\"") && document.contains("w:left=\"1588\""));
        assert!(read(&file, "word/styles.xml").contains("方正小标宋简体"));
        assert!(crate::upload::check(&file, None).is_ok(), "our own checker takes it for what it is");
    }

    #[test]
    fn a_letter_without_number_and_addressee_leaves_no_empty_lines() {
        let bare = Sheet { number: None, to: String::new(), ..sheet() };
        let (with, without) = (write(&built_in(), &sheet()), write(&built_in(), &bare));
        let lines = |file: Result<Vec<u8>, DocxError>| {
            read(&file.expect("written"), "word/document.xml").matches("<w:p>").count()
        };
        assert_eq!(lines(with), lines(without) + 2);
    }

    #[test]
    fn a_template_that_cannot_be_used_says_why() {
        assert!(matches!(check(b"nothing"), Err(DocxError::NotWord(_))));
        let change = |from: &str, to: &str| {
            let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
            for (name, text) in BUILT_IN {
                zip.start_file(name, SimpleFileOptions::default()).expect("a file");
                zip.write_all(text.replace(from, to).as_bytes()).expect("bytes");
            }
            check(&zip.finish().expect("an end").into_inner())
        };
        assert_eq!(change("{{落款}}", ""), Err(DocxError::Lacks("落款")));
        assert_eq!(change("{{标题}}", "{{题目}}"), Err(DocxError::Unknown("题目".into())));
    }
}
