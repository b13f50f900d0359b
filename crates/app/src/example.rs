//! The matters of a demo that a stranger may open as their raiser, with the codes that she would have. Kept as a setting
//! of the installation when a demo is filled; a real installation has none and shows none.

use crate::error::AppError;
use crate::installation::App;
use serde::{Deserialize, Serialize};

/// What the setting is called that holds the examples.
const SETTING: &str = "demo_examples";

/// A matter to try, with the codes that its raiser would have.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Example {
    /// Its number.
    pub number: String,
    /// The short code: shows how it stands.
    pub query_code: String,
    /// The long code: shows everything and lets her act.
    pub long_code: String,
    /// What it is about.
    pub title: String,
    /// A slip of its vote that was not used yet: number and code.
    #[serde(default)]
    pub slip: Option<(u32, String)>,
}

impl App {
    /// The matters to try, as they were when the demo was filled; none where the installation is no demo.
    ///
    /// # Errors
    /// The store.
    pub async fn examples(&self) -> Result<Vec<Example>, AppError> {
        if !self.settings().demo {
            return Ok(Vec::new());
        }
        let kept = self.store().setting(SETTING).await?;
        // What cannot be read is no reason to keep anybody from signing in.
        Ok(kept.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }

    /// Keeps the matters to try.
    ///
    /// # Errors
    /// The store.
    pub async fn keep_examples(&self, examples: &[Example]) -> Result<(), AppError> {
        let json = serde_json::to_string(examples).expect("invariant: texts are JSON");
        self.store().put_setting(SETTING, &json).await?;
        Ok(())
    }
}
