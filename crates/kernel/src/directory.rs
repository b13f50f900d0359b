//! What the kernel asks of the directory of bodies. The directory itself, its dates and its store are elsewhere.

use crate::ids::BodyId;
use crate::outside::Row;
use crate::region::RegionCode;
use crate::role::Relation;
use crate::text::Text;

/// The directory of one day.
pub trait Directory: Send + Sync {
    /// The offices with this function that are competent for the region, nearest first: of the region itself, then upward.
    fn offices(&self, function: &str, region: &RegionCode) -> Vec<BodyId>;

    /// The superior over a relation. Where the body has none of that relation, the one it belongs to; none at the top.
    /// Never the body itself; following it always ends.
    fn superior(&self, body: BodyId, relation: Relation) -> Option<BodyId>;

    /// Whether `body` is `ancestor` or lies below it over `part_of` and `guided_by` (what a shield covers).
    fn under(&self, body: BodyId, ancestor: BodyId) -> bool;

    /// Whether the body exists today and has the function.
    fn has(&self, body: BodyId, function: &str) -> bool;

    /// Whether the body exists today.
    fn knows(&self, body: BodyId) -> bool;

    /// What people call it, for the words of a refusal; its number where the directory does not say.
    fn called(&self, body: BodyId) -> Text {
        Text::new(format!("单位{}", body.0), format!("body {}", body.0))
    }

    /// The row of a set with this code, in the version of today.
    fn row(&self, _set: &str, _code: &str) -> Option<Row> {
        None
    }

    /// The code of that set which was most likely meant; none where all are far off.
    fn near(&self, _set: &str, _code: &str) -> Option<String> {
        None
    }
}
