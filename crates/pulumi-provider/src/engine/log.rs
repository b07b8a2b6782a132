//! Messages to the user, through the engine's log.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};
use tonic::transport::Channel;

use crate::lock::lock;
use crate::proto::engine_client::EngineClient;
use crate::proto::{LogRequest, LogSeverity};
use crate::resource::context::Report;
use crate::urn::Urn;

/// How often the same status is shown again. A terminal keeps it on the resource's row. Other output has a line for each
/// message, so the repetition shows in a log that the operation is still running.
const REPEAT_AFTER: Duration = Duration::from_secs(60);
/// How long an operation waits before it shows its status: a wait that ends sooner is not worth a line.
const QUIET_FOR: Duration = Duration::from_secs(1);
/// How long sending one message may take: the engine is on this machine.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the end of an operation waits for its messages.
const LAST_MESSAGES_TIMEOUT: Duration = Duration::from_secs(2);

/// The engine's log.
///
/// A separate task sends the messages in order. Logging never fails or delays an operation: if the engine is gone, or is an
/// old one without a log, only the messages are lost. The callers write the messages, which never contain a property's value.
#[derive(Debug)]
pub struct EngineLog {
    queue: mpsc::UnboundedSender<Item>,
    rows: Mutex<HashMap<Urn, Row>>,
}

/// An entry of the queue.
#[derive(Debug)]
enum Item {
    Message(LogRequest),
    /// Answered when all entries before it are sent.
    Mark(oneshot::Sender<()>),
}

/// The status on a resource's row.
#[derive(Debug)]
struct Row {
    since: Instant,
    /// The text that was last shown, and when.
    shown: Option<(String, Instant)>,
}

impl EngineLog {
    /// Creates a client of the log at the other end of the channel. Must be called within a tokio runtime.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        let (queue, items) = mpsc::unbounded_channel();
        tokio::spawn(deliver(EngineClient::new(channel), items));
        Self {
            queue,
            rows: Mutex::default(),
        }
    }

    /// Ends an operation's messages: clears the status from the row, where the last text would otherwise stay, and waits up
    /// to two seconds until everything is sent.
    pub async fn settle(&self, urn: &Urn) {
        self.status(urn, "");
        let (sender, sent) = oneshot::channel();
        self.enqueue(Item::Mark(sender));
        // A late or lost message does not affect the operation.
        let _ = timeout(LAST_MESSAGES_TIMEOUT, sent).await;
    }

    /// Sends a message about a resource; without a URN, about the stack.
    fn log(&self, severity: LogSeverity, urn: &str, text: &str, ephemeral: bool) {
        self.enqueue(Item::Message(LogRequest {
            severity: severity.into(),
            message: text.to_owned(),
            urn: urn.to_owned(),
            stream_id: 0,
            ephemeral,
        }));
    }

    fn enqueue(&self, item: Item) {
        // The receiver lives as long as the sender, unless the runtime is shutting down.
        let _ = self.queue.send(item);
    }

    fn rows(&self) -> MutexGuard<'_, HashMap<Urn, Row>> {
        // Each change is a single insertion or removal: a panic elsewhere leaves nothing half done.
        lock(&self.rows)
    }
}

impl Report for EngineLog {
    fn status(&self, urn: &Urn, text: &str) {
        let mut rows = self.rows();
        if text.is_empty() {
            if rows.remove(urn).is_some_and(|row| row.shown.is_some()) {
                self.log(LogSeverity::Info, urn.as_str(), "", true);
            }
            return;
        }
        let now = Instant::now();
        let row = rows.entry(urn.clone()).or_insert(Row {
            since: now,
            shown: None,
        });
        let is_news = now.duration_since(row.since) >= QUIET_FOR
            && row
                .shown
                .as_ref()
                .is_none_or(|(shown, at)| shown != text || now.duration_since(*at) >= REPEAT_AFTER);
        if is_news {
            self.log(LogSeverity::Info, urn.as_str(), text, true);
            row.shown = Some((text.to_owned(), now));
        }
    }

    fn announce(&self, urn: &Urn, text: &str) {
        let now = Instant::now();
        let row = Row {
            since: now,
            shown: Some((text.to_owned(), now)),
        };
        self.rows().insert(urn.clone(), row);
        self.log(LogSeverity::Info, urn.as_str(), text, true);
    }

    fn note(&self, urn: &Urn, text: &str) {
        self.log(LogSeverity::Info, urn.as_str(), text, false);
    }

    fn warn(&self, urn: &Urn, text: &str) {
        self.log(LogSeverity::Warning, urn.as_str(), text, false);
    }

    fn error(&self, urn: &Urn, text: &str) {
        self.log(LogSeverity::Error, urn.as_str(), text, false);
    }

    fn warn_stack(&self, text: &str) {
        self.log(LogSeverity::Warning, "", text, false);
    }
}

async fn deliver(mut client: EngineClient<Channel>, mut items: mpsc::UnboundedReceiver<Item>) {
    while let Some(item) = items.recv().await {
        match item {
            Item::Message(message) => {
                if !matches!(timeout(SEND_TIMEOUT, client.log(message)).await, Ok(Ok(_))) {
                    tracing::debug!("the engine did not take a log message");
                }
            }
            // Sending fails only if the operation no longer waits.
            Item::Mark(sender) => _ = sender.send(()),
        }
    }
}
