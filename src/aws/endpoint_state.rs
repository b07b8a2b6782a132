//! What the state of a VPC endpoint means.
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html>

use aws_sdk_ec2::types::VpcEndpoint;

/// Reports whether an endpoint in this state never becomes available, and never was.
#[must_use]
pub fn is_dead(state: &str) -> bool {
    ["failed", "rejected", "expired"]
        .iter()
        .any(|dead| state.eq_ignore_ascii_case(dead))
}

/// Reports whether an endpoint in this state is being deleted or gone. EC2 shows `deleted` for a while; it means the same as not
/// found.
#[must_use]
pub fn is_going(state: &str) -> bool {
    ["deleting", "deleted"]
        .iter()
        .any(|going| state.eq_ignore_ascii_case(going))
}

/// Reports whether an endpoint serves nobody and will not: it owns no private name for long, and is no target.
#[must_use]
pub fn is_useless(endpoint: &VpcEndpoint) -> bool {
    let state = of(endpoint);
    is_dead(&state) || is_going(&state)
}

/// Returns the state in lower case. EC2 writes states with a lower-case first letter, unlike its own service model.
#[must_use]
pub fn of(endpoint: &VpcEndpoint) -> String {
    let state = endpoint.state().map(|state| state.as_str().to_ascii_lowercase());
    state.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::State;

    use super::*;

    #[test]
    fn an_endpoint_is_useless_if_it_failed_or_goes() {
        for (state, useless) in [
            ("failed", true),
            ("Rejected", true),
            ("expired", true),
            ("deleting", true),
            ("Deleted", true),
            ("available", false),
            ("pending", false),
            ("pendingAcceptance", false),
            ("partial", false),
        ] {
            let endpoint = VpcEndpoint::builder().state(State::from(state)).build();
            assert_eq!(is_useless(&endpoint), useless, "{state}");
        }
        assert!(!is_useless(&VpcEndpoint::builder().build()));
    }
}
