//! Messages for failed calls: each fault at each call of each operation of each resource.

use aws_emulator::faults::{Fault, FaultKind};

use crate::page::Page;
use crate::prepared::{Operation, Prepared};
use crate::subjects::each_resource;

macro_rules! pages {
    ($($name:ident: $label:literal;)*) => { $(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            insta::assert_snapshot!(stringify!($name), page($label).await);
        }
    )* };
}

each_resource!(pages);

/// The faults to inject. Each makes the call fail every time.
const FAULTS: [(&str, FaultKind); 5] = [
    ("denied", FaultKind::AccessDenied),
    ("throttled for good", FaultKind::Throttle),
    ("failing on AWS's side", FaultKind::Internal),
    ("cut off before it arrives", FaultKind::ResetBefore),
    ("without an answer", FaultKind::ResetAfter),
];

async fn page(label: &str) -> Page {
    let mut page = Page::default();
    for operation in Operation::ALL {
        let mut calls: Vec<String> = Vec::new();
        for call in Prepared::new(label, operation).await.calls(operation).await {
            if !calls.contains(&call) {
                calls.push(call);
            }
        }
        for call in calls {
            for (how, kind) in FAULTS {
                fastrand::seed(7);
                let prepared = Prepared::new(label, operation).await;
                prepared.emulator.inject(Fault::new(&call, 1, kind).times(u32::MAX));
                if let Some(message) = prepared.message_of(operation).await {
                    page.add(&format!("{operation:?}, {call} {how}"), &message);
                }
            }
        }
    }
    page
}
