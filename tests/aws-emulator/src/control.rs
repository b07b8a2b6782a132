//! The control plane under `/_emulator`, for programs outside this process. It is not part of AWS.
//!
//! | request | answer |
//! |---|---|
//! | `GET /_emulator/journal` | every call so far ([`crate::journal::Entry`]) |
//! | `GET /_emulator/resources` | all objects ([`crate::operation::ResourceRow`]); `?beyond-start` leaves the starting state out |
//! | `GET /_emulator/operations` | implemented operations by service |
//! | `POST /_emulator/faults` | injects a [`crate::faults::Fault`] |
//! | `DELETE /_emulator/faults` | removes the injected faults that have not happened yet |
//! | `POST /_emulator/permissions` | `{"deny": ["vpc-lattice:CreateServiceNetworkResourceAssociation"]}` replaces the denied actions |
//! | `POST /_emulator/seed` | makes a situation that no AWS call makes here ([`crate::seeds`]); answers the ids of new objects |
//! | `POST /_emulator/reset` | new accounts, an empty journal, no faults |

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::json;

use crate::Emulator;
use crate::faults::Fault;

/// The path prefix of the control plane.
pub const PREFIX: &str = "/_emulator/";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Permissions {
    deny: Vec<String>,
}

/// Answers a request of the control plane.
pub(crate) fn answer(emulator: &Emulator, request: &Request<Bytes>) -> Response<Bytes> {
    let what = request.uri().path().strip_prefix(PREFIX).unwrap_or_default();
    match (request.method(), what) {
        (&Method::GET, "journal") => json(StatusCode::OK, &json!({ "calls": emulator.journal() })),
        (&Method::GET, "resources") => {
            let beyond = request.uri().query() == Some("beyond-start");
            let rows: Vec<_> = emulator
                .resources()
                .into_iter()
                .filter(|r| !(beyond && r.starting_state))
                .collect();
            json(StatusCode::OK, &json!({ "resources": rows }))
        }
        (&Method::GET, "operations") => json(StatusCode::OK, &json!(Emulator::operations())),
        (&Method::POST, "faults") => match serde_json::from_slice::<Fault>(request.body()) {
            Ok(fault) => {
                if let Some(message) = fault.mistake() {
                    return json(StatusCode::BAD_REQUEST, &json!({ "message": message }));
                }
                emulator.inject(fault);
                json(StatusCode::OK, &json!({}))
            }
            Err(error) => json(StatusCode::BAD_REQUEST, &json!({ "message": error.to_string() })),
        },
        (&Method::DELETE, "faults") => {
            emulator.clear_faults();
            json(StatusCode::OK, &json!({}))
        }
        (&Method::POST, "permissions") => match serde_json::from_slice::<Permissions>(request.body()) {
            Ok(permissions) => {
                emulator.deny(permissions.deny);
                json(StatusCode::OK, &json!({}))
            }
            Err(error) => json(StatusCode::BAD_REQUEST, &json!({ "message": error.to_string() })),
        },
        (&Method::POST, "seed") => {
            let seed = serde_json::from_slice(request.body()).map_err(|error| error.to_string());
            match seed.and_then(|seed| emulator.seed(seed)) {
                Ok(made) => json(StatusCode::OK, &made),
                Err(message) => json(StatusCode::BAD_REQUEST, &json!({ "message": message })),
            }
        }
        (&Method::POST, "reset") => {
            emulator.reset();
            json(StatusCode::OK, &json!({}))
        }
        _ => json(
            StatusCode::NOT_FOUND,
            &json!({ "message": "no such thing under /_emulator/" }),
        ),
    }
}

fn json(status: StatusCode, body: &serde_json::Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert("content-type", http::HeaderValue::from_static("application/json"));
    response
}
