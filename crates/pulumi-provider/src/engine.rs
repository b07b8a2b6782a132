//! The engine's side of the connection: its log, the resource monitor of a deployment, and whether it is still there.
//!
//! Everything is dialled by the address that a request brings, plain HTTP/2 on the loopback interface.

pub mod log;
pub mod monitor;

use std::time::Duration;

use tonic::transport::{Channel, Endpoint};

/// The largest message in either direction: what the engine itself allows, 400 MiB.
pub const MESSAGE_LIMIT: usize = 400 * 1024 * 1024;

/// The most that the headers and trailers of an answer may hold. Details of errors travel there.
const HEADER_LIMIT: u32 = 16 * 1024 * 1024;

/// How an address of the engine becomes a channel. Tests route addresses to servers in memory.
pub trait Dial: Send + Sync + 'static {
    /// A channel that connects when it is first used, and again whenever the connection was lost.
    ///
    /// # Errors
    /// [`InvalidAddress`] when the text is no address. Whether anybody listens there shows in the first call.
    fn dial(&self, address: &str) -> Result<Channel, InvalidAddress>;
}

/// A text that is no `host:port`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an address of the form host:port")]
pub struct InvalidAddress(pub String);

/// Dials over TCP.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tcp;

impl Dial for Tcp {
    fn dial(&self, address: &str) -> Result<Channel, InvalidAddress> {
        let invalid = || InvalidAddress(address.to_owned());
        // The engine gives addresses without a scheme.
        let endpoint = Endpoint::from_shared(format!("http://{address}")).map_err(|_| invalid())?;
        if endpoint.uri().host().is_none() || endpoint.uri().port_u16().is_none() {
            return Err(invalid());
        }
        Ok(configure(endpoint).connect_lazy())
    }
}

/// What every connection to the engine has in common.
#[must_use]
pub fn configure(endpoint: Endpoint) -> Endpoint {
    endpoint
        .connect_timeout(Duration::from_secs(10))
        .tcp_nodelay(true)
        .http2_max_header_list_size(HEADER_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_is_host_and_port() {
        for address in ["127.0.0.1:4711", "localhost:1", "[::1]:4711"] {
            assert!(Tcp.dial(address).is_ok(), "{address}");
        }
        for text in ["", "127.0.0.1", "not an address", "http://127.0.0.1:1:2"] {
            assert!(Tcp.dial(text).is_err(), "{text}");
        }
    }
}
