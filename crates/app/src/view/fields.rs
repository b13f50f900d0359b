//! The fields of a form as a page or another program fills them in: what each takes, and what there is to choose from.

use super::BodyName;
use kernel::guard::Guard;
use kernel::ids::BodyId;
use kernel::mechanism::Field;
use serde::Serialize;

/// A field to fill in.
#[derive(Clone, Debug, Serialize)]
pub struct FieldView {
    /// Its id.
    pub id: String,
    /// What it takes.
    #[serde(flatten)]
    pub field: Field,
    /// It must be given.
    pub required: bool,
    /// It must be given when this holds.
    pub required_when: Option<Guard>,
    /// The bodies to choose from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bodies: Vec<BodyName>,
    /// The rows to choose from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowName>,
    /// Rows that fit the words of the matter, the likeliest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub proposed: Vec<Proposed>,
    /// Bodies that come first because a row of a set names them, with its code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub first: Vec<(BodyId, String)>,
    /// The pictures of this matter that a sketch may be drawn over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<Picture>,
}

/// A picture of a matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Picture {
    /// The number of the matter.
    pub number: String,
    /// Its id.
    pub id: String,
}

/// A row of a set as a form offers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowName {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A row that is proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposed {
    /// The row.
    #[serde(flatten)]
    pub row: RowName,
    /// Whose affair it is.
    pub body: Option<BodyName>,
}
