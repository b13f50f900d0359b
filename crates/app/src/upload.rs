//! What an attachment really is, and whether it may come in.
//!
//! The type is told by content, never by name. Pictures are drawn anew, which removes place and camera
//! data and everything hidden behind them. Other files stay as they are and must only ever be served
//! as attachments with `nosniff`. No virus scanner is built in: the caller may bring one. Places and
//! names in sound and office files are not removed; the form must say so.

mod message;
mod office;
mod picture;
mod plain;

pub use message::Refusal;

/// The largest file in bytes; a caller must stop reading there.
pub const MAX_BYTES: usize = crate::seal::MAX_BLOB;

/// The kinds that are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Re-encoded.
    Jpeg,
    /// Re-encoded.
    Png,
    /// Portable document.
    Pdf,
    /// Word document without macros.
    Docx,
    /// Workbook without macros.
    Xlsx,
    /// Plain text, stored as UTF-8.
    Text,
    /// MPEG audio.
    Mp3,
    /// AAC in an MP4 container, no video.
    M4a,
    /// RIFF WAVE.
    Wav,
    /// Adaptive multi-rate: what many phones record.
    Amr,
}

impl Kind {
    /// The media type to serve it with.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Text => "text/plain; charset=utf-8",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::Wav => "audio/wav",
            Self::Amr => "audio/amr",
        }
    }

    /// The ending to give the file, whatever its name was.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Text => "txt",
            Self::Mp3 => "mp3",
            Self::M4a => "m4a",
            Self::Wav => "wav",
            Self::Amr => "amr",
        }
    }

    /// May a page show it in place? Everything else is a download.
    pub fn inline(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png)
    }
}

/// An accepted file.
#[derive(Clone, PartialEq, Eq)]
pub struct Accepted {
    /// What it is.
    pub kind: Kind,
    /// What to store: not always what was sent.
    pub content: Vec<u8>,
    /// Width and height in pixels, of pictures.
    pub size: Option<(u32, u32)>,
}

impl std::fmt::Debug for Accepted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Accepted({:?}, {} bytes)", self.kind, self.content.len())
    }
}

/// A virus scanner that the installation brings: does it object to the bytes?
pub type Scanner<'s> = &'s dyn Fn(&[u8]) -> bool;

/// Checks one file. Costs memory for one decoded picture at most; run it off the event loop.
pub fn check(content: &[u8], scanner: Option<Scanner<'_>>) -> Result<Accepted, Refusal> {
    if content.is_empty() {
        return Err(Refusal::Empty);
    }
    if content.len() > MAX_BYTES {
        return Err(Refusal::TooLarge);
    }
    if scanner.is_some_and(|objects| objects(content)) {
        return Err(Refusal::Virus);
    }
    let kept = |kind| Ok(Accepted { kind, content: content.to_vec(), size: None });
    if content.starts_with(b"\xff\xd8\xff") || content.starts_with(b"\x89PNG") || is_riff(content, b"WEBP") {
        return picture::redraw(content);
    }
    if content.starts_with(b"PK") {
        return kept(office::check(content)?);
    }
    if content.starts_with(b"%PDF-") {
        plain::pdf(content)?;
        return kept(Kind::Pdf);
    }
    if let Some(kind) = plain::sound(content)? {
        return kept(kind);
    }
    let text = plain::text(content)?;
    Ok(Accepted { kind: Kind::Text, content: text.into_bytes(), size: None })
}

fn is_riff(content: &[u8], form: &[u8; 4]) -> bool {
    content.starts_with(b"RIFF") && content.get(8..12) == Some(form.as_slice())
}

#[cfg(test)]
mod tests;
