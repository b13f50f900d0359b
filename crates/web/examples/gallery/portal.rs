//! Mocked pages of the portal.

use crate::shared::{View, answer_clock, answer_letter};
use maud::{Markup, PreEscaped, html};
use web::components::clock_strip::clock_strip;
use web::components::code_form::{CodeForm, code_form};
use web::components::field::Opt;
use web::components::letter::letter;
use web::components::looks::{Look, looks};
use web::components::notice::notice;
use web::components::rating::{Rating, rating};
use web::components::receipt::{Receipt, proof, receipt};
use web::components::ring::{Phase, Ring, Size, ring};
use web::components::signin_form::{DemoAccount, SigninForm, signin_form};
use web::components::stat::{Part, Stat, stat};
use web::components::steps::steps;
use web::components::thread::{Entry, Speaker, thread};
use web::components::tile_doors::{Door, DoorKind, tile_doors};
use web::components::todo::{Todo, todo};
use web::components::{Link, Tone};
use web::layout::{plain_page, portal_page};

pub fn home(view: &View) -> Markup {
    let lang = view.lang;
    let door =
        |kind, title: &str, text: &str| Door { kind, href: "/raise".into(), title: title.into(), text: text.into() };
    let doors = [
        door(DoorKind::Problem, "反映问题", "停车、噪声、漏水、办事不顺。有人负责，到期答复。"),
        door(DoorKind::Suggest, "提个建议", "想添一处设施、改一条规矩。采不采纳都给理由。"),
        door(DoorKind::Find, "找地方，找帮手", "驿站、食堂、调解员、社工、办事窗口。"),
        door(DoorKind::TakePart, "一起出力", "做志愿者、来议事、借出场地和工具。"),
    ];
    let part = |label: &str, permille| Part { label: Link::new("#", label), permille };
    let figures = [
        Stat {
            title: "九月，100 件里 94 件按时答复".into(),
            value: Some("94.1%".into()),
            numerator: Link::new("#", "3,019"),
            denominator: Link::new("#", "3,208"),
            parts: vec![part("按时 3,019", 941), part("晚了 152", 47), part("还没答复 37", 12)],
            source: "案卷".into(),
            as_of: "2026年10月13日 24:00".into(),
            note: None,
        },
        Stat {
            title: "回了话的 100 位，72 位说解决了".into(),
            value: Some("71.6%".into()),
            numerator: Link::new("#", "1,604"),
            denominator: Link::new("#", "2,240"),
            parts: vec![part("解决了 1,604", 716), part("一部分 349", 156), part("没有 287", 128)],
            source: "居民回话".into(),
            as_of: "2026年10月13日 24:00".into(),
            note: Some("没回话的 968 件不算解决。".into()),
        },
    ];
    let matters = [
        (Phase::Working, "东门消防通道夜间停车", "办理中，柳巷街道，最晚 10月16日（周五）答复"),
        (Phase::Answered, "3 号楼楼道灯不亮", "已答复，等居民回话"),
        (Phase::Heard, "菜场后门下水道返味", "居民说解决了，10月9日（周五）"),
    ];
    let body = html! { div.cols {
        div.main {
            section {
                h1.title { label for="say" { "有什么事？说一句就行" } }
                p.lede { "打字，或点键盘上的话筒说。不用登录，不用挑类别。" }
                form.ask method="get" action="/raise" data-draft="/raise" {
                    textarea.in #say name="what" rows="3" placeholder="比如：东门外的消防通道，一到晚上就停满了车" {}
                    p.actions { button.btn data-kind="go" { "下一步" } span.quiet.small { "一共三步，发出前先告诉您最晚哪天答复" } }
                }
            }
            div.block { (notice(Tone::Warn, "正在发生危险，先打电话：", &html! { p { "着火 " a href="tel:119" { "119" } "，救人 " a href="tel:120" { "120" } "，报警 " a href="tel:110" { "110" } } })) }
            div.block { (tile_doors(&doors)) }
            section.block { h2.vh { "公开数据" } div.half { @for figure in &figures { (stat(lang, figure)) } } }
        }
        div.side {
            section.card { h2.h2 { "说过了？查进度" } (code_form(lang, &CodeForm { action: "/follow".into(), lost: "找不到了，打 12345，核对后重发。".into(), ..CodeForm::default() })) }
            section.block { h2.h2 { "青禾社区正在办的事" }
                ul.matters { @for (phase, title, text) in matters { li { (ring(lang, Size::S, Ring::at(phase))) p { a href="/follow" { (title) } span { (text) } } } } }
                p.small.quiet { "圆环分五段：收到、接手、办理、答复，最后一段是居民回话。没听到回话，环就不合上。" } }
        }
    } };
    portal_page(&view.head("有什么事？说一句就行", "home"), &body)
}

fn qr() -> Markup {
    let code =
        fast_qr::QRBuilder::new("https://tingyun.example/m/YX-2026-094173").build().expect("a short address fits");
    PreEscaped(fast_qr::convert::svg::SvgBuilder::default().to_str(&code))
}

pub fn receipt_page(view: &View) -> Markup {
    let lang = view.lang;
    let item = Receipt {
        notes: Vec::new(),
        number: "YX-2026-094173".into(),
        query_code: "6182947530".into(),
        long_code: "7kq2m-x4v9p-b3t8r-w6h1n-c5y0d".into(),
        qr: Some(qr()),
        sent_to: Some("编号和查询码已发到您的手机，尾号 0937。完整查询码只在这里和回执文件里。".into()),
        follow_href: "/follow".into(),
        file_href: Some("#".into()),
        bare_href: Some("#".into()),
        fingerprint: Some("3f9a 0c51 d27e 88b4".into()),
        logged: Some("凭证已经给您；约 10 秒后可核对已入册。".into()),
    };
    let plan = [
        (
            "9月29日（周二）",
            "下班前，柳巷街道综合办打电话联系您，号码是 0570-000 1208。",
            "只问事情，不会要您的身份证号、银行卡或验证码。",
        ),
        (
            "10月10日（周六）",
            "一般最晚这天答复您。调休，照常上班。",
            "5 个工作日，国庆 7 天不算。《汀云区接诉即办办法》第 14 条",
        ),
        ("10月16日（周五）", "依规定最长到这天。", "延长要批准，还要先告诉您理由。同上第 16 条"),
        ("答复以后", "由您说解决没解决。没解决，可以要求重办一次。", ""),
    ];
    let body = html! {
        div.receipt-head { (ring(lang, Size::L, Ring::at(Phase::Received))) div { p.overline { "2026年9月28日（周一）22:46 收到" } h1.title { "收到了，今晚转给柳巷街道" } p { "青禾社区东门外消防通道夜间停车" } } }
        div.cols {
            div.main { (receipt(lang, &item)) section.block { h2.h2 { "接下来" } ul.plan { @for (when, what, why) in plan { li { span { (when) } div { (what) @if !why.is_empty() { small { (why) } } } } } } } }
            div.side { (proof(lang, &item)) }
        }
    };
    let head =
        web::layout::PageHead { private: true, draft_sent: Some("/raise".into()), ..view.head("收到了", "follow") };
    portal_page(&head, &body)
}

fn entries() -> Vec<Entry> {
    let at = |when: &str, title: &str| Entry { when: when.into(), title: title.into(), ..Entry::default() };
    vec![
        Entry { you: true, voice: vec!["青禾社区东门外面那条消防通道，一到晚上就停满车。前天夜里救护车进不来。".into()], links: vec![Link::new("#", "照片 2 张"), Link::new("/receipt", "回执")], ..at("9月28日（周一）22:46", "您反映了这件事") },
        Entry { text: vec!["接手的单位不能推回来；要别的单位帮忙，由街道去请。".into()], who: Some("12345 中心".into()), ..at("9月28日（周一）22:52", "转给柳巷街道，由它负责到底") },
        Entry { text: vec!["说了 4 分钟。您确认夜里 10 点以后最堵，并要求不把您的名字告诉物业。".into()], who: Some("柳巷街道综合办".into()), ..at("9月29日（周二）15:40", "街道打电话联系了您") },
        Entry { you: true, voice: vec!["放假这几天更堵了，有人管吗？".into()], reply: Some(("柳巷街道综合办，10:05 回复".into(), "收到。今晚起社区每晚 22 点先去劝一次，正在约消防和交警，定了日子马上告诉您。".into())), ..at("10月8日（周四）08:12", "您催了一次") },
        Entry { speaker: Speaker::DateChange, swap: Some(("10月10日（周六）".into(), "10月16日（周五）".into())), text: vec!["理由：问题在夜里，白天看不出来；国庆后才约齐消防和交警，定在 10月13日夜里一起看。".into()], who: Some("街道主任批准".into()), links: vec![Link::new("#", "延期告知书"), Link::new("#", "我不同意延期")], ..at("10月9日（周五）16:05", "答复日期改了") },
        Entry { speaker: Speaker::System, late: true, text: vec!["系统已自动报区治理协调办，由它裁定。".into()], ..at("10月12日（周一）17:30", "区住建局到期没有签收") },
        Entry { text: vec!["通道长 62 米，停了 17 辆车。最窄处 1.9 米，消防车要 4 米。当场联系上车主挪走 12 辆，另外 5 辆交警贴了单。".into()], who: Some("街道、消防、交警、社区".into()), links: vec![Link::new("#", "现场记录（2 页）"), Link::new("#", "照片 4 张，车牌已遮")], ..at("10月13日（周二）21:30", "四家夜里一起到了现场") },
        Entry { speaker: Speaker::Next, text: vec!["答复里要写明：谁在哪天做什么，哪些办不成、为什么。".into()], ..at("接下来，最晚 10月16日（周五）", "街道书面答复您") },
        Entry { speaker: Speaker::Next, ..at("答复以后", "您来说，解决了没有") },
    ]
}

pub fn follow(view: &View) -> Markup {
    let lang = view.lang;
    let state = Ring::at(Phase::Working);
    let can = [
        ("补充情况或照片", "经办人马上看到，答复日期不变"),
        ("催一下", "同时通知他的上级。上次催是 10月8日"),
        ("对经办人有意见", "直接到区治理协调办，街道的人看不到"),
        ("走正式信访", "要求依法受理、出具书面意见；这件事照常办"),
        ("不办了，撤回", "还可以再提"),
    ];
    let todos: Vec<Todo> =
        can.iter().map(|(label, text)| Todo { link: Link::new("#", *label), text: (*text).into() }).collect();
    let look = |when: &str, why: &str, what: &str| Look {
        when: when.into(),
        role: "承办人".into(),
        body: "柳巷街道综合办".into(),
        what: what.into(),
        why: Some(why.into()),
    };
    let body = html! {
        p.overline { span.num { "YX-2026-094173" } " · 请街道来办" }
        h1.title { "青禾社区东门外，消防通道夜间停车" }
        section.promise.now.block aria-label="现在" {
            div.now-head { (ring(lang, Size::L, state))
                dl.promise-dates {
                    div { dt { "现在在谁手里" } dd { "柳巷街道综合办" small { "9月28日接手，一直是它。电话 0570-000 1208" } } }
                    div { dt { "最晚哪天答复" } dd { span.nb { "2026年10月16日" } span.nb { "（周五）" } small { (web::components::tag::tag(Tone::Due, "延过一次")) " 还有 3 个工作日，今天是 10月14日（周三）。已是依规定最长的一天" } } }
                } }
            (steps(lang, state))
            (clock_strip(lang, &answer_clock()))
        }
        div.cols.block {
            section.side { h2.h2 { "您现在可以" } (todo(&todos)) }
            section.main { h2.h2 { "经过" } (thread(lang, &entries(), true)) p.small.quiet { "一共 8 条记录，前后相接，核对无误。" a href="#" { "自己核对一遍" } } }
        }
        section.block { h2.h2 { "谁看过我的信息" } p.quiet { "姓名和电话是密封的，打开一次记一次。" } (looks(lang, &[look("9月29日 15:38", "打电话核实情况", "姓名、电话"), look("10月13日 17:10", "短信告诉您当晚到场", "电话")], Some(&Link::new("#", "我觉得有一次不该看")))) }
    };
    portal_page(
        &web::layout::PageHead {
            private: true, ..view.head("青禾社区东门外，消防通道夜间停车", "follow")
        },
        &body,
    )
}

pub fn answer(view: &View) -> Markup {
    let lang = view.lang;
    let did = [
        ("做成了", "10月15日，62 米通道划好黄色禁停线。10月14日起，交警每晚 22 点到次日 6 点巡查。"),
        ("定了日子", "10月19日（周一），柳巷小学西侧开 26 个夜间车位，先试三个月。区城市管理局负责。"),
        (
            "没办成",
            "每户一个固定车位：412 户，168 个车位，地不够。怎么轮着停，11月7日（周六）居民议事会商量，您可以来。",
        ),
    ];
    let opt = |value: &str, label: &str, hint: &str| Opt::new(value, label).hint(hint);
    let form = Rating {
        action: "#".into(),
        solved: vec![
            opt("yes", "解决了", "环合上，这件事办完"),
            opt("part", "解决了一部分", "剩下的接着办，新日期发给您"),
            opt("no", "没有解决", "换人重办，5 个工作日答复"),
            opt("other", "不该归他们管", "12345 中心重新定由谁办"),
        ],
        seen_by: "满意不满意，办完之前经办人看不到。".into(),
        window: "到 2026年11月2日（周一）为止，可以改口、可以要求重办一次。一直不回话，记“没听到回话”，不算解决。"
            .into(),
        ..Rating::default()
    };
    let body = html! {
        p.overline { span.num { "YX-2026-094173" } " · 2026年10月16日（周五）15:20 答复，按时" }
        h1.title { "柳巷街道答复了：通道划了禁停线，车另有地方停" }
        div.cols.block {
            div.main { section { h2.h2 { "简单说" } ul.did { @for (what, text) in did { li { span { (what) } div { (text) } } } } } }
            div.side { (rating(lang, &form)) section.block { h2.h2 { "不同意这个答复" } (todo(&[Todo { link: Link::new("#", "要求区里复查"), text: "收到答复起 30 日内，到 11月15日（周日）".into() }, Todo { link: Link::new("#", "走正式信访"), text: "15 日内告诉您受理不受理，由谁办".into() }])) } }
            div.below { details open { summary { "答复原文" } (letter(lang, &answer_letter())) } }
        }
    };
    portal_page(&web::layout::PageHead { private: true, ..view.head("柳巷街道答复了", "follow") }, &body)
}

pub fn sign_in(view: &View) -> Markup {
    let account =
        |user: &str, post: &str| DemoAccount { user: user.into(), password: "gongzhi-demo".into(), post: post.into() };
    let form = SigninForm {
        action: "#".into(),
        user: "department".into(),
        error: Some("用户名或密码不对。连错 5 次要等 10 分钟。".into()),
        hidden: vec![],
        demo: vec![
            account("operator", "12345 中心 · 话务"),
            account("street-head", "柳巷街道 · 负责人"),
            account("department", "区城市管理局 · 承办"),
            account("resident", "居民林女士"),
        ],
    };
    let body = html! { h1.title { "登录" } p.lede { "反映问题不用登录。这里是工作人员和注册居民的入口。" } (signin_form(view.lang, &form)) };
    plain_page(&view.head("登录", ""), &body)
}
