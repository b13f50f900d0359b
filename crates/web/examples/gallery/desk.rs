//! Mocked pages of the desk and the administration.

use crate::shared::{View, answer_clock, clock, rail};
use jiff::civil::date;
use maud::{Markup, html};
use web::components::action_picker::{Act, ActionPicker, Blocked, action_picker};
use web::components::breadcrumb::Crumb;
use web::components::clock_strip::clock_strips;
use web::components::due::{Due, due};
use web::components::empty::Empty;
use web::components::facts::{Fact, facts};
use web::components::field::{Field, Input, Opt};
use web::components::filter_bar::{Filter, FilterBar, View as Saved, filter_bar};
use web::components::pager::Pager;
use web::components::promise_path::{PathStep, promise_path};
use web::components::ring::{Phase, Ring, Size, ring};
use web::components::sealed::{Sealed, sealed};
use web::components::state_table::{StateRow, state_table};
use web::components::tag::tag;
use web::components::thread::{Entry, Speaker, thread, thread_legend};
use web::components::work_list::{WorkList, WorkRow, work_list};
use web::components::{Link, Tone};
use web::layout::{PageHead, desk_page};

fn hints(keys: &[(&str, &str)]) -> Markup {
    html! { @for (key, word) in keys { span.keys { kbd { (key) } " " (word) } } }
}

fn at(phase: Phase, left: i32) -> Ring {
    Ring { late: left < 0, ..Ring::at(phase) }
}

fn todo_row(phase: Phase, title: &str, text: &str, left: i32, words: Option<&str>) -> Markup {
    let item = Due { words: words.map(String::from), ..Due { left: Some(left), ..Due::default() } };
    html! { li data-row { (ring(web::i18n::Lang::Zh, Size::S, at(phase, left))) div { a.t href="/desk/matter" { (title) } small { (text) } } div.end { (due(web::i18n::Lang::Zh, &item)) } } }
}

pub fn today(view: &View) -> Markup {
    let body = html! { div.two {
        div.main {
            section.sec { header { h2 { "已逾期 2" } p { "最早的在前" } } ul.rows {
                (todo_row(Phase::Working, "催：区住建局还没签收综合执法哨", "青禾社区东门外，消防通道夜间停车 · 已自动报区治理协调办", -2, None))
                (todo_row(Phase::Working, "写清楚：电梯哪天修好", "梧桐社区 7 号楼电梯停用九天 · 物业昨晚来了维修单", -1, None)) } }
            section.sec { header { h2 { "今天到期 4" } p { "按到点先后" } } ul.rows {
                (todo_row(Phase::Working, "答复：楼道一到雨天就漏水", "槐荫里 3 号楼 · 维修已验收，答复稿写好了，差你看一遍", 0, Some("今天 17:30")))
                (todo_row(Phase::Working, "看城管局来没来：东门划禁停线", "青禾社区东门外，消防通道夜间停车 · 到点没来，自动报区治理协调办", 0, Some("今天 17:30")))
                (todo_row(Phase::Taken, "打电话：独居老人家燃气报警器没电", "河湾社区 · 首次联系，许知夏上午已换电池", 0, Some("今天 18:00")))
                (todo_row(Phase::Answered, "听回话：菜场后门凌晨卸货声大", "答复后第 5 个工作日，居民还没说 · 由热线回访，你不用打", 0, Some("今天 24:00"))) } }
            section.sec { header { h2 { "等我，还不急 3" } p { a href="/desk/inbox" { "全部 41 件" } } } ul.rows {
                (todo_row(Phase::Working, "签字：10月15日夜里划线、分流的方案", "东门消防通道 · 四家会签，两家已签", 1, None))
                (todo_row(Phase::Working, "定一个说法：河边步道能不能加两盏灯", "人民建议 · 区公园管理中心已回意见", 2, None))
                (todo_row(Phase::Received, "核对：两条来电是不是同一件事", "柳巷南口，昨天和今天早上", 4, None)) } }
        }
        div.side {
            section.sec { header { h2 { "等别人 3" } p { "过期能催，满 3 次报上一级" } } ul.rows.bare {
                @for (title, text, left, words) in [("区住建局：签收综合执法哨", "东门停车 · 催过 0 次", -2, None), ("区城市管理局：报到", "东门停车 · 说下午到", 0, Some("今天 17:30")), ("青禾社区居委会：盖公示章", "公约第二稿 · 公示满 15 天", 4, None)] {
                    li data-row { div { a.t href="/desk/matter" { (title) } small { (text) } (due(view.lang, &Due { left: Some(left), words: words.map(String::from), ..Due::default() })) } @if left < 0 { div.end { button.btn { "催一催" } } } } } } }
            section.sec { header { h2 { "今天和明天" } p { a href="#" { "工作日历" } } } (facts(&[Fact::text("14:00", "柳巷街道周碰头会，二楼会议室，两项是你提的"), Fact::text("17:30", "区城市管理局报到截止，东门停车"), Fact::text("明天 21:30", "东门第二次夜间查看，东门卫室集合，已报 5 人")])) }
            section.sec { header { h2 { "这一周合上的环 9" } p { a href="#" { "看他们怎么说" } } } p.row { @for _ in 0..9 { (ring(view.lang, Size::S, Ring::at(Phase::Heard))) } } p.voice { "“灯亮了。我妈晚上敢下楼了。”" } p.quiet.small { "槐荫里一位居民，10月12日回访时说" } }
        }
    } };
    let head = PageHead {
        crumbs: vec![Crumb::text("2026年10月14日（周三）"), Crumb::text("本周 5 个工作日")],
        ..view.head("两件已经逾期，四件今天到期", "")
    };
    desk_page(
        &head,
        &rail("今天"),
        &hints(&[("J", "下一件"), ("K", "上一件"), ("Enter", "打开"), ("/", "找事"), ("?", "全部按键")]),
        &body,
    )
}

pub fn inbox(view: &View) -> Markup {
    let row = |n: u32, phase, title: &str, region: &str, holder: &str, next: &str, left: i32, day: i8| WorkRow {
        href: "/desk/matter".into(),
        ring: at(phase, left),
        title: title.into(),
        number: format!("YX-2026-0{n}"),
        mechanism: "接诉即办".into(),
        region: region.into(),
        holder: holder.into(),
        next: Some(next.into()),
        due: Due::working(left, date(2026, 10, day)),
        select: Some(("pick".into(), n.to_string())),
    };
    let rows = vec![
        row(
            94173,
            Phase::Working,
            "青禾社区东门外，消防通道夜间停车",
            "青禾社区",
            "柳巷街道综合办",
            "等区住建局签收",
            -2,
            12,
        ),
        row(
            93807,
            Phase::Working,
            "电梯停用九天，没人说哪天修好",
            "梧桐社区",
            "柳巷街道综合办",
            "你写明修好的日期",
            -1,
            13,
        ),
        row(94290, Phase::Working, "楼道一到雨天就漏水", "槐荫社区", "柳巷街道综合办", "你答复", 0, 14),
        row(96033, Phase::Taken, "独居老人家燃气报警器没电", "河湾社区", "河湾社区居委会", "你打电话", 0, 14),
        row(96310, Phase::Received, "柳巷南口井盖响，骑车颠", "柳巷社区", "柳巷街道综合办", "你派出去", 1, 15),
        row(96322, Phase::Received, "南口井盖晚上声音很大", "柳巷社区", "柳巷街道综合办", "你派出去", 1, 15),
        row(91455, Phase::Answered, "菜场后门凌晨卸货声大", "青禾社区", "12345 中心", "听居民回话", 5, 21),
    ];
    let saved =
        |label: &str, n: &str, current| Saved { href: "#".into(), label: label.into(), count: Some(n.into()), current };
    let filter = |name: &str, label: &str, options: &[&str]| Filter {
        name: name.into(),
        label: label.into(),
        options: options.iter().map(|o| Opt::new(*o, *o)).collect(),
        value: String::new(),
    };
    let bar = FilterBar {
        action: "/desk/inbox".into(),
        views: vec![
            saved("等我们办", "41", true),
            saved("今天到期", "2", false),
            saved("已逾期", "2", false),
            saved("待派单", "3", false),
            saved("等回话", "8", false),
        ],
        query: Some(String::new()),
        filters: vec![
            filter("community", "社区", &["青禾社区", "梧桐社区"]),
            filter("mechanism", "机制", &["接诉即办", "人民建议"]),
            filter("who", "等谁", &["等我", "等别人"]),
        ],
        hidden: vec![],
        posted: false,
    };
    let list = WorkList {
        caption: "等我们办的事，先到期的在前".into(),
        rows,
        pager: Pager {
            newer: None,
            older: Some("#".into()),
            shown: Some("第 1–7 件，共 41 件，先到期的在前".into()),
            label: None,
        },
        empty: Empty::default(),
    };
    let body = html! { (filter_bar(view.lang, &bar)) form.keep method="post" action="#" { (work_list(view.lang, &list)) div.send-bar { p { "勾选几件，可以一起派出；每件照样单独答复。" } p.actions { button.btn { "一起派出" } } } } };
    desk_page(
        &PageHead {
            crumbs: vec![Crumb::text("柳巷街道 · 综合办"), Crumb::text("能看到的 41 件")],
            ..view.head("收件箱：等我们办", "")
        },
        &rail("收件箱"),
        &hints(&[("J", "下一件"), ("X", "选中"), ("/", "找事")]),
        &body,
    )
}

fn file() -> Vec<Entry> {
    let one = |speaker, when: &str, title: &str, who: &str| Entry {
        speaker,
        when: when.into(),
        title: title.into(),
        who: (!who.is_empty()).then(|| who.into()),
        ..Entry::default()
    };
    vec![
        Entry { voice: vec!["青禾社区东门外面那条消防通道，一到晚上就停满车。前天夜里救护车进不来，在门口堵了十一分钟，是邻居们一起把车推开的。".into()], text: vec!["照片 2 张 · 同意回访 · 请不要把我的名字告诉物业".into()], ..one(Speaker::Person, "9月28日（周一）22:46", "林女士反映", "手机网页") },
        Entry { text: vec!["告知林女士：一般最晚 10月10日（周六，调休上班）答复。另有 3 位居民反映同一处，各有编号，一起办，各自答复。".into()], ..one(Speaker::Body, "9月28日（周一）22:52", "转给柳巷街道", "12345 中心周岚 · 首接单位，不得推回") },
        Entry { text: vec!["说了 4 分钟。夜里 10 点以后最堵。".into()], ..one(Speaker::Body, "9月29日（周二）15:40", "陈立打电话联系林女士", "") },
        Entry { voice: vec!["放假这几天更堵了，有人管吗？".into()], ..one(Speaker::Person, "10月8日（周四）08:12", "林女士催了一次", "陈立 10:05 回复收到") },
        Entry { text: vec!["综合执法哨，请消防、交警到场。理由：占用消防通道的处罚权不在街道（履职清单 · 配合履职第 57 项）。".into()], links: vec![Link::new("#", "打开吹哨")], ..one(Speaker::Body, "10月9日（周五）10:20", "顾明远批准吹哨", "街道主任") },
        Entry { swap: Some(("10月10日（周六）".into(), "10月16日（周五）".into())), text: vec!["理由：问题在夜里，白天看不出来。延期告知书已送林女士。".into()], links: vec![Link::new("#", "看她收到的原文")], ..one(Speaker::DateChange, "10月9日（周五）16:05", "延长答复一次，5 个工作日", "顾明远批准") },
        Entry { late: true, ..one(Speaker::System, "10月12日（周一）17:30", "区住建局到期未签收", "自动报区治理协调办裁定") },
        Entry { text: vec!["通道长 62 米，停了 17 辆。最窄处 1.9 米，消防车要 4 米。联系车主挪走 12 辆，交警贴单 5 辆。".into()], links: vec![Link::new("#", "现场记录 2 页"), Link::new("#", "照片 4 张，车牌已遮")], ..one(Speaker::Body, "10月13日（周二）21:30", "四家夜里一起到现场", "街道、消防、交警、社区") },
        Entry { text: vec!["由你（陈立）办。办完还有两段，环才合上：答复她，听她怎么说。".into()], ..one(Speaker::Next, "最晚 10月16日（周五）", "下一步：书面答复林女士和另外 3 位居民", "") },
    ]
}

fn acts() -> ActionPicker {
    let lines = |list: &[&str]| list.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let tell = Act { action: "#".into(), label: "先说一声进展".into(), does: lines(&["林女士和另外 3 位居民马上收到这条短信", "案卷添一条，四个部门都看得到"]), does_not: lines(&["不算书面答复，10月16日的期限照走"]), preview: Some(("他们会收到".into(), "昨晚四家一起看了东门，挪走 12 辆车。今晚起交警每晚 22 点到次日 6 点巡查。划线和车挡正在定日子，10月16日前书面答复您。柳巷街道".into())), fields: vec![Field::new("text", "改一改", Input::long("")).hint("留空就照左边的发").optional()], submit: "发给 4 位居民".into(), ..Act::default() };
    let urge = Act {
        action: "#".into(),
        label: "催住建局".into(),
        does: lines(&[
            "区住建局值班室和分管负责人收到催办单",
            "区治理协调办同时抄收",
            "案卷添一条；这是第 1 次催办，共可 3 次",
        ]),
        preview: Some((
            "催办单写".into(),
            "10月10日所发综合执法哨，贵局应于 10月12日前签收，至今未签。请今天 17:30 前签收，或说明不能到场的理由。"
                .into(),
        )),
        submit: "发出催办单".into(),
        ..Act::default()
    };
    let memo = Act {
        action: "#".into(),
        label: "记一条经过".into(),
        does: lines(&["案卷添一条，办理各方看得到"]),
        does_not: lines(&["不通知居民，不动任何时限"]),
        fields: vec![Field::new("memo", "经过", Input::long(""))],
        submit: "记下".into(),
        ..Act::default()
    };
    let answer = Act {
        label: "书面答复".into(),
        blocked: Some(Blocked {
            why: lines(&["还缺：城管局、住建局各做什么，哪天做完"]),
            clause: Some("有吹哨在办，答复须写明各部门措施和日期。《汀云区接诉即办办法》第 24 条".into()),
            instead: vec![Link::new("#act", "先说一声进展"), Link::new("#", "把答复存成草稿，补齐后再发")],
        }),
        ..Act::default()
    };
    ActionPicker { title: "你现在能做的".into(), acts: vec![tell, urge, memo, answer], open: None }
}

pub fn matter(view: &View) -> Markup {
    let lang = view.lang;
    let clause = "发出次日起，《汀云区接诉即办办法》第 21、22 条";
    let clocks = [
        answer_clock(),
        clock("城管局报到", date(2026, 10, 9), date(2026, 10, 14), 0, clause),
        clock(
            "住建局签收",
            date(2026, 10, 10),
            date(2026, 10, 12),
            -2,
            "1 个工作日；到期已报区治理协调办，裁定最晚今天。同上第 21 条",
        ),
        clock(
            "吹哨办结",
            date(2026, 10, 9),
            date(2026, 10, 22),
            6,
            "10 个工作日。晚于答复期限：答复时写明哪些没完、谁在哪天完成。同上第 24 条",
        ),
    ];
    let parts = [
        ("区公安分局交警大队", "夜间巡查，依法处罚", "10月9日 11:05", "10月9日 15:10", Tone::Done, "按时报到"),
        ("区消防救援大队", "认定通道，定标线位置", "10月9日 11:20", "10月9日 16:00", Tone::Done, "按时报到"),
        ("区城市管理局", "划禁停线，找夜间车位", "10月12日 10:30", "还没有", Tone::Due, "今天 17:30 到期"),
        ("区住房和建设局", "督促装车挡", "还没有", "还没有", Tone::Warn, "签收逾期 2 个工作日"),
    ];
    let seal = Sealed::Closed {
        id: "open-phone".into(),
        action: "#".into(),
        who: "只有 3 个岗位可看。".into(),
        person: "林女士".into(),
        hidden: vec![],
    };
    let known = [
        Fact::text("地点", "青禾社区东门外消防通道"),
        Fact::text("诉求人", "林女士"),
        Fact::markup("电话", sealed(lang, &seal)),
        Fact::text("不告诉", "青禾物业服务处：看不到她的姓名和联系方式"),
        Fact::markup("同一处", html! { a href="#" { "另有 3 位居民反映" } "，各自答复" }),
        Fact::text("依据", "消防法第 28 条：不得占用、堵塞消防车通道"),
    ];
    let body = html! { div.two {
        div.main {
            section.sec { header { h2 { "案卷" } (thread_legend(lang)) p { a href="#" { "23 条，前后相接，核对无误" } } } (thread(lang, &file(), false)) }
            section.sec { header { h2 { "吹哨：四个部门，两个已到" } p { a href="#" { "去吹哨页" } } }
                table.tbl data-cards { thead { tr { th scope="col" { "部门" } th scope="col" { "请它做什么" } th scope="col" { "签收" } th scope="col" { "报到" } th scope="col" { "时限" } } }
                    tbody { @for (who, what, signed, came, tone, word) in parts { tr { th scope="row" { (who) } td { (what) } td data-l="签收" { (signed) } td data-l="报到" { (came) } td { (tag(tone, word)) } } } } } }

        }
        div.side.lead {
            section.sec.sheet { (ring(lang, Size::M, Ring::at(Phase::Working))) div { p { b { "正在办理，第三段" } } p.quiet.small { "收到、接手已完；还差答复、听回话" } p.quiet.small { "现在在柳巷街道综合办手里" } } }
            section.sec { header { h2 { "四个期限在走" } p { "今天 10月14日（周三）" } } (clock_strips(lang, &clocks)) }
            section.sec { header { h2 { "事实" } p { a href="#" { "更正" } } } (facts(&known)) }
        }
    } (action_picker(lang, &acts())) };
    let head = PageHead {
        crumbs: vec![
            Crumb::link(Link::new("/desk/inbox", "收件箱")),
            Crumb::text("接诉即办"),
            Crumb::text("YX-2026-094173"),
            Crumb::text("2026 年第 2 版机制"),
        ],
        ..view.head("青禾社区东门外，消防通道夜间停车", "")
    };
    desk_page(&head, &rail("收件箱"), &hints(&[("J", "下一件"), ("A", "去办"), ("?", "全部按键")]), &body)
}

pub fn mechanism(view: &View) -> Markup {
    let lang = view.lang;
    let state = |name: &str, phase, holder: &str, clocks: &[&str], actions: &[(&str, &str)], end| StateRow {
        id: format!("s-{name}"),
        name: name.into(),
        phase,
        holder: holder.into(),
        clocks: clocks.iter().map(|c| (*c).into()).collect(),
        actions: actions.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect(),
        end,
    };
    let states = [
        state("登记", Phase::Received, "12345 中心", &["当场"], &[("派单", "签收"), ("告知去处", "告知去处")], false),
        state(
            "签收",
            Phase::Taken,
            "承办单位",
            &["签收 1 个工作日"],
            &[("签收", "办理"), ("不归我管，最多 1 次", "上级指定")],
            false,
        ),
        state(
            "办理",
            Phase::Working,
            "承办单位",
            &["答复 5 个工作日", "首次联系 1 个工作日"],
            &[("延长，最多 1 次", "办理"), ("答复", "听回话")],
            false,
        ),
        state(
            "听回话",
            Phase::Answered,
            "反映人",
            &["15 天，不说话记“没听到回话”"],
            &[("解决了", "办结"), ("没解决，最多 1 次", "重办")],
            false,
        ),
        state("办结", Phase::Heard, "—", &[], &[], true),
        state("告知去处", Phase::Received, "—", &[], &[], true),
    ];
    let step = |name: &str, who: &str, length: &str, days: &str, until: &str, total| PathStep {
        name: name.into(),
        who: who.into(),
        length: length.into(),
        days: days.into(),
        until: until.into(),
        total,
    };
    let path = [
        step("登记并派单", "12345 中心", "当场", "0", "9月24日（周四）", false),
        step("办理，第一个期限", "承办单位", "5 个工作日", "15", "10月9日（周五）", false),
        step("延长 1 次", "负责人批，先告诉反映人", "5 个工作日", "6", "10月15日（周四）", false),
        step("书面答复", "承办单位", "", "共 21", "10月15日（周四）", true),
        step("听回话", "反映人", "15 天", "15", "10月30日（周五）", false),
        step("没解决，重办 1 次", "协调办换人办", "5 个工作日", "7", "11月6日（周五）", false),
        step("再听回话", "反映人", "15 天，顺到周一", "17", "11月23日（周一）", false),
        step("办结", "", "", "共 60", "11月23日（周一）", true),
    ];
    let checks = [
        ("走得到，出得去", "11 个状态都走得到；从每一个都能走到底。"),
        ("有人管", "不是终点的 8 个状态，各有且只有一个人负责，他在那里有事可做。"),
        ("有期限", "每个状态都有期限在走；反映人不说话意味着什么，写明了。"),
        ("有答复", "从登记到终点的 14 条路，条条都先答复反映人；他自己撤回的除外。"),
        ("有尽头", "三条回头路都有次数：不归我管 1 次，延长 1 次，重办 1 次。"),
        ("过期会上报", "9 个期限到点，都会报到负责人以外的人那里。"),
        ("隔得开", "被反映的单位和它的下属，接不到派单、函件和附件。"),
        ("说得出最晚哪天", "照最不巧的日历算：21 天内答复，60 天内办结。"),
        ("本地改动不越线", "汀云区改了 4 处，没有一处加长法定期限、去掉答复或隔离。"),
    ];
    let body = html! {
        section.sec { header { h2 { "一件事怎么走" } p { "6 个状态" } } (state_table(lang, &states)) }
        div.half {
            section.sec { header { h2 { "承诺怎么算出来的" } p { "最不巧的一天：9月24日收到" } } (promise_path(lang, "日历天，含首尾之间的放假", &path)) }
            section.sec { header { h2 { "九项检查，都通过" } p { "10月14日 06:00" } } ol.checks { @for (name, text) in checks { li { (tag(Tone::Done, "通过")) div { b { (name) } small { (text) } } } } } }
        }
    };
    desk_page(
        &PageHead {
            crumbs: vec![
                Crumb::link(Link::new("#", "机制")),
                Crumb::text("接诉即办"),
                Crumb::text("汀云区"),
                Crumb::text("第 2 版，2026年7月1日起用"),
            ],
            ..view.head("最晚 21 天答复，60 天办结；九项都查过", "")
        },
        &rail("机制"),
        &html! { a.btn href="#" { "拿一件事试跑" } a.btn href="#" { "看本地改了什么" } },
        &body,
    )
}

pub fn components(view: &View) -> Markup {
    desk_page(&view.head("部件", ""), &rail(""), &html! {}, &web::components::components_page(view.lang))
}
