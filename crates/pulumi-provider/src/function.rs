//! Functions of a package: questions that a program asks, and that change nothing.
//!
//! See <https://www.pulumi.com/docs/iac/concepts/functions/provider-functions/>. The engine calls a function each time the program
//! runs, in previews too, and never with an argument that is not known yet.

use std::future::Future;
use std::marker::PhantomData;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::property::typed::TypedError;
use crate::property::{Map, Value, secret_paths, typed};
use crate::resource::Clients;
use crate::resource::draft::Failures;

/// A function of the package.
pub trait Function: Send + Sync + 'static {
    /// The clients that it uses.
    type Clients: Clients;
    /// The arguments, with defaults applied. The names are those of the schema (serde camelCase).
    type Arguments: DeserializeOwned + Send + 'static;
    /// The answer.
    type Answer: Serialize + Send + 'static;

    /// The token, as in the schema.
    const TOKEN: &'static str;

    /// Reads the arguments. A function in which null differs from an absent value reads that argument itself.
    ///
    /// # Errors
    /// An argument that does not fit its field.
    fn read(arguments: &Map) -> Result<Self::Arguments, TypedError> {
        typed::decode(arguments)
    }

    /// Adds what is wrong with the arguments beyond their schema. It is called with arguments that break the schema too, if they can
    /// be read, so that all mistakes are told at once.
    fn rules(_arguments: &Self::Arguments, _failures: &mut Failures) {}

    /// Answers one call. It must not change anything.
    fn call(
        clients: &Self::Clients,
        arguments: Self::Arguments,
    ) -> impl Future<Output = Result<Self::Answer, Error>> + Send;
}

/// A function without its Rust types, as the server stores it.
pub trait DynFunction<C>: Send + Sync {
    /// Returns the token.
    fn token(&self) -> &'static str;

    /// Adds what is wrong with the arguments beyond their schema.
    fn rules(&self, arguments: &Map, failures: &mut Failures);

    /// Answers one call. The arguments have been checked against the schema and the rules.
    fn call<'a>(&'a self, clients: &'a C, arguments: Map) -> BoxFuture<'a, Result<Map, Error>>;
}

/// Returns the object-safe form of a function.
#[must_use]
pub fn erase<F: Function>() -> Box<dyn DynFunction<F::Clients>> {
    Box::new(Erased::<F>(PhantomData))
}

struct Erased<F>(PhantomData<fn() -> F>);

impl<C: Clients, F: Function<Clients = C>> DynFunction<C> for Erased<F> {
    fn token(&self) -> &'static str {
        F::TOKEN
    }

    fn rules(&self, arguments: &Map, failures: &mut Failures) {
        if let Ok(arguments) = F::read(&secret_paths::split(arguments.clone()).0) {
            F::rules(&arguments, failures);
        }
    }

    fn call<'a>(&'a self, clients: &'a C, arguments: Map) -> BoxFuture<'a, Result<Map, Error>> {
        async move {
            let arguments = F::read(&secret_paths::split(arguments).0)
                .map_err(|error| Error::bug(format!("the arguments do not fit the schema: {error}")))?;
            let answer = F::call(clients, arguments).await?;
            let answer = serde_json::to_value(answer)
                .map_err(|error| Error::bug(format!("the answer cannot be written: {error}")))?;
            match Value::from(answer) {
                Value::Object(answer) => Ok(answer),
                _ => Err(Error::bug("the answer is no object")),
            }
        }
        .boxed()
    }
}
