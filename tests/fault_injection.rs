//! The failure sweep: injects every fault into every AWS call of every operation of every resource, through the real server
//! in memory, on a paused clock. No object may be lost or created twice, and repeating the operation must succeed. After a
//! failed update, the next run may also be a different program, or start with a refresh.
// In a test, a failed unwrap is a test failure.
#![allow(clippy::unwrap_used)]

// Each test binary uses only part of the harness, and no other crate can use it.
#[allow(dead_code, unreachable_pub)]
mod harness {
    pub mod engine;
    pub mod monitor;
    pub mod network;
    pub mod server;
}
#[path = "faults/case.rs"]
mod case;
#[path = "faults/cut.rs"]
mod cut;
#[path = "support/facts.rs"]
mod facts;
#[path = "faults/next.rs"]
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

// Operations that two subjects of the same resource share are swept once.
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

/// Runs all cases of one operation. Every case runs before the sweep fails, so one run reports every failure.
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

/// Returns the indexes of the calls to inject faults into. Of the polls of one wait, only the first and the last.
fn telling(calls: &[String]) -> Vec<usize> {
    let between = |nth: usize| nth > 0 && calls[nth - 1] == calls[nth] && calls.get(nth + 1) == Some(&calls[nth]);
    (0..calls.len()).filter(|nth| !between(*nth)).collect()
}

/// Runs the future on its own paused clock, with a fixed seed so that every run is the same.
fn paused<T>(run: impl Future<Output = T>) -> T {
    fastrand::seed(7);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(run)
}
