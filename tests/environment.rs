//! Tests of the plugin process's environment: variables, the shared AWS files, proxies, certificates and credential
//! sources. Each test starts the plugin with its own environment, makes it read one security group, and checks the requests
//! that arrive on loopback. `docs/environment.md` has the table; `page.rs` compares it with these tests.
// In a test, a failed unwrap is a test failure.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

mod environment {
    pub(crate) mod authority;
    mod certificates;
    mod containers;
    mod credentials;
    pub(crate) mod loopback;
    mod page;
    mod profiles;
    mod proxies;
    mod settings;
    pub(crate) mod trial;
}
