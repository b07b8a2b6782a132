//! Client tokens of the two create operations.
//!
//! "If you retry a request that completed successfully using the same client token and parameters, the retry succeeds
//! without performing any actions. If the parameters aren't identical, the retry fails." (API reference, clientToken;
//! docs/aws-behavior.md, Resource gateway.) A token outlives its object: a retry after a delete returns the deleted object
//! (docs/aws-behavior.md, `client-token-kept`).

use std::collections::BTreeMap;

use serde_json::Value;

use super::errors;
use crate::operation::ServiceError;

/// Every used token, with its request and response.
#[derive(Debug, Default)]
pub(super) struct Tokens(BTreeMap<(&'static str, String), (Value, Value)>);

impl Tokens {
    /// Returns the first response if the same request was made before. `kind` is the kind of object that the operation
    /// creates.
    pub(super) fn replay(&self, kind: &'static str, request: &Value) -> Result<Option<Value>, ServiceError> {
        let Some(token) = request["clientToken"].as_str() else {
            return Ok(None);
        };
        match self.0.get(&(kind, token.to_owned())) {
            None => Ok(None),
            Some((first, answer)) if first == request => Ok(Some(answer.clone())),
            Some((_, answer)) => {
                let id = answer["id"].as_str().unwrap_or_default();
                Err(errors::conflict(
                    kind,
                    id,
                    "The client token was used before with different parameters",
                ))
            }
        }
    }

    /// Stores a successful request.
    pub(super) fn remember(&mut self, kind: &'static str, request: &Value, answer: &Value) {
        if let Some(token) = request["clientToken"].as_str() {
            self.0
                .insert((kind, token.to_owned()), (request.clone(), answer.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_belongs_to_one_request() {
        let mut tokens = Tokens::default();
        let request = json!({"clientToken": "t", "name": "a"});
        assert_eq!(tokens.replay("RESOURCE_GATEWAY", &request), Ok(None));
        tokens.remember("RESOURCE_GATEWAY", &request, &json!({"id": "rgw-1"}));
        assert_eq!(
            tokens.replay("RESOURCE_GATEWAY", &request),
            Ok(Some(json!({"id": "rgw-1"})))
        );
        assert_eq!(tokens.replay("RESOURCE_CONFIGURATION", &request), Ok(None));
        let other = tokens
            .replay("RESOURCE_GATEWAY", &json!({"clientToken": "t", "name": "b"}))
            .unwrap_err();
        assert_eq!((other.code.as_ref(), other.status), ("ConflictException", 409));
        assert_eq!(tokens.replay("RESOURCE_GATEWAY", &json!({"name": "a"})), Ok(None));
    }
}
