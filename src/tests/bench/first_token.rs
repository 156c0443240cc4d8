//! What the server adds to the time to the first token, against the same question put straight to the upstream.

use super::BenchPrograms;
use crate::{
    programs::{
        person::sign_up,
        server::Home,
        table::{Table, median, number, quantile},
        upstream::Upstream,
    },
    support::{client::http_client, person::Person},
};
use inspireai::model::{event::RunEvent, ids::RunId};
use serde_json::json;
use std::io;
use tokio::time::Instant;

const PAIRS: usize = 40;

/// Pairs before those, which warm up connections and caches.
const WARM_UP: usize = 3;

/// The upstream sends its first token at once, so that nothing of what the server does is hidden in a wait.
const QUESTION: &str = "tokens=5 rate=50";

/// How its answer begins.
const FIRST_TOKEN: &str = "0000 ";

/// Asks in turn directly and through the server, one stream at a time.
pub async fn measure(programs: &BenchPrograms) -> io::Result<Table> {
    let upstream = Upstream::start(&programs.programs).await?;
    let home = Home::new()?;
    let server = programs.start(&home, &upstream, false).await?;
    server.learn_tools().await?;
    let http = http_client();
    let ada = sign_up(&http, server.address(), "ada").await?;
    let (mut direct, mut through, mut sending, mut added) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for pair in 0..WARM_UP + PAIRS {
        // Who is asked second finds warm caches: the two take turns in that as well.
        let (straight, (sent, shown)) = if pair % 2 == 0 {
            let straight = ask_directly(&http, &upstream).await?;
            (straight, ask(&ada).await?)
        } else {
            let shown = ask(&ada).await?;
            (ask_directly(&http, &upstream).await?, shown)
        };
        if pair >= WARM_UP {
            direct.push(straight);
            sending.push(sent);
            through.push(shown);
            added.push(shown - straight);
        }
    }
    server.stop().await?;
    let mut table = Table::new(
        format!("Time to the first token (one stream at a time, {PAIRS} pairs)"),
        &[
            "",
            "directly p50, ms",
            "through the server p50, ms",
            "of it until the message is taken p50, ms",
            "added p50, ms (at most 3)",
            "added p99, ms",
        ],
    );
    let medians = [&direct, &through, &sending, &added].map(|values| number(median(values)));
    let last = number(quantile(&added, 0.99));
    table.row("InspireAI", medians.into_iter().chain([last]));
    Ok(table)
}

/// Milliseconds from a request to its first token, at the upstream itself.
async fn ask_directly(http: &reqwest::Client, upstream: &Upstream) -> io::Result<f64> {
    let body = json!({
        "model": "count",
        "stream": true,
        "messages": [{ "role": "user", "content": QUESTION }],
    });
    let url = format!("{}/chat/completions", upstream.base_url());
    let began = Instant::now();
    let request = http.post(url).json(&body).send();
    let mut response = request.await.map_err(io::Error::other)?;
    let mut text = Vec::new();
    let mut shown = None;
    while let Some(chunk) = response.chunk().await.map_err(io::Error::other)? {
        text.extend_from_slice(&chunk);
        if shown.is_none() && String::from_utf8_lossy(&text).contains(FIRST_TOKEN) {
            shown = Some(since(began));
        }
    }
    shown.ok_or_else(|| io::Error::other("the upstream sent no token"))
}

/// Milliseconds from sending a message until it is taken, and until the first token is on the event stream.
async fn ask(person: &Person) -> io::Result<(f64, f64)> {
    let began = Instant::now();
    let run: RunId = person.send_new("count", QUESTION).await.run_id;
    let sent = since(began);
    let mut reader = person.follow(run, Some(0)).await;
    let is_text = |event: &RunEvent| match event {
        RunEvent::Text(text) => !text.is_empty(),
        RunEvent::Snapshot { text, .. } => !text.is_empty(),
        _ => false,
    };
    let first = reader.until(is_text).await;
    let shown = since(began);
    reader.rest().await;
    let (RunEvent::Text(text) | RunEvent::Snapshot { text, .. }) = first.event else {
        return Err(io::Error::other("the first token is none"));
    };
    if text.starts_with(FIRST_TOKEN) {
        Ok((sent, shown))
    } else {
        Err(io::Error::other(format!("the answer begins with {text:?}")))
    }
}

fn since(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1000.0
}
