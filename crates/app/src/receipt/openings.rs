//! Openings: salt and text of the person's own fields, with which she can show offline what she wrote.
//!
//! Fields that are not hers to open stay as bare commitments. The receipt signs one digest over all.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::keys::{from_hex, hex};
use crate::seal::{VaultField, VaultRow, join, read_alg, written_alg};

/// One field of the entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// Salt and text are shown.
    Open(VaultField),
    /// Only the commitment is shown.
    Closed([u8; 32]),
}

/// All fields of the entry, by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Openings(BTreeMap<String, Opening>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    field: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alg: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commitment: Option<String>,
}

impl Openings {
    /// Opens `own` and shows the commitments of the rest.
    pub fn new(own: &VaultRow, closed: impl IntoIterator<Item = (String, [u8; 32])>) -> Self {
        let open = own.iter().map(|(field, value)| (field.clone(), Opening::Open(value.clone())));
        let closed = closed.into_iter().map(|(field, commitment)| (field, Opening::Closed(commitment)));
        Self(closed.chain(open).collect())
    }

    /// Field by field.
    pub fn fields(&self) -> &BTreeMap<String, Opening> {
        &self.0
    }

    /// The commitments that these openings stand for.
    pub fn commitments(&self) -> BTreeMap<String, [u8; 32]> {
        let commit = |(field, opening): (&String, &Opening)| {
            let value = match opening {
                Opening::Open(value) => value.commitment(field),
                Opening::Closed(commitment) => *commitment,
            };
            (field.clone(), value)
        };
        self.0.iter().map(commit).collect()
    }

    /// What the receipt must sign.
    pub fn digest(&self) -> [u8; 32] {
        fields_digest(&self.commitments())
    }

    /// One JSON array, a field per object.
    pub fn to_json(&self) -> String {
        let write = |(field, opening): (&String, &Opening)| match opening {
            Opening::Open(value) => Written {
                field: field.clone(),
                alg: written_alg(value.alg),
                salt: Some(BASE64.encode(value.salt)),
                text: Some(value.text.clone()),
                commitment: None,
            },
            Opening::Closed(commitment) => {
                Written { field: field.clone(), alg: None, salt: None, text: None, commitment: Some(hex(commitment)) }
            }
        };
        let written: Vec<Written> = self.0.iter().map(write).collect();
        serde_json::to_string_pretty(&written).expect("invariant: strings are JSON")
    }

    /// Reads the JSON; `None` if it is not what `to_json` writes, or names a field twice.
    pub fn from_json(json: &str) -> Option<Self> {
        let written: Vec<Written> = serde_json::from_str(json).ok()?;
        let count = written.len();
        let fields: Option<BTreeMap<String, Opening>> = written.into_iter().map(read).collect();
        fields.filter(|fields| fields.len() == count).map(Self)
    }
}

fn read(written: Written) -> Option<(String, Opening)> {
    let alg = read_alg(written.alg)?;
    let opening = match (written.salt, written.text, written.commitment) {
        (Some(salt), Some(text), None) => {
            Opening::Open(VaultField { alg, salt: BASE64.decode(salt).ok()?.try_into().ok()?, text })
        }
        (None, None, Some(commitment)) => Opening::Closed(from_hex(&commitment)?.as_slice().try_into().ok()?),
        _ => return None,
    };
    Some((written.field, opening))
}

/// One hash over the commitments of an entry's fields, in the order of their ids.
pub fn fields_digest(commitments: &BTreeMap<String, [u8; 32]>) -> [u8; 32] {
    let parts: Vec<&[u8]> = commitments.iter().flat_map(|(field, value)| [field.as_bytes(), &value[..]]).collect();
    Sha256::digest(join("gongzhi.fields/v1", &parts)).into()
}
