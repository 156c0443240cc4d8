//! How far readers are behind the log. It is measured for each delta of each reader, so it is the one histogram that must cost
//! next to nothing: fixed buckets, and two additions to numbers that are there already.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

const NAME: &str = "inspireai_log_lag_seconds";
const HELP: &str =
    "From an event's being added to the log of runs to its being handed to a reader.";

/// Upper bounds in seconds. In one process the lag is how long a task waits for its turn, some ten microseconds; through a
/// shared log it is a round trip, a few milliseconds; from 100 milliseconds on people notice.
const BOUNDS: [f64; 12] = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0,
];

static LAG: Histogram<{ BOUNDS.len() }> = Histogram::new();

struct Histogram<const N: usize> {
    /// How many values are in each bucket and in no bucket before it.
    buckets: [AtomicU64; N],
    beyond: AtomicU64,
    sum_ns: AtomicU64,
}

/// Says that an event came to a reader, or to the shared log, `seconds` after it was added.
pub fn log_lag(seconds: f64) {
    LAG.record(&BOUNDS, seconds);
}

impl<const N: usize> Histogram<N> {
    const fn new() -> Self {
        Self {
            buckets: [const { AtomicU64::new(0) }; N],
            beyond: AtomicU64::new(0),
            sum_ns: AtomicU64::new(0),
        }
    }

    fn record(&self, bounds: &[f64; N], seconds: f64) {
        let bucket = bounds
            .iter()
            .position(|bound| seconds <= *bound)
            .map_or(&self.beyond, |index| &self.buckets[index]);
        bucket.fetch_add(1, Relaxed);
        // A clock that jumped back makes a lag of less than nothing: as a whole number that is 0.
        self.sum_ns.fetch_add((seconds * 1e9) as u64, Relaxed);
    }

    /// The text format of Prometheus: each bucket counts what is in those before it, too.
    fn render(&self, bounds: &[f64; N], name: &str, help: &str, text: &mut String) {
        let mut count = 0;
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} histogram");
        for (bound, bucket) in bounds.iter().zip(&self.buckets) {
            count += bucket.load(Relaxed);
            let _ = writeln!(text, "{name}_bucket{{le=\"{bound}\"}} {count}");
        }
        count += self.beyond.load(Relaxed);
        let sum = self.sum_ns.load(Relaxed) as f64 / 1e9;
        let _ = writeln!(
            text,
            "{name}_bucket{{le=\"+Inf\"}} {count}\n{name}_sum {sum}\n{name}_count {count}"
        );
    }
}

pub(super) fn render(text: &mut String) {
    LAG.render(&BOUNDS, NAME, HELP, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_is_in_its_bucket_and_in_all_that_follow() {
        let bounds = [0.01, 0.5];
        let histogram = Histogram::<2>::new();
        for seconds in [0.01, 0.2, 0.25, 3.0, -1.0] {
            histogram.record(&bounds, seconds);
        }
        let mut text = String::new();
        histogram.render(&bounds, "lag", "Help.", &mut text);
        assert_eq!(
            text,
            "# HELP lag Help.\n# TYPE lag histogram\nlag_bucket{le=\"0.01\"} 2\nlag_bucket{le=\"0.5\"} 4\n\
             lag_bucket{le=\"+Inf\"} 5\nlag_sum 3.46\nlag_count 5\n"
        );
    }
}
