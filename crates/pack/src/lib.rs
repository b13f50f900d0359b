//! pack
pub mod regions;
