//! The three frames: portal, desk, and a plain one for sign-in and errors. They know addresses and words, not who
//! may see what: navigation and counts come as props.

mod desk;
mod head;
mod plain;
mod portal;
mod switch;

pub use desk::{Me, Post, Rail, RailGroup, RailItem, desk_page};
pub use head::PageHead;
pub use plain::plain_page;
pub use portal::portal_page;
pub use switch::{escaped, in_query, with_query};
