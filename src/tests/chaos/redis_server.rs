//! A Redis of the test's own that keeps nothing: killed and started again, its memory is empty.

use crate::programs::{PATIENCE, address::free_address, process::Process};
use std::{io, net::SocketAddr, path::PathBuf, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Command,
    time::{Instant, sleep},
};

/// A Redis that may be running; it is killed when this is dropped.
pub struct RedisServer {
    directory: PathBuf,
    address: SocketAddr,
    process: Option<Process>,
}

impl RedisServer {
    /// Starts one on a free port.
    ///
    /// # Errors
    /// When Redis is missing or does not start.
    pub async fn start(directory: PathBuf) -> io::Result<Self> {
        let mut redis = Self {
            directory,
            address: free_address()?,
            process: None,
        };
        redis.start_again().await?;
        Ok(redis)
    }

    /// What `REDIS_URL` is set to.
    pub fn url(&self) -> String {
        format!("redis://{}/", self.address)
    }

    /// Kills it, with all that it remembers.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn kill(&mut self) -> io::Result<()> {
        match self.process.take() {
            Some(process) => process.kill().await,
            None => Ok(()),
        }
    }

    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start_again(&mut self) -> io::Result<()> {
        let port = self.address.port().to_string();
        let mut command = Command::new("redis-server");
        command
            .args(["--port", &port, "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(&self.directory)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        self.process = Some(Process::start(&mut command)?);
        let began = Instant::now();
        while !self.answers().await {
            if began.elapsed() > PATIENCE {
                return Err(io::Error::other("Redis does not come up"));
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// How many keys it holds, and how many of them have no expiry and would stay for ever.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn keys(&self) -> io::Result<(usize, usize)> {
        let count = async {
            let client = redis::Client::open(self.url())?;
            let mut connection = client.get_multiplexed_async_connection().await?;
            let keys: Vec<String> = redis::cmd("KEYS")
                .arg("*")
                .query_async(&mut connection)
                .await?;
            let mut lasting = 0;
            for key in &keys {
                let ttl: i64 = redis::cmd("TTL")
                    .arg(key)
                    .query_async(&mut connection)
                    .await?;
                // -1: no expiry; -2: gone in the meantime.
                lasting += usize::from(ttl == -1);
            }
            redis::RedisResult::Ok((keys.len(), lasting))
        };
        count.await.map_err(io::Error::other)
    }

    async fn answers(&self) -> bool {
        let ping = async {
            let mut connection = TcpStream::connect(self.address).await?;
            connection.write_all(b"PING\r\n").await?;
            let mut pong = [0; 7];
            connection.read_exact(&mut pong).await?;
            io::Result::Ok(&pong == b"+PONG\r\n")
        };
        ping.await.unwrap_or(false)
    }
}
