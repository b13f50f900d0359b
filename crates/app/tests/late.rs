//! What comes late, through the use cases over the store in memory: a holiday notice for running matters, a letter posted
//! in time. The same stories run over SQLite in the binary's tests.

mod late_stories;
mod town;

use kernel::refusal::Rule;
use late_stories::{asks_review, at_the_end_of_2026, delivered, due, refused, year};
use std::sync::Arc;
use store::{MemoryStore, Store};
use town::{Town, at};

#[tokio::test]
async fn a_notice_reaches_running_matters_in_memory() {
    late_stories::a_notice_reaches_running_matters(Arc::new(MemoryStore::new())).await;
}

#[tokio::test]
async fn the_follower_says_how_far_it_is_and_goes_on_there() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let (town, id) = at_the_end_of_2026(store.clone()).await;
    town.app.take_calendar(year());
    assert!(town.app.recompute_next(id.cell).await.expect("a page").is_some());
    let mark = store.setting(&format!("calendar/{}", id.cell.0)).await.expect("kept").expect("a mark");
    let (digest, cursor) = mark.split_once(' ').expect("two words");
    assert_eq!(digest, year().digest());
    assert!(cursor.parse::<i64>().is_ok(), "{cursor}");
    assert!(town.app.recompute_next(id.cell).await.expect("the end").is_none());
    let mark = store.setting(&format!("calendar/{}", id.cell.0)).await.expect("kept").expect("a mark");
    assert!(mark.ends_with(" done"));
}

#[tokio::test]
async fn a_clock_that_fires_before_its_matter_is_reached_hears_the_notice_first() {
    let (town, id) = at_the_end_of_2026(Arc::new(MemoryStore::new())).await;
    town.app.take_calendar(year());
    town.clock.set(at("2027-01-06T09:00"));
    town.app.tick(id.cell, 10).await.expect("a tick");
    assert_eq!(due(&town, id, "reply").await, ("2027-01-06".into(), false));
    let view = town.app.view(&town.raiser(id), id).await.expect("her own");
    assert!(view.clocks.iter().all(|c| !c.overdue || c.id != "reply"));
}

#[tokio::test]
async fn a_letter_posted_in_time_counts_in_memory() {
    late_stories::a_letter_posted_in_time_counts(Arc::new(MemoryStore::new())).await;
}

#[tokio::test]
async fn a_letter_posted_in_time_is_refused_with_a_way_out_once_others_acted() {
    let town = Town::new("2026-03-02T09:00").await;
    let id = delivered(&town).await;
    town.clock.set(at("2026-05-16T00:01"));
    town.app.follow(id.cell).await.expect("silence");
    let office = town.staff("petition-office");
    town.acts("2026-05-18T09:00", &office, id, "close", &[]).await.expect("closed");
    let refused = refused(asks_review(&town, &office, id, "2026-05-15T16:00").await);
    assert_eq!(refused, Rule::Overtaken);
}
