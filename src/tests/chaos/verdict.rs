//! What must be so in the end, whatever was broken in between.

use crate::{
    disruption::Story,
    findings::Findings,
    records::{MessageRecord, Records, RunRecord},
    turn::Turn,
};
use inspireai::model::chat::RunState;
use serde_json::Value;
use std::{
    collections::{HashMap, HashSet},
    net::SocketAddr,
};

/// Text that a killed node may take along: what came since the last checkpoint (a second), and the time that storing takes.
const LOST_SECONDS: f64 = 2.0;

/// After an outage of the database everything that waited is stored within this time.
const CATCHING_UP_MS: f64 = 6_000.0;

/// A dead node's runs are ended within this time of its death, where the other node is left alone.
const TOLD_SECONDS: f64 = 15.0;

/// Everything that the verdict looks at.
pub struct Evidence<'a> {
    /// What visitors lived through.
    pub turns: &'a [Turn],
    /// What is stored.
    pub records: &'a Records,
    /// What the upstream was asked.
    pub exchanges: &'a [Value],
    /// What was broken.
    pub story: &'a Story,
}

/// Numbers that are good to know.
#[derive(Default)]
pub struct Figures {
    /// The longest that a dead node's runs stayed open while the other node was left alone, in seconds.
    pub orphaned_seconds: f64,
    /// The longest until a page was told of it, also where its visitor was away, in seconds.
    pub told_seconds: f64,
    /// The most text that was on a page and is not stored, in seconds of the stream.
    pub lost_seconds: f64,
}

/// Holds everything against everything; what does not fit is a finding.
pub fn judge(evidence: &Evidence<'_>, findings: &Findings) -> Figures {
    let mut figures = Figures::default();
    let records = evidence.records;
    let runs: HashMap<&str, &RunRecord> = records
        .runs
        .iter()
        .map(|run| (run.run_id.as_str(), run))
        .collect();
    let messages: HashMap<&str, &MessageRecord> = records
        .messages
        .iter()
        .map(|message| (message.message_id.as_str(), message))
        .collect();
    let drivers = drivers(evidence, findings);
    for turn in evidence.turns {
        stored_once(turn, records, &messages, findings);
        kept(turn, &messages, findings);
        calm(turn, findings);
        let Some(run) = runs.get(turn.sent.run_id.to_string().as_str()) else {
            findings.add(format!("{}: its run is not stored", turn.name()));
            continue;
        };
        ended_as_told(turn, run, findings);
        let node = drivers.get(run.node_id.as_str()).copied();
        let told = told_after(turn, run, node, evidence.story);
        figures.told_seconds = figures.told_seconds.max(told);
        let lost = seen_and_kept(turn, run, node, evidence.story, findings);
        figures.lost_seconds = figures.lost_seconds.max(lost);
    }
    ended_once(records, findings);
    nothing_else(evidence, findings);
    asked_once(evidence, findings);
    figures.orphaned_seconds = orphans_found(evidence, &drivers, findings);
    figures
}

/// The message is stored once, and is the one that the sender was told of.
fn stored_once(
    turn: &Turn,
    records: &Records,
    messages: &HashMap<&str, &MessageRecord>,
    findings: &Findings,
) {
    let id = turn.sent.user_message_id.to_string();
    let question = turn.script.question();
    let is_there = messages
        .get(id.as_str())
        .is_some_and(|message| message.author == "user" && message.text == question);
    if !is_there {
        findings.add(format!("{}: the message is not stored", turn.name()));
    }
    let all = records.messages.iter();
    let copies = all.filter(|message| message.author == "user" && message.text == question);
    let copies = copies.count();
    if copies > 1 {
        findings.add(format!("{}: stored {copies} times", turn.name()));
    }
}

/// The run has ended, and as its reader was told.
fn ended_as_told(turn: &Turn, run: &RunRecord, findings: &Findings) {
    let name = turn.name();
    let Some(state) = run.state().filter(RunState::is_end) else {
        return findings.add(format!("{name}: has no end"));
    };
    if !run.is_ended || run.lifetime().1.is_infinite() {
        findings.add(format!("{name}: has not ended"));
    }
    let told = turn.told.as_ref().map(|(told, _)| told);
    if told.is_some_and(|told| *told != state) && !turn.is_told_unstored() {
        findings.add(format!(
            "{name}: the page was told {told:?}, stored is {state:?}"
        ));
    }
}

/// Which node drove the runs of each instance that signed runs: servers give themselves a new name at each start.
fn drivers<'a>(evidence: &Evidence<'a>, findings: &Findings) -> HashMap<&'a str, SocketAddr> {
    let runs = evidence.records.runs.iter();
    let instances: HashMap<&str, &str> = runs
        .map(|run| (run.run_id.as_str(), run.node_id.as_str()))
        .collect();
    let mut drivers = HashMap::new();
    for turn in evidence.turns {
        let run = turn.sent.run_id.to_string();
        if let Some((node, instance)) = turn.served_by.zip(instances.get(run.as_str()))
            && *drivers.entry(*instance).or_insert(node) != node
        {
            findings.add(format!("two nodes drove runs as {instance}"));
        }
    }
    drivers
}

/// How many seconds after the death of its node a page was told.
fn told_after(turn: &Turn, run: &RunRecord, node: Option<SocketAddr>, story: &Story) -> f64 {
    let (created_at, ended_at) = run.lifetime();
    let told = turn.told.as_ref();
    let told = told.filter(|(state, _)| *state == RunState::Interrupted);
    told.zip(node)
        .and_then(|((_, told_at), node)| {
            let died_at = story.last_kill(Some(node), created_at, ended_at)?;
            let since = story.undisturbed_since(died_at, ended_at);
            Some((told_at - since) / 1000.0)
        })
        .unwrap_or(0.0)
}

/// What the conversation showed after the end is what must be there, and still is.
fn kept(turn: &Turn, messages: &HashMap<&str, &MessageRecord>, findings: &Findings) {
    let Some((text, state)) = &turn.kept else {
        return;
    };
    let name = turn.name();
    if !state.is_end() {
        return findings.add(format!("{name}: opened after its end it is {state:?}"));
    }
    if let Some(complaint) = turn.script.complaint(&turn.base, text, state) {
        findings.add(format!("{name} ({state:?}): {complaint}"));
    }
    let id = turn.sent.message_id.to_string();
    let run = turn.sent.run_id.to_string();
    let Some(message) = messages.get(id.as_str()) else {
        return findings.add(format!("{name}: the answer is not stored"));
    };
    // A later run may have gone on from it.
    let is_last = message.run_id.as_deref() == Some(run.as_str());
    let is_same = match is_last {
        true => message.text == *text,
        false => message.text.starts_with(text.as_str()),
    };
    if !is_same {
        findings.add(format!("{name}: the stored text changed after its end"));
    }
}

/// When nothing is broken any more, the first try is taken and the answer comes to its end.
fn calm(turn: &Turn, findings: &Findings) {
    let state = turn.kept.as_ref().map(|(_, state)| state);
    let is_well = turn.tries == 1 && matches!(state, Some(RunState::Finished { .. }));
    if turn.is_calm && !is_well {
        findings.add(format!(
            "{}: all was calm, and yet it was sent {} times and is {state:?}",
            turn.name(),
            turn.tries
        ));
    }
}

/// What was on the page is kept; only a node that was killed may have taken the last second along. Gives how much it took.
fn seen_and_kept(
    turn: &Turn,
    run: &RunRecord,
    node: Option<SocketAddr>,
    story: &Story,
    findings: &Findings,
) -> f64 {
    let Some((text, state)) = &turn.kept else {
        return 0.0;
    };
    let lost = turn.seen.len().saturating_sub(text.len());
    if lost == 0 {
        return 0.0;
    }
    let bytes_a_second = turn.script.bytes_in(1.0).max(1);
    let seconds = lost as f64 / bytes_a_second as f64;
    let (from, until) = run.lifetime();
    let died_at = story.last_kill(node, from, until);
    // While the database is away nothing is stored; what waited is, soon after it is back.
    let away = died_at.map_or(0.0, |at| {
        story.database_away_seconds(at - CATCHING_UP_MS, at)
    });
    let is_excused = died_at.is_some() && seconds <= LOST_SECONDS + away;
    if !is_excused {
        findings.add(format!(
            "{} ({state:?}): {lost} bytes ({seconds:.1} s) that were on the page are not kept; shortly before, the database was away for {away:.1} s",
            turn.name()
        ));
    }
    seconds
}

/// Each run ended once.
fn ended_once(records: &Records, findings: &Findings) {
    let mut ends: HashMap<&str, usize> = HashMap::new();
    for run in &records.ends {
        *ends.entry(run).or_default() += 1;
    }
    for run in &records.runs {
        let count = ends.get(run.run_id.as_str()).copied().unwrap_or(0);
        if count != 1 {
            findings.add(format!("run {} ended {count} times", run.run_id));
        }
        if !run.is_ended {
            let node = &run.node_id;
            findings.add(format!("run {} still holds a lease of {node}", run.run_id));
        }
    }
}

/// There is no run that nobody was told of, and none twice for one key.
fn nothing_else(evidence: &Evidence<'_>, findings: &Findings) {
    let turns = evidence.turns.iter();
    let known: HashSet<String> = turns.map(|turn| turn.sent.run_id.to_string()).collect();
    let mut keys = HashSet::new();
    for run in &evidence.records.runs {
        if !known.contains(&run.run_id) {
            findings.add(format!("run {}: nobody was told of it", run.run_id));
        }
        if !keys.insert(&run.idempotency_key) {
            findings.add(format!("run {}: its key was used before", run.run_id));
        }
    }
}

/// The upstream was asked once for each run, and again only where it had refused before a word.
fn asked_once(evidence: &Evidence<'_>, findings: &Findings) {
    let mut allowed: HashMap<&str, usize> = HashMap::new();
    for turn in evidence.turns {
        *allowed.entry(turn.script.question()).or_default() += turn.script.most_asks();
    }
    let mut asked: HashMap<&str, usize> = HashMap::new();
    for exchange in evidence.exchanges {
        let messages = exchange["body"]["messages"].as_array();
        let texts = messages.into_iter().flatten().rev();
        let texts = texts.filter_map(|message| message["content"].as_str());
        // The last question that is a visitor's: behind it the server may have asked to go on.
        match texts.clone().find(|text| allowed.contains_key(text)) {
            Some(question) => *asked.entry(question).or_default() += 1,
            None => findings.add(format!(
                "the upstream was asked {:?}, which nobody sent",
                texts.clone().next()
            )),
        }
    }
    for (question, count) in asked {
        let allowed = allowed.get(question).copied().unwrap_or(0);
        if count > allowed {
            findings.add(format!(
                "the upstream was asked {question:?} {count} times, {allowed} at most were due"
            ));
        }
    }
}

/// A dead node's runs are ended in time. Gives the longest that it took, in seconds.
fn orphans_found(
    evidence: &Evidence<'_>,
    drivers: &HashMap<&str, SocketAddr>,
    findings: &Findings,
) -> f64 {
    let mut longest: f64 = 0.0;
    for run in &evidence.records.runs {
        let (created_at, ended_at) = run.lifetime();
        let node = drivers.get(run.node_id.as_str()).copied();
        let is_interrupted = run.state() == Some(RunState::Interrupted);
        let Some(node) = node.filter(|_| is_interrupted) else {
            continue;
        };
        let Some(died_at) = evidence.story.last_kill(Some(node), created_at, ended_at) else {
            continue;
        };
        let since = evidence.story.undisturbed_since(died_at, ended_at);
        let seconds = (ended_at - since) / 1000.0;
        longest = longest.max(seconds);
        if seconds > TOLD_SECONDS {
            findings.add(format!(
                "run {}: interrupted {seconds:.1} s after its node was killed (or anything else broken), {TOLD_SECONDS} are allowed",
                run.run_id
            ));
        }
    }
    longest
}
