//! What can go wrong in an operation on a resource, in terms that the caller acts on.
//!
//! An [`Error`] says what was being done (contexts, outermost first), what the service or the provider said, and what the
//! user may do next. It may hold values of properties, names and ids above all; those that are secret are taken out before
//! anybody sees it ([`Redaction`](crate::resource::redaction::Redaction)). [`Failed`] adds the question that decides what the
//! engine records: does the object exist?

use std::fmt;
use std::sync::Mutex;

use crate::lock::lock;

/// Why an operation failed; decides whether it is worth repeating and what the engine is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A bug of this provider.
    Bug,
    /// Another operation on the object is under way, or something still refers to it; it passes by itself.
    Busy,
    /// The engine asked us to stop.
    Cancelled,
    /// An object of that name exists already.
    Conflict,
    /// There are no credentials, or the service does not accept them; permissions would change nothing.
    Credentials,
    /// The credentials do not allow the operation.
    Denied,
    /// The object reached a state that it does not leave by itself.
    Failed,
    /// The service refused the request as it is.
    Invalid,
    /// The request may or may not have reached the service.
    MaybeSent,
    /// The object does not exist.
    NotFound,
    /// A quota is exhausted.
    Quota,
    /// The service asked us to slow down, for longer than we were ready to wait.
    Throttled,
    /// The deadline passed while waiting.
    TimedOut,
    /// The service failed.
    Unavailable,
}

/// When a sentence after the message is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Say {
    /// What the user can do: always.
    Advice,
    /// What the user can do, unless something better is known.
    Otherwise,
    /// Always, after what the user can do.
    Besides,
}

/// A failed operation. `Display` is one line: `doing this: CreateThat: access denied: …. What to do next (request id …)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: Kind,
    /// The service's own code, such as `InvalidGroup.NotFound`; empty when no service was involved.
    code: Box<str>,
    message: Box<str>,
    contexts: Vec<String>,
    sentences: Vec<(Say, String)>,
    /// What the service's support asks for.
    request_id: Option<Box<str>>,
}

impl Error {
    /// An error with the text that says what happened; lower case, no full stop.
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            code: Box::default(),
            message: ended(message.into()).into_boxed_str(),
            contexts: Vec::new(),
            sentences: Vec::new(),
            request_id: None,
        }
    }

    /// A bug of this provider; the text asks for a report.
    #[must_use]
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(Kind::Bug, message).advise("This is a bug in the provider: please report it")
    }

    /// Adds the service's error code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = code.into().into_boxed_str();
        self
    }

    /// Adds the service's own number of the failed request, if it gave one.
    #[must_use]
    pub fn with_request_id(mut self, id: Option<impl Into<String>>) -> Self {
        self.request_id = id.map(|id| id.into().into_boxed_str());
        self
    }

    /// Says what was being done; called on the way up, so that the outermost context is printed first.
    #[must_use]
    pub fn context(mut self, doing: impl Into<String>) -> Self {
        self.contexts.push(doing.into());
        self
    }

    /// Adds a sentence about what the user can do (no full stop at its end).
    #[must_use]
    pub fn advise(mut self, next_step: impl Into<String>) -> Self {
        self.sentences.push((Say::Advice, next_step.into()));
        self
    }

    /// Adds a sentence that stands in for no advice: how the operation gets more time, what was recorded.
    #[must_use]
    pub fn besides(mut self, sentence: impl Into<String>) -> Self {
        self.sentences.push((Say::Besides, sentence.into()));
        self
    }

    /// A sentence about what the user can do, for when nobody adds a better one.
    #[must_use]
    pub fn advise_otherwise(mut self, next_step: impl Into<String>) -> Self {
        self.sentences.push((Say::Otherwise, next_step.into()));
        self
    }

    /// Replaces what the user can do: it is known better here. What was said besides stays.
    #[must_use]
    pub fn advise_instead(mut self, next_step: impl Into<String>) -> Self {
        self.sentences.retain(|(say, _)| *say == Say::Besides);
        self.advise(next_step)
    }

    /// The same as the consequence of another error: with its code, its advice before the own, and its request id.
    #[must_use]
    pub fn after(mut self, cause: Self) -> Self {
        self.code = cause.code;
        self.request_id = cause.request_id;
        self.sentences.splice(0..0, cause.sentences);
        self
    }

    /// The same error with every text that it holds changed; the code and the request id are the service's own words.
    #[must_use]
    pub fn map_texts(mut self, change: impl Fn(&str) -> String) -> Self {
        self.message = change(&self.message).into_boxed_str();
        self.contexts.iter_mut().for_each(|text| *text = change(text));
        self.sentences.iter_mut().for_each(|(_, text)| *text = change(text));
        self
    }

    /// The same error as another kind, for codes whose meaning depends on the call.
    #[must_use]
    pub const fn with_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// What kind of failure this is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The service's error code, empty when no service was involved.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The service's own number of the failed request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// What happened, without context, advice and request id.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether the object is known not to exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.kind == Kind::NotFound
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for context in self.contexts.iter().rev() {
            write!(f, "{context}: ")?;
        }
        f.write_str(&self.message)?;
        let said = |when| self.sentences.iter().filter(move |(say, _)| *say == when);
        let advice = match said(Say::Advice).next() {
            Some(_) => Say::Advice,
            None => Say::Otherwise,
        };
        for (_, sentence) in said(advice).chain(said(Say::Besides)) {
            write!(f, ". {sentence}")?;
        }
        match &self.request_id {
            Some(id) => write!(f, " (request id {id})"),
            None => Ok(()),
        }
    }
}

/// Without the full stop of whoever said it, for more may follow.
fn ended(mut message: String) -> String {
    message.truncate(message.trim_end_matches(['.', ' ', '\n']).len());
    message
}

impl std::error::Error for Error {}

/// A failed create, with the answer to what the engine must record.
///
/// <https://www.pulumi.com/docs/iac/guides/building-extending/providers/implementers/>: a plain error promises that nothing
/// was made; an object that exists but is not healthy is reported with its id.
#[derive(Clone, Debug, PartialEq)]
pub enum Failed<S> {
    /// Nothing was made.
    NotCreated(Error),
    /// The object exists under this id, in this state, but is not what was asked for.
    Partial {
        /// The id that the service gave.
        id: String,
        /// What is known of the object; boxed, for it is much larger than the other case.
        state: Box<S>,
        /// Why it is not finished.
        error: Error,
    },
}

impl<S> Failed<S> {
    /// A create that failed half-way, recorded as the object was last seen: the next Diff has to know a failed status.
    #[must_use]
    pub fn last_seen(self, seen: &Mutex<S>) -> Self
    where
        S: Clone,
    {
        match self {
            Self::Partial { id, error, .. } => Self::Partial {
                id,
                state: Box::new(lock(seen).clone()),
                error,
            },
            not_created @ Self::NotCreated(_) => not_created,
        }
    }

    /// Says what was being done, as [`Error::context`].
    #[must_use]
    pub fn context(self, doing: impl Into<String>) -> Self {
        match self {
            Self::NotCreated(error) => Self::NotCreated(error.context(doing)),
            Self::Partial { id, state, error } => Self::Partial {
                id,
                state,
                error: error.context(doing),
            },
        }
    }
}

impl<S> From<Error> for Failed<S> {
    fn from(error: Error) -> Self {
        Self::NotCreated(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_with_contexts_and_advice() {
        let error = Error::new(Kind::Denied, "CreateResourceGateway: access denied: no")
            .with_request_id(Some("1"))
            .context("creating resource gateway \"orders\"")
            .advise("Grant vpc-lattice:CreateResourceGateway");
        insta::assert_snapshot!(
            error,
            @r#"creating resource gateway "orders": CreateResourceGateway: access denied: no. Grant vpc-lattice:CreateResourceGateway (request id 1)"#
        );
    }
}
