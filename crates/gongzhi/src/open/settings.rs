//! What an installation says of itself: said now, else at the first start, else the demo's own word. Nothing is kept before
//! all of it is known and sound: a first start that fails leaves nothing behind that the next one would stumble over.

use super::About;
use anyhow::{Result, bail};
use app::error::AppError;
use app::installation::{App, Settings};
use std::collections::BTreeMap;
use store::{Store, StoreError};

/// The settings, and those that were said now and are still to be kept.
pub struct Said {
    /// As they hold.
    pub settings: Settings,
    new: Vec<(&'static str, String)>,
}

impl Said {
    /// Keeps what was said now.
    pub async fn keep(self, store: &dyn Store) -> Result<Settings> {
        for (key, value) in &self.new {
            store.put_setting(key, value).await?;
        }
        Ok(self.settings)
    }
}

/// The settings as they would hold; nothing is written.
///
/// # Errors
/// When another territory is said than the kept one, or with all that is missing at a first start.
pub async fn said(store: &dyn Store, about: &About, demo: bool) -> Result<Said> {
    let demo = demo || store.setting("demo").await?.as_deref() == Some("yes");
    let of_demo: BTreeMap<String, String> = toml::from_str(include_str!("../../../../packs/demo/installation.toml"))?;
    let of_demo = if demo { of_demo } else { BTreeMap::new() };
    let now = [
        ("territory", about.territory.map(|t| t.to_string())),
        ("name", about.name.clone()),
        ("name_en", about.name_en.clone()),
        ("alias", about.alias.clone()),
        ("origin", about.origin.clone()),
        ("phone", about.phone.clone()),
        ("address", about.address.clone()),
    ];
    let (mut holds, mut new, mut missing) = (BTreeMap::new(), Vec::new(), Vec::new());
    for (key, now) in now {
        let kept = store.setting(key).await?;
        let now = now.or_else(|| of_demo.get(key).filter(|_| kept.is_none()).cloned());
        match (now, kept) {
            (Some(now), Some(kept)) if key == "territory" && now != kept => {
                bail!("this installation serves {kept}; another territory needs another data directory")
            }
            (Some(now), _) => {
                new.push((key, now.clone()));
                holds.insert(key, now);
            }
            (None, Some(kept)) => drop(holds.insert(key, kept)),
            (None, None) if key == "address" => {
                // "Everywhere" is no address that anybody could open.
                let at = about.listens.filter(|at| !at.ip().is_unspecified());
                holds.extend(at.map(|at| (key, format!("http://{at}"))));
            }
            (None, None) if key == "phone" => {}
            (None, None) => missing.push(format!("--{}", key.replace('_', "-"))),
        }
    }
    if !missing.is_empty() {
        bail!("say {} at the first start (`gongzhi serve --help` explains them), or --demo", missing.join(", "));
    }
    let mut take = |key: &str| holds.remove(key).unwrap_or_default();
    let settings = Settings {
        territory: take("territory").parse()?,
        name: take("name"),
        name_en: take("name_en"),
        alias: take("alias"),
        origin: take("origin"),
        phone: Some(take("phone")).filter(|p| !p.is_empty()),
        address: take("address"),
        demo,
    };
    Ok(Said { settings, new })
}

/// Takes down the directory of a store from before there were records of its rows. On a full disk the next start does it.
///
/// # Errors
/// A store that cannot be read.
pub async fn take_down(app: &App) -> Result<()> {
    match app.take_down_directory().await {
        Err(AppError::Store(error @ StoreError::Unavailable { .. })) => {
            tracing::warn!(%error, "the directory cannot be taken down");
        }
        done => drop(done?),
    }
    Ok(())
}
