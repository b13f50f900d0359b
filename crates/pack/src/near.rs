//! The nearest known name to one that was mistyped. Nothing else.

/// How many letters must be put in, left out, changed or swapped with their neighbour to make `b` of `a`.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = change.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// The known name that was most likely meant; none if all are far off.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let far = |k: &str| distance(&name.to_lowercase(), &k.to_lowercase());
    let best = known.into_iter().map(|k| (far(k), k)).min()?;
    (best.0 <= 1 + name.chars().count() / 4).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_found_and_a_stranger_is_not() {
        assert_eq!(nearest("trnasfer", ["transfer", "refuse"]), Some("transfer"));
        assert_eq!(nearest("lable", ["label", "said"]), Some("label"));
        assert_eq!(nearest("banana", ["label", "said"]), None);
        assert_eq!(nearest("x", []), None);
    }
}
