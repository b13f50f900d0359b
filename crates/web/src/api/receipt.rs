//! The receipt of a matter for whoever raised it: the signed promise, the inclusion proof once there is one, the file to keep.

use crate::api::caller::{Caller, Scope};
use crate::api::document::Reads;
use crate::api::problem::ApiError;
use crate::api::take::Segments;
use app::own_receipt::Standing;
use serde::Serialize;
use utoipa::ToSchema;

/// A receipt.
#[derive(Serialize, ToSchema)]
pub struct ReceiptAnswer {
    /// The signed promise (C2SP signed-note).
    pub receipt: String,
    /// The proof that the public log holds the first entry; absent until a checkpoint does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofAnswer>,
    /// Without a proof: seconds until there is one as promised; 0 if it should be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logged_in_s: Option<u32>,
    /// The file to keep: promise, proof, and the openings of the raiser's own fields.
    pub file: String,
    /// The same without the openings, to hand on: nothing personal is in it.
    pub bare: String,
}

/// An inclusion proof.
#[derive(Serialize, ToSchema)]
pub struct ProofAnswer {
    /// The place of the leaf, from 0.
    pub index: u64,
    /// Over how many leaves the checkpoint is.
    pub size: u64,
    /// The text (C2SP tlog-proof, with the leaf in `extra`).
    pub text: String,
}

/// The receipt of a matter
///
/// For whoever shows the long code, or the short one and the end of the phone number; for nobody else.
#[utoipa::path(
    get, path = "/api/v1/matters/{number}/receipt", tag = "matters",
    params(
        ("number" = String, Path, description = "the public number"),
        ("Gongzhi-Query-Code" = Option<String>, Header, description = "the short or the long code"),
        ("Gongzhi-Phone-Tail" = Option<String>, Header, description = "the last four digits of the phone left with it"),
    ),
    responses((status = 200, description = "the receipt, the same to the byte each time; its proof under the last checkpoint", body = ReceiptAnswer), Reads),
    security(("code" = []))
)]
pub async fn one(caller: Caller, Segments(number): Segments<String>) -> Result<axum::Json<ReceiptAnswer>, ApiError> {
    let viewer = caller.viewer(&number, Scope::Read).await?;
    let fails = caller.fails();
    let id = caller.app().by_number(&number).await.map_err(&fails)?;
    let own = caller.app().own_receipt(&viewer, id).await.map_err(&fails)?;
    let (proof, logged_in_s) = match own.standing {
        Standing::Logged(i) => (Some(ProofAnswer { index: i.index, size: i.size, text: i.text }), None),
        Standing::Waiting(seconds) => (None, Some(seconds)),
        Standing::Late => (None, Some(0)),
    };
    Ok(axum::Json(ReceiptAnswer { receipt: own.receipt, proof, logged_in_s, file: own.file, bare: own.bare }))
}
