//! What lies under a sketch: a photo or a plan that comes with the form is staged like every attachment, and its id goes into
//! the sketch. Here it is only made sure that it is a picture; who may see it is the matter's affair.

use crate::components::sketch::UNDER;
use crate::i18n::{Lang, t};
use crate::pace::What;
use crate::posted::Posted;
use crate::visitor::Visitor;
use app::error::AppError;
use kernel::region::RegionCode;

/// Stages the pictures of a form and puts their ids where the sketches look for them. What cannot be taken is told by field;
/// `paced` where anybody may send.
///
/// # Errors
/// The pace, or the store.
pub async fn stage(
    visitor: &Visitor,
    region: &RegionCode,
    sent: &mut Posted,
    paced: bool,
) -> Result<Vec<(String, String)>, AppError> {
    let lang = visitor.lang;
    let all = std::mem::take(&mut sent.files);
    let (pictures, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|f| f.field.ends_with(UNDER));
    sent.files = rest;
    let mut wrong = Vec::new();
    for file in pictures {
        let id = file.field.trim_start_matches("v-").trim_end_matches(UNDER).to_owned();
        let Some(content) = file.content else {
            wrong.push((id, t(lang, "desk.file_too_big").to_owned()));
            continue;
        };
        if paced {
            visitor.pace(What::File)?;
        }
        match visitor.site.app.stage(region, content).await {
            Ok(staged) if staged.mime.starts_with("image/") => sent.push(file.field, &staged.id),
            Ok(_) => wrong.push((id, t(lang, "sketch.base.picture").to_owned())),
            Err(AppError::Upload(why)) => {
                wrong.push((id, if lang == Lang::Zh { why.zh() } else { why.en() }.to_owned()));
            }
            Err(other) => return Err(other),
        }
    }
    Ok(wrong)
}
