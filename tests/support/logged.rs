//! Captures the plugin's log.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;

/// Everything that the plugin logs at the most verbose level.
#[derive(Clone, Default)]
pub(crate) struct Logged(Arc<Mutex<Vec<u8>>>);

impl Logged {
    pub(crate) fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let kept = self.clone();
        let lines = tracing_subscriber::fmt::layer().with_writer(move || kept.clone());
        let ours = Targets::new()
            .with_targets(["pulumi_provider", "private_step_functions"].map(|target| (target, tracing::Level::TRACE)));
        tracing::subscriber::set_default(tracing_subscriber::registry().with(lines).with(ours))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
