//! app

pub mod code;
pub mod keys;
pub mod note;
pub mod number;
pub mod password;
pub mod random;
pub mod receipt;
pub mod seal;
pub mod terms;
pub mod upload;
pub mod width;
