//! What several mocked pages need: the frame, one clock, one letter.

use jiff::civil::{Date, date};
use web::components::clock_strip::{Clock, ClockDay, DayKind, Derivation};
use web::components::letter::Letter;
use web::i18n::Lang;
use web::layout::{Me, PageHead, Post, Rail, RailGroup, RailItem};

pub struct View {
    pub lang: Lang,
    pub large: bool,
    pub path: String,
}

impl View {
    pub fn head(&self, title: &str, section: &'static str) -> PageHead {
        PageHead {
            lang: self.lang,
            title: title.into(),
            install: "汀云共治".into(),
            path: self.path.clone(),
            large: self.large,
            section,
            phone: Some("12345".into()),
            desk_help: Some(
                "全天有人接，说普通话、汀云话都行。也可以到柳巷街道党群服务中心一楼，周一到周六 8:30–18:00，有人帮您写。".into(),
            ),
            ..PageHead::default()
        }
    }
}

pub fn rail(current: &str) -> Rail {
    let item = |href: &str, label: &str, count: Option<u8>, key: Option<char>| RailItem {
        href: href.into(),
        label: label.into(),
        count: count.map(|n| n.to_string()),
        key,
        current: label == current,
    };
    Rail {
        place: "柳巷街道工作台".into(),
        groups: vec![
            RailGroup {
                label: None,
                items: vec![
                    item("/desk", "今天", Some(6), Some('t')),
                    item("/desk/inbox", "收件箱", Some(41), Some('i')),
                    item("/desk/intake", "登记", None, Some('n')),
                    item("#", "吹哨", Some(3), Some('w')),
                ],
            },
            RailGroup {
                label: Some("协同".into()),
                items: vec![
                    item("#", "会议与措施", Some(2), None),
                    item("#", "协商", None, None),
                    item("#", "调解", Some(1), None),
                    item("#", "个案", None, None),
                    item("#", "活动与工时", None, None),
                ],
            },
            RailGroup {
                label: Some("依据与函件".into()),
                items: vec![
                    item("#", "函件", Some(4), None),
                    item("#", "履职清单", None, None),
                    item("#", "登记簿", None, None),
                    item("#", "工作日历", None, None),
                ],
            },
            RailGroup {
                label: Some("看全局".into()),
                items: vec![item("#", "晴雨表", None, Some('m')), item("/admin/mechanism", "机制", None, None)],
            },
        ],
        me: Me {
            name: "陈立".into(),
            post: "柳巷街道 · 综合办".into(),
            posts: vec![
                Post { id: "1".into(), label: "柳巷街道 · 综合办".into(), current: true },
                Post { id: "2".into(), label: "青禾社区 · 联系人".into(), current: false },
            ],
            switch_action: "#".into(),
            settings_href: "#".into(),
            sign_out_action: "#".into(),
            hidden: vec![],
        },
    }
}

pub const TODAY: Date = date(2026, 10, 14);

/// Days from `from` to `to`, working days counted; after an extension the count begins again.
pub fn days(from: Date, to: Date) -> Vec<ClockDay> {
    let (mut list, mut day, mut n) = (Vec::new(), from, 0);
    while day <= to {
        let holiday = day >= date(2026, 10, 1) && day <= date(2026, 10, 7);
        let weekend = day.weekday().to_monday_zero_offset() > 4;
        let kind = match (holiday, day == date(2026, 10, 10), weekend) {
            (true, ..) => DayKind::Rest,
            (_, true, _) => DayKind::MakeUp,
            (_, _, true) => DayKind::Rest,
            _ => DayKind::Work,
        };
        let counts = day > from && kind != DayKind::Rest;
        n += u32::from(counts);
        list.push(ClockDay { date: day, kind, name: holiday.then(|| "国庆".into()), counted: counts.then_some(n) });
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    list
}

pub fn clock(label: &str, from: Date, due: Date, left: i32, clause: &str) -> Clock {
    Clock {
        label: label.into(),
        from,
        today: TODAY,
        due,
        left,
        days: days(from, due.max(TODAY)),
        clause: Some(clause.into()),
        ..Clock::default()
    }
}

pub fn answer_clock() -> Clock {
    let step = |text: &str, clause: &str| Derivation { text: text.into(), clause: Some(clause.into()) };
    Clock {
        original_due: Some(date(2026, 10, 10)),
        steps: vec![
            step(
                "这类事 5 个工作日答复，从收到的第二天 9月29日算起。",
                "《汀云区接诉即办办法》第 14 条；《民法典》第 201 条",
            ),
            step(
                "10月1日到7日国庆放假，不算；10月10日（周六）调休上班，算。原定就是 10月10日。",
                "国务院办公厅 2026 年放假通知",
            ),
            step(
                "10月9日批准延长 5 个工作日，从 10月12日（周一）数到 10月16日。只能延一次，不会再延。",
                "《汀云区接诉即办办法》第 16 条",
            ),
            step("到 10月16日还没答复，系统自动报区治理协调办。", "同上，第 21 条"),
        ],
        ..clock(
            "答复林女士",
            date(2026, 9, 28),
            date(2026, 10, 16),
            3,
            "收到次日起 5 个工作日，延长 1 次 5 个工作日，不能再延。《汀云区接诉即办办法》第 14、16 条",
        )
    }
}

pub fn answer_letter() -> Letter {
    Letter {
        issuer: "柳巷街道办事处".into(),
        number: Some("柳街复〔2026〕417号".into()),
        title: "关于青禾社区东门消防通道夜间停车的答复".into(),
        to: "林女士".into(),
        paragraphs: [
            "您 9月28日反映的情况属实。10月13日夜间，我们会同区消防救援大队、区公安分局交警大队和青禾社区到现场查看：通道长 62 米，停车 17 辆，最窄处 1.9 米，不足消防车通行需要的 4 米。",
            "依据《中华人民共和国消防法》第二十八条，任何单位、个人不得占用、堵塞消防车通道。10月15日，通道全长已划黄色禁停线；10月14日起，交警大队每晚 22 点到次日 6 点巡查；10月19日起，区城市管理局在柳巷小学西侧开放 26 个夜间车位。",
            "您和邻居提出的每户固定车位，现有场地做不到，我们不能答应。这件事提请 11月7日的居民议事会商量，结果公布。",
            "您如果认为没有解决，到 2026年11月2日为止可以要求重办。",
        ]
        .map(String::from)
        .to_vec(),
        signature: vec!["柳巷街道办事处".into(), "2026年10月16日".into()],
        contact: Some("经办人：陈立，0570-000 1208".into()),
        draft: false,
        voided: None,
    }
}
