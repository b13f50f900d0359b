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

#[cfg(test)]
mod tests {
    use super::with_query;

    #[test]
    fn one_parameter_changes_and_the_rest_stays() {
        assert_eq!(with_query("/m/YX-1?tab=all&lang=zh", "lang", "en"), "/m/YX-1?tab=all&lang=en");
        assert_eq!(with_query("/", "size", "large"), "/?size=large");
        assert_eq!(with_query("/x?language=1", "lang", "en"), "/x?language=1&lang=en");
    }
}
