//! kernel
pub mod calendar;
pub mod time;
