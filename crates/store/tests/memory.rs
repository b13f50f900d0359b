//! The memory store keeps what the port promises, whole and in parts.

use std::sync::Arc;
use store::{MemoryStore, Sharded, conformance};

#[test]
fn memory() {
    conformance::run(&MemoryStore::new());
}

#[test]
fn memory_in_parts() {
    conformance::run(&Sharded::new((0..3).map(|_| Arc::new(MemoryStore::new()) as _).collect()));
}
