//! HTTP over a bare connection, where every byte that comes is counted: the headers, the chunks, the events. What streams is
//! only kept while it comes, and understood after its end, so that who measures many streams takes little of the time that
//! they have.

use super::PATIENCE;
use std::{
    io,
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Longest wait for a page.
const PAGE_PATIENCE: Duration = Duration::from_secs(5);

/// This machine's clock, in milliseconds since 1970; the upstream reads it as well.
pub fn now_ms() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64() * 1000.0
}

/// Whether a server answers a path with 200.
pub async fn answers(address: SocketAddr, path: &str) -> bool {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let ask = async {
        let mut connection = TcpStream::connect(address).await?;
        connection.write_all(request.as_bytes()).await?;
        let mut status = [0; 12];
        connection.read_exact(&mut status).await?;
        io::Result::Ok(status.ends_with(b" 200"))
    };
    matches!(timeout(PAGE_PATIENCE, ask).await, Ok(Ok(true)))
}

/// A connection that is kept for several requests, as browsers keep theirs.
pub struct Connection {
    stream: TcpStream,
    raw: Vec<u8>,
}

/// How much an answer is expected to be. More is fine, and costs a little time while it comes.
#[derive(Clone, Copy)]
pub struct Expected {
    /// How long it may take.
    pub duration: Duration,
    /// How many bytes it has.
    pub bytes: usize,
    /// How many pieces they come in.
    pub pieces: usize,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens there.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let raw = Vec::with_capacity(4096);
        Ok(Self { stream, raw })
    }

    /// Sends a request whose answer tells its length; gives its status and its body.
    ///
    /// # Errors
    /// When no such answer comes.
    pub async fn call(&mut self, request: &str) -> io::Result<(u16, String)> {
        let answer = async {
            self.stream.write_all(request.as_bytes()).await?;
            loop {
                self.receive().await?;
                if let Some(answer) = whole_answer(&self.raw)? {
                    self.raw.clear();
                    return Ok(answer);
                }
            }
        };
        timeout(PATIENCE, answer).await?
    }

    async fn receive(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.raw).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// Sends a request that asks for the connection to be closed behind its answer, and keeps all that comes.
    ///
    /// # Errors
    /// When the connection breaks, or is not closed in time.
    pub async fn record(mut self, request: &str, expected: Expected) -> io::Result<Recording> {
        self.stream.write_all(request.as_bytes()).await?;
        let mut recording = Recording {
            raw: Vec::with_capacity(expected.bytes),
            marks: Vec::with_capacity(expected.pieces),
        };
        let record = async {
            while self.stream.read_buf(&mut recording.raw).await? > 0 {
                recording.marks.push((now_ms(), recording.raw.len()));
            }
            io::Result::Ok(())
        };
        timeout(expected.duration + PATIENCE, record).await??;
        Ok(recording)
    }
}

/// An answer with its length in its head, once all of it is there.
fn whole_answer(raw: &[u8]) -> io::Result<Option<(u16, String)>> {
    let Some(end) = find(raw, b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = String::from_utf8_lossy(&raw[..end]).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
        .ok_or_else(|| io::Error::other(format!("an answer of unknown length: {head}")))?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    let body = &raw[end + 4..];
    if body.len() < length {
        return Ok(None);
    }
    let body = String::from_utf8_lossy(&body[..length]).into_owned();
    Ok(Some((status.unwrap_or(0), body)))
}

/// A stream of events as it came, not yet understood.
pub struct Recording {
    raw: Vec<u8>,
    /// When something came, and how many bytes there were with it.
    marks: Vec<(f64, usize)>,
}

/// One event of a stream.
pub struct Event<'a> {
    /// Its number, 0 where it has none.
    pub id: u64,
    /// What it says.
    pub data: &'a str,
    /// When the last byte of it came, in milliseconds since 1970.
    pub at: f64,
}

impl Recording {
    /// How many bytes came: the headers, the chunks, the events.
    pub fn bytes(&self) -> usize {
        self.raw.len()
    }

    /// How many pieces they came in.
    pub fn pieces(&self) -> usize {
        self.marks.len()
    }

    /// Reads the events in their order.
    ///
    /// # Errors
    /// When it is not a stream of events, when it broke off, or when `on_event` fails.
    pub fn read(&self, mut on_event: impl FnMut(Event<'_>) -> io::Result<()>) -> io::Result<()> {
        let broken = || io::Error::other("the stream broke off");
        let head_end = find(&self.raw, b"\r\n\r\n").ok_or_else(broken)?;
        let head = String::from_utf8_lossy(&self.raw[..head_end]).to_ascii_lowercase();
        if !head.starts_with("http/1.1 200") || !head.contains("transfer-encoding: chunked") {
            let body = String::from_utf8_lossy(&self.raw[head_end..]);
            return Err(io::Error::other(format!("{head}{body:.200}")));
        }
        let mut at = head_end + 4;
        let mut body: Vec<u8> = Vec::new();
        loop {
            let line = find(&self.raw[at..], b"\r\n").ok_or_else(broken)?;
            let size = String::from_utf8_lossy(&self.raw[at..at + line]);
            let size = usize::from_str_radix(&size, 16).map_err(io::Error::other)?;
            let begin = at + line + 2;
            let chunk = self.raw.get(begin..begin + size).ok_or_else(broken)?;
            if size == 0 {
                return if body.is_empty() {
                    Ok(())
                } else {
                    Err(broken())
                };
            }
            // What is left of an event that began in the chunk before.
            let before = body.len();
            body.extend_from_slice(chunk);
            let mut start = 0;
            while let Some(end) = find(&body[start..], b"\n\n").map(|end| start + end + 2) {
                let frame = std::str::from_utf8(&body[start..end]).map_err(io::Error::other)?;
                if let Some((id, data)) = parse(frame) {
                    let at = self.arrival(begin + end - before);
                    on_event(Event { id, data, at })?;
                }
                start = end;
            }
            body.drain(..start);
            at = begin + size + 2;
        }
    }

    /// When there were so many bytes.
    fn arrival(&self, bytes: usize) -> f64 {
        let index = self.marks.partition_point(|(_, length)| *length < bytes);
        self.marks.get(index).map_or(f64::NAN, |(at, _)| *at)
    }
}

/// Number and data of a frame; a mere heartbeat has none.
fn parse(frame: &str) -> Option<(u64, &str)> {
    let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name));
    let id = field("id:").and_then(|id| id.trim().parse().ok());
    Some((id.unwrap_or(0), field("data:")?.trim_start()))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}
