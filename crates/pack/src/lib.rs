//! Packs: bytes become checked mechanisms, calendars and regions. Pure: it is given bytes and reads no file itself.

pub mod calendar;
pub mod check;
pub mod coverage;
pub mod demo_directory;
pub mod difference;
pub mod fault;
pub mod finding;
pub mod graph;
pub mod kin;
pub mod letters;
pub mod merge;
pub mod near;
pub mod packs;
pub mod promise;
pub mod regions;
pub mod report;
pub mod scenario;
pub mod schema;
pub mod source;
pub mod story;
pub mod titles;
pub mod walk;
