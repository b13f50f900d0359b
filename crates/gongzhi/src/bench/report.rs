//! The report: medians over rounds, the ratio to the limit of the same round, and the conditions of the run.

use super::client::Sample;
use super::fill::Filled;
use super::server::Start;
use serde::Serialize;

/// What the machine was like.
#[derive(Clone, Debug, Serialize)]
pub struct Conditions {
    /// Cores that the process may use.
    pub cores: usize,
    /// Load average of the last minute, at the start.
    pub load_at_start: f64,
    /// The machine did something else at the start: figures prove nothing.
    pub inconclusive: bool,
    /// Built with optimisation.
    pub optimised: bool,
}

impl Conditions {
    /// Of this machine, now.
    pub fn now() -> Conditions {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load_at_start: f64 = load.split(' ').next().and_then(|l| l.parse().ok()).unwrap_or(0.0);
        let inconclusive = load_at_start > 0.25 * cores as f64;
        Conditions { cores, load_at_start, inconclusive, optimised: !cfg!(debug_assertions) }
    }
}

/// A work beside its limit.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What.
    pub work: String,
    /// Beside what.
    pub beside: String,
    /// Median rate, per second.
    pub rate: f64,
    /// Median, in milliseconds.
    pub p50_ms: f64,
    /// 99 of 100 are faster, in milliseconds.
    pub p99_ms: f64,
    /// Median rate of the limit.
    pub limit_rate: f64,
    /// Median of the limit, in milliseconds.
    pub limit_p50_ms: f64,
    /// Median over rounds of rate ÷ rate of the limit.
    pub ratio: f64,
    /// Median over rounds of p50 ÷ p50 of the limit.
    pub p50_ratio: f64,
    /// Of each round.
    pub ratios: Vec<f64>,
    #[serde(skip)]
    rounds: Vec<(Sample, Sample)>,
}

/// The whole.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The machine.
    pub conditions: Conditions,
    /// Matters in the store before the load.
    pub matters_before: u64,
    /// And after it.
    pub matters_after: u64,
    /// Sizes of the bodies that were asked for.
    pub bytes: Vec<(String, usize)>,
    /// What was measured.
    pub lines: Vec<Line>,
    /// The store that was filled first.
    pub filled: Option<Filled>,
    /// Start and memory on it.
    pub start: Option<Start>,
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    let middle = all.len() / 2;
    match all.len() {
        0 => 0.0,
        n if n % 2 == 1 => all[middle],
        _ => f64::midpoint(all[middle - 1], all[middle]),
    }
}

/// The value below which so many of 100 lie, in milliseconds.
fn percentile(sample: &Sample, of: usize) -> f64 {
    let mut all = sample.micros.clone();
    all.sort_unstable();
    let at = (all.len() * of / 100).min(all.len().saturating_sub(1));
    all.get(at).map_or(0.0, |m| f64::from(*m) / 1000.0)
}

impl Report {
    /// An empty one.
    pub fn new(conditions: Conditions) -> Report {
        let (matters_before, matters_after) = (0, 0);
        Report {
            conditions,
            matters_before,
            matters_after,
            bytes: Vec::new(),
            lines: Vec::new(),
            filled: None,
            start: None,
        }
    }

    /// One round of a work and its limit.
    pub fn add(&mut self, work: &str, beside: &str, own: Sample, limit: Sample) {
        if let Some(line) = self.lines.iter_mut().find(|l| l.work == work) {
            line.rounds.push((own, limit));
            return;
        }
        self.lines.push(Line {
            work: work.to_owned(),
            beside: beside.to_owned(),
            rate: 0.0,
            p50_ms: 0.0,
            p99_ms: 0.0,
            limit_rate: 0.0,
            limit_p50_ms: 0.0,
            ratio: 0.0,
            p50_ratio: 0.0,
            ratios: Vec::new(),
            rounds: vec![(own, limit)],
        });
    }

    /// Medians from the rounds.
    pub fn finish(&mut self) {
        for line in &mut self.lines {
            let over = |f: &dyn Fn(&(Sample, Sample)) -> f64| line.rounds.iter().map(f).collect::<Vec<f64>>();
            line.rate = median(over(&|(own, _)| own.rate()));
            line.p50_ms = median(over(&|(own, _)| percentile(own, 50)));
            line.p99_ms = median(over(&|(own, _)| percentile(own, 99)));
            line.limit_rate = median(over(&|(_, limit)| limit.rate()));
            line.limit_p50_ms = median(over(&|(_, limit)| percentile(limit, 50)));
            line.ratios = over(&|(own, limit)| own.rate() / limit.rate().max(1e-9));
            line.ratio = median(line.ratios.clone());
            line.p50_ratio = median(over(&|(own, limit)| percentile(own, 50) / percentile(limit, 50).max(1e-6)));
        }
    }

    /// For the terminal.
    pub fn lines(&self) -> Vec<String> {
        let c = &self.conditions;
        let mut all = vec![format!(
            "{} cores, load {:.2} at the start, {} build, {} → {} matters",
            c.cores,
            c.load_at_start,
            if c.optimised { "optimised" } else { "UNOPTIMISED" },
            self.matters_before,
            self.matters_after,
        )];
        if c.inconclusive || !c.optimised {
            all.push("inconclusive: the machine was busy at the start, or the build is not optimised".into());
        }
        for l in &self.lines {
            all.push(format!(
                "{:<24} {:>9.0}/s  p50 {:>8.3} ms  p99 {:>8.3} ms   {}: {:>9.0}/s p50 {:.3} ms   ratio {:.1} %, p50 × {:.2}",
                l.work, l.rate, l.p50_ms, l.p99_ms, l.beside, l.limit_rate, l.limit_p50_ms, l.ratio * 100.0, l.p50_ratio
            ));
        }
        if let Some(f) = &self.filled {
            all.push(format!(
                "filled {} matters of {} entries in {:.1} s ({:.0}/s)",
                f.matters,
                f.entries,
                f.seconds,
                f64::from(f.matters) / f.seconds
            ));
        }
        if let Some(s) = &self.start {
            all.push(format!(
                "first answer {:.0} ms after start; RSS {:.1} MB, PSS {:.1} MB; {:.1} MB on disk",
                s.first_answer_ms,
                s.rss_kb as f64 / 1024.0,
                s.pss_kb as f64 / 1024.0,
                s.disk_bytes as f64 / 1_048_576.0
            ));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_ratios_come_from_the_same_round() {
        let sample = |count, micros| Sample { count, seconds: 1.0, micros: vec![micros; 100] };
        let mut report = Report::new(Conditions::now());
        for (own, limit) in [(10, 100), (20, 100), (90, 100)] {
            report.add("x", "y", sample(own, 2000), sample(limit, 1000));
        }
        report.finish();
        let line = &report.lines[0];
        assert!((line.ratio - 0.2).abs() < 1e-9 && (line.rate - 20.0).abs() < 1e-9, "{line:?}");
        assert!((line.p50_ms - 2.0).abs() < 1e-9 && (line.p50_ratio - 2.0).abs() < 1e-9);
        assert!((median(vec![1.0, 2.0, 3.0, 4.0]) - 2.5).abs() < 1e-9);
    }
}
