//! Durations at speed 1. They are about ten times shorter than AWS's, in the same proportions (docs/aws-behavior.md;
//! durations in public test logs): long enough that a client that forgets to wait fails, short enough for a demo.

use std::time::Duration;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// After a create, other calls do not find the object yet (docs/aws-behavior.md, Interface endpoint, Security group).
pub const VISIBLE_AFTER_CREATE: Duration = ms(1_000);
/// After a change, reads still return the old value (docs/aws-behavior.md, Connection).
pub const STALE_AFTER_CHANGE: Duration = ms(1_000);

/// Interface endpoint: `pending` to `available` (AWS: 30 to 60 s).
pub const ENDPOINT_CREATE: Duration = ms(4_000);
/// Interface endpoint: duration of a change; another one is rejected meanwhile (AWS: about a minute per subnet).
pub const ENDPOINT_MODIFY: Duration = ms(3_000);
/// Interface endpoint: `deleting` to `deleted` (AWS: up to a few minutes).
pub const ENDPOINT_DELETE: Duration = ms(4_000);
/// Interface endpoint: how long Describe returns `deleted` before NotFound.
pub const ENDPOINT_DELETED_VISIBLE: Duration = ms(2_000);
/// Network interfaces remain for this long after their endpoint or gateway is gone (docs/aws-behavior.md, Resource gateway).
pub const INTERFACE_LINGER: Duration = ms(3_000);

/// Resource gateway: `CREATE_IN_PROGRESS` to `ACTIVE` (AWS: 30 to 60 s).
pub const GATEWAY_CREATE: Duration = ms(3_000);
/// Resource gateway and configuration: duration of the flap back from `ACTIVE`, shortly after the first one
/// (docs/aws-behavior.md, Resource gateway).
pub const LATTICE_FLAP: Duration = ms(600);
/// Resource gateway: `UPDATE_IN_PROGRESS` to `ACTIVE`.
pub const GATEWAY_UPDATE: Duration = ms(2_000);
/// Resource gateway: `DELETE_IN_PROGRESS` to gone.
pub const GATEWAY_DELETE: Duration = ms(3_000);

/// Resource configuration: `CREATE_IN_PROGRESS` to `ACTIVE` (AWS: seconds).
pub const CONFIGURATION_CREATE: Duration = ms(1_000);
/// Resource configuration: how long reads return the old value. Longer than the interval of two polls, so that two old
/// responses in a row do not prove that a change failed.
pub const CONFIGURATION_STALE: Duration = ms(2_000);
/// Resource configuration: `UPDATE_IN_PROGRESS` to `ACTIVE`.
pub const CONFIGURATION_UPDATE: Duration = ms(1_000);
/// Resource configuration: `DELETE_IN_PROGRESS` to gone.
pub const CONFIGURATION_DELETE: Duration = ms(1_000);

/// Connection without private connectivity: `AUTHORIZING` to `AUTHORIZED`.
pub const CONNECTION_AUTHORIZE: Duration = ms(1_000);
/// Private connection: `CREATING` or `UPDATING` to `ACTIVE`. The last part of it is `AUTHORIZED`.
pub const CONNECTION_PRIVATE: Duration = ms(4_000);
/// Private connection in the recorded mode: `AUTHORIZED` until `ACTIVE` (AWS: unknown; Terraform treats it as final).
pub const CONNECTION_STAYS_AUTHORIZED: Duration = ms(20_000);
/// Connection: `DEAUTHORIZING` to `DEAUTHORIZED`.
pub const CONNECTION_DEAUTHORIZE: Duration = ms(1_000);
/// Connection: `DELETING` to gone.
pub const CONNECTION_DELETE: Duration = ms(2_000);
/// EventBridge's own association stays for this long after the connection released it (AWS: minutes; docs/aws-behavior.md,
/// `association-lingers`).
pub const ASSOCIATION_LINGER: Duration = ms(10_000);
