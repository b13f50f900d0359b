//! The kernel: ids, time, the working calendar, clocks, commands, entries, case files, refusals, `decide`, the fold, the chain.
//!
//! Pure: no I/O, no async, no clock, no randomness. It runs any mechanism and knows the name of none.

mod apply;
pub mod calendar;
pub mod chain;
pub mod clocks;
pub mod decide;
pub mod directory;
pub mod entry;
pub mod file;
pub mod form;
pub mod guard;
pub mod identifier;
pub mod ids;
pub mod kin;
pub mod lapse;
pub mod late;
pub mod mechanism;
pub mod number;
pub mod numeric;
pub mod outside;
pub mod papers;
pub mod part;
pub mod permit;
pub mod personal;
pub mod possible;
mod proposal;
mod raise;
pub mod rating;
pub mod recompute;
pub mod refusal;
pub mod region;
pub mod role;
pub mod roll;
pub mod said;
mod seal;
pub mod settle;
pub mod sketch;
pub mod tally;
pub mod text;
pub mod time;
pub mod vote;
