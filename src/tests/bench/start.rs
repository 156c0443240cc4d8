//! How long the server takes to start, and what it holds while nobody is there.

use super::BenchPrograms;
use crate::programs::{
    process::resident_mb,
    server::Home,
    table::{Table, median, number},
    upstream::Upstream,
};
use std::{io, time::Duration};
use tokio::time::sleep;

const ROUNDS: usize = 5;

/// How long a server is left alone before its memory is read.
const REST: Duration = Duration::from_secs(2);

/// Starts it several times on nothing, which makes the database and fills the catalogue, and each time once more on what
/// is then there.
pub async fn measure(programs: &BenchPrograms) -> io::Result<Table> {
    let upstream = Upstream::start(&programs.programs).await?;
    let (mut first, mut again, mut resident) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let home = Home::new()?;
        let server = programs.start(&home, &upstream, false).await?;
        first.push(milliseconds(server.started_in()));
        sleep(REST).await;
        resident.push(resident_mb(server.pid())?);
        server.stop().await?;
        let server = programs.start(&home, &upstream, false).await?;
        server.learn_tools().await?;
        again.push(milliseconds(server.started_in()));
        server.stop().await?;
    }
    let mut table = Table::new(
        format!("Start (median of {ROUNDS})"),
        &[
            "",
            "first 200 with an empty data directory, ms (at most 300)",
            "on the next start, ms (at most 300)",
            "resident after 2 s, MB (at most 60)",
        ],
    );
    table.row(
        "InspireAI",
        [&first, &again, &resident].map(|values| number(median(values))),
    );
    Ok(table)
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
