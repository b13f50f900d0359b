//! How long a search takes on many matters, while terms are merged as the follower would: `search_rate [DIR] [MATTERS]`.
//! Terms are drawn with the skew of Chinese bigrams (the n-th most common about 1/n as often).
#![expect(clippy::print_stdout, reason = "a measurement prints")]

use kernel::ids::{Cell, MatterId};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use store::Store;
use store::conformance::{Draft, get, when};
use store_sqlite::{Options, SqliteStore};

const CELL: Cell = Cell(1);
/// Different bigrams in use.
const WORDS: f64 = 200_000.0;

/// A plain linear congruential generator: the same run every time.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn term(&mut self) -> u64 {
        (WORDS.powf(self.unit()) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let dir = args.next().unwrap_or_else(|| std::env::temp_dir().display().to_string());
    let matters: u32 = args.next().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let place = tempfile::tempdir_in(dir).expect("a directory");
    let store = SqliteStore::open(place.path(), Options::default()).expect("a store");
    let mut dice = Dice(1);
    let (mut merging, mut longest) = (Duration::ZERO, Duration::ZERO);
    let texts: Vec<Vec<u64>> =
        (1..=matters).map(|_| (0..150).map(|_| dice.term()).collect::<BTreeSet<_>>().into_iter().collect()).collect();
    let start = Instant::now();
    for (chunk, first) in texts.chunks(1_000).zip((1_u32..).step_by(1_000)) {
        std::thread::scope(|scope| {
            for (part, from) in chunk.chunks(32).zip((first..).step_by(32)) {
                let store = &store;
                scope.spawn(move || {
                    for (terms, n) in part.iter().zip(from..) {
                        let mut draft = Draft::new(CELL, n);
                        // A year's worth, evenly.
                        let at = when(0).plus_millis(i64::from(n) * (31_536_000_000 / i64::from(matters)));
                        draft.matter.id = MatterId::new(CELL, at.0, 0);
                        let mut append = draft.next(1);
                        append.terms.clone_from(terms);
                        get(store.append(append));
                    }
                });
            }
        });
        // Some stay in the tail, as in life.
        let began = Instant::now();
        if first > 1_000 {
            get(store.merge_terms(CELL, 1_000));
        }
        merging += began.elapsed();
        longest = longest.max(began.elapsed());
    }
    println!("{matters} matters in {:.1?}; merging {merging:.1?}, longest {longest:.1?}", start.elapsed());
    for words in 1..=4 {
        let mut times: Vec<Duration> = (0..1_000)
            .map(|_| {
                let text = &texts[(dice.unit() * texts.len() as f64) as usize];
                let terms = (0..words).map(|_| text[(dice.unit() * text.len() as f64) as usize]).collect();
                let began = Instant::now();
                assert!(!get(store.search(CELL, terms, None, 20)).is_empty(), "a text finds itself or newer ones");
                began.elapsed()
            })
            .collect();
        times.sort();
        println!("{words} terms: p50 {:.2?}, p99 {:.2?}, most {:.2?}", times[500], times[990], times[999]);
    }
    let began = Instant::now();
    let (mut after, mut seen) = (None, 0);
    while seen < 20_000 {
        let page = get(store.scan(CELL, after, 500));
        let Some(last) = page.last() else { break };
        after = Some(last.matter.id.serial);
        for loaded in &page {
            seen += 1;
            assert!(!get(store.derived(loaded.matter.id)).terms.is_empty());
        }
    }
    println!("derived rows of {seen} matters, in order: {:.1?}", began.elapsed());
    drop(store);
    let size = std::fs::metadata(place.path().join("gongzhi.db")).map_or(0, |file| file.len());
    println!("{} bytes of file each", size / u64::from(matters));
}
