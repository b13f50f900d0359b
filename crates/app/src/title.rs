//! The title of a matter: the beginning of what was said. Sealing it is done where the rest is sealed.

use kernel::ids::Class;
use kernel::mechanism::{FieldKind, Mechanism, RAISE};

/// The title of a matter, from the texts of its raising.
#[must_use]
pub fn title_text<'a>(mechanism: &Mechanism, text: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let fields = mechanism.fields_of(mechanism.action.get(RAISE)?);
    let mut texts = fields
        .iter()
        .filter(|f| mechanism.field.get(**f).is_some_and(|f| f.kind == FieldKind::Text && f.class != Class::Sealed));
    text(texts.next()?).map(shorten)
}

/// The first sentence, at most 40 characters.
fn shorten(text: &str) -> String {
    const LONGEST: usize = 40;
    let line = text.lines().next().unwrap_or_default().trim();
    let first: String = line.chars().take_while(|c| !matches!(c, '。' | '！' | '？' | '!' | '?')).collect();
    if first.chars().count() <= LONGEST { first } else { first.chars().take(LONGEST - 1).chain(['…']).collect() }
}
