//! Packs: bytes become checked mechanisms, calendars and regions. Pure: it is given bytes and reads no file itself.

pub mod calendar;
pub mod finding;
pub mod regions;
