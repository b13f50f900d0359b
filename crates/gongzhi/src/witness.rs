//! Witnesses: being one for other installations (`state`, `server`), and asking those that watch this one (`ask`).
//! What is cosigned and what is not is decided in `app::log::witness`.

mod ask;
mod server;
mod state;

pub use ask::{Watcher, ask, compare};
pub use server::router;
pub use state::State;
