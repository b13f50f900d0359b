//! A form as it was sent, urlencoded or with files, in the order of its fields. Knows no field of any form.

use crate::server::Site;
use axum::extract::{Form, FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use std::convert::Infallible;

/// A file that was chosen.
#[derive(Debug)]
pub struct Chosen {
    /// The field's name.
    pub field: String,
    /// Its bytes; none when it is larger than an attachment may be, or broke off.
    pub bytes: Option<Vec<u8>>,
}

/// What was sent. What cannot be read is left out: the page then says what is missing and keeps the rest.
#[derive(Debug, Default)]
pub struct Sent {
    pairs: Vec<(String, String)>,
    /// The files.
    pub files: Vec<Chosen>,
}

impl Sent {
    /// The last value under a name, or nothing.
    #[must_use]
    pub fn one(&self, name: &str) -> &str {
        self.pairs.iter().rev().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    /// All values under a name that are not blank.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<String> {
        self.pairs.iter().filter(|(n, v)| n == name && !v.trim().is_empty()).map(|(_, v)| v.clone()).collect()
    }

    fn push(&mut self, name: String, value: &str) {
        // Browsers send line ends as CR LF; kept so they would count twice against the limit of a text.
        self.pairs.push((name, value.replace("\r\n", "\n")));
    }

    async fn read(&mut self, mut parts: Multipart) {
        while let Ok(Some(mut part)) = parts.next_field().await {
            let field = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::is_empty) {
                Some(true) => {}
                Some(false) => {
                    let mut bytes = Some(Vec::new());
                    while let Ok(Some(chunk)) = part.chunk().await {
                        bytes = bytes.filter(|b: &Vec<u8>| b.len() + chunk.len() <= app::upload::MAX_BYTES);
                        bytes.iter_mut().for_each(|b| b.extend_from_slice(&chunk));
                    }
                    self.files.push(Chosen { field, bytes });
                }
                None => {
                    let Ok(text) = part.text().await else { return };
                    self.push(field, &text);
                }
            }
        }
    }
}

impl FromRequest<Site> for Sent {
    type Rejection = Infallible;

    async fn from_request(request: Request, site: &Site) -> Result<Sent, Infallible> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let mut sent = Sent::default();
        if kind.starts_with("multipart/form-data") {
            if let Ok(parts) = Multipart::from_request(request, site).await {
                sent.read(parts).await;
            }
        } else if let Ok(Form(pairs)) = Form::<Vec<(String, String)>>::from_request(request, site).await {
            pairs.into_iter().for_each(|(name, value)| sent.push(name, &value));
        }
        Ok(sent)
    }
}
