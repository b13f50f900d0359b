//! pack
pub mod calendar;
