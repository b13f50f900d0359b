//! Packs: bytes become checked mechanisms, calendars and regions. Pure: it is given bytes and reads no file itself.

pub mod calendar;
pub mod fault;
pub mod finding;
pub mod near;
pub mod regions;
pub mod source;
