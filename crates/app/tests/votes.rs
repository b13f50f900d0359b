//! A vote with slips, codes, paper and a proxy; a list from a table; a cap by the year: through the use cases and the store.

mod town;

use app::error::AppError;
use app::raise::Raised;
use app::slips::Slips;
use app::vote::{Entrusted, Slip};
use kernel::ids::{Class, MatterId};
use kernel::refusal::{Rule, VoteRule};
use std::collections::{BTreeMap, BTreeSet};
use town::Town;

const FILE: &str = include_str!("../../pack/tests/fixture/assembly/mechanism.toml");
const LIST: &str = "编号,名称,answer,note\nA-1,修路,自己办,街道的事\nA-2,拆违,已收回,\n";

async fn town() -> Town {
    let town = Town::with("assembly", FILE, "2026-09-01T09:00").await;
    let report = town.app.load_set(None, "duty_list", LIST.as_bytes(), true).await.expect("loaded");
    assert_eq!((report.version, report.faults.len(), report.added.len()), (Some(1), 0, 2));
    town
}

async fn opened(town: &Town, day: &str) -> Result<(Raised, MatterId), AppError> {
    let raised = town.raises("assembly", &[("words", "给楼道装灯".into())]).await.expect("raised");
    let (id, operator) = (raised.id, town.staff("operator"));
    let held = [("invited", 9.into()), ("attended", 5.into()), ("cost", 100.into()), ("duty", "A-1".into())];
    town.acts(&format!("{day}T10:00"), &operator, id, "hold", &held).await.expect("held");
    town.acts(&format!("{day}T11:00"), &operator, id, "open_vote", &[("households", 6.into())]).await?;
    Ok((raised, id))
}

fn slip(slips: &Slips, n: u32) -> Slip {
    let (slip, code) = slips.slips[n as usize - 1].clone();
    Slip { number: slips.number.clone(), slip, code, source: 1 }
}

fn rule<T: std::fmt::Debug>(result: Result<T, AppError>) -> Rule {
    match result {
        Err(AppError::Refused(refusal, _)) => refusal.rule,
        other => panic!("not refused: {other:?}"),
    }
}

fn counts(of: &[(&str, u32)]) -> BTreeMap<String, u32> {
    of.iter().map(|(o, n)| ((*o).to_owned(), *n)).collect()
}

#[tokio::test]
async fn a_secret_vote_on_paper_and_online() {
    let town = town().await;
    let (_, id) = opened(&town, "2026-09-02").await.expect("opened");
    let operator = town.staff("operator");
    let all = BTreeSet::new;
    let opener = town.app.print(&operator, id, "adopt", all()).await.map(drop);
    assert_eq!(rule(opener), Rule::Vote(VoteRule::Opener { body: false }), "who opened it prints none");
    let strangers = town.app.print(&town.staff("street-staff"), id, "adopt", all()).await;
    assert!(strangers.is_err(), "only tellers print slips");
    let printer = town.staff("callback");
    let slips = town.app.print(&printer, id, "adopt", all()).await.expect("slips");
    assert_eq!(slips.slips.len(), 6);
    let twice = town.app.print(&printer, id, "adopt", all()).await.map(drop);
    assert_eq!(rule(twice), Rule::Vote(VoteRule::AllPrinted), "a code is told once");
    let thread = town.app.view(&printer, id).await.expect("the view").entries;
    assert!(thread.iter().any(|e| e.said.zh == "印了 1–6 号票"), "the file says who printed which");

    let wrong = Slip { code: "00000000".into(), ..slip(&slips, 1) };
    assert!(matches!(town.app.ballot_paper(&wrong).await, Err(AppError::WrongCode { .. })));
    let of_another = Slip { slip: 2, ..slip(&slips, 1) };
    assert!(matches!(town.app.ballot(&of_another, None, "yes").await, Err(AppError::WrongCode { .. })));
    let nowhere = Slip { number: "TD-2026-99999".into(), ..slip(&slips, 1) };
    assert!(matches!(town.app.ballot_paper(&nowhere).await, Err(AppError::WrongCode { .. })));

    town.app.ballot(&slip(&slips, 1), None, "yes").await.expect("counted");
    let again = rule(town.app.ballot(&slip(&slips, 1), None, "no").await);
    assert_eq!(again, Rule::Vote(VoteRule::Counted { slip: 1, paper: false }));
    let code = |n: u32| slips.slips[n as usize - 1].1.as_str();
    let of = |n: u32, code| Some(Entrusted { slip: n, code });
    for guessed in ["", "00000000", code(1)] {
        let stolen = town.app.ballot(&slip(&slips, 1), of(2, guessed), "no").await;
        assert!(matches!(stolen, Err(AppError::WrongCode { .. })), "nobody votes for another without her slip");
    }
    town.clock.set(town::at("2026-09-02T18:00"));
    town.app.ballot(&slip(&slips, 1), of(2, code(2)), "yes").await.expect("as proxy");
    assert_eq!(
        rule(town.app.ballot(&slip(&slips, 1), of(3, code(3)), "yes").await),
        Rule::Vote(VoteRule::Proxies { most: 1 })
    );
    let both = town.app.paper(&operator, id, "adopt", vec![2, 3], counts(&[("yes", 1), ("no", 1)])).await;
    assert_eq!(rule(both), Rule::Vote(VoteRule::Counted { slip: 2, paper: false }));
    town.app.paper(&operator, id, "adopt", vec![3, 4], counts(&[("yes", 1), ("no", 1)])).await.expect("entered");
    let online = rule(town.app.ballot(&slip(&slips, 3), None, "yes").await);
    assert_eq!(online, Rule::Vote(VoteRule::Counted { slip: 3, paper: true }));
    assert!(matches!(
        rule(town.acts("2026-09-03T09:00", &operator, id, "count_votes", &[]).await),
        Rule::Vote(VoteRule::Running { .. })
    ));

    // Before the count nobody sees more than how many came; what was chosen can be opened by nobody.
    let view = town.app.view(&operator, id).await.expect("the view");
    assert_eq!((view.votes[0].present, view.votes[0].on_paper), (4, 2));
    assert!(view.votes[0].options.iter().all(|o| o.count.is_none()));
    let said = serde_json::to_string(&view).expect("json");
    assert!(!said.contains("ballot:"), "no trace of a choice");
    let sealed = |rows: Vec<store::VaultRow>| {
        rows.iter().filter(|r| r.class == Class::Sealed).map(|r| r.seq).collect::<Vec<_>>()
    };
    let beside = sealed(town.store.vault(id).await.expect("the vault"));
    assert_eq!(beside.len(), 3, "two online, one count of paper");
    for seq in beside {
        assert!(town.app.open_sealed(&operator, id, seq, "ballot:adopt", "想看看").await.is_err());
    }

    town.clock.set(town::at("2026-09-10T09:00"));
    let late = rule(town.app.ballot(&slip(&slips, 5), None, "no").await);
    assert_eq!(late, Rule::Vote(VoteRule::Closed));
    assert_eq!(town.app.follow(id.cell).await.expect("a round").settled, 1);
    let view = town.app.view(&town.raiser(id), id).await.expect("her own");
    let vote = &view.votes[0];
    assert_eq!(vote.outcome.as_deref(), Some("passed"));
    let told: Vec<_> = vote.options.iter().map(|o| (o.id.as_str(), o.count)).collect();
    assert_eq!(told, [("yes", Some(3)), ("no", Some(1)), ("abstain", Some(0))]);
    assert!(sealed(town.store.vault(id).await.expect("the vault")).is_empty(), "the choices are destroyed");
    let found = town.app.verify_cell(id.cell, &mut |_| {}).await.expect("verified");
    assert!(found.damage.is_empty(), "{:?}", found.damage.iter().map(|d| &d.what).collect::<Vec<_>>());
}

/// What the letter of the result says; the rest of the story is told above.
const LETTER: &str = "结果\n\n{{ votes.adopt.said }}\n{% if votes.adopt.result == \"通过\" %}\n赞成 {{ votes.adopt.counts.yes }}，清单 {{ fields.duty }}\n{% endif %}\n\n{{ body }}\n{{ date }}\n";

async fn with_letter() -> Town {
    let issued = FILE.replacen("[action.carry_out]\n", "[action.carry_out]\nletter = \"told\"\n", 1);
    let letter = "[letter.told]\nname = { zh = \"结果\", en = \"result\" }\nto = \"raiser\"\nfrom = \"office\"\ntemplate = \"told.txt\"\nfields = [\"duty\"]\n";
    let packs = pack::packs::PackSet::from_dirs(vec![
        ("national/assembly/mechanism.toml".to_owned(), format!("{issued}\n{letter}").into_bytes()),
        ("national/assembly/letters/told.txt".to_owned(), LETTER.as_bytes().to_vec()),
    ]);
    assert_eq!(packs.faults(), []);
    let store = std::sync::Arc::new(store::memory::MemoryStore::new());
    let town = Town::packed_with(packs, store, "2026-09-01T09:00").await;
    town.app.load_set(None, "duty_list", LIST.as_bytes(), true).await.expect("loaded");
    town
}

#[tokio::test]
async fn the_letter_of_the_result_tells_the_count_and_names_the_row_as_it_was() {
    let town = with_letter().await;
    let (_, id) = opened(&town, "2026-09-02").await.expect("opened");
    let operator = town.staff("operator");
    let slips = town.app.print(&town.staff("callback"), id, "adopt", BTreeSet::new()).await.expect("slips");
    town.app.ballot(&slip(&slips, 1), None, "yes").await.expect("counted");
    let other = Entrusted { slip: 2, code: &slips.slips[1].1 };
    town.app.ballot(&slip(&slips, 1), Some(other), "yes").await.expect("as proxy");
    town.app.paper(&operator, id, "adopt", vec![3, 4], counts(&[("yes", 1), ("no", 1)])).await.expect("entered");
    town.clock.set(town::at("2026-09-10T09:00"));
    town.app.follow(id.cell).await.expect("a round");
    town.acts("2026-09-10T10:00", &operator, id, "carry_out", &[]).await.expect("carried out");
    let later = "编号,名称,answer,note\nA-1,修桥,自己办,\n";
    town.app.load_set(None, "duty_list", later.as_bytes(), true).await.expect("another version");
    let letters = town.app.view(&operator, id).await.expect("the view").letters;
    let page = town.app.letter(&operator, id, letters[0].seq).await.expect("the letter");
    let said = page.text.lines().collect::<Vec<_>>();
    assert!(
        said[2].contains("应到 6 户，实到 4 户（纸质 2 户，网上 2 户，其中代投 1 户）；到会至少要 4 户，够了。"),
        "{}",
        page.text
    );
    assert!(said[2].ends_with("同意 3 票，不同意 1 票，弃权 0 票。“同意”至少要 3 票。结果：通过。"), "{}", page.text);
    assert_eq!(said[3], "赞成 3，清单 A-1 修路", "what it was called when it was chosen, and no bare code");
}

#[tokio::test]
async fn a_meeting_without_a_quorum_says_how_many_more_are_needed() {
    let town = town().await;
    for (came, short) in [(3, Some(("至少要 5，还差 2。", "At least 5 are needed, 2 more."))), (5, None)] {
        let raised = town.raises("assembly", &[("words", "给楼道装灯".into())]).await.expect("raised");
        let (id, operator) = (raised.id, town.staff("operator"));
        let held = [("invited", 9.into()), ("attended", came.into()), ("cost", 100.into()), ("duty", "A-1".into())];
        town.acts("2026-09-02T10:00", &operator, id, "hold", &held).await.expect("held");
        let view = town.app.view(&operator, id).await.expect("the view");
        let blocked = view.blocked.iter().find(|b| b.name == "open_vote").map(|b| b.short.clone());
        match (short, blocked) {
            (None, None) => {}
            (Some((zh, en)), Some(told)) => {
                assert!(
                    told[0].zh.ends_with(zh) && told[0].zh.contains("是 9") && told[0].zh.contains("是 3"),
                    "{told:?}"
                );
                assert!(told[0].en.ends_with(en), "{told:?}");
            }
            other => panic!("{came} came: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_cap_counts_the_year_and_begins_anew() {
    let town = town().await;
    for day in 2..6 {
        opened(&town, &format!("2026-09-0{day}")).await.expect("one of four");
    }
    assert!(matches!(rule(opened(&town, "2026-09-06").await), Rule::Guard { .. }), "a fifth is one too many");
    town.clock.set(town::at("2027-01-04T09:00"));
    let (_, id) = opened(&town, "2027-01-05").await.expect("the first of the year");
    let file = town.app.view(&town.staff("operator"), id).await.expect("the view");
    assert_eq!(file.state, "voting");
    let found = town.app.verify_cell(id.cell, &mut |_| {}).await.expect("verified");
    assert!(found.damage.is_empty(), "counters equal a recount");
}

#[tokio::test]
async fn a_list_is_loaded_whole_or_not_at_all() {
    let town = town().await;
    let twice = "code,name,answer,note\nB,x,own,\nB,y,own,\nC,z,perhaps,\n";
    let report = town.app.load_set(None, "duty_list", twice.as_bytes(), true).await.expect("looked at");
    assert_eq!(report.version, None);
    let places: Vec<_> = report.faults.iter().map(|f| (f.line, f.column.as_str())).collect();
    assert_eq!(places, [(3, "code"), (4, "answer")]);
    assert_eq!(town.app.set("duty_list").await.expect("the set").rows.len(), 2, "what held still holds");

    let (gbk, _, _) = encoding_rs::GBK.encode("code,name,answer,note\nA-1,修桥,自己办,\n");
    let dry = town.app.load_set(None, "duty_list", &gbk, false).await.expect("looked at");
    assert_eq!((dry.version, dry.changed, dry.gone), (None, vec!["A-1".to_owned()], vec!["A-2".to_owned()]));
    let loaded = town.app.load_set(None, "duty_list", &gbk, true).await.expect("loaded");
    assert_eq!(loaded.version, Some(2));
    let view = town.app.set("duty_list").await.expect("the set");
    assert!(view.versions[0].closed.is_none() && view.versions[1].closed.is_some(), "a new version closes the old one");
    for xlsx in [true, false] {
        let file = town.app.export_set("duty_list", None, xlsx).await.expect("written");
        let same = town.app.load_set(None, "duty_list", &file, false).await.expect("looked at");
        assert!(same.faults.is_empty() && same.changed.is_empty() && same.gone.is_empty(), "{same:?}");
    }
    let old = town.app.export_set("duty_list", Some(1), false).await.expect("written");
    assert!(String::from_utf8_lossy(&old).contains("拆违"));
    assert!(matches!(town.app.set("nothing").await, Err(AppError::NotFound)));
    let staff = match town.staff("operator") {
        app::viewer::Viewer::Staff(staff) => staff,
        _ => unreachable!("staff"),
    };
    assert!(matches!(town.app.load_set(Some(&staff), "duty_list", &gbk, true).await, Err(AppError::Forbidden)));
}
