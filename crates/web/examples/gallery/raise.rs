//! Mocked raising: what, which way, check.

use crate::shared::View;
use jiff::civil::date;
use maud::{Markup, html};
use web::components::clock_strip::clock_strip;
use web::components::field::{Confidentiality, Field, Input, Opt, field};
use web::components::promise::{Promise, promise};
use web::components::wizard::wizard;
use web::components::{Link, Tone, notice::notice};
use web::layout::portal_page;

fn line(view: &View, now: usize) -> Markup {
    wizard(
        view.lang,
        &[
            Link::new("/raise", "什么事"),
            Link::new("/raise/way", "走哪条路"),
            Link::new("/raise/check", "看一遍，发出"),
        ],
        now,
    )
}

pub fn one(view: &View) -> Markup {
    let fields = [
        Field::new("what", "什么事", Input::LongText { value: "青禾社区东门外面那条消防通道，一到晚上就停满车。前天夜里救护车进不来，在门口堵了十一分钟，是邻居们一起把车推开的。".into(), rows: 5, max: Some(2000) }).hint("照平常说话写就行，也可以点键盘上的话筒说。"),
        Field::new("photo", "照片", Input::Files { accept: "image/*", many: true, staged: vec![] }).hint("可以不放。照片里的定位会去掉；公开时车牌和人脸先遮住。").optional(),
        Field::new("place", "在哪里", Input::text("青禾社区东门外，消防通道")).hint("写个让人找得到的说法。"),
    ];
    let body = html! { div.narrow {
        (line(view, 0))
        h1.title { "什么事，在哪里" }
        p.lede { "写好的先存在这部手机上，断网也不丢。" }
        form method="get" action="/raise/way" data-draft="/raise" {
            div.stack { @for item in &fields { (field(view.lang, item)) } }
            p.draft-state data-draft-state hidden { time {} " 存好了" }
            p.actions { button.btn data-kind="go" { "下一步" } span.quiet.small { "还不会发出" } }
        }
    } };
    portal_page(&view.head("什么事", "home"), &body)
}

pub fn two(view: &View) -> Markup {
    let way = Field::new(
        "way",
        "这件事可以走",
        Input::Choice {
            value: "a".into(),
            options: vec![
                Opt::new("a", "请街道来办")
                    .hint("停车、噪声、漏水这类事。一般 5 个工作日答复，到期没答复自动报上一级。"),
                Opt::new("b", "提一条建议").hint("想改规矩、添设施。采不采纳，60 天内都给理由。"),
                Opt::new("c", "举报占用消防通道").hint("转给有处罚权的单位。您的名字不告诉被举报的一方。"),
                Opt::new("d", "正式信访")
                    .hint("要求依法受理、出具书面处理意见的，选这一条。15 日内告诉您受理不受理，由谁办。"),
            ],
        },
    );
    let body = html! { div.narrow {
        (line(view, 1))
        h1.title { "走哪条路，您来定" }
        p.lede { "按您写的，第一条最快。选哪一条都算数，选错了由我们转，不用您重写。" }
        form method="get" action="/raise/check" data-draft="/raise/way" {
            div.way { (field(view.lang, &way)) }
            div.block { (notice(Tone::Plain, "附近 30 天里有人反映过相似的事", &html! { p.small { "青禾社区东门，办理中，" a href="/follow" { "看公开的进展" } "。您照样可以发，单独给您编号、单独答复。" } })) }
            p.actions { button.btn data-kind="go" { "下一步" } a href="/raise" { "回上一步" } }
        }
    } };
    portal_page(&view.head("走哪条路", "home"), &body)
}

pub fn three(view: &View) -> Markup {
    let contact = [
        Field::new("phone", "手机号", Input::Phone { value: "138".into() })
            .hint("答复和查询码发到这里。")
            .seen_by(Confidentiality::Sealed)
            .error("手机号应是 11 位，现在是 3 位"),
        Field::new("name", "怎么称呼您", Input::PersonName { value: "林女士".into() })
            .seen_by(Confidentiality::Handlers)
            .optional(),
        Field::new(
            "withhold",
            "有没有不想让谁知道",
            Input::Check { checked: true, statement: "不要把我的名字告诉物业".into() },
        )
        .optional(),
    ];
    let check = [
        ("什么事", "青禾社区东门外面那条消防通道，一到晚上就停满车。前天夜里救护车进不来……", "/raise"),
        ("在哪里", "青禾社区东门外，消防通道", "/raise"),
        ("走哪条路", "请街道来办", "/raise/way"),
    ];
    let given = Promise {
        title: Some("发出以后，会这样办".into()),
        holder: Some(("柳巷街道综合办".into(), Some("要请消防、交警一起到场的，由街道请，您不用再找".into()))),
        due_by: date(2026, 10, 10),
        due_why: "今天收到，第二天起数 5 个工作日；国庆 7 天不算，10月10日调休上班，算".into(),
        promised_by: date(2026, 10, 16),
        promised_why: "经批准可以延长一次，5 个工作日；延长前先把理由告诉您".into(),
        after: Some("哪一天到了还没答复，系统都自动报上一级，您不用再打电话。等您补材料的日子不算在内。".into()),
        provisional: false,
        link: None,
    };
    let start = date(2026, 9, 28);
    let clock = web::components::clock_strip::Clock {
        today: start,
        left: 5,
        ..crate::shared::clock("答复", start, date(2026, 10, 10), 5, "")
    };
    let clock = web::components::clock_strip::Clock { days: crate::shared::days(start, date(2026, 10, 10)), ..clock };
    let body = html! {
        (line(view, 2))
        h1.title { "看一遍，发出" }
        form.cols data-even method="post" action="/receipt" data-draft="/raise/check" {
            div.main {
                (web::components::error_summary::error_summary(view.lang, &contact))
                section.check.block { dl { @for (label, value, href) in check { div { dt { (label) } dd { (value) } dd { a href=(href) { "改" span.vh { (label) } } } } } } }
                section.block { h2.h2 { "怎么联系您" } div.stack { @for item in &contact { (field(view.lang, item)) } } }
                p.actions { button.btn data-kind="go" { "发出" } a href="/raise/way" { "回上一步" } }
            }
            div.side-even { (promise(view.lang, &given, &clock_strip(view.lang, &clock))) p.small.quiet.block { "不想这样办？" a href="/raise/way" { "换一条路，或走正式信访" } "。" } }
        }
    };
    portal_page(&view.head("看一遍，发出", "home"), &body)
}
