//! What a streamed answer costs on the wire, in bytes from the server to the reader, everything included: headers, frames,
//! chunks.

use crate::support::{person::Person, test_app::TestApp, within};
use inspireai::model::ids::RunId;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Reads a run from its beginning over a bare connection and counts every byte that comes.
async fn bytes_of(person: &Person, run: RunId) -> usize {
    let mut stream = TcpStream::connect(person.address())
        .await
        .expect("a connection");
    let request = format!(
        "GET /api/runs/{run}/events?after=0 HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nConnection: close\r\n\r\n",
        person.address(),
        person.cookie_header()
    );
    stream
        .write_all(request.as_bytes())
        .await
        .expect("a request");
    let mut bytes = Vec::new();
    within("the end of the stream", stream.read_to_end(&mut bytes))
        .await
        .expect("a stream");
    let text = String::from_utf8_lossy(&bytes);
    assert!(
        text.starts_with("HTTP/1.1 200") && text.contains("\"finished\""),
        "{text:.400}"
    );
    bytes.len()
}

async fn cost(person: &Person, tokens: usize, rate: usize) -> usize {
    let sent = person
        .send_new("count", &format!("tokens={tokens} bytes=5 rate={rate}"))
        .await;
    let cost = bytes_of(person, sent.run_id).await;
    let answer = person.last_message(sent.conversation_id).await;
    assert_eq!(answer.text.len(), tokens * 5);
    cost
}

#[tokio::test]
async fn two_thousand_tokens_at_a_hundred_a_second_cost_at_most_four_bytes_for_each_byte_of_text() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let bytes = cost(&ada, 2_000, 100).await;
    assert!(bytes <= 4 * 2_000 * 5, "{bytes} bytes for 10,000 of text");
}

#[tokio::test]
async fn four_times_the_text_costs_at_most_four_and_a_fifth_times_the_bytes() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    // Four short answers, one after the other, take the time of the long one: what a busy machine does to one it does to all.
    let shorts = async {
        let mut bytes = 0;
        for _ in 0..4 {
            bytes += cost(&ada, 2_000, 1_000).await;
        }
        bytes
    };
    let (shorts, long) = tokio::join!(shorts, cost(&ada, 8_000, 1_000));
    assert!(
        long * 40 <= shorts * 42,
        "{shorts} bytes for four times 2,000 tokens, {long} for 8,000"
    );
}
