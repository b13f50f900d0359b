//! The mocked page on which an operator takes down a call.

use crate::shared::{View, rail};
use maud::{Markup, html};
use web::components::Tone;
use web::components::breadcrumb::Crumb;
use web::components::field::{Field, Input, Opt, field};
use web::components::notice::notice;
use web::layout::{PageHead, desk_page};

pub fn intake(view: &View) -> Markup {
    let lang = view.lang;
    let show = |item: Field| field(lang, &item);
    let body = html! { form.keep method="post" action="#" data-draft="/desk/intake" { div.two {
        div.main.intake {
            (notice(Tone::Due, "先问：现在有人受伤、被困、着火、漏气吗？有，马上转 119。", &html! {}))
            (show(Field::new("what", "他说了什么", Input::LongText { value: "我住青禾社区 9 号楼。东门外头那条消防通道，昨天晚上来了好些人，挪走不少车，是好事。可我刚下楼，又停了六七辆。是不是就管那一晚上？我爱人坐轮椅，过不去。".into(), rows: 7, max: None }).hint("照他的话写，不用概括")))
            div.pair { (show(Field::new("place", "在哪里", Input::text("青禾社区东门外")))) (show(Field::new("when", "什么时候", Input::text("刚才，19:00 左右")).optional()))
                (show(Field::new("name", "怎么称呼", Input::PersonName { value: "陶先生".into() }).optional())) (show(Field::new("contact", "怎么联系", Input::Select { value: "call".into(), options: vec![Opt::new("call", "就打这个号码"), Opt::new("none", "不用联系")] }))) }
            (show(Field::new("body", "派给谁", Input::Picker { value: "1".into(), search: "body_q".into(), query: "柳巷".into(), options: vec![Opt::new("1", "柳巷街道综合办").hint("把握大：派单目录第 31 项，地点在辖区内"), Opt::new("2", "区公安分局交警大队").hint("把握小：只有正在违停、要马上挪才直派")], searched: true })))
            p.draft-state data-draft-state hidden { time {} " 存好了，断线也不丢" }
        }
        div.side {
            section.sec { header { h2 { "像是同一件事" } p { "边写边找，最近 30 天" } } ul.rows.bare { li data-row { div { a.t href="/desk/matter" { "青禾社区东门外，消防通道夜间停车" } small { "很像：同一处，正在办。最晚 10月16日答复" } } div.end { button.btn { "关联" } } } li data-row { div { a.t href="#" { "青禾社区西门，送货车占盲道" } small { "有点像：同一社区，地点不同" } } div.end { button.btn { "看一眼" } } } } p.quiet.small { "关联以后照样单独编号、单独答复他。" } }
            section.sec { header { h2 { "读给他听" } } p.voice { "陶先生，这件事派给柳巷街道综合办，一般最晚 10月21日（周三）答复您；依规定最长到 10月28日。编号和查询码马上发到您手机上。" } }
        }
    } div.send-bar { p { "按下后：柳巷街道马上收到；陶先生收到编号和两个日期。" } p.actions { button.btn { "先存着" } button.btn data-kind="go" { "登记并派出 " kbd aria-hidden="true" { "Ctrl Enter" } } } } } };
    desk_page(
        &PageHead {
            crumbs: vec![Crumb::text("12345 汀云区"), Crumb::text("话务 3 席"), Crumb::text("通话 02:14")],
            ..view.head("正在通话：登记一件事", "")
        },
        &rail("登记"),
        &html! {},
        &body,
    )
}
