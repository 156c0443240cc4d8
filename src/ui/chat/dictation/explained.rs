//! What people are told: why there is nothing to hear, and how long things are.

use crate::browser::microphone::MicrophoneProblem;

/// Why there is no microphone, and what to do about it.
pub(in crate::ui::chat) fn explained(problem: MicrophoneProblem) -> &'static str {
    match problem {
        MicrophoneProblem::Insecure => {
            "Browsers let only secure pages use the microphone: open this site by its https address."
        }
        MicrophoneProblem::Denied => {
            "This site may not use the microphone. Allow it in the browser's settings for this site, then try again."
        }
        MicrophoneProblem::Dismissed => {
            "The browser asked whether this site may use the microphone and got no answer. Try again and allow it."
        }
        MicrophoneProblem::DeniedBySystem => {
            "The system does not let this browser use the microphone. Allow it in the system's privacy settings, then try again."
        }
        MicrophoneProblem::Missing => "No microphone was found. Connect one and try again.",
        MicrophoneProblem::Busy => {
            "Another program uses the microphone. Close it there and try again."
        }
        MicrophoneProblem::Unsupported => {
            "This browser cannot hand sound to a page. A current version of Chrome, Edge, Firefox or Safari can."
        }
        MicrophoneProblem::NotLoaded => {
            "The recorder could not be loaded. Check the connection and try again."
        }
    }
}

/// A time as clocks show it: `0:07`, `1:02:03`.
pub(super) fn clock(seconds: u32) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// How long something was said, rounded up: what was said is never nothing.
pub(super) fn length(ms: u32) -> String {
    clock(ms.div_ceil(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_as_clocks_do() {
        for (seconds, shown) in [(0, "0:00"), (7, "0:07"), (62, "1:02"), (3_723, "1:02:03")] {
            assert_eq!(clock(seconds), shown);
        }
        assert_eq!(length(1), "0:01");
        assert_eq!(length(12_000), "0:12");
    }
}
