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
#[path = "support/prepared.rs"]
mod prepared;
#[path = "support/session.rs"]
mod session;
#[path = "support/subjects.rs"]
mod subjects;

use std::collections::{BTreeMap, BTreeSet};

use aws_emulator::{Emulator, Settings};
use case::Case;
use cut::Cut;
use prepared::{Operation, Prepared};
use subjects::{OPERATIONS, Prerequisites, each_subject};

macro_rules! sweeps {
    ($($name:ident: $label:literal, [$($operation:ident)*];)*) => { $(
        #[allow(non_snake_case)] // the tests are named for the operations
        mod $name {
            $(
                #[test]
                fn $operation() {
                    super::sweep($label, super::Operation::$operation);
                }
            )*
        }
    )* };
}

each_subject!(sweeps);

#[tokio::test(start_paused = true)]
async fn every_operation_of_every_resource_is_swept() {
    let prerequisites = Prerequisites::create(&Emulator::new(Settings::default())).await;
    let mut swept: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (label, operations) in OPERATIONS {
        let token = prerequisites.subject(label).token;
        swept.entry(token).or_default().extend(*operations);
    }
    let all = BTreeSet::from(["Create", "Read", "Update", "Delete"]);
    for (token, operations) in swept {
        assert_eq!(operations, all, "{token}");
    }
}

/// Runs all cases of one operation. Every case runs before the sweep fails, so one run reports every failure.
#[allow(clippy::print_stdout)] // one line that sums up
fn sweep(label: &'static str, operation: Operation) {
    let calls = paused(async { Prepared::new(label, operation).await.calls(operation).await });
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
