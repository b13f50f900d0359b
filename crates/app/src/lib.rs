//! The use cases: one file per verb, the views by permission, and the machinery that they rest on.
//! No SQL and no HTTP; time and randomness come in through the installation.

pub mod access;
pub mod account;
pub mod act;
pub mod attach;
pub mod catalogue;
pub mod clock;
pub mod code;
pub mod count;
pub mod directory;
pub mod error;
pub mod follow;
pub mod installation;
pub mod keys;
pub mod letters;
pub mod lists;
pub mod looks;
pub mod matter;
pub mod note;
pub mod number;
pub mod offer;
pub mod own_receipt;
pub mod password;
pub mod project;
pub mod raise;
pub mod random;
pub mod receipt;
pub mod seal;
pub mod terms;
pub mod tries;
pub mod upload;
pub mod view;
pub mod viewer;
pub mod whole;
pub mod width;
pub mod words;
