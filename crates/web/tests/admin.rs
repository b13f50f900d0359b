//! The administration's pages over the real packs: the drawn mechanisms, the trial run, the stories; and for whom they exist.

#[path = "support/mod.rs"]
mod support;

use axum::http::StatusCode;
use kernel::mechanism::FieldKind;
use std::collections::BTreeSet;
use support::{PASSWORD, Place, place, visible};

async fn cookie(place: &Place, user: &str) -> String {
    let answer = place.post("/desk/sign-in", "", &[("user", user), ("password", PASSWORD)]).await;
    answer.cookie().expect("a session").0
}

async fn page(place: &Place, cookie: &str, path: &str) -> String {
    let answer = place.get(path, cookie).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer.text()
}

fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let open = format!(" {attribute}=\"");
    page.split(open.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn the_pages_are_for_the_administration_alone() {
    let place = place().await;
    let id = &place.app.catalogue().ids()[0];
    let stories = place.app.catalogue().packs().stories();
    let ((_, slug), _) = stories.iter().find(|((m, _), _)| m == id).expect("a story");
    let paths = [
        format!("/admin/mechanisms/{id}"),
        format!("/admin/mechanisms/{id}/trial"),
        "/admin/stories".to_owned(),
        "/admin/clauses".to_owned(),
        "/admin/clauses?clause=XF%2034".to_owned(),
        format!("/admin/stories/{id}/{slug}"),
    ];
    for path in &paths {
        for (user, wanted) in [("admin", 200), ("auditor", 200), ("operator", 404), ("street-head", 404), ("", 303)] {
            let cookie = if user.is_empty() { String::new() } else { cookie(&place, user).await };
            assert_eq!(place.get(path, &cookie).await.status.as_u16(), wanted, "{path} for {user}");
        }
    }
    let admin = cookie(&place, "admin").await;
    for missing in
        ["/admin/mechanisms/no-such/trial", "/admin/stories/no-such/x", "/admin/mechanisms/idea/trial?region=11"]
    {
        assert_eq!(place.get(missing, &admin).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
}

#[tokio::test]
async fn every_mechanism_is_drawn_and_each_state_leads_to_its_row() {
    let place = place().await;
    let admin = cookie(&place, "admin").await;
    let territory = place.app.settings().territory;
    let mut changed = 0;
    for id in place.app.catalogue().ids() {
        let Some(effective) = place.app.catalogue().effective(&id, &territory) else { continue };
        let page = page(&place, &admin, &format!("/admin/mechanisms/{id}")).await;
        let ids: BTreeSet<&str> = values(&page, "id").into_iter().collect();
        for state in effective.mechanism.state.keys() {
            let row = format!("s-{state}");
            assert_eq!(page.matches(&format!("href=\"#{row}\"")).count(), 2, "{id}: {state} is drawn for both widths");
            assert!(ids.contains(row.as_str()), "{id}: no row for {state}");
        }
        let checks = page.split("class=\"checks").nth(1).and_then(|r| r.split("</ol>").next()).expect("checks");
        assert_eq!(checks.matches("data-tone=\"done\"").count(), 9, "{id}: nine checks that passed");
        assert!(!checks.contains('{'), "{id}: a number is missing: {}", visible(checks));
        changed += usize::from(visible(&page).contains("由地方定"));
    }
    assert!(changed >= 3, "what a place sets is said: {changed}");
}

/// Follows the first form that leads on, as somebody without scripts would. The first choices of a form need not be lawful
/// ones; a refusal says so and nothing is lost, and the next form is tried.
async fn walk(place: &Place, cookie: &str, id: &str, most: usize) -> (String, usize) {
    let mut path = format!("/admin/mechanisms/{id}/trial");
    let mut text = page(place, cookie, &path).await;
    for n in 0..most {
        let mut led = None;
        for form in text.split("<form method=\"get\"").skip(1).filter(|f| !f.contains("name=\"do\" value=\"wait\"")) {
            let query = first_choices(form.split("</form>").next().expect("a form")).join("&");
            let answer = place.get(&format!("/admin/mechanisms/{id}/trial?{query}"), cookie).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{query}");
            let to = answer.location().trim_end_matches("#now").to_owned();
            let next = page(place, cookie, &to).await;
            if !visible(&next).contains("这一步不能这样走") {
                led = Some((to, next));
                break;
            }
        }
        match led {
            Some(next) => (path, text) = next,
            None => return (path, n),
        }
    }
    (path, most)
}

fn first_choices(form: &str) -> Vec<String> {
    let named = |field: &str| format!("{}={}", values(field, "name")[0], values(field, "value")[0]);
    form.split("<input").skip(1).chain(form.split("<select").skip(1)).map(named).collect()
}

#[tokio::test]
async fn a_trial_run_is_played_through_its_forms_and_back() {
    let place = place().await;
    let admin = cookie(&place, "admin").await;
    for id in place.app.catalogue().ids() {
        let Some(here) = place.app.catalogue().effective(&id, &place.app.settings().territory) else { continue };
        let mechanism = &here.mechanism;
        // Nobody has loaded a list here, so what asks for a row of one cannot be raised.
        let of_list = |f: &String| mechanism.field.get(f).is_some_and(|f| f.kind == FieldKind::Row);
        let raise = &mechanism.action["raise"];
        if raise.needs.iter().any(of_list) {
            continue;
        }
        let (path, moves) = walk(&place, &admin, &id, 4).await;
        assert!(moves >= 1, "{id}: {moves} moves");
        let text = page(&place, &admin, &path).await;
        let back = values(&text, "href").into_iter().find(|h| h.contains("t=") && h.ends_with("#now")).expect("undo");
        let shorter = back.trim_end_matches("#now").replace("&amp;", "&");
        assert!(path.starts_with(&shorter) && shorter.len() < path.len(), "{id}: {shorter} is no beginning of {path}");
        let before = page(&place, &admin, &shorter).await;
        assert!(before.matches("data-by=").count() < text.matches("data-by=").count(), "{id}: nothing was undone");
    }
    let nothing = place.app.catalogue().ids();
    let cell = place.app.cell_of(&place.app.settings().territory);
    assert_eq!(
        place.app.overdue_list(cell, None, 10).await.expect("memory").len(),
        0,
        "nothing is stored: {nothing:?}"
    );
}

#[tokio::test]
async fn a_move_that_the_rules_refuse_says_why_and_leads_back() {
    let place = place().await;
    let admin = cookie(&place, "admin").await;
    let id = &place.app.catalogue().ids()[0];
    let path = format!("/admin/mechanisms/{id}/trial?t=2026-09-28T09:00~h.raiser.raise~h.raiser.no_such");
    let text = page(&place, &admin, &path).await;
    assert!(visible(&text).contains("这一步不能这样走"), "{}", visible(&text));
    assert!(text.contains("退回到这一步以前"));
}

#[tokio::test]
async fn every_story_is_told_from_its_run() {
    let place = place().await;
    let admin = cookie(&place, "admin").await;
    let index = page(&place, &admin, "/admin/stories").await;
    let stories = place.app.catalogue().packs().stories();
    assert!(stories.len() > 60);
    for ((id, slug), story) in stories.iter() {
        let path = format!("/admin/stories/{id}/{slug}");
        assert!(index.contains(&format!("href=\"{path}\"")), "{path} is not in the index");
        let text = page(&place, &admin, &path).await;
        let refused = story.scenes.iter().filter(|s| s.log.refused.is_some()).count();
        assert_eq!(text.matches("”，不许</h3>").count(), refused, "{path}");
        let remarks = story.scenes.iter().flat_map(|s| &s.remarks).count();
        assert_eq!(text.matches("class=\"remark\"").count(), remarks, "{path}");
        assert!(!visible(&text).contains('{'), "{path}: a word is missing");
        let (seen, end) = (visible(&text), story.end().expect("an end"));
        let (none, some) = (seen.contains("到这里还没有答复"), seen.contains("得到第一次答复"));
        assert!(!(none && some), "{path}: no answer, and an answer");
        assert_eq!(some, end.answered.is_some(), "{path}: when it was answered");
        assert!(!(none && end.ended.is_some()), "{path}: “yet” after the end");
        assert!(!(some && seen.contains("没有等到答复就结束了")), "{path}: ended without, and an answer");
        assert!(!text.contains("<div class=\"got\"><p>提交以后"), "{path}: answered, with what?");
    }
    let english = place.get("/admin/stories?lang=en", &admin).await.text();
    assert!(visible(&english).contains("stories"));
}

#[tokio::test]
async fn an_administrator_locks_out_and_gives_a_new_password_and_nobody_else_does() {
    let place = place().await;
    let (admin, auditor) = (cookie(&place, "admin").await, cookie(&place, "auditor").await);
    let person = |login: &str| place.app.directory().login(login).expect("somebody").id.0;
    let (operator, own) =
        (format!("/admin/accounts/{}", person("operator")), format!("/admin/accounts/{}", person("admin")));
    let operating = cookie(&place, "operator").await;
    assert_eq!(place.post(&operator, &operating, &[("do", "lock")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(place.post(&operator, &auditor, &[("do", "lock")]).await.status, StatusCode::FORBIDDEN);
    assert!(!place.get("/admin/accounts", &auditor).await.text().contains("value=\"lock\""), "the auditor reads");
    assert_eq!(place.post(&own, &admin, &[("do", "lock")]).await.status, StatusCode::CONFLICT, "not herself");
    assert_eq!(place.post(&operator, &admin, &[("do", "remove")]).await.status, StatusCode::NOT_FOUND);
    assert!(place.app.acts(None, 9).await.expect("memory").is_empty(), "nothing that was refused is recorded");
    assert_eq!(place.get("/desk", &operating).await.status, StatusCode::OK);

    assert_eq!(place.post(&operator, &admin, &[("do", "lock")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(place.get("/desk", &operating).await.status, StatusCode::SEE_OTHER, "signed out at once");
    assert!(place.app.sign_in("operator", PASSWORD, 1).await.is_err());
    let page = place.get("/admin/accounts", &auditor).await.text();
    assert!(page.contains("停用了账号") && page.contains("user=operator"));
    let found = place.post("/admin/accounts", &auditor, &[("q", "operator")]).await.text();
    assert!(found.contains("已停用") && !found.contains("auditor<"), "only who was looked for");
    assert!(place.post("/admin/accounts", &auditor, &[("q", "没有这个人")]).await.text().contains("没有这样的账号"));
    assert_eq!(place.post("/admin/accounts", &operating, &[("q", "a")]).await.status, StatusCode::SEE_OTHER);
    // Page after page each account stands once.
    let mut all: Vec<String> = Vec::new();
    let mut after = String::from("0");
    loop {
        let page = place.post("/admin/accounts", &admin, &[("q", ""), ("after", &after)]).await.text();
        all.extend(
            page.split("<small><code lang=\"en\">")
                .skip(1)
                .filter_map(|h| h.split('<').next())
                .filter(|l| !l.contains('='))
                .map(str::to_owned),
        );
        let Some(next) = page.split("name=\"after\" value=\"").nth(1).and_then(|h| h.split('"').next()) else { break };
        after = next.to_owned();
    }
    let mut logins: Vec<String> = place.app.directory().persons().map(|p| p.login.clone()).collect();
    assert!(logins.len() > 30, "more than a page");
    all.sort();
    logins.sort();
    assert_eq!(all, logins);
    assert_eq!(place.post(&operator, &admin, &[("do", "lock")]).await.status, StatusCode::CONFLICT);
    place.post(&operator, &admin, &[("do", "unlock")]).await;

    let shown = place.post(&operator, &admin, &[("do", "password")]).await.text();
    let (_, after) = shown.split_once("只显示这一次：").expect("it is shown");
    let password =
        after.split_once("<code lang=\"en\">").expect("a code").1.split('<').next().expect("text").to_owned();
    assert!(place.app.sign_in("operator", PASSWORD, 2).await.is_err(), "the old one is nothing any more");
    assert!(place.app.sign_in("operator", &password, 3).await.is_ok());
    assert!(!place.get("/admin/accounts", &admin).await.text().contains(&password), "only this once");
    let acts = place.app.acts(None, 9).await.expect("memory");
    let whats: Vec<&str> = acts.iter().map(|(_, a)| a.what.as_str()).collect();
    // What stood before the first act was taken down with it.
    assert_eq!(whats, ["user.password", "user.unlock", "user.lock", "directory.taken"]);
    assert!(acts.iter().take(3).all(|(_, a)| a.by.map(|p| p.0) == Some(person("admin"))));
}

#[tokio::test]
async fn a_clause_leads_to_what_rests_on_it() {
    let place = place().await;
    let admin = cookie(&place, "admin").await;
    let all = page(&place, &admin, "/admin/clauses").await;
    assert!(visible(&all).contains("《信访工作条例》"), "texts stand with their titles");
    assert!(values(&all, "href").contains(&"/admin/clauses?clause=XF%2034"), "each clause leads on");
    assert!(values(&all, "href").contains(&"/admin/clauses"), "it stands in the frame");
    let rests = page(&place, &admin, "/admin/clauses?clause=XF+34").await;
    let said = visible(&rests);
    for wanted in
        ["《信访工作条例》第 34 条", "number.handle", "60 日", "number.extension", "action.extend", "申请延长办理期限"]
    {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    assert!(!said.contains("number.review"), "what rests on another clause is left out");
    assert!(values(&rests, "href").contains(&"/admin/mechanisms/petition"), "it leads to the mechanism");
    let english = visible(&page(&place, &admin, "/admin/clauses?clause=XF+34&lang=en").await);
    assert!(english.contains("60 days") && english.contains("Regulation on Petition Work, art. 34: 9"), "{english}");
    assert!(visible(&page(&place, &admin, "/admin/clauses?clause=ZZ+9").await).contains("没有靠着这一条"));
    page(&place, &admin, "/admin/clauses?clause=%3Cb%3E;;,+").await;
}
