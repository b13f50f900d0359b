//! Matters that belong together, through the use cases: children, hidden ones, links, one answer for several, plans,
//! places, published words. After each story the store is verified, and rebuilding changes nothing.

mod town;

use app::act::Acting;
use app::error::AppError;
use app::kin::Similar;
use app::raise::{Raised, Raising};
use app::viewer::{Staff, Viewer};
use kernel::ids::MatterId;
use kernel::kin::LinkKind;
use kernel::refusal::Rule;
use pack::packs::PackSet;
use std::sync::Arc;
use store::memory::MemoryStore;
use town::{Town, form};

const START: &str = "2026-03-02T09:00";

macro_rules! packs {
    ($($name:literal),*) => {
        vec![$((
            format!("national/{}/mechanism.toml", $name),
            include_bytes!(concat!("../../pack/tests/kin/national/", $name, "/mechanism.toml")).to_vec(),
        )),*]
    };
}

async fn town() -> Town {
    let files =
        packs!["wish", "job", "grievance", "pledge", "look_back", "reception", "visit", "quarrel", "other_side"];
    Town::packed_with(PackSet::embedded_with(files), Arc::new(MemoryStore::new()), START).await
}

async fn wished(town: &Town, what: &str) -> Raised {
    town.raises("wish", &[("what", what.into()), ("place", "城东公园东门".into())]).await.expect("raised")
}

fn staff(viewer: &Viewer) -> &Staff {
    match viewer {
        Viewer::Staff(staff) => staff,
        _ => panic!("nobody signed in"),
    }
}

async fn sound(town: &Town, id: MatterId) {
    let found = town.app.verify_cell(id.cell, &mut |_| {}).await.expect("verified");
    assert!(found.damage.is_empty(), "{:?}", found.damage);
    let query = |kind: &str, key: &str| store::MarkQuery {
        cell: id.cell,
        kind: kind.into(),
        key: key.into(),
        before: None,
        after: None,
        limit: 100,
    };
    let all = async || {
        let mut rows = Vec::new();
        for (kind, key) in [("published", ""), ("plan", ""), ("places", "reception"), ("child", &id.to_string())] {
            rows.extend(town.store.marks(query(kind, key)).await.expect("read"));
        }
        rows
    };
    let before = all().await;
    town.app.rebuild_cell(id.cell, &mut |_| {}).await.expect("rebuilt");
    assert_eq!(all().await, before, "a rebuild gives the same marks");
}

async fn standing(town: &Town, who: &Viewer, id: MatterId) -> (String, usize) {
    let view = town.app.kin(who, id).await.expect("seen");
    let state = town.app.view(who, id).await.expect("seen").state;
    (state, view.children.len())
}

#[tokio::test]
async fn a_child_is_raised_once_and_its_end_brings_the_parent_on() {
    let town = town().await;
    let operator = town.staff("operator");
    let id = wished(&town, "公园东门加一张长椅").await.id;
    town.acts("2026-03-02T10:00", &operator, id, "hand_on", &[]).await.expect("handed on");
    assert_eq!(standing(&town, &operator, id).await, ("waiting".into(), 0));
    // The child is there though the app stopped between the two files: the errand is carried again.
    for _ in 0..3 {
        town.app.follow(id.cell).await.expect("a round");
    }
    assert_eq!(standing(&town, &operator, id).await, ("waiting".into(), 1));
    let child = town.app.kin(&operator, id).await.expect("seen").children.remove(0);
    let job = town.app.by_number(&child.item.number).await.expect("there");
    let view = town.app.view(&operator, job).await.expect("the same office holds it");
    assert_eq!(view.title.as_deref(), Some("公园东门加一张长椅"), "what she wrote went with it");
    let back = town.app.kin(&operator, job).await.expect("seen").parent.expect("its parent");
    assert_eq!(back.item.number, town.app.view(&operator, id).await.expect("seen").number);
    // The person finds the child, with its code, on her page of the parent; a stranger's code opens nothing.
    let own = town.app.kin(&town.raiser(id), id).await.expect("her own").children.remove(0);
    let code = own.code.expect("its code");
    let shown = town.app.show_code(&own.item.number, &code, None, 1).await.expect("it opens the child");
    assert!(matches!(shown, Viewer::Code(at, _) if at == job));
    town.acts("2026-03-03T10:00", &operator, job, "finish", &[("result", "done".into())]).await.expect("done");
    town.app.follow(id.cell).await.expect("a round");
    let view = town.app.view(&operator, id).await.expect("seen");
    assert_eq!(view.state, "back");
    town.acts("2026-03-03T11:00", &operator, id, "thank", &[]).await.expect("the outcome is known");
    sound(&town, id).await;
}

async fn raised_beside(town: &Town, who: &Viewer, number: &str, key: &str) -> Result<Raised, AppError> {
    let fields = form(&[("beside", number.into()), ("gist", "请来谈谈顶棚".into())]);
    let region = "990101001001".parse().expect("a code");
    let (mechanism, key) = ("other_side".into(), Some(key.into()));
    town.app.raise(who, Raising { mechanism, region, fields, occurred: None, idempotency_key: key }).await
}

#[tokio::test]
async fn the_other_side_has_a_matter_of_its_own_and_what_it_does_there_moves_the_first() {
    let town = town().await;
    let operator = town.staff("operator");
    let first = town.raises("quarrel", &[("what", "楼上漏水，我家床都湿了".into())]).await.expect("raised");
    let other = town.raises("quarrel", &[("what", "早点摊太吵".into())]).await.expect("raised");
    // Whoever may not work on the one raises nothing beside it; neither does the person herself, nor beside what it does not join.
    for (who, number) in [
        (town.staff("street-staff"), &first.number),
        (town.raiser(first.id), &first.number),
        (operator.clone(), &wished(&town, "加一张长椅").await.number),
        (operator.clone(), &"TD-2026-99999999-9".to_owned()),
    ] {
        assert!(raised_beside(&town, &who, number, "no").await.is_err(), "{number}");
    }
    let side = raised_beside(&town, &operator, &first.number, "k").await.expect("raised");
    assert_eq!(raised_beside(&town, &operator, &first.number, "k").await.expect("again").id, side.id);
    for _ in 0..2 {
        town.app.follow(first.id.cell).await.expect("a round");
    }
    assert_eq!(standing(&town, &operator, first.id).await, ("asked".into(), 1));
    let parent = town.app.kin(&operator, side.id).await.expect("seen").parent.expect("beside which it stands");
    assert_eq!(parent.item.number, first.number);
    assert!(town.app.kin(&operator, side.id).await.expect("seen").links.is_empty(), "it is no link besides");
    // Neither person sees anything of the other's: no number, no standing, no code, no word.
    let (one, two) = (town.raiser(first.id), town.raiser(side.id));
    let apart = async || {
        let hers = town.app.kin(&one, first.id).await.expect("hers");
        assert!(hers.children.is_empty() && hers.links.is_empty(), "{hers:?}");
        let theirs = town.app.kin(&two, side.id).await.expect("theirs");
        assert!(theirs.parent.is_none() && theirs.links.is_empty(), "{theirs:?}");
        assert!(matches!(town.app.view(&one, side.id).await, Err(AppError::NotFound)));
        assert!(matches!(town.app.view(&two, first.id).await, Err(AppError::NotFound)));
        let hers = serde_json::to_string(&town.app.view(&one, first.id).await.expect("hers")).expect("json");
        let theirs = serde_json::to_string(&town.app.view(&two, side.id).await.expect("theirs")).expect("json");
        assert!(!hers.contains("上夜班") && !hers.contains(&side.number) && !hers.contains(&side.long_code));
        assert!(!theirs.contains("床都湿了") && !theirs.contains(&first.long_code));
    };
    apart().await;
    // Its own yes moves the first, though the app stopped in between; the coded word comes along, the text does not.
    let yes = [("when", "evening".into()), ("note", "我上夜班，白天睡觉".into())];
    town.acts("2026-03-03T20:00", &two, side.id, "agree", &yes).await.expect("said yes");
    assert_eq!(standing(&town, &operator, first.id).await.0, "asked", "not before the errand is carried");
    for _ in 0..3 {
        town.app.follow(first.id.cell).await.expect("a round");
    }
    let view = town.app.view(&operator, first.id).await.expect("seen");
    assert_eq!(view.state, "talking");
    assert!(view.facts.iter().any(|f| f.field == "other_when" && f.value.zh == "晚上"), "{:?}", view.facts);
    assert_eq!(view.entries.iter().filter(|e| e.act == "other_agrees").count(), 1, "once");
    apart().await;
    town.acts("2026-03-04T19:00", &operator, first.id, "meet", &[("words", "看了顶棚".into())]).await.expect("met");
    // Answered meanwhile: its stop is a word in the thread, and no error for whoever stops.
    town.acts("2026-03-05T09:00", &operator, first.id, "answer", &[("words", "说好了".into())])
        .await
        .expect("answered");
    town.acts("2026-03-05T10:00", &two, side.id, "stop", &[]).await.expect("stopped");
    town.app.follow(first.id.cell).await.expect("a round");
    let view = town.app.view(&operator, first.id).await.expect("seen");
    assert_eq!(view.state, "ended");
    let word = view.entries.iter().find(|e| e.act == "child_told" && e.said.zh.contains("不能自动接着办"));
    assert!(word.is_some_and(|e| e.said.zh.contains("对方说不谈了")), "{:?}", view.entries);
    apart().await;
    assert_eq!(standing(&town, &operator, other.id).await, ("asked".into(), 0), "nothing came of it elsewhere");
    sound(&town, first.id).await;
}

#[tokio::test]
async fn a_silence_there_is_told_and_words_that_wait_are_carried_in_their_order() {
    let town = town().await;
    let operator = town.staff("operator");
    let first = town.raises("quarrel", &[("what", "楼上漏水".into())]).await.expect("raised");
    let side = raised_beside(&town, &operator, &first.number, "k").await.expect("raised");
    let two = town.raiser(side.id);
    // Nothing was carried until now: coming, yes, stop and the end follow each other in one round.
    town.acts("2026-03-03T20:00", &two, side.id, "agree", &[("when", "day".into())]).await.expect("said yes");
    town.acts("2026-03-03T20:05", &two, side.id, "stop", &[]).await.expect("stopped");
    town.app.follow(first.id.cell).await.expect("a round");
    let view = town.app.view(&operator, first.id).await.expect("seen");
    let acts: Vec<&str> = view.entries.iter().map(|e| e.act.as_str()).collect();
    let expected = ["raise", "child", "child_told", "other_agrees", "child_told", "other_stops", "child_ended"];
    assert_eq!((view.state.as_str(), acts.as_slice()), ("halted", &expected[..]));
    let second = town.raises("quarrel", &[("what", "楼道堆东西".into())]).await.expect("raised");
    raised_beside(&town, &operator, &second.number, "q").await.expect("raised");
    town.clock.set(town::at("2026-03-09T09:00"));
    for _ in 0..2 {
        town.app.follow(second.id.cell).await.expect("a round");
    }
    assert_eq!(standing(&town, &operator, second.id).await.0, "halted", "no word by the date");
    sound(&town, second.id).await;
}

#[tokio::test]
async fn a_complaint_is_hidden_from_whoever_handled_the_matter() {
    let town = town().await;
    let operator = town.staff("operator");
    let id = wished(&town, "公园加一张长椅").await.id;
    town.acts("2026-03-02T10:00", &operator, id, "hand_on", &[]).await.expect("handed on");
    let raiser = town.raiser(id);
    let before = town.app.view(&operator, id).await.expect("seen");
    let offered = town.app.kin(&raiser, id).await.expect("her own").hidden;
    assert_eq!(offered.iter().map(|h| h.child.as_str()).collect::<Vec<_>>(), ["grievance"]);
    let (_, fields) = town.app.hidden_form(&raiser, id, "grievance").await.expect("its form");
    assert_eq!(fields.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["words"], "the rest comes by itself");
    let words = form(&[("words", "态度不好".into())]);
    let raise = |viewer: Viewer| {
        let (app, words) = (town.app.clone(), words.clone());
        async move { app.raise_hidden(&viewer, id, "grievance", words, Some("k".into())).await }
    };
    assert!(matches!(raise(operator.clone()).await, Err(AppError::NotFound)), "only the person");
    assert!(matches!(town.app.hidden_form(&operator, id, "grievance").await, Err(AppError::NotFound)));
    let complaint = raise(raiser.clone()).await.expect("raised");
    assert!(raise(raiser.clone()).await.expect("again").again, "twice is once");
    town.app.follow(id.cell).await.expect("a round");
    // Whoever handled the parent: no entry, no child, no page, nothing in lists and search.
    let after = town.app.view(&operator, id).await.expect("seen");
    assert!(after.entries.iter().all(|e| e.act != "grievance") && after.seq <= before.seq + 1);
    let children = town.app.kin(&operator, id).await.expect("seen").children;
    assert!(children.iter().all(|c| c.item.mechanism != "grievance"), "{children:?}");
    assert!(matches!(town.app.view(&operator, complaint.id).await, Err(AppError::NotFound)));
    assert!(matches!(town.app.kin(&operator, complaint.id).await, Err(AppError::NotFound)));
    assert!(town.app.search(staff(&operator), "态度", 10).await.expect("searched").is_empty());
    // The person sees it; so does the office above, with the number of what it is about.
    let own = town.app.kin(&raiser, id).await.expect("her own").children;
    assert!(own.iter().any(|c| c.item.number == complaint.number && c.code.as_deref() == Some(&complaint.long_code)));
    let above = town.staff("coordination");
    assert_eq!(town.app.view(&above, complaint.id).await.expect("held above").state, "received");
    sound(&town, id).await;
}

#[tokio::test]
async fn several_persons_get_one_answer_each_her_own() {
    let town = town().await;
    let operator = town.staff("operator");
    let first = wished(&town, "公园东门的路灯坏了三天，晚上看不见").await;
    let second = wished(&town, "公园东门路灯坏了，晚上看不见路").await;
    let third = wished(&town, "小区门口的早点摊太吵").await;
    let alone = wished(&town, "公园东门的路灯又坏了，看不见").await;
    let like = Similar {
        words: "公园东门路灯坏了看不见",
        region: "990101001001".parse().expect("a code"),
        mechanism: "wish",
        except: Some(first.id),
    };
    let numbers = |items: Vec<app::lists::ItemView>| items.into_iter().map(|i| i.number).collect::<Vec<_>>();
    let alike = numbers(town.app.similar(staff(&operator), &like, 5).await.expect("compared"));
    assert!(
        alike.contains(&second.number) && !alike.contains(&third.number) && !alike.contains(&first.number),
        "{alike:?}"
    );
    let stranger = town.staff("street-staff");
    assert!(town.app.similar(staff(&stranger), &like, 5).await.expect("compared").is_empty(), "may read none of them");
    let link = |who: Viewer, number: String, on| {
        let app = town.app.clone();
        async move { app.link(&who, first.id, &number, LinkKind::Same, on).await }
    };
    assert!(matches!(link(stranger, second.number.clone(), true).await, Err(AppError::NotFound)));
    assert!(matches!(link(operator.clone(), "TD-2026-99999999-9".into(), true).await, Err(AppError::NotFound)));
    match link(operator.clone(), first.number.clone(), true).await {
        Err(AppError::Refused(r, _)) => assert!(matches!(r.rule, Rule::Fields(_))),
        other => panic!("linked with itself: {other:?}"),
    }
    for number in [&second.number, &third.number] {
        link(operator.clone(), number.clone(), true).await.expect("linked");
        link(operator.clone(), number.clone(), true).await.expect("linked twice is linked once");
    }
    let seen = town.app.kin(&operator, second.id).await.expect("seen").links;
    assert_eq!(
        seen.iter().map(|l| l.item.number.as_str()).collect::<Vec<_>>(),
        [first.number.as_str()],
        "in both files"
    );
    assert!(town.app.kin(&town.raiser(second.id), second.id).await.expect("hers").links.is_empty(), "not hers to know");
    link(operator.clone(), third.number.clone(), false).await.expect("taken back");
    assert!(town.app.kin(&operator, third.id).await.expect("seen").links.is_empty());
    let fields = form(&[("words", "今晚修好".into())]);
    let acting = Acting {
        action: "answer".into(),
        fields,
        occurred: None,
        idempotency_key: Some("a".into()),
        seen: None,
        part: None,
    };
    let offered = town.app.same_possible(&operator, first.id, "answer").await.expect("asked");
    assert_eq!(numbers(offered), std::slice::from_ref(&second.number));
    town.app.act(&operator, first.id, &acting).await.expect("answered");
    let also = [second.number.clone(), alone.number.clone(), third.number.clone()];
    let done = town.app.act_also(&operator, first.id, &acting, &also).await;
    assert_eq!(done.iter().map(|d| d.result.is_ok()).collect::<Vec<_>>(), [true, false, false], "only what is linked");
    let hers = town.app.view(&town.raiser(second.id), second.id).await.expect("hers");
    assert!(hers.answered_at.is_some() && hers.clocks.is_empty(), "her own answer, her own clock stopped");
    assert!(town.app.view(&town.raiser(alone.id), alone.id).await.expect("hers").answered_at.is_none());
    sound(&town, first.id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_place_goes_to_one_and_comes_back() {
    let town = town().await;
    let operator = town.staff("operator");
    let day = async |day: &str, places: u32| {
        let fields = form(&[("day", day.into()), ("places", places.into()), ("who", "街道负责人".into())]);
        let region = "990101001001".parse().expect("a code");
        let raising = Raising { mechanism: "reception".into(), region, fields, occurred: None, idempotency_key: None };
        town.app.raise(&operator, raising).await.expect("a day").number
    };
    let (near, far) = (day("2026-03-10", 1).await, day("2026-03-17", 2).await);
    let book = |number: &str, key: &str| {
        let (app, number, key) = (town.app.clone(), number.to_owned(), key.to_owned());
        async move {
            let fields = form(&[("day", number.into()), ("what", "谈谈停车".into())]);
            let region = "990101001001".parse().expect("a code");
            let (mechanism, key) = ("visit".into(), Some(key));
            let raising = Raising { mechanism, region, fields, occurred: None, idempotency_key: key };
            app.raise(&Viewer::Public, raising).await
        }
    };
    // Several at once for one place: one wins, and the others are told where there is room.
    let all = [book(&near, "1"), book(&near, "2"), book(&near, "3"), book(&near, "4")].map(tokio::spawn);
    let mut won = Vec::new();
    let mut lost = 0;
    for one in all {
        match one.await.expect("it ran") {
            Ok(raised) => won.push(raised),
            Err(AppError::Refused(refusal, _)) => {
                let Rule::Fields(errors) = refusal.rule else { panic!("{:?}", refusal.rule) };
                assert_eq!((errors[0].field.as_str(), errors[0].code), ("day", "full"));
                assert!(
                    errors[0].message.zh.contains("2026-03-17") && errors[0].message.zh.contains(&far),
                    "{:?}",
                    errors[0]
                );
                lost += 1;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((won.len(), lost), (1, 3));
    let free = |days: Vec<app::kin::PlaceView>| days.iter().map(|d| (d.day.to_string(), d.free)).collect::<Vec<_>>();
    let id = won[0].id;
    let days = async || free(town.app.places(id.cell, "reception").await.expect("read"));
    assert_eq!(days().await, [("2026-03-10".to_owned(), 0), ("2026-03-17".to_owned(), 2)]);
    assert!(matches!(book("TD-2026-1-1", "5").await, Err(AppError::Refused(..))), "no such day");
    // The same sending again takes no second place.
    for _ in 0..2 {
        book(&far, "6").await.expect("booked");
    }
    assert_eq!(days().await[1].1, 1);
    town.acts("2026-03-03T10:00", &town.raiser(id), id, "withdraw", &[]).await.expect("given up");
    town.app.follow(id.cell).await.expect("a round");
    assert_eq!(days().await[0].1, 1, "the place is free again");
    book(&near, "7").await.expect("somebody else has it");
    sound(&town, id).await;
}

#[tokio::test]
async fn a_plan_raises_once_for_each_day_and_stops() {
    let town = town().await;
    let operator = town.staff("operator");
    let id = town.raises("pledge", &[("what", "十点以后不放音响".into())]).await.expect("raised").id;
    town.acts("2026-03-02T10:00", &operator, id, "enact", &[]).await.expect("enacted");
    town.app.follow(id.cell).await.expect("a round");
    let coming = town.app.planned_views(staff(&operator)).await.expect("read");
    let days: Vec<String> = coming.iter().map(|p| p.day.to_string()).collect();
    // The packs of the binary plan days of their own.
    assert!(
        ["2026-03-10", "2027-03-02"].iter().all(|d| days.iter().any(|day| day == d)),
        "the region's and the matter's"
    );
    assert!(
        town.app.planned_views(staff(&town.staff("street-staff"))).await.expect("read").iter().all(|p| p.of.is_none())
    );
    let children = async || town.app.kin(&operator, id).await.expect("seen").children;
    town.clock.set(town::at("2027-03-01T23:00"));
    town.app.follow(id.cell).await.expect("a round");
    assert!(children().await.is_empty(), "not a day too early");
    town.clock.set(town::at("2027-03-02T08:00"));
    for _ in 0..3 {
        town.app.follow(id.cell).await.expect("a round");
    }
    assert_eq!(children().await.len(), 1, "once for the day");
    // Two years without a follower: each missed day is made up.
    town.clock.set(town::at("2029-03-10T08:00"));
    for _ in 0..6 {
        town.app.follow(id.cell).await.expect("a round");
    }
    assert_eq!(children().await.len(), 3);
    town.acts("2029-03-11T08:00", &operator, id, "repeal", &[]).await.expect("repealed");
    town.clock.set(town::at("2031-03-10T08:00"));
    town.app.follow(id.cell).await.expect("a round");
    assert!(children().await.is_empty() || children().await.len() == 3);
    sound(&town, id).await;
}

#[tokio::test]
async fn only_what_was_written_for_everybody_is_published() {
    let town = town().await;
    let operator = town.staff("operator");
    let id = wished(&town, "我家住三楼，公园加长椅").await.id;
    let list = async || town.app.published(id.cell, None, None, 20).await.expect("read").0;
    assert!(list().await.is_empty());
    let words = [("public_text", "建议在公园东门加长椅".into())];
    town.acts("2026-03-02T10:00", &operator, id, "publish", &words).await.expect("published");
    let shown = list().await;
    assert_eq!(shown[0].words, "建议在公园东门加长椅");
    assert!(!serde_json::to_string(&shown).expect("JSON").contains("三楼"), "never what she wrote");
    let elsewhere = "990101002".parse().expect("a code");
    assert!(town.app.published(id.cell, Some(&elsewhere), None, 20).await.expect("read").0.is_empty());
    town.acts("2026-03-02T11:00", &operator, id, "take_down", &[]).await.expect("taken back");
    assert!(list().await.is_empty());
    sound(&town, id).await;
}

#[tokio::test]
async fn a_published_answer_stands_on_the_shelf_until_it_is_taken_down() {
    let town = town().await;
    let (operator, unit) = (town.staff("operator"), town.staff("civil-affairs"));
    let fields = [("question", "高龄津贴怎么领".into()), ("unit", town.body("汀云区民政局"))];
    let raising = Raising {
        mechanism: "knowledge-page".into(),
        region: "990101".parse().expect("a code"),
        fields: form(&fields),
        occurred: None,
        idempotency_key: None,
    };
    let id = town.app.raise(&operator, raising).await.expect("raised").id;
    let whole = "990101".parse().expect("a code");
    let found = async |words: &str| town.app.shelf(id.cell, &whole, words, None, 20).await.expect("read").0;
    assert!(found("").await.is_empty(), "nothing is written yet");
    let words = [("answer", "带身份证到社区登记。".into()), ("basis", "办法第 3 条".into())];
    town.acts("2026-03-03T10:00", &unit, id, "write", &words).await.expect("proposed");
    assert!(found("").await.is_empty(), "nor looked over");
    town.acts("2026-03-03T11:00", &operator, id, "approve:write", &[]).await.expect("approved");
    let all = found("").await;
    assert_eq!((all[0].title.as_str(), all[0].words.as_str()), ("高龄津贴怎么领", "带身份证到社区登记。"));
    assert_eq!(found("津贴 登记").await.len(), 1);
    assert!(found("公园").await.is_empty(), "other words");
    let wish = wished(&town, "高龄津贴登记太慢").await;
    assert_eq!(found("津贴 登记").await.len(), 1, "what people wrote is never found here");
    sound(&town, wish.id).await;
    assert_eq!(found("津贴").await.len(), 1, "and a rebuild keeps it");
    let why = [("reason", "换了办法".into())];
    town.acts("2026-03-04T10:00", &unit, id, "retire", &why).await.expect("taken down");
    assert!(found("").await.is_empty() && found("津贴").await.is_empty());
}
