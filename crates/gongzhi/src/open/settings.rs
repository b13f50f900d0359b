//! What an installation says of itself: said now, else at the first start, else the demo's own word.

use super::About;
use anyhow::{Result, bail};
use app::installation::Settings;
use std::collections::BTreeMap;
use store::Store;

/// The settings; what is said now is kept.
pub async fn settings(store: &dyn Store, about: &About, demo: bool) -> Result<Settings> {
    let demo = demo || store.setting("demo").await?.as_deref() == Some("yes");
    let of_demo: BTreeMap<String, String> = toml::from_str(include_str!("../../../../packs/demo/installation.toml"))?;
    let get = Getter { store, of_demo: if demo { of_demo } else { Default::default() } };
    Ok(Settings {
        territory: get.one("territory", about.territory.map(|t| t.to_string())).await?.parse()?,
        name: get.one("name", about.name.clone()).await?,
        name_en: get.one("name_en", about.name_en.clone()).await?,
        alias: get.one("alias", about.alias.clone()).await?,
        origin: get.one("origin", about.origin.clone()).await?,
        phone: Some(get.one("phone", about.phone.clone()).await?).filter(|p| !p.is_empty()),
        address: get.one("address", about.address.clone()).await?,
        demo,
    })
}

struct Getter<'a> {
    store: &'a dyn Store,
    /// What the demo says of itself; empty elsewhere.
    of_demo: BTreeMap<String, String>,
}

impl Getter<'_> {
    /// What was said now, else what was said at the first start, else the demo's own word.
    async fn one(&self, key: &str, now: Option<String>) -> Result<String> {
        let kept = self.store.setting(key).await?;
        let now = now.or_else(|| self.of_demo.get(key).filter(|_| kept.is_none()).cloned());
        match (now, kept) {
            (Some(now), Some(kept)) if key == "territory" && now != kept => {
                bail!("this installation serves {kept}; another territory needs another data directory")
            }
            (Some(now), _) => {
                self.store.put_setting(key, &now).await?;
                Ok(now)
            }
            (None, Some(kept)) => Ok(kept),
            (None, None) if matches!(key, "phone" | "address") => Ok(String::new()),
            (None, None) => bail!(
                "say --{} at the first start (`gongzhi serve --help` explains it), or --demo",
                key.replace('_', "-")
            ),
        }
    }
}
