//! Asking the witnesses of this log, each in a task of its own: one that is slow or down delays nobody. Requests go out with
//! `curl`, the machine's own: it brings certificates and proxies; what comes back is believed only by its signature.

use super::state::name_of;
use crate::open::Place;
use crate::open::kept::replace;
use anyhow::{Context, Result, anyhow};
use app::installation::App;
use app::log::cosign::WitnessKey;
use app::log::loss::Gap;
use app::log::witness::Request;
use app::log::witnessed::Answer;
use app::note::VerifierKey;
use std::io::Write;
use std::process::{Command, Stdio};
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;

/// So long a witness may take.
const PATIENCE_S: &str = "10";
/// After trouble it is left alone for so many seconds, doubled up to the second.
const PAUSE_S: [u64; 2] = [2, 60];

/// A witness: where it is and by which key its cosignatures are known.
#[derive(Clone)]
pub struct Watcher {
    url: String,
    key: WitnessKey,
}

impl FromStr for Watcher {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Watcher> {
        let (url, key) = text.split_once('=').context("say URL=KEY, with the key that `gongzhi witness` printed")?;
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(anyhow!("{url} is no address"));
        }
        let key = WitnessKey::parse(key).with_context(|| format!("{key} is no witness's key"))?;
        Ok(Watcher { url: url.trim_end_matches('/').to_owned(), key })
    }
}

/// Before anything is served: what each witness cosigned of this log counts like what is kept beside the data, so that an
/// older database under a new name is noticed too. Who does not answer now holds nothing up; it is said.
///
/// # Errors
/// A witness cosigned what this store does not hold.
pub async fn compare(place: &Place, app: &App, watchers: &[Watcher]) -> Result<()> {
    let origin = VerifierKey::parse(&app.log_key()).map_err(|e| anyhow!("the log's key: {e}"))?.origin().to_owned();
    let asked: Vec<_> = watchers
        .iter()
        .map(|w| {
            let url = format!("{}/{}/checkpoint", w.url, name_of(&origin));
            tokio::task::spawn_blocking(move || last_of(&url))
        })
        .collect();
    for (watcher, answer) in watchers.iter().zip(asked) {
        let url = &watcher.url;
        let note = match answer.await? {
            Ok(Some(note)) => note,
            // It knows nothing of this log yet.
            Ok(None) => continue,
            Err(error) => {
                tracing::warn!(witness = %url, %error, "no answer: whether it cosigned a longer log is not known at this start");
                // Who starts it by hand or reads the journal must not have to know that a log says so too.
                eprintln!(
                    "gongzhi: 见证方 {url} 没有答复：这次启动没有同它会签过的账本比对过。请问清它为什么不答；它一直不答，换回旧数据库就看不出来 / the \
                     witness {url} did not answer: this start was not compared with what it cosigned. Find out why; as long as it is \
                     silent, an older database in its place goes unnoticed"
                );
                continue;
            }
        };
        // Anybody on the way could answer: only its own signature makes it a witness's word.
        if let Err(error) = watcher.key.verify(&note) {
            tracing::warn!(witness = %url, %error, "what it shows of this log is not signed by its key");
            continue;
        }
        match app.beside(&note).await? {
            None => place.keep_larger(&note)?,
            Some(gap @ Gap::Foreign(_)) => tracing::warn!(witness = %url, %gap, "it watches another log of this name"),
            Some(gap) => {
                // Kept from now on: the next start refuses without the witness too, and a loss can be declared against it.
                place.keep(&note)?;
                let file = place.checkpoint_file()?;
                let file = file.display();
                return Err(place.refuses(
                    &gap,
                    &format!("{file}（取自见证方 {url}）"),
                    &format!("{file}, from the witness {url}"),
                ));
            }
        }
    }
    Ok(())
}

/// The last checkpoint that a witness shows; none where it has none of this log.
fn last_of(url: &str) -> Result<Option<String>> {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--max-time", PATIENCE_S, "--max-filesize", "65536"]);
    let run =
        curl.args(["--write-out", "\n%{http_code}", "--", url]).stdin(Stdio::null()).stderr(Stdio::null()).output();
    let out = run.map_err(|e| anyhow!("curl is needed to reach witnesses: {e}"))?;
    let out = String::from_utf8(out.stdout)?;
    let (body, status) = out.rsplit_once('\n').context("no status")?;
    match status {
        "200" => Ok(Some(body.to_owned())),
        "404" => Ok(None),
        other => Err(anyhow!("status {other}")),
    }
}

/// Begins to ask. What was cosigned last is kept outside the data directory.
pub fn ask(place: &Place, app: &App, watchers: Vec<Watcher>) -> Result<Vec<JoinHandle<()>>> {
    app.ask_witnesses(watchers.iter().map(|w| w.key.clone()).collect(), place.kept_checkpoint()?.as_deref());
    let one = Arc::new(Mutex::new(()));
    let urls = watchers.into_iter().map(|w| w.url).enumerate();
    Ok(urls.map(|(which, url)| tokio::spawn(watch(place.clone(), app.clone(), which, url, one.clone()))).collect())
}

async fn watch(place: Place, app: App, which: usize, url: String, one: Arc<Mutex<()>>) {
    let mut pause = PAUSE_S[0];
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let request = match app.for_witness(which).await {
            Ok(Some(request)) => request,
            Ok(None) => continue,
            Err(error) => {
                tracing::error!(%error, "nothing can be shown to a witness");
                continue;
            }
        };
        let (text, to) = (request.text(), url.clone());
        let answer = tokio::task::spawn_blocking(move || post(&to, &text)).await.unwrap_or(Answer::Silence);
        let told = matches!(answer, Answer::Size(_));
        let kept = hear(&place, &app, which, &request, answer, &one);
        if let Err(error) = kept {
            tracing::error!(%error, "the cosigned checkpoint cannot be kept outside the data directory");
        }
        let trouble = app.witnesses().get(which).and_then(|w| w.trouble);
        let Some(trouble) = trouble else {
            pause = PAUSE_S[0];
            continue;
        };
        tracing::warn!(witness = %url, ?trouble, "no cosignature");
        if !told || pause > PAUSE_S[0] {
            tokio::time::sleep(Duration::from_secs(pause)).await;
        }
        pause = (pause * 2).min(PAUSE_S[1]);
    }
}

/// Takes the answer and keeps the checkpoint, one witness after the other: an older one must not replace a newer.
fn hear(place: &Place, app: &App, which: usize, request: &Request, answer: Answer, one: &Mutex<()>) -> Result<()> {
    let _one = one.lock().map_err(|_| anyhow!("a writer broke off"))?;
    if let Some(note) = app.heard(which, request, answer) {
        let file = place.checkpoint_file()?;
        let kept = replace(&file, &note).with_context(|| file.display().to_string());
        // Kept first: what anybody has seen cosigned, the next start demands. A disk that takes nothing hides no cosignature.
        app.show_cosigned(note);
        kept?;
    }
    Ok(())
}

/// Posts the request; whatever goes wrong on the way is silence.
fn post(url: &str, text: &str) -> Answer {
    try_post(url, text).unwrap_or_else(|error| {
        tracing::debug!(%error, "a witness cannot be reached");
        Answer::Silence
    })
}

fn try_post(url: &str, text: &str) -> Result<Answer> {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--max-time", PATIENCE_S, "--max-filesize", "65536"]);
    curl.args(["--data-binary", "@-", "--header", "Content-Type: text/plain", "--write-out", "\n%{http_code}", "--"]);
    curl.arg(format!("{url}/add-checkpoint"));
    let mut child = curl.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let child = child.as_mut().map_err(|e| anyhow!("curl is needed to reach witnesses: {e}"))?;
    child.stdin.take().context("no input")?.write_all(text.as_bytes())?;
    let mut out = String::new();
    std::io::Read::read_to_string(&mut child.stdout.take().context("no output")?, &mut out)?;
    child.wait()?;
    let (body, status) = out.rsplit_once('\n').context("no status")?;
    Ok(match status.parse()? {
        200 => Answer::Lines(body.to_owned()),
        409 => Answer::Size(body.trim_end().parse().context("a size")?),
        0 => Answer::Silence,
        other => Answer::Status(other),
    })
}
