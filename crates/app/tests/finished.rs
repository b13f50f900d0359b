//! Finished answers that are given again: only to the same permission, and never after anything changed that they show.

mod town;

use app::error::AppError;
use app::finished::Answer;
use app::viewer::{Shown, Viewer};
use kernel::ids::MatterId;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use store::{BodyRow, DirectoryRows, MemoryStore, Store};
use town::Town;

const WORDS: &str = "青禾社区东门外面那条消防通道，一到晚上就停满车。";

/// With clocks of hours, which run out in the middle of a day.
const URGENCY: &str = "utility";

/// A town with a matter, and how often an answer about it was made.
struct Case {
    town: Town,
    id: MatterId,
    made: AtomicU32,
}

impl Case {
    async fn new() -> Case {
        Case::over(Arc::new(MemoryStore::new())).await
    }

    async fn over(store: Arc<dyn Store>) -> Case {
        let town = Town::over(store, "2026-09-28T22:46").await;
        let fields = [("what", WORDS.into()), ("name", "林女士".into()), ("phone", "13800000001".into())];
        let id = town.raises("rapid-response", &fields).await.expect("raised").id;
        Case { town, id, made: AtomicU32::new(0) }
    }

    /// The whole view as text, and whether it had to be made.
    async fn ask(&self, viewer: &Viewer) -> (String, bool) {
        self.ask_form(viewer, 0).await.expect("an answer")
    }

    async fn ask_form(&self, viewer: &Viewer, form: u8) -> Result<(String, bool), AppError> {
        let before = self.made.load(Ordering::SeqCst);
        let make = |view: &app::view::MatterView| {
            self.made.fetch_add(1, Ordering::SeqCst);
            let bytes = serde_json::to_vec(view).expect("a view is plain data");
            Answer { bytes: [&[form], &*bytes].concat(), ..Answer::default() }
        };
        let answer = self.town.app.finished(viewer, self.id, form, make).await?;
        let text = String::from_utf8(answer.bytes[1..].to_vec()).expect("text");
        assert_eq!(answer.bytes[0], form, "an answer of another form");
        Ok((text, self.made.load(Ordering::SeqCst) > before))
    }

    /// What would be made now, without anything kept.
    async fn fresh(&self, viewer: &Viewer) -> String {
        serde_json::to_string(&self.town.app.view(viewer, self.id).await.expect("a view")).expect("plain data")
    }

    fn code(&self, shown: Shown) -> Viewer {
        Viewer::Code(self.id, shown)
    }

    async fn dispatch(&self) {
        let fields = [("unit", self.town.body("柳巷街道")), ("urgency", URGENCY.into()), ("kind", "complaint".into())];
        let operator = self.town.staff("operator");
        self.town.acts("2026-09-28T22:52", &operator, self.id, "dispatch", &fields).await.expect("dispatched");
    }
}

#[tokio::test]
async fn the_same_answer_is_made_once() {
    let case = Case::new().await;
    let own = case.code(Shown::Long);
    let (first, made) = case.ask(&own).await;
    assert!(made && first.contains("消防通道"));
    assert_eq!(case.ask(&own).await, (first.clone(), false));
    assert!(case.ask_form(&own, 1).await.expect("another form").1, "a form is not taken for another");
    assert_eq!(case.ask(&own).await, (first, false));
}

#[tokio::test]
async fn what_is_kept_for_one_permission_is_never_given_to_another() {
    let case = Case::new().await;
    let (own, _) = case.ask(&case.code(Shown::Long)).await;
    let (progress, made) = case.ask(&case.code(Shown::Short)).await;
    assert!(made && own.contains("消防通道") && !progress.contains("消防通道"));
    assert_eq!(case.ask(&case.code(Shown::Long)).await, (own.clone(), false), "nor the other way round");
    assert_eq!(case.ask(&case.code(Shown::Short)).await, (progress, false));
    let other = Viewer::Code(MatterId { serial: case.id.serial + 1, ..case.id }, Shown::Long);
    for stranger in [Viewer::Public, other, case.town.staff("community-worker"), case.town.staff("admin")] {
        let answer = case.ask_form(&stranger, 0).await;
        assert!(matches!(answer, Err(AppError::NotFound)), "{stranger:?} was given {answer:?}");
    }
    let (operator, made) = case.ask(&case.town.staff("operator")).await;
    assert!(made && operator != own && !operator.contains("13800000001"));
    let (auditor, made) = case.ask(&case.town.staff("auditor")).await;
    assert!(made && !auditor.contains("消防通道"));
}

#[tokio::test]
async fn staff_are_never_answered_from_memory_and_each_look_is_recorded_and_shown() {
    let case = Case::new().await;
    let (own, _) = case.ask(&case.code(Shown::Long)).await;
    let looks = || async { case.town.store.looks(case.id).await.expect("looks").len() };
    assert_eq!(looks().await, 0);
    assert!(case.ask(&case.town.staff("operator")).await.1);
    assert_eq!(looks().await, 1, "the look of today");
    let (seen, made) = case.ask(&case.code(Shown::Long)).await;
    assert!(made && seen != own, "she sees that somebody looked");
    assert!(case.ask(&case.town.staff("operator")).await.1, "made anew for staff, always");
    assert_eq!(looks().await, 1, "once a day");
    assert_eq!(case.ask(&case.code(Shown::Long)).await, (seen, false));
    case.town.clock.set(town::at("2026-09-29T08:00"));
    case.ask(&case.town.staff("operator")).await;
    assert_eq!(looks().await, 2, "and again on the next day");
}

#[tokio::test]
async fn a_new_entry_shows_at_once_whoever_wrote_it() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let case = Case::over(store.clone()).await;
    let own = case.code(Shown::Long);
    let (before, _) = case.ask(&own).await;
    case.dispatch().await;
    let (after, made) = case.ask(&own).await;
    assert!(made && after != before && after == case.fresh(&own).await);
    // Another process on the same store knows nothing of what is kept here.
    let elsewhere = Town::over(store, "2026-09-29T09:00").await;
    case.town.clock.set(town::at("2026-09-29T09:00"));
    let (before, _) = case.ask(&own).await;
    elsewhere.acts("2026-09-29T09:00", &elsewhere.staff("street-staff"), case.id, "sign", &[]).await.expect("signed");
    let (after, made) = case.ask(&own).await;
    assert!(made && after != before && after == case.fresh(&own).await);
}

#[tokio::test]
async fn the_day_and_every_date_that_passes_change_the_answer() {
    let case = Case::new().await;
    case.dispatch().await;
    let own = case.code(Shown::Long);
    let (mut last, _) = case.ask(&own).await;
    case.town.clock.set(town::at("2026-09-28T23:59"));
    assert_eq!(case.ask(&own).await, (last.clone(), false), "the same day");
    case.town.clock.set(town::at("2026-09-29T00:00"));
    let (next, made) = case.ask(&own).await;
    assert!(made && next != last, "one working day less is left");
    last = next;
    // A clock that runs out in the middle of a day: up to its instant it is not late, a millisecond later it is.
    let view = case.town.app.view(&own, case.id).await.expect("her own");
    let within = |due: &kernel::time::Timestamp| due.date() == due.plus_millis(1).date();
    let due = view.clocks.iter().map(|c| c.due).filter(within).min().expect("a clock of hours runs");
    case.town.clock.set(due);
    case.ask(&own).await;
    let (at, made) = case.ask(&own).await;
    assert!(!made && at == case.fresh(&own).await);
    case.town.clock.set(due.plus_millis(1));
    let (late, made) = case.ask(&own).await;
    assert!(made && late == case.fresh(&own).await && late != last);
    assert_ne!(at, late, "overdue");
}

#[tokio::test]
async fn a_body_that_is_renamed_is_shown_by_its_new_name() {
    let case = Case::new().await;
    case.dispatch().await;
    let own = case.code(Shown::Long);
    let (before, _) = case.ask(&own).await;
    assert!(before.contains("柳巷街道"));
    let body = case.town.app.directory().bodies().find(|b| b.name == "柳巷街道").cloned().expect("the street");
    let renamed = BodyRow { name: "柳巷新街道".into(), ..body };
    let rows = DirectoryRows { bodies: vec![renamed], ..DirectoryRows::default() };
    case.town.store.put_directory(rows).await.expect("kept");
    case.town.app.refresh_directory().await.expect("read again");
    let (after, made) = case.ask(&own).await;
    assert!(made && after.contains("柳巷新街道"));
}
