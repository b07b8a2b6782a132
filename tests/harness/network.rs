//! Maps addresses to servers in the same process, over in-memory pipes. Tests with a paused clock cannot use sockets.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};

use hyper_util::rt::TokioIo;
use pulumi_provider::engine::{Dial, InvalidAddress, configure};
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::transport::{Channel, Endpoint};
use tower::service_fn;

/// The connections accepted at one address.
pub type Incoming = UnboundedReceiverStream<io::Result<DuplexStream>>;

type Listener = mpsc::UnboundedSender<io::Result<DuplexStream>>;

/// The listeners by address. Clones share the same network.
#[derive(Clone, Default)]
pub struct Network {
    listeners: Arc<Mutex<HashMap<String, Listener>>>,
}

impl Network {
    /// Starts to listen. When the returned value is dropped, later connections are refused.
    pub fn listen(&self, address: &str) -> Incoming {
        let (listener, connections) = mpsc::unbounded_channel();
        self.listeners.lock().unwrap().insert(address.to_owned(), listener);
        UnboundedReceiverStream::new(connections)
    }
}

impl Dial for Network {
    fn dial(&self, address: &str) -> Result<Channel, InvalidAddress> {
        let (network, address) = (self.clone(), address.to_owned());
        let connect = service_fn(move |_| {
            let listener = network.listeners.lock().unwrap().get(&address).cloned();
            async move {
                let (ours, theirs) = tokio::io::duplex(1 << 20);
                let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
                listener.ok_or_else(refused)?.send(Ok(theirs)).map_err(|_| refused())?;
                Ok::<_, io::Error>(TokioIo::new(ours))
            }
        });
        Ok(configure(Endpoint::from_static("http://in.memory")).connect_with_connector_lazy(connect))
    }
}
