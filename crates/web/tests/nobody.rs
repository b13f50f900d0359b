//! A role that resolves to nobody (decisions 18): what it must hold first is offered nowhere, says so before anything is
//! asked, and is there again as soon as the directory names a body, without a restart.

mod support;

use axum::http::StatusCode;
use kernel::mechanism::{Door, RAISE, RAISER};
use kernel::role::BodyExpr;
use store::DirectoryRows;
use support::{Place, place};

/// A way that residents have, and the function of the office that takes it first.
fn some_way(place: &Place) -> (String, Door, String) {
    let app = &place.app;
    let found = app.catalogue().ids().into_iter().find_map(|id| {
        let m = app.catalogue().effective(&id, &app.settings().territory)?.mechanism;
        let raise = m.action.get(RAISE)?;
        let holder = m.state.get(raise.to.as_ref()?)?.holder.clone()?;
        let (door, by) = (m.mechanism.door, raise.by.iter().any(|r| r == RAISER));
        match &m.role.get(&holder)?.is {
            BodyExpr::Office(f) if by && door != Door::Staff => Some((id, door, f.clone())),
            _ => None,
        }
    });
    found.expect("some way")
}

/// Every body with or without this function, as the command line would write it and the follower read it.
async fn rewrite(place: &Place, rows: &DirectoryRows, without: Option<&str>) {
    let mut bodies = rows.bodies.clone();
    bodies.iter_mut().for_each(|b| b.functions.retain(|f| Some(f.as_str()) != without));
    let rows = DirectoryRows { bodies, ..DirectoryRows::default() };
    place.app.store().put_directory(rows).await.expect("memory");
    place.app.refresh_directory().await.expect("memory");
}

async fn listed(place: &Place, id: &str) -> serde_json::Value {
    let all: serde_json::Value = serde_json::from_slice(&place.get("/api/v1/mechanisms", "").await.body).expect("JSON");
    let one = all["mechanisms"].as_array().expect("a list").iter().find(|m| m["id"] == id).cloned();
    one.expect("it is still in the list")
}

fn word(door: Door) -> &'static str {
    match door {
        Door::Report => "report",
        Door::Suggest => "suggest",
        Door::Find => "find",
        Door::Join => "join",
        Door::Staff => "staff",
    }
}

#[tokio::test]
async fn what_nobody_would_hold_is_offered_nowhere_and_comes_back_by_itself() {
    let place = place().await;
    assert_eq!(place.app.gaps(), [], "the invented district lacks nobody");
    let (id, door, function) = some_way(&place);
    let pages = [format!("/door/{}", word(door)), "/open".to_owned(), format!("/raise?door={}", word(door))];
    let marks = [format!("/raise/{id}\""), format!("/open/mechanisms/{id}\""), format!("value=\"{id}\"")];
    let raise = format!("/raise/{id}");
    let rows = place.app.store().directory().await.expect("memory");
    for (page, mark) in pages.iter().zip(&marks) {
        assert!(place.get(page, "").await.text().contains(mark), "{page} offers it: {mark}");
    }
    assert_eq!(listed(&place, &id).await["available"], true);

    rewrite(&place, &rows, Some(&function)).await;
    for (page, mark) in pages.iter().zip(&marks) {
        assert!(!place.get(page, "").await.text().contains(mark), "{page} offers what nobody would hold");
    }
    let refused = place.get(&raise, "").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let text = refused.text();
    assert!(text.contains("还没有单位接") && text.contains("href=\"/\"") && !text.contains("<textarea"), "{text}");
    let english = place.get(&format!("{raise}?lang=en"), "").await.text();
    assert!(english.contains("no body takes"), "{english}");
    let sent = place.post(&raise, "", &[("what", "路灯坏了三天"), ("go", "details")]).await;
    assert_eq!(sent.status, StatusCode::CONFLICT);
    assert!(sent.text().contains("路灯坏了三天"), "nothing typed is lost");
    let api = listed(&place, &id).await;
    assert_eq!(api["available"], false);
    assert!(api["reason"]["zh"].as_str().is_some_and(|r| r.contains("还没有定下")), "{api}");
    let gap = place.app.gaps().into_iter().find(|g| g.mechanism == id && g.first).expect("it is named");
    assert!(gap.unfilled.lacks.en.contains(&function), "{gap:?}");

    rewrite(&place, &rows, None).await;
    for (page, mark) in pages.iter().zip(&marks) {
        assert!(place.get(page, "").await.text().contains(mark), "{page} offers it again");
    }
    assert_eq!(place.get(&raise, "").await.status, StatusCode::OK);
    let api = listed(&place, &id).await;
    assert!(api["available"] == true && api.get("reason").is_none());
}

#[tokio::test]
async fn a_body_below_is_enough_where_the_place_is_still_to_be_picked() {
    let place = place().await;
    let (id, _, function) = some_way(&place);
    let rows = place.app.store().directory().await.expect("memory");
    rewrite(&place, &rows, Some(&function)).await;
    let street = rows.bodies.iter().find(|b| b.region.as_str().len() == 9).expect("a street").clone();
    let mut one = street.clone();
    one.functions.push(function);
    let rows = DirectoryRows { bodies: vec![one], ..DirectoryRows::default() };
    place.app.store().put_directory(rows).await.expect("memory");
    place.app.refresh_directory().await.expect("memory");
    assert_eq!(place.get(&format!("/raise/{id}"), "").await.status, StatusCode::OK, "somewhere in the district");
    let here = format!("/raise/{id}?region={}", street.region);
    assert_eq!(place.get(&here, "").await.status, StatusCode::OK);
    let other = place.app.regions().choices(&place.app.settings().territory, place.app.now().date());
    let other = other.into_iter().find(|r| r.code != street.region).expect("another street").code;
    assert_eq!(place.get(&format!("/raise/{id}?region={other}"), "").await.status, StatusCode::CONFLICT, "not there");
}
