//! Dates and templates of official letters, in Chinese as they are written.

use kernel::time::Date;
use serde_json::Value;

/// 2026年12月6日
#[must_use]
pub fn date(d: Date) -> String {
    format!("{}年{}月{}日", d.year(), d.month(), d.day())
}

/// Renders a letter. What a template asks for and is not there is an error, not a gap.
///
/// # Errors
/// What is wrong with the template, and where.
pub fn render(template: &str, context: &Value) -> Result<String, String> {
    pack::letters::render(template, context).map_err(|e| e.to_string())
}
