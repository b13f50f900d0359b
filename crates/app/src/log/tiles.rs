//! The log as files that anybody may fetch and keep, as C2SP tlog-tiles says: tiles of hashes and bundles of leaves.
//! Only what is under the last checkpoint is given; a tile never changes once it can be had.

use super::tree::{HEIGHT, WIDTH};
use crate::error::AppError;
use crate::installation::App;

/// Which tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TilePath {
    /// The level, or the leaves themselves.
    pub level: Option<u8>,
    /// Its place in the level.
    pub index: u64,
    /// How many of its 256.
    pub width: u64,
}

impl TilePath {
    /// Reads what stands after `/log/tile/`; none unless it is written exactly as it must be.
    #[must_use]
    pub fn parse(text: &str) -> Option<TilePath> {
        let (level, rest) = text.split_once('/')?;
        let level = if level == "entries" { None } else { Some(level.parse().ok().filter(|l| *l < 8)?) };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok().filter(|w| (1..WIDTH).contains(w))?),
            None => (rest, WIDTH),
        };
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let path = TilePath { level, index: digits.parse().ok()?, width };
        (path.text() == text).then_some(path)
    }

    /// As it is asked for.
    #[must_use]
    pub fn text(&self) -> String {
        let mut number = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            number = format!("x{:03}/{number}", rest % 1000);
            rest /= 1000;
        }
        let level = self.level.map_or_else(|| "entries".to_owned(), |l| l.to_string());
        let part = if self.width < WIDTH { format!(".p/{}", self.width) } else { String::new() };
        format!("{level}/{number}{part}")
    }
}

impl App {
    /// The bytes of a tile; none unless all of it is under the last checkpoint.
    ///
    /// # Errors
    /// The store.
    pub async fn log_tile(&self, path: TilePath) -> Result<Option<Vec<u8>>, AppError> {
        let Some(last) = self.inner.store.checkpoint().await? else { return Ok(None) };
        let count = last.size.checked_shr(HEIGHT * u32::from(path.level.unwrap_or(0))).unwrap_or(0);
        let from = path.index.checked_mul(WIDTH);
        let Some(from) = from.filter(|from| from.checked_add(path.width).is_some_and(|end| end <= count)) else {
            return Ok(None);
        };
        let Some(level) = path.level else {
            let limit = u32::try_from(path.width).unwrap_or(u32::MAX);
            let leaves = self.inner.store.leaves(from, limit).await?;
            let data = leaves.iter().map(|l| super::leaf_data(l.alg, l.key.kind, &l.hash));
            return Ok(Some(data.flat_map(|d| [0, 34].into_iter().chain(d)).collect()));
        };
        Ok(Some(self.tile_row(level, from, path.width).await?.concat()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_as_they_are_written() {
        for (text, level, index, width) in [
            ("0/000", Some(0), 0, 256),
            ("0/x001/x234/067", Some(0), 1_234_067, 256),
            ("entries/x001/000.p/255", None, 1000, 255),
            ("7/012.p/1", Some(7), 12, 1),
        ] {
            let path = TilePath { level, index, width };
            assert_eq!(TilePath::parse(text), Some(path));
            assert_eq!(path.text(), text);
        }
        for bad in
            ["", "0", "0/", "0/1", "0/0001", "0/x000/001", "0/x1/001", "00/001", "8/000", "0/000.p/256", "0/000.p/0"]
        {
            assert_eq!(TilePath::parse(bad), None, "{bad}");
        }
        for bad in
            ["0/000.p/01", "0/000.p/", "0/000.p/1/2", "entries/../1", "0/001/001", "-1/000", "0/x001/x001", "0/٣"]
        {
            assert_eq!(TilePath::parse(bad), None, "{bad}");
        }
    }
}
