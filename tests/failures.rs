//! The failure sweep: every AWS call of every operation of every resource goes wrong in every way, through the real server in
//! memory, on a paused clock. Nothing may be lost, nothing made twice, and the same operation once more must come to its end. After
//! an update it may also be another program that goes on, or a refresh.
// In a test, what cannot be unwrapped is a failure.
#![allow(clippy::unwrap_used)]

// Each test binary uses a part of the harness, and nothing outside it can.
#[allow(dead_code, unreachable_pub)]
mod harness {
    pub mod engine;
    pub mod monitor;
    pub mod network;
    pub mod server;
}
#[path = "sweep/case.rs"]
mod case;
#[path = "sweep/cut.rs"]
mod cut;
#[path = "support/facts.rs"]
mod facts;
#[path = "sweep/next.rs"]
mod next;
#[path = "support/session.rs"]
mod session;
#[path = "support/subjects.rs"]
mod subjects;

use case::{Case, Operation, Scene};
use cut::Cut;

macro_rules! sweeps {
    ($($name:ident: $label:literal, $operation:ident;)*) => { $(
        #[test]
        fn $name() {
            sweep($label, Operation::$operation);
        }
    )* };
}

// What a second line of a resource has in common with its first is swept once.
sweeps! {
    security_group_create: "security group", Create;
    security_group_read: "security group", Read;
    security_group_update: "security group", Update;
    security_group_delete: "security group", Delete;
    interface_endpoint_create: "interface endpoint", Create;
    interface_endpoint_read: "interface endpoint", Read;
    interface_endpoint_update: "interface endpoint", Update;
    interface_endpoint_delete: "interface endpoint", Delete;
    resource_gateway_create: "resource gateway", Create;
    resource_gateway_read: "resource gateway", Read;
    resource_gateway_update: "resource gateway", Update;
    resource_gateway_delete: "resource gateway", Delete;
    configuration_create: "configuration of a host", Create;
    configuration_read: "configuration of a host", Read;
    configuration_delete: "configuration of a host", Delete;
    configuration_update_of_an_address: "configuration of an address", Update;
    configuration_create_for_an_endpoint: "configuration of an endpoint", Create;
    private_connection_create: "private connection", Create;
    private_connection_read: "private connection", Read;
    private_connection_update: "private connection", Update;
    private_connection_delete: "private connection", Delete;
    public_connection_create: "public connection", Create;
    public_connection_update: "public connection", Update;
}

/// All cases of one operation. Every case is tried before the sweep fails, so that one run shows all that is wrong.
#[allow(clippy::print_stdout)] // one line that sums up
fn sweep(label: &'static str, operation: Operation) {
    let calls = paused(async { Scene::prepare(label, operation, None).await.record(operation).await });
    assert!(!calls.is_empty(), "{label}: {operation:?} makes no call");
    let (mut cases, mut broken) = (0, Vec::new());
    for nth in telling(&calls) {
        for cut in Cut::ALL {
            let case = Case {
                label,
                operation,
                cut,
                nth,
                call: &calls[nth],
                occurrence: calls[..=nth].iter().filter(|call| **call == calls[nth]).count(),
            };
            for resumption in case.resumptions() {
                cases += 1;
                if let Err(why) = paused(case.run(resumption)) {
                    broken.push(format!(
                        "call {} {}, {cut:?}, then {resumption:?}: {why}",
                        nth + 1,
                        calls[nth]
                    ));
                }
            }
        }
    }
    println!(
        "{label}, {operation:?}: {cases} cases at {} calls, {} broken",
        calls.len(),
        broken.len()
    );
    assert!(broken.is_empty(), "{label}, {operation:?}:\n{}", broken.join("\n"));
}

/// Of the many looks of one wait only the first and the last are told apart.
fn telling(calls: &[String]) -> Vec<usize> {
    let between = |nth: usize| nth > 0 && calls[nth - 1] == calls[nth] && calls.get(nth + 1) == Some(&calls[nth]);
    (0..calls.len()).filter(|nth| !between(*nth)).collect()
}

/// Runs on a clock of its own, the same way each time.
fn paused<T>(run: impl Future<Output = T>) -> T {
    fastrand::seed(7);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(run)
}
