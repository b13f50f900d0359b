//! Words that packs write to the person, as colleagues say them to each other: 您 is 本人, “you” is “the person”.
//! Only shown; what was sent to her and what is kept stays as it was written.

use crate::i18n::{Lang, t};
use kernel::text::Text;

/// The words as colleagues say them: what is due to her, and where her matter stands.
#[must_use]
pub fn about(lang: Lang, text: &Text) -> String {
    match lang {
        Lang::Zh => text.zh.replace('您', t(lang, "desk.who.person")),
        Lang::En => third_person(&text.en),
    }
}

/// Words after which “you” does something; elsewhere inside a clause something is done to her.
const CLAUSE: [&str; 11] = ["what", "whether", "when", "if", "that", "who", "where", "how", "until", "because", "and"];
/// Verbs that do not change with the person.
const SAME: [&str; 16] = [
    "may", "can", "could", "must", "will", "would", "should", "said", "told", "chose", "withdrew", "did", "had",
    "still", "were", "have",
];

fn third_person(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut subject = false;
    for word in text.split(' ') {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let starts =
            out.last().is_none_or(|w| w.ends_with([';', '.', ',', ':', '(']) || CLAUSE.contains(&lower(w).as_str()));
        let capital =
            |lowercase: &str| if bare.starts_with('Y') { capitalised(lowercase) } else { lowercase.to_owned() };
        let put = match lower(bare).as_str() {
            "you" => word.replacen(bare, &capital("the person"), 1),
            "your" => word.replacen(bare, &capital("the person's"), 1),
            "yours" => word.replacen(bare, &capital("the person's"), 1),
            "yourself" => word.replacen(bare, "in person", 1),
            other if subject => word.replacen(bare, &verb(other, bare), 1),
            _ => word.to_owned(),
        };
        subject = lower(bare) == "you" && starts && bare.len() == word.len();
        out.push(put);
    }
    out.join(" ")
}

fn lower(word: &str) -> String {
    word.to_ascii_lowercase()
}

fn capitalised(words: &str) -> String {
    let (first, rest) = words.split_at(1);
    first.to_ascii_uppercase() + rest
}

/// The verb behind “the person”.
fn verb(word: &str, typed: &str) -> String {
    match word {
        "were" => "was".into(),
        "are" => "is".into(),
        "have" => "has".into(),
        "do" => "does".into(),
        known if SAME.contains(&known) || known.ends_with("ed") && known != "need" => typed.to_owned(),
        _ => format!("{typed}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::third_person;

    #[test]
    fn colleagues_are_not_addressed_as_the_person() {
        for (written, said) in [
            ("Answer you", "Answer the person"),
            ("Tell you the result", "Tell the person the result"),
            ("You may ask for review", "The person may ask for review"),
            ("Opinion delivered; you may ask for review", "Opinion delivered; the person may ask for review"),
            ("You disagree; being rechecked", "The person disagrees; being rechecked"),
            ("You disagree with the route; being rechecked", "The person disagrees with the route; being rechecked"),
            ("You disagreed; being rechecked", "The person disagreed; being rechecked"),
            ("You say whether it is solved", "The person says whether it is solved"),
            (
                "You said it is solved; you may still change your mind",
                "The person said it is solved; the person may still change the person's mind",
            ),
            ("You were told the result", "The person was told the result"),
            ("Waiting for your word", "Waiting for the person's word"),
            ("Withdrawn by you", "Withdrawn by the person"),
            ("What you ask for", "What the person asks for"),
            ("May we call you afterwards?", "May we call the person afterwards?"),
            ("Dispatched, to be signed for", "Dispatched, to be signed for"),
        ] {
            assert_eq!(third_person(written), said);
        }
    }
}
