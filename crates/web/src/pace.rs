//! How fast one address may post, stage files, try codes, check receipts and vote: generous, because a whole community may share one address, and
//! never for whoever signed in. It guards the intake against a program that floods it; codes and passwords have their own
//! back-off in `app::tries`. In memory only; an address is kept as a keyed hash. What an address may read is not limited.

use crate::server::Site;
use app::error::AppError;
use app::installation::App;
use app::viewer::Viewer;
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// So many at once, and so many an hour after that; none of either is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// At once, after a pause.
    pub burst: u32,
    /// An hour, for as long as it goes on.
    pub per_hour: u32,
}

impl Rate {
    /// So many an hour, a sixth of them at once; 0 is no limit.
    #[must_use]
    pub fn hourly(n: u32) -> Rate {
        Rate { burst: n.div_ceil(6), per_hour: n }
    }
}

/// The paces of an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paces {
    /// Raising matters.
    pub raise: Rate,
    /// Staging files.
    pub file: Rate,
    /// Trying codes; a code that was right once is not counted again.
    pub code: Rate,
    /// Checking receipts.
    pub check: Rate,
    /// Steps of a ballot: a slip takes three.
    pub ballot: Rate,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
}

impl Default for Paces {
    /// Three thousand households behind one address raise a few matters an hour, also after a storm; and all of them may
    /// vote on one evening.
    fn default() -> Paces {
        Paces {
            raise: Rate::hourly(360),
            file: Rate::hourly(1800),
            code: Rate::hourly(1800),
            check: Rate::hourly(360),
            ballot: Rate::hourly(9000),
            proxies: Vec::new(),
        }
    }
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A matter is raised.
    Raise,
    /// A file is staged.
    File,
    /// A code is tried.
    Code,
    /// A receipt is checked.
    Check,
    /// A step of a ballot.
    Ballot,
}

/// Where a visit comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// A hash of the address, keyed for this process only.
    pub hash: u64,
    /// It has a pace: an address of somebody else's, not this machine's own.
    pub paced: bool,
}

/// The installation's clock as the limiter reads it.
struct Wall(App);

impl Clock for Wall {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.now().0).unwrap_or(0))
    }
}

type Limiter = RateLimiter<u64, HashMapStateStore<u64>, Wall, NoOpMiddleware<Duration>>;

fn limiter(app: &App, rate: Rate) -> Option<Limiter> {
    let burst = NonZeroU32::new(rate.burst)?;
    let every = Duration::from_secs(3600).checked_div(rate.per_hour)?;
    Some(RateLimiter::hashmap_with_clock(Quota::with_period(every)?.allow_burst(burst), Wall(app.clone())))
}

/// Codes that were right, remembered as keyed hashes.
const RIGHT: usize = 50_000;
/// After so many checks, addresses that are back at their full pace are forgotten.
const FORGET_EVERY: u32 = 10_000;

static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The paces at work.
pub struct Pace {
    raise: Option<Limiter>,
    file: Option<Limiter>,
    code: Option<Limiter>,
    check: Option<Limiter>,
    ballot: Option<Limiter>,
    right: quick_cache::sync::Cache<u64, ()>,
    checks: AtomicU32,
    proxies: Vec<IpAddr>,
}

impl Pace {
    /// The paces over the installation's clock.
    #[must_use]
    pub fn new(app: &App, paces: Paces) -> Pace {
        Pace {
            raise: limiter(app, paces.raise),
            file: limiter(app, paces.file),
            code: limiter(app, paces.code),
            check: limiter(app, paces.check),
            ballot: limiter(app, paces.ballot),
            right: quick_cache::sync::Cache::new(RIGHT),
            checks: AtomicU32::new(0),
            proxies: paces.proxies,
        }
    }

    /// Counts one.
    ///
    /// # Errors
    /// `TooMany` with the seconds until the next is taken.
    pub fn take(&self, what: What, from: Source) -> Result<(), AppError> {
        let limiter = match what {
            What::Raise => &self.raise,
            What::File => &self.file,
            What::Code => &self.code,
            What::Check => &self.check,
            What::Ballot => &self.ballot,
        };
        let (Some(limiter), true) = (limiter, from.paced) else { return Ok(()) };
        if self.checks.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            let all = [&self.raise, &self.file, &self.code, &self.check, &self.ballot];
            all.into_iter().flatten().for_each(|l| {
                l.retain_recent();
                l.shrink_to_fit();
            });
        }
        limiter.check_key(&from.hash).map_err(|until| {
            let wait = until.wait_time_from(limiter.clock().now()).as_millis().div_ceil(1000).max(1);
            AppError::TooMany { wait: u32::try_from(wait).unwrap_or(u32::MAX) }
        })
    }

    /// Where a request comes from: behind a proxy that is believed, the last address that is not a proxy's.
    #[must_use]
    pub fn source(&self, parts: &Parts) -> Source {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_canonical());
        let proxied = |ip: &IpAddr| self.proxies.contains(ip);
        let told = parts.headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok());
        let told: Vec<IpAddr> = told.flat_map(|v| v.split(',')).filter_map(|a| a.trim().parse().ok()).collect();
        let behind = || told.iter().rev().map(IpAddr::to_canonical).find(|ip| !proxied(ip));
        let from = peer.and_then(|peer| if proxied(&peer) { behind().or(Some(peer)) } else { Some(peer) });
        // This machine's own address is a proxy that nobody named: better no pace than one for the whole town.
        let paced = from.is_some_and(|ip| !ip.is_loopback() && !proxied(&ip));
        Source { hash: KEY.hash_one(from.map(neighbours)), paced }
    }
}

/// Whoever has one address of the newer kind has the lower half of it all.
fn neighbours(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

impl Site {
    /// Somebody shows a code, at the pace of where it comes from. Whoever was right goes on reading at any pace.
    ///
    /// # Errors
    /// `TooMany`; else as `App::show_code`.
    pub async fn show_code(
        &self,
        number: &str,
        code: &str,
        tail: Option<&str>,
        from: Source,
    ) -> Result<Viewer, AppError> {
        let shown = KEY.hash_one((from.hash, number, code, tail));
        if from.paced && self.pace.right.get(&shown).is_none() {
            self.pace.take(What::Code, from)?;
        }
        let viewer = self.app.show_code(number, code, tail, from.hash).await?;
        if from.paced {
            self.pace.right.insert(shown, ());
        }
        Ok(viewer)
    }
}

#[cfg(test)]
mod tests {
    use super::neighbours;

    #[test]
    fn one_household_is_one_address() {
        let of = |text: &str| neighbours(text.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
