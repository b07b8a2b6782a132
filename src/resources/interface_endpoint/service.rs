//! Names of endpoint services (<https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>).

/// The full name of a service that is given by its short name; a full name stays as it is.
pub(super) fn full_name(region: &str, service: &str) -> String {
    if service.contains('.') {
        return service.to_owned();
    }
    let prefix = if region.starts_with("cn-") {
        "cn.com.amazonaws"
    } else {
        "com.amazonaws"
    };
    format!("{prefix}.{region}.{service}")
}

/// The short name, for the services that the schema knows by one.
pub(super) fn short_name<'a>(region: &str, full: &'a str) -> &'a str {
    ["states", "sync-states", "execute-api"]
        .into_iter()
        .find(|short| full_name(region, short) == full)
        .map_or(full, |short| &full[full.len() - short.len()..])
}

/// Whether two names mean one service of one Region: the same name, or one the short form of the other.
pub(super) fn same(one: &str, other: &str) -> bool {
    let is_short_for = |short: &str, full: &str| {
        !short.contains('.')
            && full.contains("com.amazonaws.")
            && full
                .strip_suffix(short)
                .is_some_and(|rest| rest.ends_with('.') && rest.matches('.').count() <= 4)
    };
    one == other || is_short_for(one, other) || is_short_for(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_services() {
        assert_eq!(full_name("eu-west-1", "states"), "com.amazonaws.eu-west-1.states");
        assert_eq!(full_name("cn-north-1", "states"), "cn.com.amazonaws.cn-north-1.states");
        assert_eq!(full_name("eu-west-1", "com.example.x"), "com.example.x");
        assert_eq!(
            short_name("eu-west-1", "com.amazonaws.eu-west-1.sync-states"),
            "sync-states"
        );
        assert_eq!(
            short_name("eu-west-1", "com.amazonaws.eu-west-1.sqs"),
            "com.amazonaws.eu-west-1.sqs"
        );
    }

    #[test]
    fn a_short_name_is_the_same_service() {
        assert!(same("states", "com.amazonaws.eu-west-1.states"));
        assert!(same("cn.com.amazonaws.cn-north-1.states", "states"));
        assert!(!same("states", "com.amazonaws.eu-west-1.sync-states"));
        assert!(!same("states", "com.amazonaws.vpce.eu-west-1.vpce-svc-1"));
        assert!(!same("states", "sync-states"));
    }
}
