//! Links that keep the page and change one thing about it: language or type size.

/// `path_and_query` with `key` set to `value`; other parameters stay. Used for `?lang=` and `?size=`.
#[must_use]
pub fn with_query(path_and_query: &str, key: &str, value: &str) -> String {
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    let kept = query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(key));
    let mut pairs: Vec<String> = kept.map(str::to_owned).collect();
    pairs.push(format!("{key}={value}"));
    format!("{path}?{}", pairs.join("&"))
}

/// A path with its query, as a browser asked for it, as the value of a parameter: what would end the value is escaped,
/// and words that are escaped already stay as they are, so that the address can be read.
#[must_use]
pub fn in_query(path_and_query: &str) -> String {
    let mut text = String::new();
    for (at, c) in path_and_query.char_indices() {
        // UTF-8 beyond ASCII starts at %80; an escaped sign of an address has to come back escaped.
        let rest = &path_and_query[at + c.len_utf8()..];
        let word = rest.starts_with(|next: char| matches!(next, '8' | '9' | 'a'..='f' | 'A'..='F'));
        match c {
            '&' => text.push_str("%26"),
            '+' => text.push_str("%2B"),
            '#' => text.push_str("%23"),
            '%' if !word => text.push_str("%25"),
            other => text.push(other),
        }
    }
    text
}

/// The same address with its words escaped again, as a header takes it.
#[must_use]
pub fn escaped(address: &str) -> String {
    use std::fmt::Write;
    address.bytes().fold(String::new(), |mut text, b| {
        if b.is_ascii_graphic() {
            text.push(char::from(b));
        } else {
            let _ = write!(text, "%{b:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{escaped, in_query, with_query};

    #[test]
    fn a_way_back_can_be_read_and_comes_back_whole() {
        assert_eq!(in_query("/desk/inbox?view=ended"), "/desk/inbox?view=ended");
        assert_eq!(in_query("/desk/search?q=%E5%81%9C&lang=en"), "/desk/search?q=%E5%81%9C%26lang=en");
        assert_eq!(in_query("/desk/search?q=a%26b"), "/desk/search?q=a%2526b");
        assert_eq!(escaped("/desk/search?q=停&lang=en"), "/desk/search?q=%E5%81%9C&lang=en");
    }

    #[test]
    fn one_parameter_changes_and_the_rest_stays() {
        assert_eq!(with_query("/m/YX-1?tab=all&lang=zh", "lang", "en"), "/m/YX-1?tab=all&lang=en");
        assert_eq!(with_query("/", "size", "large"), "/?size=large");
        assert_eq!(with_query("/x?language=1", "lang", "en"), "/x?language=1&lang=en");
    }
}
