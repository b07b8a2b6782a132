//! Whether the engine that started this process is still there.
//!
//! An engine that is killed cannot say goodbye. Its log listens as long as it lives, so that is what is asked, with the
//! standard health check (<https://github.com/grpc/grpc/blob/master/doc/health-checking.md>).

use std::time::Duration;

use http::uri::PathAndQuery;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tonic::transport::Channel;
use tonic::{Code, Request};
use tonic_prost::ProstCodec;

const INTERVAL: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);
/// One refused connection may have another reason; as many in a row, a second apart, have not.
const TRIES: u32 = 3;
const TRY_PAUSE: Duration = Duration::from_secs(1);

/// Returns when nobody listens at the engine's address any more. `hint` makes it look at once.
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
        let _ = timeout(INTERVAL, hint.notified()).await;
    }
}

/// Whether somebody listens. Any answer will do, also that there is no health service; so will silence, for a machine may be
/// busy or suspended.
async fn answers(channel: &Channel) -> bool {
    let mut client = tonic::client::Grpc::new(channel.clone());
    let check = async {
        client
            .ready()
            .await
            .map_err(|error| tonic::Status::from_error(error.into()))?;
        // An empty message asks about the server as a whole, and what the answer says does not matter: nothing is decoded.
        let path = PathAndQuery::from_static("/grpc.health.v1.Health/Check");
        client
            .unary(Request::new(()), path, ProstCodec::<(), ()>::default())
            .await
    };
    match timeout(ANSWER, check).await {
        Ok(Err(status)) => status.code() != Code::Unavailable,
        Ok(Ok(_)) | Err(_) => true,
    }
}
