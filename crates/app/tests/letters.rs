//! Letters are numbered per body and year: many at once get numbers without a gap, and a letter that a silence had issued and
//! that was taken back stays on the file as void.

#[expect(dead_code, reason = "the stories of other tests stand there too")]
mod late_stories;
mod town;

use app::error::AppError;
use app::voiding::Voiding;
use kernel::refusal::{PaperRule, Rule};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use town::{Town, at};

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

/// The words of a Word file.
fn document(file: &[u8]) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(file)).expect("a Word file");
    let mut text = String::new();
    zip.by_name("word/document.xml").expect("a document").read_to_string(&mut text).expect("words");
    text
}

/// The built-in template with a word in front of its first paragraph.
fn template(word: &str) -> Vec<u8> {
    let built_in = app::docx::built_in();
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(&built_in[..])).expect("a Word file");
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let (mut file, mut text) = (from.by_index(index).expect("a part"), String::new());
        file.read_to_string(&mut text).expect("words");
        let name = file.name().expect("a name").to_string();
        let own = format!("<w:body><w:p><w:r><w:t>{word}</w:t></w:r></w:p>");
        to.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        std::io::Write::write_all(&mut to, text.replacen("<w:body>", &own, 1).as_bytes()).expect("written");
    }
    to.finish().expect("an end").into_inner()
}

/// Whose letterhead the street's letter bears, where these lie below `letters/`.
async fn letterhead(names: &[&str]) -> String {
    let files = names.iter().map(|n| (format!("letters/{n}.docx"), template(&format!("抬头用{n}。")))).collect();
    let packs = pack::packs::PackSet::embedded_with(files);
    let town = Town::packed_with(packs, std::sync::Arc::new(store::MemoryStore::new()), "2026-03-02T09:00").await;
    let id = late_stories::issued(&town).await;
    let street = town.staff("street-staff");
    let seq = town.app.view(&street, id).await.expect("seen").letters.iter().find(|l| l.owed).expect("owed").seq;
    let page = town.app.letter(&street, id, seq).await.expect("read");
    let text = document(&town.app.letter_file(&page).expect("written"));
    text.split_once("抬头用").and_then(|(_, rest)| rest.split_once('。')).map(|(n, _)| n.to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn a_body_has_its_own_letterhead_before_that_of_its_function_and_of_everybody() {
    let town = Town::new("2026-03-02T09:00").await;
    let (street, other) = (town.body("柳巷街道"), town.body("汀云区城市管理局"));
    let (own, others) = (format!("bodies/{street}"), format!("bodies/{other}"));
    assert_eq!(letterhead(&[&own, &others, "street", "office"]).await, own);
    assert_eq!(letterhead(&[&others, "street", "department", "office"]).await, "street");
    assert_eq!(letterhead(&[&others, "department", "office"]).await, "office");
    assert_eq!(letterhead(&[&others]).await, "", "the built-in one");
}

#[tokio::test]
async fn a_void_letter_keeps_its_number_and_another_is_served_in_its_place() {
    let town = Town::new("2026-03-02T09:00").await;
    let id = late_stories::issued(&town).await;
    let (street, office) = (town.staff("street-staff"), town.staff("petition-office"));
    let seq = town.app.view(&street, id).await.expect("seen").letters.iter().find(|l| l.owed).expect("owed").seq;
    let page = town.app.letter(&street, id, seq).await.expect("read");
    let form = page.may_void.expect("the street issued it");
    assert!(form.owed && form.words["findings"] == "写明。");
    assert!(town.app.letter(&office, id, seq).await.expect("read").may_void.is_none(), "another body");
    let ask = |reason: &str, anew| Voiding { reason: reason.into(), anew, ..Voiding::default() };
    let rule = |r: Result<app::act::Acted, AppError>| late_stories::refused(r);
    assert!(matches!(rule(town.app.void_letter(&street, id, seq, &ask(" ", None)).await), Rule::Fields(_)));
    let owed = rule(town.app.void_letter(&street, id, seq, &ask("错字", None)).await);
    assert_eq!(owed, Rule::Paper(PaperRule::Owed));
    let others = rule(town.app.void_letter(&office, id, seq, &ask("错字", Some(Default::default()))).await);
    assert!(matches!(others, Rule::Role { .. }));
    let right = [("findings".to_owned(), json!("查明属实。"))].into();
    let asked = Voiding { idempotency_key: Some("k".into()), ..ask("事实写错了", Some(right)) };
    town.clock.set(at("2026-04-14T09:00"));
    let once = town.app.void_letter(&street, id, seq, &asked).await.expect("void");
    let again = town.app.void_letter(&street, id, seq, &asked).await.expect("the same command");
    assert_eq!((again.state, again.entries), (once.state, once.entries));

    let view = town.app.view(&town.raiser(id), id).await.expect("her own");
    let opinions: Vec<_> = view.letters.iter().filter(|l| l.id == "opinion").collect();
    let [old, new] = opinions[..] else { panic!("two of them") };
    assert_eq!(old.number.as_deref(), Some("信意〔2026〕1号"));
    assert_eq!(new.number.as_deref(), Some("信意〔2026〕2号"), "the number is not used again");
    let void = old.voided.as_ref().expect("void");
    assert_eq!((void.reason.as_deref(), void.anew, new.instead_of), (Some("事实写错了"), Some(new.seq), Some(old.seq)));
    assert!(!old.owed && new.owed);
    let (before, after) = (
        town.app.letter(&town.raiser(id), id, old.seq).await.expect("kept"),
        town.app.letter(&town.raiser(id), id, new.seq).await.expect("anew"),
    );
    assert!(before.text.contains("写明。") && !before.text.contains("查明属实。"), "it stays as it was");
    assert!(after.text.contains("查明属实。") && after.text.contains("信意〔2026〕2号"));
    assert!(document(&town.app.letter_file(&before).expect("a file")).contains("已作废"));
    assert!(!document(&town.app.letter_file(&after).expect("a file")).contains("已作废"));

    let served = [
        ("delivered_by", json!("direct")),
        ("delivered_on", json!("2026-04-15")),
        ("received_by", json!("同住的儿子")),
    ];
    town.acts("2026-04-16T09:00", &street, id, "deliver", &served).await.expect("served");
    let view = town.app.view(&town.raiser(id), id).await.expect("her own");
    let new = view.letters.iter().find(|l| l.served.is_some()).expect("served");
    let how = new.served.as_ref().expect("how");
    assert_eq!((how.way.zh.as_str(), how.on.to_string().as_str()), ("当面送交", "2026-04-15"));
    assert_eq!(how.who.as_deref(), Some("同住的儿子"));
    let late = rule(town.app.void_letter(&street, id, new.seq, &ask("再改", Some(Default::default()))).await);
    assert_eq!(late, Rule::Paper(PaperRule::Served));

    let app::viewer::Viewer::Staff(staff) = &street else { panic!("staff") };
    let body = staff.posts[0].body;
    let register = town.app.register(staff, body, 2026, None).await.expect("the register");
    let rows: Vec<_> = register.rows.iter().filter(|r| r.printed.starts_with("信意")).collect();
    let void: Vec<bool> = rows.iter().map(|r| r.letter.as_ref().expect("readable").1.voided.is_some()).collect();
    assert_eq!(rows.iter().map(|r| r.printed.as_str()).collect::<Vec<_>>(), ["信意〔2026〕2号", "信意〔2026〕1号"]);
    assert_eq!(void, [false, true]);
    let app::viewer::Viewer::Staff(other) = &office else { panic!("staff") };
    assert!(matches!(town.app.register(other, body, 2026, None).await, Err(AppError::NotFound)));
    let sound = town.app.verify_cell(id.cell, &mut |_| {}).await.expect("verified");
    assert_eq!(sound.damage, []);
}
