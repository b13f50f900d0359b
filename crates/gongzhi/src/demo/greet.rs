//! What the terminal says when a demo starts: where to go, as whom, and what to try first.

use super::PASSWORD;
use crate::commands::say;
use anyhow::Result;
use app::installation::App;
use std::net::SocketAddr;

/// The sign-ins worth a try first: user name, who it is, what to do as this person.
pub const SIGN_INS: [(&str, &str, &str); 11] = [
    ("operator", "12345 话务员 hotline", "派单、裁定异议 dispatch, rule on objections"),
    ("callback", "12345 回访员 callback", "问解决没有 ask whether it is solved"),
    ("street-head", "柳巷街道负责人 street", "签收、办理、批延期 sign for, handle, approve more time"),
    ("department", "区城管局承办人 department", "签收、说不归我管、答复 sign for, object, answer"),
    ("petition-office", "区信访局 petition office", "登记、分流 register and route"),
    ("district", "区领导 district", "看逾期、督办、复查 overdue matters, reviews"),
    ("social-worker", "社工，管白板 social worker", "试一个金点子 try an idea"),
    ("community-worker", "青禾社区 community", "社区只协助 a community assists"),
    ("team-leader", "志愿服务队长 volunteers", "还没有派给队里的事 nothing for the team yet"),
    ("auditor", "审计员 auditor", "看谁打开过什么 who looked at what"),
    ("admin", "系统管理员 administrator", "单位和账号 bodies and accounts"),
];

/// Tells where to go first, on the terminal.
///
/// # Errors
/// The store.
pub async fn greet(app: &App, address: SocketAddr) -> Result<()> {
    say(format!("\n示范区 demo region: {}（人和事都是编的 all invented）", app.settings().name));
    say(format!("  群众 residents     http://{address}/"));
    say(format!("  工作台 staff desk  http://{address}/desk   密码 password for all: {PASSWORD}"));
    for (user, who, what) in SIGN_INS {
        say(format!("    {user:<17}{who} – {what}"));
    }
    say("  反映人不用账号：凭编号和查询码 residents need no account, but number and code:");
    for e in super::examples(app).await? {
        say(format!("    {}  查询码 code {}  长码 long code {}  {}", e.number, e.query_code, e.long_code, e.title));
    }
    say("\n先试 what to try first: 消防通道停车，开三个无痕窗口 the parking story in three private windows");
    say("  1 反映人 resident  首页写一句“夜里小区消防通道停满了车”，留下编号和长码");
    say("                     write it on the start page, keep the number and the long code");
    say("  2 operator         派给柳巷街道 dispatch it to the street（柳巷街道）");
    say("  3 street-head      签收、联系、答复 sign for it, call, answer; 再由 callback 回访 then callback asks");
    say("  1 反映人 resident  说解决没有，环才合上 say whether it is solved: only then the ring closes\n");
    Ok(())
}
