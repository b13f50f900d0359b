//! Mocked error pages.

use crate::shared::View;
use maud::Markup;
use web::components::Link;
use web::components::error_page::{ErrorKind, ErrorPage, error_page};
use web::layout::plain_page;

fn show(view: &View, page: &ErrorPage) -> Markup {
    plain_page(&view.head(&page.title(view.lang), ""), &error_page(view.lang, page))
}

pub fn not_found(view: &View) -> Markup {
    show(
        view,
        &ErrorPage {
            links: vec![
                Link::new("/follow", "用编号和查询码查"),
                Link::new("/", "回首页"),
                Link::new("tel:12345", "打 12345"),
            ],
            ..ErrorPage::new(ErrorKind::NotFound)
        },
    )
}

pub fn refused(view: &View) -> Markup {
    show(
        view,
        &ErrorPage {
            title: Some("延长已经用过一次，不能再延".into()),
            text: vec!["没有改动任何东西。10月16日的期限照走。".into()],
            clause: Some("《汀云区接诉即办办法》第 16 条：经批准可以延长一次，不得再次延长。".into()),
            links: vec![
                Link::new("/desk/matter", "先说一声进展"),
                Link::new("/desk/matter", "书面答复：没定下来的，写明由谁在哪天前定"),
            ],
            kept: Some("消防、交警排期到 10月20日，申请再延 3 个工作日。".into()),
            ..ErrorPage::new(ErrorKind::Refused)
        },
    )
}

pub fn forbidden(view: &View) -> Markup {
    show(
        view,
        &ErrorPage {
            links: vec![Link::new("/desk", "换岗位"), Link::new("/desk", "回“今天”")],
            ..ErrorPage::new(ErrorKind::Forbidden)
        },
    )
}

pub fn offline(view: &View) -> Markup {
    show(
        view,
        &ErrorPage {
            kept: Some("青禾社区东门外那条消防通道，一到晚上就停满车。".into()),
            links: vec![Link::new("/raise", "再试一次"), Link::new("tel:12345", "打 12345，电话不用上网")],
            ..ErrorPage::new(ErrorKind::Offline)
        },
    )
}

pub fn broken(view: &View) -> Markup {
    show(
        view,
        &ErrorPage {
            links: vec![Link::new("/", "再试一次"), Link::new("tel:12345", "打 12345")],
            request_id: Some("01K7-4Q2M-9D".into()),
            ..ErrorPage::new(ErrorKind::Broken)
        },
    )
}
