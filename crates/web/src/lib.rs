//! The pages: assets, words, layouts, components. Pages with data live beside them and only map data to props.

pub mod admin;
pub mod api;
pub mod assets;
pub mod components;
pub mod desk;
pub mod error;
pub mod i18n;
pub mod layout;
pub mod needs;
pub mod pace;
pub mod portal;
pub mod posted;
pub mod refusal;
pub mod server;
mod tasks;
mod under;
pub mod visitor;
pub mod words;
