//! The run in a few numbers.

use crate::{
    disruption::{Disruption, Story},
    programs::table::{Table, number},
    rest::Rest,
    turn::Turn,
    verdict::Figures,
};
use inspireai::model::chat::RunState;
use std::collections::BTreeMap;

/// What happened, and what came of it.
pub fn table(turns: &[Turn], story: &Story, figures: &Figures, rest: &Rest) -> Table {
    let mut table = Table::new("What happened", &["", ""]);
    let mut row = |name: &str, value: String| table.row(name, [value]);
    let mut disruptions: BTreeMap<Disruption, usize> = BTreeMap::new();
    for (disruption, _) in &story.disruptions {
        *disruptions.entry(*disruption).or_default() += 1;
    }
    for (disruption, count) in &disruptions {
        row(&disruption.to_string(), count.to_string());
    }
    let count = |of: &dyn Fn(&&Turn) -> bool| turns.iter().filter(of).count();
    row("messages", count(&|turn| !turn.is_continuation).to_string());
    row(
        "answers gone on from",
        count(&|turn| turn.is_continuation).to_string(),
    );
    row(
        "of both, sent more than once until taken",
        count(&|turn| turn.tries > 1).to_string(),
    );
    let connections: usize = turns.iter().map(|turn| turn.connections).sum();
    row("event streams opened", connections.to_string());
    for (name, is_so) in ENDS {
        let is_kept = |turn: &&Turn| turn.kept.as_ref().is_some_and(|(_, state)| is_so(state));
        row(&format!("runs that {name}"), count(&is_kept).to_string());
    }
    row(
        "a dead node's run interrupted after at most, s (at most 15)",
        number(figures.orphaned_seconds),
    );
    row(
        "its page was told after at most, s, visitors who were away included",
        number(figures.told_seconds),
    );
    row(
        "text on a page that died with its node at most, s",
        number(figures.lost_seconds),
    );
    row(
        "keys in Redis, and how many of them never expire",
        format!("{}, {}", rest.redis_keys, rest.lasting_redis_keys),
    );
    for node in &rest.nodes {
        let name = node.name;
        row(
            &format!("{name}: files more than at its start"),
            node.files_gained.to_string(),
        );
        row(&format!("{name}: resident, MB"), number(node.resident_mb));
    }
    table
}

/// The ends of runs, in words.
type Is = fn(&RunState) -> bool;
const ENDS: [(&str, Is); 4] = [
    ("finished", |state| {
        matches!(state, RunState::Finished { .. })
    }),
    ("failed as scripted", |state| {
        matches!(state, RunState::Failed { .. })
    }),
    ("were stopped", |state| *state == RunState::Stopped),
    ("were interrupted", |state| *state == RunState::Interrupted),
];
