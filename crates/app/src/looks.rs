//! Every look is recorded: sealed fields each time with the reason, the file once per post, matter and day.
//! The record is written before anything is shown; if it cannot be written nothing is shown. A reason is somebody's own words
//! and may name the person, so that it is sealed under the matter's keys and goes with them.

use crate::access::Access;
use crate::error::AppError;
use crate::installation::App;
use crate::keys::{MatterKeys, Owner, from_hex, hex};
use crate::matter::{Matter, id_bytes};
use crate::seal::{Sealed, open, seal};
use crate::view::{LookView, body_name};
use crate::viewer::{Staff, Viewer};
use kernel::ids::{BodyId, Class, MatterId};
use kernel::text::Text;
use kernel::time::Timestamp;
use store::LookRow;

/// The longest reason.
const REASON: usize = 200;

impl App {
    /// Opens one sealed field, with a reason that the person will see.
    ///
    /// # Errors
    /// `NotFound` for whoever may not, or once erased; `Forbidden` without a reason.
    pub async fn open_sealed(
        &self,
        viewer: &Viewer,
        id: MatterId,
        seq: u32,
        field: &str,
        reason: &str,
    ) -> Result<String, AppError> {
        let matter = self.matter(id).await?;
        let Viewer::Staff(staff) = viewer else { return Err(AppError::NotFound) };
        let Access::Handler { bodies, identity: true } = self.access(viewer, &matter) else {
            return Err(AppError::NotFound);
        };
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > REASON {
            return Err(AppError::Forbidden);
        }
        let sealed = matter.entries.iter().filter(|e| e.seq == seq).flat_map(|e| &e.sealed);
        let known = sealed.into_iter().any(|c| c.field == field && c.class == Class::Sealed);
        let known = known && !kernel::vote::is_kept(field);
        if !known {
            return Err(AppError::NotFound);
        }
        let keys = matter.keys.as_ref().ok_or(AppError::NotFound)?;
        let body = bodies.first().copied().unwrap_or(BodyId(0));
        let mut look = self.look(staff, &matter, body, vec![field.to_owned()], false);
        let aad = reason_aad(id, look.at);
        let cipher = self.inner.profile.cipher();
        let sealed = seal(cipher, &keys.handlers, &aad, reason.as_bytes(), self.random().as_mut());
        look.reason = hex(&sealed.to_bytes());
        self.inner.store.append_look(look).await?;
        let texts = matter.texts(self, true).await?;
        texts.get(&(seq, field.to_owned())).cloned().ok_or(AppError::NotFound)
    }

    /// Records that a teller looked at the roll of a vote: each time, with what for.
    pub(crate) async fn record_roll(&self, viewer: &Viewer, matter: &Matter, vote: &str) -> Result<(), AppError> {
        let (Viewer::Staff(staff), Some(keys)) = (viewer, &matter.keys) else { return Err(AppError::NotFound) };
        let Access::Handler { bodies, .. } = self.access(viewer, matter) else { return Err(AppError::NotFound) };
        let vote = matter.mechanism.vote.get(vote).ok_or(AppError::NotFound)?;
        let body = bodies.first().copied().unwrap_or(BodyId(0));
        let mut look = self.look(staff, matter, body, vec![vote.base.clone()], false);
        let reason = format!("照名册核对、发票（{}）", vote.name.zh);
        let cipher = self.inner.profile.cipher();
        let aad = reason_aad(matter.id, look.at);
        look.reason = hex(&seal(cipher, &keys.handlers, &aad, reason.as_bytes(), self.random().as_mut()).to_bytes());
        Ok(self.inner.store.append_look(look).await?)
    }

    /// Records that a body read the file today.
    pub(crate) async fn record_view(&self, viewer: &Viewer, matter: &Matter, access: &Access) -> Result<(), AppError> {
        let (Viewer::Staff(staff), Access::Handler { bodies, .. }) = (viewer, access) else { return Ok(()) };
        let body = bodies.first().copied().unwrap_or(BodyId(0));
        let look = self.look(staff, matter, body, Vec::new(), true);
        match self.inner.store.append_look(look).await {
            // With a full disk the file can still be read; only what is sealed stays shut (decisions 27).
            Ok(()) | Err(store::StoreError::ReadOnly(_)) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    fn look(&self, staff: &Staff, matter: &Matter, body: BodyId, fields: Vec<String>, daily: bool) -> LookRow {
        let post = staff.posts.iter().find(|p| p.body == body);
        let at = self.now();
        LookRow {
            matter: matter.id,
            at,
            person: staff.person,
            body,
            role: post.map(|p| p.role.clone()).unwrap_or_default(),
            reason: String::new(),
            fields,
            once_on: daily.then(|| at.date()),
            salt: crate::random::bytes(&mut *self.random()),
        }
    }

    pub(crate) async fn look_views(&self, matter: &Matter) -> Result<Vec<LookView>, AppError> {
        let directory = self.directory();
        let looks = self.inner.store.looks(matter.id).await?;
        let view = |l: LookRow| LookView {
            at: l.at,
            body: Some(body_name(&directory, l.body)),
            reason: matter.keys.as_ref().and_then(|k| read_reason(k, &l)).unwrap_or_default(),
            role: l.role,
            fields: l.fields.iter().map(|f| label(matter, f)).collect(),
        };
        Ok(looks.into_iter().map(view).collect())
    }
}

fn reason_aad(id: MatterId, at: Timestamp) -> Vec<u8> {
    let serial = id_bytes(id);
    Owner { cell: id.cell.0, matter: &serial }.bind("gongzhi.look/v1", &[&at.0.to_be_bytes()])
}

fn read_reason(keys: &MatterKeys, look: &LookRow) -> Option<String> {
    let sealed = Sealed::from_bytes(&from_hex(&look.reason)?).ok()?;
    let text = open(&keys.handlers, &reason_aad(look.matter, look.at), &sealed).ok()?;
    String::from_utf8(text.to_vec()).ok()
}

fn label(matter: &Matter, field: &str) -> Text {
    matter.mechanism.field.get(field).map(|f| f.label.clone()).unwrap_or_default()
}
