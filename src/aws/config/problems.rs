//! Problems of a configuration that conforms to the schema.

use super::{ProviderConfig, is_region};

/// One problem of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The configuration key, such as `secretKey`.
    pub key: &'static str,
    /// What is wrong and how to correct it. Never contains a value.
    pub reason: String,
}

impl ProviderConfig {
    /// Returns the problems that the schema's checks do not find. Makes no network call.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut wrong = |key, reason: &str| {
            problems.push(Problem {
                key,
                reason: reason.to_owned(),
            });
        };
        if let Some(region) = &self.region
            && !is_region(region)
        {
            wrong("region", "is not an AWS Region such as eu-west-1");
        }
        match (&self.access_key, &self.secret_key, &self.token) {
            (Some(_), None, _) => wrong("secretKey", "is required together with `accessKey`"),
            (None, Some(_), _) => wrong("accessKey", "is required together with `secretKey`"),
            (None, None, Some(_)) => wrong("token", "belongs to `accessKey` and `secretKey`, which are missing"),
            _ => {}
        }
        if self.allowed_account_ids.as_ref().is_some_and(Vec::is_empty) {
            wrong(
                "allowedAccountIds",
                "allows no account at all: leave it out to allow any",
            );
        }
        if self.allowed_account_ids.is_some() && self.forbidden_account_ids.is_some() {
            wrong(
                "forbiddenAccountIds",
                "cannot be combined with `allowedAccountIds`, which already refuses all other accounts",
            );
        }
        if self.assume_role.is_some() && self.assume_roles.is_some() {
            wrong(
                "assumeRoles",
                "cannot be combined with `assumeRole`: list every role of the chain here",
            );
        }
        if let Some(web) = &self.assume_role_with_web_identity {
            if web.web_identity_token.is_some() == web.web_identity_token_file.is_some() {
                wrong(
                    "assumeRoleWithWebIdentity",
                    "needs exactly one of `webIdentityToken` and `webIdentityTokenFile`",
                );
            }
            if self.access_key.is_some() || self.profile.is_some() {
                wrong(
                    "assumeRoleWithWebIdentity",
                    "replaces other credentials: remove `accessKey`, `secretKey`, `token` and `profile`",
                );
            }
        }
        let key = if self.assume_roles.is_some() {
            "assumeRoles"
        } else {
            "assumeRole"
        };
        let roles = self.roles().iter().map(|role| (key, &role.policy));
        let web = self.assume_role_with_web_identity.iter();
        let policies = roles.chain(web.map(|role| ("assumeRoleWithWebIdentity", &role.policy)));
        for (key, policy) in policies {
            let is_document =
                |text: &String| serde_json::from_str::<serde_json::Map<_, serde_json::Value>>(text).is_ok();
            if policy.as_ref().is_some_and(|text| !is_document(text)) {
                wrong(key, "has a `policy` that is not a JSON object");
            }
        }
        if self.use_fips_endpoint == Some(true) && self.endpoints.as_ref().is_some_and(|urls| !urls.is_empty()) {
            wrong(
                "useFipsEndpoint",
                "cannot be combined with `endpoints`: put the FIPS URLs in `endpoints`",
            );
        }
        if self.use_dualstack_endpoint == Some(true) && self.endpoints.as_ref().is_some_and(|urls| !urls.is_empty()) {
            wrong(
                "useDualstackEndpoint",
                "cannot be combined with `endpoints`: put the dual-stack URLs in `endpoints`",
            );
        }
        problems.extend(super::tags::problems(self));
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incomplete_and_invalid_keys_are_reported() {
        let problems = |json| {
            let config: ProviderConfig = serde_json::from_value(json).unwrap();
            config
                .problems()
                .into_iter()
                .map(|problem| problem.key)
                .collect::<Vec<_>>()
        };
        assert_eq!(problems(serde_json::json!({"accessKey": "a"})), ["secretKey"]);
        assert_eq!(problems(serde_json::json!({"secretKey": "a"})), ["accessKey"]);
        assert_eq!(
            problems(serde_json::json!({"token": "a", "region": "Mars"})),
            ["region", "token"]
        );
        assert_eq!(
            problems(serde_json::json!({"allowedAccountIds": []})),
            ["allowedAccountIds"]
        );
        assert!(problems(serde_json::json!({"accessKey": "a", "secretKey": "b", "token": "c"})).is_empty());
    }

    #[test]
    fn mutually_exclusive_keys_are_reported() {
        let problems = |json| {
            let config: ProviderConfig = serde_json::from_value(json).unwrap();
            let problems = config.problems().into_iter();
            problems
                .map(|problem| format!("{}: {}", problem.key, problem.reason))
                .collect::<Vec<_>>()
        };
        let role = serde_json::json!({"roleArn": "arn:aws:iam::123456789012:role/a"});
        insta::assert_snapshot!(
            problems(serde_json::json!({
                "assumeRole": role, "assumeRoles": [{"roleArn": "a", "policy": "none"}], "assumeRoleWithWebIdentity": role, "profile": "a",
                "allowedAccountIds": ["1"], "forbiddenAccountIds": ["2"], "useFipsEndpoint": true, "useDualstackEndpoint": true,
                "endpoints": {"sts": "https://sts.example"},
            }))
            .join("\n"),
            @r"
        forbiddenAccountIds: cannot be combined with `allowedAccountIds`, which already refuses all other accounts
        assumeRoles: cannot be combined with `assumeRole`: list every role of the chain here
        assumeRoleWithWebIdentity: needs exactly one of `webIdentityToken` and `webIdentityTokenFile`
        assumeRoleWithWebIdentity: replaces other credentials: remove `accessKey`, `secretKey`, `token` and `profile`
        assumeRoles: has a `policy` that is not a JSON object
        useFipsEndpoint: cannot be combined with `endpoints`: put the FIPS URLs in `endpoints`
        useDualstackEndpoint: cannot be combined with `endpoints`: put the dual-stack URLs in `endpoints`
        "
        );
        assert!(
            problems(serde_json::json!({
                "assumeRoles": [role, role], "useFipsEndpoint": true, "useDualstackEndpoint": true, "endpoints": {},
                "assumeRoleWithWebIdentity": {"roleArn": "a", "webIdentityTokenFile": "/token"},
            }))
            .is_empty()
        );
    }
}
