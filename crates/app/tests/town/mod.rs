//! A town for tests: the packs of the binary, the invented district, a store in memory and a clock that is set.

#![expect(dead_code, reason = "each test uses a part")]

use app::act::{Acted, Acting};
use app::catalogue::Catalogue;
use app::clock::SetClock;
use app::error::AppError;
use app::installation::{App, Parts, Settings};
use app::keys::MasterKey;
use app::offer::FromPacks;
use app::raise::{Raised, Raising};
use app::random::SeededRandom;
use app::viewer::{Shown, Staff, Viewer};
use kernel::decide::Post;
use kernel::form::Raw;
use kernel::ids::MatterId;
use kernel::time::Timestamp;
use pack::demo_directory::DemoDirectory;
use pack::packs::PackSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::Store;
use store::memory::MemoryStore;

/// A town.
pub struct Town {
    /// The installation.
    pub app: App,
    /// Its clock.
    pub clock: SetClock,
    /// Its store.
    pub store: Arc<dyn Store>,
}

/// A time of the town.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// A form.
pub fn form(fields: &[(&str, serde_json::Value)]) -> Raw {
    fields.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect()
}

impl Town {
    /// An empty town at a time.
    pub async fn new(start: &str) -> Town {
        Town::over(Arc::new(MemoryStore::new()), start).await
    }

    /// A town over a store.
    pub async fn over(store: Arc<dyn Store>, start: &str) -> Town {
        Town::serving("990101", store, start).await
    }

    /// A town with one mechanism of its own and no other.
    pub async fn with(mechanism: &str, file: &str, start: &str) -> Town {
        let name = format!("national/{mechanism}/mechanism.toml");
        let packs = PackSet::from_dirs(vec![(name, file.as_bytes().to_vec())]);
        Town::packed(packs, "990101", Arc::new(MemoryStore::new()), start).await
    }

    /// A town with more packs than those of the binary.
    pub async fn packed_with(packs: PackSet, store: Arc<dyn Store>, start: &str) -> Town {
        Town::packed(packs, "990101", store, start).await
    }

    /// The same people under an installation of another territory.
    pub async fn serving(territory: &str, store: Arc<dyn Store>, start: &str) -> Town {
        Town::packed(packs(), territory, store, start).await
    }

    async fn packed(packs: PackSet, territory: &str, store: Arc<dyn Store>, start: &str) -> Town {
        heard::listen();
        let demo = DemoDirectory::embedded().expect("the directory reads");
        store.put_directory(app::directory::invented(&demo, None)).await.expect("the directory is kept");
        let clock = SetClock::at(at(start));
        let seed = AtomicU64::new(1);
        let master = MasterKey::from_text(&MasterKey::generate(&mut SeededRandom::new(7))).expect("a key");
        let regions = pack::regions::embedded().with_extra(include_bytes!("../../../../packs/demo/regions.tsv"));
        let parts = Parts {
            store: store.clone(),
            catalogue: Catalogue::new(Box::new(FromPacks::new(packs))),
            calendar: pack::calendar::embedded().clone(),
            regions: regions.expect("the regions read"),
            clock: Arc::new(clock.clone()),
            random: Arc::new(move || Box::new(SeededRandom::new(seed.fetch_add(1, Ordering::SeqCst)))),
            master,
            settings: Settings {
                name: "试验区".into(),
                name_en: "Test District".into(),
                origin: "test.example/town".into(),
                territory: territory.parse().expect("a region"),
                alias: "TD".into(),
                phone: None,
                demo: false,
                address: "http://127.0.0.1".into(),
            },
        };
        Town { app: App::new(parts).await.expect("the town stands"), clock, store }
    }

    /// The keys with which its receipts are signed.
    pub async fn receipt_keys(&self) -> app::note::SigningKeys {
        let master = MasterKey::from_text(&MasterKey::generate(&mut SeededRandom::new(7))).expect("a key");
        let cipher = app::profile::Profile::of(&*self.store).await.expect("a profile").cipher();
        let ring = app::keyring::Keyring::open(&*self.store, &master, cipher, &mut SeededRandom::new(1)).await;
        app::note::SigningKeys::from_seed("test.example/town", ring.expect("its keys").receipt_seed()).expect("keys")
    }

    /// Somebody by the sign-in name.
    pub fn staff(&self, login: &str) -> Viewer {
        let directory = self.app.directory();
        let person = directory.login(login).unwrap_or_else(|| panic!("nobody is called {login}"));
        let posts = directory.posts_of(person.id).map(|p| Post { body: p.body, role: p.role.clone() }).collect();
        let (login, name) = (person.login.clone(), person.name.clone());
        Viewer::Staff(Staff { person: person.id, login, name, posts, scopes: None })
    }

    /// A body's number by its name.
    pub fn body(&self, name: &str) -> serde_json::Value {
        let directory = self.app.directory();
        let body = directory.bodies().find(|b| b.name == name).unwrap_or_else(|| panic!("there is no {name}"));
        body.id.0.into()
    }

    /// Raises as a resident, in the first community.
    pub async fn raises(&self, mechanism: &str, fields: &[(&str, serde_json::Value)]) -> Result<Raised, AppError> {
        let raising = Raising {
            mechanism: mechanism.into(),
            region: "990101001001".parse().expect("a region"),
            fields: form(fields),
            occurred: None,
            idempotency_key: None,
        };
        self.app.raise(&Viewer::Public, raising).await
    }

    /// Acts at a time.
    pub async fn acts(
        &self,
        time: &str,
        who: &Viewer,
        id: MatterId,
        action: &str,
        fields: &[(&str, serde_json::Value)],
    ) -> Result<Acted, AppError> {
        self.clock.set(at(time));
        let acting = Acting {
            action: action.into(),
            fields: form(fields),
            part: None,
            occurred: None,
            idempotency_key: None,
            seen: None,
        };
        self.app.act(who, id, &acting).await
    }

    /// The raiser with the long code.
    pub fn raiser(&self, id: MatterId) -> Viewer {
        Viewer::Code(id, Shown::Long)
    }
}

/// Those of the binary, and the example in which several bodies work on one matter.
fn packs() -> PackSet {
    let gather = [
        ("mechanism.toml", &include_bytes!("../../../pack/tests/parts/national/gather/mechanism.toml")[..]),
        ("letters/summons.txt", &include_bytes!("../../../pack/tests/parts/national/gather/letters/summons.txt")[..]),
    ];
    PackSet::embedded_with(gather.map(|(n, b)| (format!("national/gather/{n}"), b.to_vec())).to_vec())
}
