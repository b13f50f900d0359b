//! The API over HTTP, in process: the real router, the real packs, a store in memory.

mod authz;
mod bad;
mod document;
mod pages;
mod place;
mod story;
