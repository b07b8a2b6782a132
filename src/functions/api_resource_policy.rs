//! `apiResourcePolicy`: the resource policy that a private API of API Gateway needs.
//!
//! Without one, API Gateway refuses to deploy a private API, and it has to be there before the deployment
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-create.html>). A call of an HTTP task comes
//! from the VPC of the `execute-api` endpoint and through that endpoint, not from the caller of the state machine.

use pulumi_provider::error::Error;
use pulumi_provider::function::Function;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::aws::Aws;

pub(super) struct ApiResourcePolicy;

/// The arguments.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Arguments {
    vpc_ids: Option<Vec<String>>,
    vpc_endpoint_ids: Option<Vec<String>>,
    execution_arn: Option<String>,
}

/// The answer.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    document: Value,
    json: String,
}

impl Function for ApiResourcePolicy {
    type Clients = Aws;
    type Arguments = Arguments;
    type Answer = Answer;

    const TOKEN: &'static str = "private-step-functions:index:apiResourcePolicy";

    async fn call(_: &Aws, arguments: Arguments) -> Result<Answer, Error> {
        let document = arguments.document();
        Ok(Answer {
            json: document.to_string(),
            document,
        })
    }
}

impl Arguments {
    /// Returns the document. An allow alone would do for callers without an AWS identity, such as HTTP tasks. Callers of the API's
    /// own account that IAM allows would get in too, so everybody else is denied
    /// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html>).
    fn document(&self) -> Value {
        let (key, ids) = match &self.vpc_endpoint_ids {
            Some(endpoints) => ("aws:SourceVpce", endpoints),
            None => ("aws:SourceVpc", self.vpc_ids.as_ref().unwrap_or(const { &Vec::new() })),
        };
        let ids = match ids.as_slice() {
            [one] => json!(one),
            several => json!(several),
        };
        // API Gateway completes the short form when it stores the policy.
        let arn = self.execution_arn.as_deref().unwrap_or("execute-api:");
        let invoke = |sid: &str, effect: &str| {
            json!({
                "Sid": sid,
                "Effect": effect,
                "Principal": "*",
                "Action": "execute-api:Invoke",
                "Resource": format!("{arn}/*"),
            })
        };
        let allow = invoke("AllowCalls", "Allow");
        let mut deny = invoke("DenyOtherSources", "Deny");
        deny["Condition"] = json!({"StringNotEquals": {key: ids}});
        json!({"Version": "2012-10-17", "Statement": [allow, deny]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy_lint::admits_http_tasks;

    fn document(arguments: Value) -> Value {
        serde_json::from_value::<Arguments>(arguments).unwrap().document()
    }

    #[test]
    fn calls_from_the_vpc_are_allowed_and_all_others_denied() {
        let document = document(json!({"vpcIds": ["vpc-1"]}));
        insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap(), @r#"
        {
          "Statement": [
            {
              "Action": "execute-api:Invoke",
              "Effect": "Allow",
              "Principal": "*",
              "Resource": "execute-api:/*",
              "Sid": "AllowCalls"
            },
            {
              "Action": "execute-api:Invoke",
              "Condition": {
                "StringNotEquals": {
                  "aws:SourceVpc": "vpc-1"
                }
              },
              "Effect": "Deny",
              "Principal": "*",
              "Resource": "execute-api:/*",
              "Sid": "DenyOtherSources"
            }
          ],
          "Version": "2012-10-17"
        }
        "#);
        assert!(admits_http_tasks(&document));
        assert!(crate::iam_policy::mistakes(&document).is_empty());
    }

    #[test]
    fn endpoints_and_several_vpcs_are_listed() {
        let condition = |arguments| document(arguments)["Statement"][1]["Condition"].clone();
        assert_eq!(
            condition(json!({"vpcEndpointIds": ["vpce-1"]})),
            json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})
        );
        assert_eq!(
            condition(json!({"vpcIds": ["vpc-1", "vpc-2"]})),
            json!({"StringNotEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}})
        );
    }

    #[test]
    fn the_execution_arn_names_the_api() {
        let arn = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5";
        let document = document(json!({"vpcIds": ["vpc-1"], "executionArn": arn}));
        for statement in document["Statement"].as_array().unwrap() {
            assert_eq!(statement["Resource"], format!("{arn}/*"));
        }
    }
}
