//! What happened between a matter and another one, in words. No word of the other one stands here.

use kernel::kin::{Kin, LinkKind};
use kernel::mechanism::Mechanism;
use kernel::text::Text;

/// What happened between this matter and another one. The other's number stands beside, for whoever may read it.
pub(super) fn said(mechanism: &Mechanism, kin: &Kin) -> (String, Text) {
    let child = |id: &str| mechanism.child.get(id).map(|c| c.name.clone()).unwrap_or_default();
    let kind = |kind: LinkKind| match kind {
        LinkKind::Same => Text::new("同一件事", "the same facts"),
        LinkKind::Related => Text::new("有关联的事", "a related matter"),
        LinkKind::Theme => Text::new("同一个主题", "the same theme"),
    };
    let (act, zh, en) = match kin {
        Kin::Child { child: id, .. } if mechanism.child.get(id).is_some_and(|c| c.joins.is_some()) => {
            let name = child(id);
            let en = format!("a matter of its own was registered for {}", name.en);
            ("child", format!("给{}登记了自己的一件", name.zh), en)
        }
        Kin::Child { child: id, .. } => {
            let name = child(id);
            ("child", format!("已另立一件：{}", name.zh), format!("another matter was raised: {}", name.en))
        }
        Kin::NoChild { child: id, .. } => {
            let name = child(id);
            let en = format!("it could not be raised, see why and do it again: {}", name.en);
            ("no_child", format!("没能另立，请看原因后重办：{}", name.zh), en)
        }
        Kin::Told { child: id, did, alone, .. } => {
            let name = child(id);
            let then = mechanism.child.get(id).and_then(|c| mechanism.action.get(c.told.get(did)?));
            let then = then.map(|a| a.label.clone()).unwrap_or_default();
            let (zh, en) = match alone {
                true => (
                    format!("{}传来了话：{}。照这件事现在的情况不能自动接着办，请看一看", name.zh, then.zh),
                    format!(
                        "word from {}: {}. Nothing follows by itself as this matter stands; please look",
                        name.en, then.en
                    ),
                ),
                false => (format!("{}传来了话", name.zh), format!("word from {}", name.en)),
            };
            ("child_told", zh, en)
        }
        Kin::Heard { alone: false, .. } => {
            ("heard", "和这件连着的事有了进展".to_owned(), "the matter that this one belongs to went on".to_owned())
        }
        Kin::Heard { alone: true, .. } => (
            "heard",
            "和这件连着的事有了进展。照这件事现在的情况不能自动接着办，请看一看".to_owned(),
            "the matter that this one belongs to went on. Nothing follows by itself as this one stands; please look"
                .to_owned(),
        ),
        Kin::Ended { child: id, .. } if mechanism.child.get(id).is_some_and(|c| c.joins.is_some()) => {
            let name = child(id);
            ("child_ended", format!("{}自己的那件结束了", name.zh), format!("the matter of {} has ended", name.en))
        }
        Kin::Ended { child: id, .. } => {
            let name = child(id);
            (
                "child_ended",
                format!("另立的那件办完了：{}", name.zh),
                format!("the other matter has ended: {}", name.en),
            )
        }
        Kin::Linked { kind: k, .. } => {
            let k = kind(*k);
            ("linked", format!("和另一件关联起来了（{}）", k.zh), format!("was linked with another matter ({})", k.en))
        }
        Kin::Unlinked { kind: k, .. } => {
            let k = kind(*k);
            ("unlinked", format!("解除了关联（{}）", k.zh), format!("the link was taken back ({})", k.en))
        }
        Kin::Planned { day, .. } => {
            ("planned", format!("{day} 到日子，按计划立了一件"), format!("the plan raised a matter for {day}"))
        }
        Kin::Erased { words, .. } => {
            let en = format!("personal content was erased: {}", words.en);
            ("erased", format!("个人信息已删除：{}", words.zh), en)
        }
        Kin::IdentityErased { words } => {
            let en = format!("who the people in it are was erased: {}", words.en);
            ("identity_erased", format!("姓名、电话等身份信息已删除：{}", words.zh), en)
        }
        Kin::Restricted { words, .. } => {
            let en = format!("personal content is only stored from now on: {}", words.en);
            ("restricted", format!("个人信息只保存，不再使用：{}", words.zh), en)
        }
        Kin::Corrected { .. } => {
            ("corrected", "按本人请求作了更正".to_owned(), "was corrected as the person asked".to_owned())
        }
        Kin::Freed { .. } => ("freed", "让出了一个名额".to_owned(), "a place was given back".to_owned()),
    };
    (act.to_owned(), Text::new(zh, en))
}
