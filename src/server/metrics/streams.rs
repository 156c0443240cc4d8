//! Streams that are open.

use futures::Stream;
use metrics::gauge;
use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// The same stream, counted as an open event stream until it is dropped.
pub fn while_open<S: Stream + Unpin>(stream: S) -> impl Stream<Item = S::Item> {
    gauge!("inspireai_open_event_streams").increment(1.0);
    Counted { stream }
}

struct Counted<S> {
    stream: S,
}

impl<S: Stream + Unpin> Stream for Counted<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        Pin::new(&mut self.stream).poll_next(context)
    }
}

impl<S> Drop for Counted<S> {
    fn drop(&mut self) {
        gauge!("inspireai_open_event_streams").decrement(1.0);
    }
}
