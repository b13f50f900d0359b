//! The sources of rules as pages write them out. The titles are the pack crate's, whose findings name them as well; the API
//! gives what the pack wrote.

pub use pack::titles::{Title, spelled, title};
