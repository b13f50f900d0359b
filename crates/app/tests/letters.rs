//! Letters are numbered per body and year: many at once get numbers without a gap, and a letter that a silence had issued and
//! that was taken back stays on the file as void.

mod town;

use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use town::Town;

const MONDAY: &str = "2026-09-28T09:00:00+08:00";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn letters_issued_at_once_get_numbers_without_a_gap() {
    let town = Town::new(MONDAY).await;
    let mut ids = Vec::new();
    for n in 0..8 {
        let raised = town.raises("rapid-response", &[("what", json!(format!("第 {n} 盏路灯不亮")))]).await;
        ids.push(raised.expect("raised").id);
    }
    let operator = town.staff("operator");
    let form = [("unit", town.body("柳巷街道")), ("urgency", json!("ordinary")), ("kind", json!("report"))];
    let acts: Vec<_> = ids
        .iter()
        .map(|id| {
            let (app, operator, id) = (town.app.clone(), operator.clone(), *id);
            let fields = form.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
            let (part, occurred, idempotency_key, seen) = (None, None, None, None);
            let acting = app::act::Acting { action: "dispatch".into(), fields, part, occurred, idempotency_key, seen };
            tokio::spawn(async move { app.act(&operator, id, &acting).await.map(drop) })
        })
        .collect();
    for act in acts {
        act.await.expect("no panic").expect("dispatched");
    }
    let mut series: BTreeMap<(u32, String, i16), BTreeSet<u32>> = BTreeMap::new();
    let mut count = 0;
    for id in ids {
        for row in town.store.letters(id).await.expect("memory") {
            let Some(word) = row.draft.series.clone() else { continue };
            count += 1;
            assert!(series.entry((row.draft.body.0, word, row.draft.year)).or_default().insert(row.number), "twice");
        }
    }
    assert_eq!(count, 8, "each dispatch issues a numbered letter");
    for (key, numbers) in series {
        let last = u32::try_from(numbers.len()).expect("few");
        assert_eq!(numbers, (1..=last).collect(), "{key:?} has a gap");
    }
}
