//! People for measurements: accounts made through the public door.

use super::programs::Server;
use crate::support::{client::Client, person::Person};
use std::io;

/// Somebody new with an account.
pub async fn sign_up(http: &reqwest::Client, server: &Server, name: &str) -> io::Result<Person> {
    let visitor = Client::new(http.clone(), server.address());
    let form = [("name", name), ("password", "correct horse battery")];
    let reply = visitor.call("sign_up", &form).await;
    if reply.status == 200 {
        Ok(Person::new(visitor))
    } else {
        let message = format!("no account for {name}: {} {}", reply.status, reply.body);
        Err(io::Error::other(message))
    }
}
