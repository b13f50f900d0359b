//! app

pub mod keys;
pub mod random;
pub mod seal;
