//! Client tokens of operations that create a plain object: the same request with the same token has the same answer (EC2
//! API reference, "Ensuring idempotency").

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::listing::text;
use crate::operation::ServiceError;

/// Every used token of an operation, with its request and answer.
#[derive(Debug, Default)]
pub(super) struct Tokens(BTreeMap<(&'static str, String), (Value, Value)>);

impl Tokens {
    /// Returns the answer to an earlier request with the same token.
    ///
    /// # Errors
    /// `IdempotentParameterMismatch` if that request was another one.
    pub(super) fn replay(&self, operation: &'static str, params: &Value) -> Result<Option<Value>, ServiceError> {
        let used = text(params, "ClientToken").and_then(|token| self.0.get(&(operation, token.to_owned())));
        match used {
            Some((first, _)) if first != params => {
                let message = "The client token was used before with different parameters.";
                Err(ServiceError::new("IdempotentParameterMismatch", message))
            }
            used => Ok(used.map(|(_, answer)| answer.clone())),
        }
    }

    /// Adds the token to the answer of a successful request, and stores both.
    pub(super) fn remember(&mut self, operation: &'static str, params: &Value, mut answer: Value) -> Value {
        if let Some(token) = text(params, "ClientToken") {
            answer["ClientToken"] = json!(token);
            self.0
                .insert((operation, token.to_owned()), (params.clone(), answer.clone()));
        }
        answer
    }
}
