//! What a form sent: names and values in their order, and files read no further than they may be large.
//! Knows no field of any form; whoever handles the page does.

use crate::server::Site;
use axum::extract::multipart::Field;
use axum::extract::{Form, FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use std::convert::Infallible;

/// The largest request with files: a few photos of a phone and the words beside them.
pub const LARGEST: usize = 3 * app::upload::MAX_BYTES;

/// One file that was chosen.
#[derive(Debug)]
pub struct Upload {
    /// The name of its field.
    pub field: String,
    /// What the device called it; shown back to the sender and kept nowhere.
    pub name: String,
    /// Its bytes; none when it was larger than allowed or broke off.
    pub content: Option<Vec<u8>>,
}

/// A form that was sent. What cannot be read is left out: the page then says what is missing and keeps the rest.
#[derive(Debug, Default)]
pub struct Posted {
    pairs: Vec<(String, String)>,
    /// The files.
    pub files: Vec<Upload>,
}

impl Posted {
    /// What an address says, as a form would.
    #[must_use]
    pub fn of(pairs: Vec<(String, String)>) -> Posted {
        Posted { pairs, files: Vec::new() }
    }

    /// The last value under a name; the empty string when there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().rev().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }

    /// All values under a name that are not blank, in order, once each.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for (_, value) in self.pairs.iter().filter(|(n, v)| n == name && !v.trim().is_empty()) {
            if !found.contains(value) {
                found.push(value.clone());
            }
        }
        found
    }

    /// The names that begin so, without the beginning.
    pub fn names<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter_map(move |(n, _)| n.strip_prefix(prefix))
    }

    pub(crate) fn push(&mut self, name: String, value: &str) {
        // Browsers send line ends as CR LF; kept so, they would double on every page that carries them on.
        self.pairs.push((name, value.replace("\r\n", "\n")));
    }

    async fn read(&mut self, mut form: Multipart) {
        while let Ok(Some(field)) = form.next_field().await {
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(str::to_owned) {
                Some(file) if file.is_empty() => {}
                Some(file) => {
                    let content = bytes(field).await;
                    let broken = content.is_err();
                    self.files.push(Upload { field: name, name: file, content: content.unwrap_or_default() });
                    if broken {
                        return;
                    }
                }
                None => {
                    let Ok(text) = field.text().await else { return };
                    self.push(name, &text);
                }
            }
        }
    }
}

/// The bytes of a file; `Ok(None)` when it is too large: then it is read to its end and thrown away, so that the
/// browser hears the answer. `Err` when the request itself broke off or is larger than allowed.
async fn bytes(mut field: Field<'_>) -> Result<Option<Vec<u8>>, ()> {
    let mut content = Vec::new();
    let mut fits = true;
    while let Some(chunk) = field.chunk().await.map_err(|_| ())? {
        fits &= content.len() + chunk.len() <= app::upload::MAX_BYTES;
        if fits {
            content.extend_from_slice(&chunk);
        } else {
            content = Vec::new();
        }
    }
    Ok(fits.then_some(content))
}

impl FromRequest<Site> for Posted {
    type Rejection = Infallible;

    async fn from_request(request: Request, site: &Site) -> Result<Posted, Infallible> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let mut posted = Posted::default();
        if kind.starts_with("multipart/form-data") {
            if let Ok(form) = Multipart::from_request(request, site).await {
                posted.read(form).await;
            }
        } else if let Ok(Form(pairs)) = Form::<Vec<(String, String)>>::from_request(request, site).await {
            for (name, value) in pairs {
                posted.push(name, &value);
            }
        }
        Ok(posted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_order_and_line_ends_do_not_grow() {
        let mut posted = Posted::default();
        for (name, value) in [("v-a", "1\r\n2"), ("v-b", "x"), ("v-b", " "), ("v-b", "y"), ("v-b", "x")] {
            posted.push(name.into(), value);
        }
        assert_eq!(posted.get("v-a"), "1\n2");
        assert_eq!(posted.all("v-b"), ["x", "y"]);
        assert_eq!(posted.names("v-").collect::<Vec<_>>().len(), 5);
        assert_eq!(posted.get("none"), "");
    }
}
