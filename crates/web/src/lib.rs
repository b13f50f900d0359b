//! The pages: assets, words, layouts, components. Pages with data live beside them and only map data to props.

pub mod assets;
pub mod components;
pub mod i18n;
pub mod layout;
