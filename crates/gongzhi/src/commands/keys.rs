//! `gongzhi keys`: what the key file holds, whether it fits the store, and rotation.

use super::whole::bar;
use super::{block, say, verdict};
use crate::open::{About, Place};
use crate::random::OsRandom;
use anyhow::{Context, Result, bail};
use app::installation::App;
use app::rotate::rotate;
use clap::{Args, Subcommand};
use kernel::ids::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;
use store::KeyQuery;

/// Keys: what there is, whether it opens, rotation
#[derive(Args)]
pub struct Keys {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    place: Place,
}

#[derive(Subcommand)]
enum What {
    /// Prints fingerprint, epoch, counts and profile; no key
    Show,
    /// Opens every key, and looks for matters that lack theirs
    Check,
    /// Wraps every key anew in the next epoch; the server must be stopped
    Rotate {
        /// From now on under this master key; the file is made if it is not there
        #[arg(long, value_name = "FILE")]
        new_master_key_file: Option<PathBuf>,
    },
}

impl Keys {
    /// Runs one of them.
    pub fn run(self) -> Result<ExitCode> {
        let place = self.place;
        block(async {
            match self.what {
                What::Show => show(&place).await,
                What::Check => check(&place).await,
                What::Rotate { new_master_key_file } => turn(&place, new_master_key_file).await,
            }
        })
    }
}

const PAGE: u32 = 1_000;

/// Every serial of a cell that has keys, by epoch.
async fn keyed(app: &App, cell: Cell, open: bool) -> Result<(BTreeMap<u32, u64>, BTreeSet<i64>, Vec<String>)> {
    let (mut epochs, mut serials, mut wrong) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
    let mut after = None;
    loop {
        let page = app.store().keys(KeyQuery { cell, below: u32::MAX, after, limit: PAGE }).await?;
        let Some((last, _)) = page.last() else { return Ok((epochs, serials, wrong)) };
        after = Some(last.serial);
        for (id, row) in page {
            *epochs.entry(row.epoch).or_default() += 1;
            serials.insert(id.serial);
            if open && app.keyring().open_keys(id, &row).is_err() {
                wrong.push(format!("{}：密钥打不开 the keys do not open", number(app, id).await?));
            }
        }
    }
}

async fn number(app: &App, id: kernel::ids::MatterId) -> Result<String> {
    let row = app.store().find_matter(id).await?;
    Ok(row.map_or_else(|| id.to_string(), |row| app.number_text(id, row.number)))
}

async fn erased(app: &App, cell: Cell) -> Result<BTreeSet<i64>> {
    let (mut serials, mut after) = (BTreeSet::new(), None);
    while let page = app.store().erasures(cell, after, PAGE).await?
        && !page.is_empty()
    {
        after = page.last().map(|(id, _)| id.serial);
        serials.extend(page.iter().filter(|(_, row)| !row.identity).map(|(id, _)| id.serial));
    }
    Ok(serials)
}

async fn show(place: &Place) -> Result<ExitCode> {
    let app = place.open_beside().await?;
    let secrets = app.store().secrets().await?;
    let (mut epochs, mut gone) = (BTreeMap::<u32, u64>::new(), 0);
    for cell in app.store().cells_fanout().await? {
        for (epoch, n) in keyed(&app, cell, false).await?.0 {
            *epochs.entry(epoch).or_default() += n;
        }
        gone += erased(&app, cell).await?.len();
    }
    let master = secrets.first().map(|s| s.master.clone()).unwrap_or_default();
    say(format!("主密钥指纹 master key    {master}"));
    say(format!("密钥文件 key file        {}", place.key_file().display()));
    say(format!("算法 profile            {}", app.profile()));
    say(format!("当前轮次 epoch           {}", app.keyring().epoch()));
    for (epoch, n) in epochs {
        say(format!("  第 {epoch} 轮：{n} 件事项的密钥 / epoch {epoch}: keys of {n} matters"));
    }
    say(format!("已删除 erased            {gone}"));
    if app.keyring().epochs() > 1 {
        say("换密钥没有做完，请再运行一次 keys rotate / a rotation broke off: run `keys rotate` again");
    }
    Ok(ExitCode::SUCCESS)
}

async fn check(place: &Place) -> Result<ExitCode> {
    let app = place.open_beside().await?;
    let bar = bar("核对密钥 checking keys");
    let (mut matters, mut wrong) = (0_u64, Vec::new());
    for cell in app.store().cells_fanout().await? {
        let (_, keyed, shut) = keyed(&app, cell, true).await?;
        wrong.extend(shut);
        let erased = erased(&app, cell).await?;
        let mut after = None;
        while let page = app.store().scan(cell, after, PAGE).await?
            && let Some(last) = page.last()
        {
            after = Some(last.matter.id.serial);
            for row in page.iter().map(|loaded| &loaded.matter) {
                matters += 1;
                let text = || app.number_text(row.id, row.number);
                match (keyed.contains(&row.id.serial), erased.contains(&row.id.serial)) {
                    (false, false) => wrong.push(format!(
                        "{}：密钥不在，也没有删除记录 its keys are missing, and no erasure is recorded",
                        text()
                    )),
                    (true, true) => {
                        wrong.push(format!("{}：已删除，密钥却还在 it was erased, and its keys are there", text()))
                    }
                    _ => {}
                }
            }
            bar.set_position(matters);
        }
    }
    bar.finish_and_clear();
    wrong.iter().for_each(say);
    say(format!("{matters} 件事项，{} 处不符 / {matters} matters, {} wrong", wrong.len(), wrong.len()));
    Ok(verdict(wrong.is_empty()))
}

async fn turn(place: &Place, file: Option<PathBuf>) -> Result<ExitCode> {
    let store = place.existing(false).context("stop the server first; keys are rotated alone")?;
    if store.secrets().await?.is_empty() {
        // From before secrets were kept apart: opening the installation makes them.
        drop(place.put_together(store.clone(), &About::default(), false, place.clock()).await?);
    }
    let next = file.as_deref().map(|file| place.master_key_at(file, true)).transpose()?;
    let master = match place.master_key(false) {
        Ok(master) => master,
        Err(error) => match &next {
            // The old file may be gone already if an earlier run had finished.
            Some(next) => next.clone(),
            None => return Err(error),
        },
    };
    let bar = bar("换密钥 wrapping keys anew");
    let progress = &mut |n| bar.set_position(n);
    let done = rotate(&*store, (&master, next.as_ref()), &mut OsRandom, progress).await;
    bar.finish_and_clear();
    let done = match done {
        Ok(done) => done,
        Err(error) => bail!("{error:?}; nothing is lost: put right what it names and run it again"),
    };
    say(format!(
        "{} 件事项的密钥已换到第 {} 轮 / keys of {} matters are in epoch {}",
        done.rows, done.epoch, done.rows, done.epoch
    ));
    say(format!("主密钥指纹 master key {}", done.master));
    if let Some(file) = file {
        say(format!(
            "以后用 --master-key-file {0} 启动；旧主密钥要等密钥文件的旧备份过期后再销毁 / start with --master-key-file {0} from now on; destroy the old master key once the old backups of the key file have expired",
            file.display()
        ));
    }
    Ok(ExitCode::SUCCESS)
}
