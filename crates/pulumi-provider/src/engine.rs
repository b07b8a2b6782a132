//! Clients of the engine: its log, and the resource monitor of a deployment.
//!
//! Each client connects to the address in a request, with plain HTTP/2 on the loopback interface.

pub mod log;
pub mod monitor;

use std::time::Duration;

use tonic::transport::{Channel, Endpoint};

/// The largest message in either direction: 400 MiB, the engine's own limit.
pub const MESSAGE_LIMIT: usize = 400 * 1024 * 1024;

/// The largest size of the headers and trailers of an answer, in bytes. Error details travel there.
const HEADER_LIMIT: u32 = 16 * 1024 * 1024;

/// Connects to the engine's addresses. Tests connect addresses to servers in memory.
pub trait Dial: Send + Sync + 'static {
    /// Returns a channel that connects on first use, and reconnects whenever the connection is lost.
    ///
    /// # Errors
    /// [`InvalidAddress`] if the text is not an address. Whether anyone listens there shows only in the first call.
    fn dial(&self, address: &str) -> Result<Channel, InvalidAddress>;
}

/// A text that does not have the form `host:port`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an address of the form host:port")]
pub struct InvalidAddress(pub String);

/// Connects over TCP.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tcp;

impl Dial for Tcp {
    fn dial(&self, address: &str) -> Result<Channel, InvalidAddress> {
        let invalid = || InvalidAddress(address.to_owned());
        // The engine sends addresses without a scheme.
        let endpoint = Endpoint::from_shared(format!("http://{address}")).map_err(|_| invalid())?;
        if endpoint.uri().host().is_none() || endpoint.uri().port_u16().is_none() {
            return Err(invalid());
        }
        Ok(configure(endpoint).connect_lazy())
    }
}

/// Applies the settings that all connections to the engine share.
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
