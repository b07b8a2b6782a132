//! Errors of operations on resources, in the terms that the caller acts on.
//!
//! An [`Error`] says what was being done (contexts, outermost first), what the service or the provider reported, and what the
//! user can do next. It may contain property values, mostly names and ids. Secret ones are removed before the error is shown
//! ([`Redaction`](crate::resource::redaction::Redaction)). [`Failed`] adds whether the object exists, which decides what the
//! engine records.

use std::fmt;
use std::sync::Mutex;

use crate::lock::lock;

/// Why an operation failed. The kind decides whether a repetition is useful and what the engine is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A bug of this provider.
    Bug,
    /// Another operation on the object is running, or something still refers to the object. The condition passes by itself.
    Busy,
    /// The engine asked the provider to stop.
    Cancelled,
    /// An object of that name already exists.
    Conflict,
    /// There are no credentials, or the service does not accept them. More permissions would not help.
    Credentials,
    /// The credentials do not allow the operation.
    Denied,
    /// The object reached a state that it does not leave by itself.
    Failed,
    /// The service refused the request because of its content.
    Invalid,
    /// The request may or may not have reached the service.
    MaybeSent,
    /// The object does not exist.
    NotFound,
    /// A quota is exhausted.
    Quota,
    /// The service throttled the request for longer than the provider waits.
    Throttled,
    /// The deadline passed while the operation was waiting.
    TimedOut,
    /// The service failed.
    Unavailable,
}

/// When an extra sentence is appended to the error message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Say {
    /// Advice: always appended.
    Advice,
    /// Default advice: appended only if there is no [`Say::Advice`].
    Otherwise,
    /// Other information: always appended, after the advice.
    Besides,
}

/// A failed operation. `Display` is one line: `doing this: CreateThat: access denied: …. What to do next (request id …)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    /// The service's own code, such as `InvalidGroup.NotFound`; empty when no service was involved.
    code: Box<str>,
    message: Box<str>,
    contexts: Vec<String>,
    sentences: Vec<(Say, String)>,
    /// The service's id of the failed request, which its support asks for.
    request_id: Option<Box<str>>,
}

impl Error {
    /// Creates an error with a text that says what happened: lower case, no full stop.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            code: Box::default(),
            message: ended(message.into()).into_boxed_str(),
            contexts: Vec::new(),
            sentences: Vec::new(),
            request_id: None,
        }
    }

    /// Creates an error about a bug in the provider. Its advice asks for a report.
    #[must_use]
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Bug, message).advise("This is a bug in the provider: please report it")
    }

    /// Adds the service's error code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = code.into().into_boxed_str();
        self
    }

    /// Adds the service's id of the failed request, if it returned one.
    #[must_use]
    pub fn with_request_id(mut self, id: Option<impl Into<String>>) -> Self {
        self.request_id = id.map(|id| id.into().into_boxed_str());
        self
    }

    /// Adds what was being done. Each caller on the way up adds its own context, and the outermost context is printed first.
    #[must_use]
    pub fn context(mut self, doing: impl Into<String>) -> Self {
        self.contexts.push(doing.into());
        self
    }

    /// Adds advice: a sentence about what the user can do, without a full stop at its end.
    #[must_use]
    pub fn advise(mut self, next_step: impl Into<String>) -> Self {
        self.sentences.push((Say::Advice, next_step.into()));
        self
    }

    /// Adds a sentence that is not advice, such as how to give the operation more time, or what was recorded.
    #[must_use]
    pub fn besides(mut self, sentence: impl Into<String>) -> Self {
        self.sentences.push((Say::Besides, sentence.into()));
        self
    }

    /// Adds default advice, which is printed only if no other advice is added.
    #[must_use]
    pub fn advise_otherwise(mut self, next_step: impl Into<String>) -> Self {
        self.sentences.push((Say::Otherwise, next_step.into()));
        self
    }

    /// Replaces all advice, for a caller that knows better. Sentences added with [`Error::besides`] stay.
    #[must_use]
    pub fn advise_instead(mut self, next_step: impl Into<String>) -> Self {
        self.sentences.retain(|(say, _)| *say == Say::Besides);
        self.advise(next_step)
    }

    /// Marks this error as the consequence of another one: takes the code, the request id and the sentences of the cause. The
    /// sentences of the cause come first.
    #[must_use]
    pub fn after(mut self, cause: Self) -> Self {
        self.code = cause.code;
        self.request_id = cause.request_id;
        self.sentences.splice(0..0, cause.sentences);
        self
    }

    /// Changes every text of the error, except for the code and the request id, which come from the service.
    #[must_use]
    pub fn map_texts(mut self, change: impl Fn(&str) -> String) -> Self {
        self.message = change(&self.message).into_boxed_str();
        self.contexts.iter_mut().for_each(|text| *text = change(text));
        self.sentences.iter_mut().for_each(|(_, text)| *text = change(text));
        self
    }

    /// Sets the kind of the error, for codes whose meaning depends on the call.
    #[must_use]
    pub const fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// Returns the kind of failure.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns the service's error code; empty when no service was involved.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the service's id of the failed request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Returns the message, without contexts, advice and request id.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Reports whether the object is known not to exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.kind == ErrorKind::NotFound
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

/// Removes full stops and white space at the end of the message, because more text may follow.
fn ended(mut message: String) -> String {
    message.truncate(message.trim_end_matches(['.', ' ', '\n']).len());
    message
}

impl std::error::Error for Error {}

/// A failed create, which says what the engine must record.
///
/// According to <https://www.pulumi.com/docs/iac/guides/building-extending/providers/implementers/>, a plain error means that
/// nothing was created. An object that exists but is not healthy is reported with its id.
#[derive(Clone, Debug, PartialEq)]
pub enum Failed<S> {
    /// Nothing was created.
    NotCreated(Error),
    /// The object exists with this id and state, but is not what the inputs say.
    Partial {
        /// The id that the service gave.
        id: String,
        /// The known state of the object. It is boxed because it is much larger than the other variant.
        state: Box<S>,
        /// Why the create did not finish.
        error: Error,
    },
}

impl<S> Failed<S> {
    /// Replaces the state of a partial create with the state that was last seen, so that the next Diff knows about a failed
    /// status.
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

    /// Adds what was being done, like [`Error::context`].
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
    fn an_error_is_one_line_with_contexts_and_advice() {
        let error = Error::new(ErrorKind::Denied, "CreateResourceGateway: access denied: no")
            .with_request_id(Some("1"))
            .context("creating resource gateway \"orders\"")
            .advise("Grant vpc-lattice:CreateResourceGateway");
        insta::assert_snapshot!(
            error,
            @r#"creating resource gateway "orders": CreateResourceGateway: access denied: no. Grant vpc-lattice:CreateResourceGateway (request id 1)"#
        );
    }
}
