//! The other matters beside one, as one viewer may see them: each only if he may read it, and the person all that came
//! out of hers, with the codes.

use crate::access::Access;
use crate::error::AppError;
use crate::installation::App;
use crate::lists::ItemView;
use crate::matter::Matter;
use crate::project::CHILDREN;
use crate::viewer::Viewer;
use kernel::ids::MatterId;
use kernel::kin::LinkKind;
use kernel::mechanism::Counted;
use kernel::text::Text;
use serde::Serialize;
use std::collections::BTreeSet;
use store::MarkQuery;

/// Another matter.
#[derive(Clone, Debug, Serialize)]
pub struct RelativeView {
    /// Itself.
    pub item: ItemView,
    /// What it is to this one: the child's name.
    pub name: Option<Text>,
    /// How it is linked.
    pub kind: Option<LinkKind>,
    /// For the person: its long code.
    pub code: Option<String>,
}

/// A hidden child that the person may raise.
#[derive(Clone, Debug, Serialize)]
pub struct HiddenView {
    /// Which.
    pub child: String,
    /// Its name.
    pub name: Text,
}

/// A matter that this viewer may raise beside this one, for somebody else.
#[derive(Clone, Debug)]
pub struct JoinView {
    /// What it is called here.
    pub name: Text,
    /// Its mechanism.
    pub mechanism: String,
    /// Its field that names this matter.
    pub field: String,
}

/// The other matters.
#[derive(Clone, Debug, Default, Serialize)]
pub struct KinView {
    /// What it came out of.
    pub parent: Option<RelativeView>,
    /// What came out of it.
    pub children: Vec<RelativeView>,
    /// Linked ones.
    pub links: Vec<RelativeView>,
    /// This viewer may link it.
    pub may_link: bool,
    /// What the person may raise unseen.
    pub hidden: Vec<HiddenView>,
    /// What everybody may read.
    pub published: Option<String>,
    /// How many places are free, and how many there are.
    pub places: Option<(u32, u32)>,
    /// Those who took a place, as far as this viewer reads them.
    #[serde(skip)]
    pub takers: Vec<RelativeView>,
    /// What may be raised beside it for somebody else.
    #[serde(skip)]
    pub joins: Vec<JoinView>,
    /// How many are linked in the ways that this mechanism counts: all of them, also those that this viewer does not read.
    #[serde(skip)]
    pub counted: Vec<(LinkKind, usize)>,
    /// What the system counted when it raised this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeated: Option<super::RepeatedView>,
}

/// How many children are shown at most.
const MOST: u32 = 50;

impl App {
    /// The other matters beside one.
    ///
    /// # Errors
    /// `NotFound` for whoever may not know of the matter itself; the store.
    pub async fn kin(&self, viewer: &Viewer, id: MatterId) -> Result<KinView, AppError> {
        let matter = self.matter(id).await?;
        let access = self.access(viewer, &matter);
        if !access.reads() {
            return if access == Access::None { Err(AppError::NotFound) } else { Ok(KinView::default()) };
        }
        let own = access == Access::Own;
        let (file, mechanism) = (&matter.file, &matter.mechanism);
        let mut view = KinView { published: self.published_words(id).await?, ..KinView::default() };
        let behind = file.opened.as_ref().and_then(|o| o.origin.parent.as_ref());
        // What is somebody else's is nothing to her, not even where it stands; staff that reads both sees both.
        let parent = behind.filter(|p| !(own && p.apart)).map(|p| p.matter);
        if let Some(parent) = parent {
            // Neither its code nor its words are handed back: whoever was given this one was not given that.
            let found = self.relative(viewer, own, parent).await?;
            view.parent = found.map(|r| if own { without_words(r) } else { r });
        }
        let plan = file.opened.as_ref().and_then(|o| o.origin.plan.as_ref()?.row);
        if let Some(row) = plan.filter(|_| view.parent.is_none()) {
            view.parent = self.relative(viewer, false, row).await?;
        }
        for (name, child) in self.children(&matter, own).await? {
            let known = mechanism.child.get(&name);
            if own && known.is_some_and(|c| c.joins.is_some()) {
                continue;
            }
            let found = self.relative(viewer, own, child).await?;
            let name = known.map(|c| c.name.clone());
            // What the offices do among themselves, and what anybody sent from the published page, she follows without its
            // words: where it stands, and no code to open it.
            let not_hers = own && known.is_some_and(kernel::mechanism::Child::is_others);
            let found = found.map(|r| if not_hers { without_words(r) } else { r });
            view.children.extend(found.map(|r| RelativeView { name, ..r }));
        }
        if !own {
            view.repeated = self.repeated_view(&matter);
            for (kind, other) in &file.kin.links {
                let found = self.relative(viewer, false, *other).await?;
                view.links.extend(found.map(|r| RelativeView { kind: Some(*kind), ..r }));
            }
            let kinds: BTreeSet<LinkKind> =
                mechanism.action.values().flat_map(|a| a.counts.values().filter_map(Counted::links)).collect();
            let linked = |kind| file.kin.links.iter().filter(|(k, _)| *k == kind).count();
            view.counted = kinds.into_iter().map(|kind| (kind, linked(kind))).collect();
            let directory = self.directory();
            let ctx = self.context(&matter, &*directory);
            view.may_link = kernel::kin::may_link(&ctx, file, &viewer.actor(id)).is_ok();
            let beside = mechanism.child.values().filter(|_| view.may_link && file.ended.is_none());
            let offered = beside.filter(|c| self.catalogue().effective(&c.mechanism, &matter.row.region).is_some());
            let join = |c: &kernel::mechanism::Child| {
                let (name, mechanism, field) = (c.name.clone(), c.mechanism.clone(), c.joins.clone()?);
                Some(JoinView { name, mechanism, field })
            };
            view.joins = offered.filter_map(join).collect();
        }
        if own {
            let hers = matter.entries.iter().filter(|e| e.by == kernel::entry::By::Raiser);
            let named: BTreeSet<_> =
                hers.flat_map(|e| &e.beyond.links).filter(|l| file.kin.links.contains(l)).collect();
            for (kind, other) in named {
                let found = self.relative(viewer, true, *other).await?.map(without_words);
                view.links.extend(found.map(|r| RelativeView { kind: Some(*kind), ..r }));
            }
            let hidden = mechanism.child.iter().filter(|(_, c)| c.hidden && file.keeping.erased.is_none());
            let offered =
                hidden.filter(|(_, c)| self.catalogue().effective(&c.mechanism, &matter.row.region).is_some());
            view.hidden = offered.map(|(id, c)| HiddenView { child: id.clone(), name: c.name.clone() }).collect();
        }
        if mechanism.slots.is_some() {
            let all = kernel::kin::places(mechanism, file);
            let taken = u32::try_from(file.kin.takers.len()).unwrap_or(u32::MAX);
            view.places = Some((all.saturating_sub(taken), all));
            for taker in file.kin.takers.iter().filter(|_| !own).take(MOST as usize) {
                view.takers.extend(self.relative(viewer, false, *taker).await?);
            }
        }
        Ok(view)
    }

    /// What came out of a matter. A hidden child only for the person; the file itself knows nothing of it.
    async fn children(&self, matter: &Matter, own: bool) -> Result<Vec<(String, MatterId)>, AppError> {
        let mut all: Vec<(String, MatterId)> = Vec::new();
        if own {
            let (kind, key) = (CHILDREN.to_owned(), matter.id.to_string());
            let query = MarkQuery { cell: matter.id.cell, kind, key, before: None, after: None, limit: MOST };
            all.extend(self.inner.store.marks(query).await?.into_iter().map(|row| (row.about, row.id)));
        } else {
            let known = matter.file.kin.children.iter().filter_map(|c| Some((c.child.clone(), c.matter?)));
            all.extend(known);
            let planned = matter.file.kin.plans.values().flat_map(|p| p.raised.iter().rev().take(5));
            all.extend(planned.map(|(_, id)| (String::new(), *id)));
        }
        Ok(all)
    }

    /// Another matter, if this viewer may read it. The person may read what came out of hers, and gets its code.
    async fn relative(&self, viewer: &Viewer, own: bool, id: MatterId) -> Result<Option<RelativeView>, AppError> {
        let item = if own {
            let row = self.inner.store.find_matter(id).await?;
            match row {
                Some(row) => Some(self.item(&row).await?),
                None => None,
            }
        } else {
            self.readable_item(viewer, id, None).await?
        };
        let code = own.then(|| self.codes(id).long.to_string());
        Ok(item.map(|item| RelativeView { item, name: None, kind: None, code }))
    }
}

/// Where a matter stands, and nothing that is written in it.
fn without_words(relative: RelativeView) -> RelativeView {
    RelativeView { code: None, item: ItemView { title: None, ..relative.item }, ..relative }
}
