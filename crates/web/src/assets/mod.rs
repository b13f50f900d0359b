//! Styles and scripts, embedded and served under an address that holds their content hash, so that browsers may
//! keep them for ever. Does not compress (a layer elsewhere does) and knows nothing of routes.

use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// One request per page: tokens, shared components and the frame travel together.
const PORTAL_CSS: &str = concat!(
    include_str!("tokens.css"),
    include_str!("base.css"),
    include_str!("portal.css"),
    include_str!("print.css")
);
const DESK_CSS: &str =
    concat!(include_str!("tokens.css"), include_str!("base.css"), include_str!("desk.css"), include_str!("print.css"));

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// `Cache-Control` for every asset: the address changes with the content.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// A `Content-Security-Policy` under which all pages of this crate work: no inline script, no inline style,
/// nothing from another host. `blob:` is for the preview of a photo that has not been sent yet.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; \
     connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

struct Asset {
    name: &'static str,
    mime: &'static str,
    bytes: &'static [u8],
    hash: String,
    url: String,
}

static TABLE: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    [
        ("portal.css", CSS, PORTAL_CSS),
        ("desk.css", CSS, DESK_CSS),
        ("draft.js", JS, include_str!("draft.js")),
        ("keys.js", JS, include_str!("keys.js")),
        ("needs.js", JS, include_str!("needs.js")),
        ("photo.js", JS, include_str!("photo.js")),
        ("similar.js", JS, include_str!("similar.js")),
        ("sketch.js", JS, include_str!("sketch.js")),
        ("share.js", JS, include_str!("share.js")),
        ("icon.svg", "image/svg+xml", include_str!("icon.svg")),
    ]
    .into_iter()
    .map(|(name, mime, text)| {
        let digest = Sha256::digest(text.as_bytes());
        let hash: String = digest.iter().take(6).map(|b| format!("{b:02x}")).collect();
        let url = format!("/assets/{hash}/{name}");
        Asset { name, mime, bytes: text.as_bytes(), hash, url }
    })
    .collect()
});

/// The address of an asset, hash included: `/assets/{hash}/{name}`. An unknown name is a slip in the program,
/// answered with an address that gives 404.
#[must_use]
pub fn asset_url(name: &str) -> String {
    let found = TABLE.iter().find(|asset| asset.name == name);
    debug_assert!(found.is_some(), "no asset {name}");
    found.map_or_else(|| format!("/assets/missing/{name}"), |asset| asset.url.clone())
}

/// The asset under `/assets/{hash}/{name}`: content type and bytes. `None` when the name is unknown or the hash is
/// that of another version.
#[must_use]
pub fn find(hash: &str, name: &str) -> Option<(&'static str, &'static [u8])> {
    TABLE.iter().find(|asset| asset.name == name && asset.hash == hash).map(|asset| (asset.mime, asset.bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_leads_to_the_bytes_and_an_old_hash_does_not() {
        let url = asset_url("desk.css");
        let mut parts = url.trim_start_matches("/assets/").split('/');
        let hash = parts.next().expect("hash");
        assert_eq!(find(hash, "desk.css").map(|found| found.1), Some(DESK_CSS.as_bytes()));
        assert!(find("000000000000", "desk.css").is_none());
    }

    #[test]
    fn scripts_stay_small() {
        let lines: usize = TABLE
            .iter()
            .filter(|asset| asset.mime == JS)
            .map(|asset| asset.bytes.iter().filter(|b| **b == b'\n').count())
            .sum();
        assert!(lines <= 300, "own scripts have {lines} lines, 300 are allowed");
    }

    #[test]
    fn every_size_follows_the_browsers_font_size() {
        for asset in TABLE.iter().filter(|asset| asset.mime == CSS) {
            let text = String::from_utf8_lossy(asset.bytes);
            let declarations = text.split(['{', '}', ';']).map(str::trim);
            let fixed: Vec<_> = declarations
                .filter(|one| (one.starts_with("font:") || one.starts_with("font-size:")) && one.contains("px"))
                .collect();
            assert!(fixed.is_empty(), "{}: font sizes in px: {fixed:?}", asset.name);
        }
    }
}
