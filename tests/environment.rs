//! What surrounds the provider, in the process that the engine starts: variables, the shared AWS files, proxies, certificates and
//! sources of credentials. Each test starts the plugin with an environment of its own, has it read one security group, and looks at
//! what arrives on loopback. `docs/environment.md` is the table; `page.rs` holds it to these tests.
// In a test, what cannot be unwrapped is a failure.
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
