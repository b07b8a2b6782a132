//! Checks whether the engine that started this process is still running.
//!
//! An engine that is killed cannot send a message. Its log service listens as long as the engine runs, so the plugin calls
//! the standard health check on it (<https://github.com/grpc/grpc/blob/master/doc/health-checking.md>).

use std::time::Duration;

use http::uri::PathAndQuery;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tonic::transport::Channel;
use tonic::{Code, Request};
use tonic_prost::ProstCodec;

const PROBE_INTERVAL: Duration = Duration::from_secs(5);
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);
/// How many failures in a row, a second apart, mean that the engine is gone. A single refused connection may have another
/// reason.
const TRIES: u32 = 3;
const TRY_PAUSE: Duration = Duration::from_secs(1);

/// Returns when no process listens at the engine's address any more. A notification of `hint` starts the next check at once.
pub async fn gone(channel: Channel, hint: &Notify) {
    loop {
        if !answers(&channel).await {
            let mut failures = 1;
            while failures < TRIES {
                sleep(TRY_PAUSE).await;
                if answers(&channel).await {
                    break;
                }
                failures += 1;
            }
            if failures == TRIES {
                return;
            }
        }
        let _ = timeout(PROBE_INTERVAL, hint.notified()).await;
    }
}

/// Reports whether a process listens. Any answer counts, even that there is no health service. So does a time-out, because
/// the machine may be busy or suspended.
async fn answers(channel: &Channel) -> bool {
    let mut client = tonic::client::Grpc::new(channel.clone());
    let check = async {
        client
            .ready()
            .await
            .map_err(|error| tonic::Status::from_error(error.into()))?;
        // An empty message asks about the server as a whole. The content of the answer does not matter, so it is not decoded.
        let path = PathAndQuery::from_static("/grpc.health.v1.Health/Check");
        client
            .unary(Request::new(()), path, ProstCodec::<(), ()>::default())
            .await
    };
    match timeout(PROBE_TIMEOUT, check).await {
        Ok(Err(status)) => status.code() != Code::Unavailable,
        Ok(Ok(_)) | Err(_) => true,
    }
}
