//! app

pub mod code;
pub mod keys;
pub mod number;
pub mod random;
pub mod seal;
pub mod width;
