//! People: accounts made through the public door.

use crate::support::{client::Client, person::Person};
use std::{io, net::SocketAddr};

/// Somebody new with an account at a server.
///
/// # Errors
/// When the server does not give one.
pub async fn sign_up(
    http: &reqwest::Client,
    address: SocketAddr,
    name: &str,
) -> io::Result<Person> {
    let visitor = Client::new(http.clone(), address);
    let form = [("name", name), ("password", "correct horse battery")];
    let reply = visitor.call("sign_up", &form).await;
    if reply.status == 200 {
        Ok(Person::new(visitor))
    } else {
        let message = format!("no account for {name}: {} {}", reply.status, reply.body);
        Err(io::Error::other(message))
    }
}
