//! What the terminal says when a demo starts: where to go, as whom, and what to try first.

use super::PASSWORD;
use crate::commands::say;
use anyhow::Result;
use app::installation::App;
use std::net::SocketAddr;

/// The sign-ins worth a try first, a line each: user name, who it is, what to do as this person.
const SIGN_INS: &str = include_str!("../../../../packs/demo/sign-ins.tsv");
/// What to try first.
const FIRST: &str = include_str!("../../../../packs/demo/first.txt");

/// The sign-ins worth a try first: user name, who it is, what to do as this person.
pub fn sign_ins() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    SIGN_INS.lines().filter_map(|line| {
        let mut parts = line.split('\t');
        Some((parts.next()?, parts.next()?, parts.next()?))
    })
}

/// Tells where to go first, on the terminal.
///
/// # Errors
/// The store.
pub async fn greet(app: &App, address: SocketAddr) -> Result<()> {
    say(format!("\n示范区 demo region: {}（人和事都是编的 all invented）", app.settings().name));
    say(format!("  群众 residents     http://{address}/"));
    say(format!("  工作台 staff desk  http://{address}/desk   密码 password for all: {PASSWORD}"));
    for (user, who, what) in sign_ins() {
        say(format!("    {user:<19}{who} – {what}"));
    }
    say("  反映人不用账号：凭编号和查询码 residents need no account, but number and code:");
    for e in app.examples().await? {
        say(format!("    {}  查询码 code {}  长码 long code {}  {}", e.number, e.query_code, e.long_code, e.title));
        if let Some((n, code)) = &e.slip {
            say(format!(
                "      选票 slip {n}  密码 code {} {}  http://{address}/v/{}",
                &code[..4],
                &code[4..],
                e.number
            ));
        }
    }
    say(format!("\n{FIRST}"));
    Ok(())
}
