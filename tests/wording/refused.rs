//! Messages for failed calls: each fault at each call of each operation of each resource.

use aws_emulator::faults::{Fault, FaultKind};

use crate::page::Page;
use crate::scene::{Operation, Scene};

macro_rules! pages {
    ($($name:ident: $label:literal;)*) => { $(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            insta::assert_snapshot!(stringify!($name), page($label).await);
        }
    )* };
}

pages! {
    security_group: "security group";
    interface_endpoint: "interface endpoint";
    resource_gateway: "resource gateway";
    resource_configuration: "configuration of a host";
    private_connection: "private connection";
}

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
        let calls = Scene::prepare(label, operation).await.calls(operation).await;
        for call in calls {
            for (how, kind) in FAULTS {
                fastrand::seed(7);
                let scene = Scene::prepare(label, operation).await;
                scene.emulator.inject(Fault::new(&call, 1, kind).times(u32::MAX));
                if let Err(message) = scene.operate(operation).await {
                    page.add(&format!("{operation:?}, {call} {how}"), &message);
                }
            }
        }
    }
    page
}
