//! HTTP over a bare connection, where every byte that comes is counted: the headers, the chunks, the events.

use std::{io, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Longest silence of a stream that is open.
const PATIENCE: Duration = Duration::from_secs(60);

/// Longest wait for a page.
const PAGE_PATIENCE: Duration = Duration::from_secs(5);

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

/// An open event stream. Dropped, it hangs up.
pub struct EventStream {
    connection: TcpStream,
    /// As it came, not yet understood.
    raw: Vec<u8>,
    /// Freed from HTTP's chunks.
    body: Vec<u8>,
    has_ended: bool,
    bytes: usize,
}

impl EventStream {
    /// Sends a request, whose answer must be a stream of events.
    pub async fn open(address: SocketAddr, request: &str) -> io::Result<Self> {
        let mut connection = TcpStream::connect(address).await?;
        connection.set_nodelay(true)?;
        connection.write_all(request.as_bytes()).await?;
        let mut stream = Self {
            connection,
            raw: Vec::new(),
            body: Vec::new(),
            has_ended: false,
            bytes: 0,
        };
        let end = loop {
            stream.receive().await?;
            if let Some(end) = find(&stream.raw, b"\r\n\r\n") {
                break end;
            }
        };
        let head: Vec<u8> = stream.raw.drain(..end + 4).collect();
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        if head.starts_with("http/1.1 200") && head.contains("transfer-encoding: chunked") {
            stream.take_chunks()?;
            Ok(stream)
        } else {
            let body = String::from_utf8_lossy(&stream.raw);
            Err(io::Error::other(format!("{head}{body:.200}")))
        }
    }

    /// The data of the next event; nothing when the stream has ended as it should.
    pub async fn next(&mut self) -> io::Result<Option<Event>> {
        loop {
            while let Some(end) = find(&self.body, b"\n\n") {
                let frame: Vec<u8> = self.body.drain(..end + 2).collect();
                let frame = String::from_utf8(frame).map_err(io::Error::other)?;
                if let Some(event) = Event::parse(&frame) {
                    return Ok(Some(event));
                }
            }
            if self.has_ended {
                return Ok(None);
            }
            self.receive().await?;
            self.take_chunks()?;
        }
    }

    /// How many bytes have come.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    async fn receive(&mut self) -> io::Result<()> {
        let read = self.connection.read_buf(&mut self.raw);
        match timeout(PATIENCE, read).await?? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            bytes => {
                self.bytes += bytes;
                Ok(())
            }
        }
    }

    fn take_chunks(&mut self) -> io::Result<()> {
        while let Some(line) = find(&self.raw, b"\r\n") {
            let size = String::from_utf8_lossy(&self.raw[..line]);
            let size = usize::from_str_radix(&size, 16).map_err(io::Error::other)?;
            let (begin, end) = (line + 2, line + 2 + size);
            if self.raw.len() < end + 2 {
                break;
            }
            self.body.extend_from_slice(&self.raw[begin..end]);
            self.raw.drain(..end + 2);
            self.has_ended |= size == 0;
        }
        Ok(())
    }
}

/// One event of a stream.
pub struct Event {
    /// Its number, 0 where it has none.
    pub id: u64,
    /// What it says.
    pub data: String,
}

impl Event {
    /// Reads a frame; a mere heartbeat is none.
    fn parse(frame: &str) -> Option<Self> {
        let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name));
        Some(Self {
            id: field("id:")
                .and_then(|id| id.trim().parse().ok())
                .unwrap_or(0),
            data: field("data:")?.trim_start().to_owned(),
        })
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}
