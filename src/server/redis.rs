//! The Redis (or Valkey) that nodes share: how it is reached. What is kept in it is the business of those who keep it
//! there: the log of runs and the limiter of log-in attempts.

use super::config::RedisConfig;
use redis::{
    AsyncConnectionConfig, Client, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig, MultiplexedConnection},
};
use std::time::Duration;

/// Longest time to connect, and to wait for the answer to a short command.
const PATIENCE: Duration = Duration::from_secs(2);

/// A server that several nodes share.
#[derive(Clone)]
pub struct Redis {
    client: Client,
    commands: ConnectionManager,
}

impl Redis {
    /// Prepares to use the server; nothing is asked of it yet, so it need not be there.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn new(config: &RedisConfig) -> RedisResult<Self> {
        let client = Client::open(config.url())?;
        // A command is tried once; whoever gives it knows what to do without.
        let settings = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(0);
        let commands = ConnectionManager::new_lazy_with_config(client.clone(), settings)?;
        Ok(Self { client, commands })
    }

    /// A connection for short commands, shared by all who ask; it comes back by itself after a failure.
    #[must_use]
    pub fn commands(&self) -> ConnectionManager {
        self.commands.clone()
    }

    /// A connection of one's own, for commands that take up to `patience` to answer. It does not come back by itself.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn connect(&self, patience: Duration) -> RedisResult<MultiplexedConnection> {
        let settings = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(patience));
        self.client
            .get_multiplexed_async_connection_with_config(&settings)
            .await
    }
}
