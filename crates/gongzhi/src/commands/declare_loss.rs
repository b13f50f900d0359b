//! `gongzhi declare-loss`: after a restore that lacks what witnesses cosigned, and only then. The log goes on under another
//! name; what is missing is signed into every checkpoint and shown on its page.

use super::{block, say};
use crate::open::kept::replace;
use crate::open::{About, Place};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::process::ExitCode;

/// Goes on with a restored store that lacks what witnesses cosigned
#[derive(Args)]
pub struct DeclareLoss {
    #[command(flatten)]
    place: Place,
    /// Says that what is missing cannot be brought back
    #[arg(long)]
    yes: bool,
}

impl DeclareLoss {
    /// Declares it.
    pub fn run(self) -> Result<ExitCode> {
        block(declare(&self.place, self.yes))
    }
}

/// Declares the loss, if there is one and `sure`.
pub async fn declare(place: &Place, sure: bool) -> Result<ExitCode> {
    let store = place.existing(false).context("stop the server first")?;
    let about = About::default();
    let open = || place.put_together(store.clone(), &about, false, place.clock());
    let app = open().await?;
    let file = place.checkpoint_file()?;
    let Some(kept) = place.kept_checkpoint()? else {
        bail!("no cosigned checkpoint is kept in {}: nothing can be said to be missing", file.display());
    };
    let Some(gap) = app.beside(&kept).await? else {
        bail!("账是完整的，没有丢失 / the log holds everything that was cosigned: nothing is lost");
    };
    if let app::log::loss::Gap::Foreign(_) = gap {
        bail!("{gap} ({})", file.display());
    }
    say(&gap);
    if !sure {
        say("什么也没有改。确实找不回来，请加 --yes / nothing was changed; if it cannot be brought back, add --yes");
        return Ok(ExitCode::FAILURE);
    }
    // The old checkpoint stays beside the new one: it is what holders of receipts will compare with.
    let mut old = file.clone().into_os_string();
    old.push(format!(".lost-{}", app.now().0));
    replace(old.as_ref(), &kept).context("the old checkpoint cannot be kept")?;
    let loss = app.declare_loss(&kept).await?;
    drop(app);
    let app = open().await?;
    match app.checkpoint_now().await? {
        Some(first) => replace(&file, &first)?,
        None => std::fs::remove_file(&file)?,
    }
    say(format!(
        "已申明：第 {} 至第 {} 行丢失。账从此名为 {} / declared: lines {0} to {1} are lost; the log is called {2} from now on",
        loss.from + 1,
        loss.size,
        loss.opened
    ));
    say(format!("请见证方登记新的公钥 / give witnesses the new key: --log {}", app.log_key()));
    Ok(ExitCode::SUCCESS)
}
