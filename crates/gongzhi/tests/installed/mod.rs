//! Makes a town into an installation as the binary finds it in its directory: a master key and what it says of itself.

use crate::town::Town;
use app::keys::MasterKey;
use app::random::SeededRandom;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

pub async fn installed(town: &Town, key: &Path) {
    std::fs::write(key, MasterKey::generate(&mut SeededRandom::new(7))).expect("written");
    std::fs::set_permissions(key, std::fs::Permissions::from_mode(0o600)).expect("private");
    for (name, value) in [
        ("territory", "990101"),
        ("name", "试验区"),
        ("name_en", "Test District"),
        ("alias", "TD"),
        ("origin", "test.example/town"),
        ("address", "http://127.0.0.1"),
        ("phone", ""),
        ("demo", "yes"),
    ] {
        town.store.put_setting(name, value).await.expect("kept");
    }
}
