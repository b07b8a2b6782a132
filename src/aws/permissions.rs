//! The IAM actions that each call of the plugin needs, beside the one of its own name.
//!
//! Errors name them from here. Sources: the [Service Authorization
//! Reference](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
//! ("dependent actions"), the permissions of AWS CloudFormation's resource handlers, and the EventBridge guide to
//! [private APIs](https://docs.aws.amazon.com/eventbridge/latest/userguide/connection-private.html).

/// An operation that the plugin calls. Its own IAM action has the name of the operation: `ec2:CreateVpcEndpoint`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The prefix of the service in IAM, such as `vpc-lattice`.
    pub service: &'static str,
    /// The name of the operation.
    pub operation: &'static str,
    /// The further actions.
    pub also: &'static [Also],
}

/// A further action that a call needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Also {
    /// The action, with the prefix of its service.
    pub action: &'static str,
    /// In which calls.
    pub when: When,
}

/// In which calls an action is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In each.
    Always,
    /// In the first of an account, which makes the service-linked role of this service.
    FirstInAccount(&'static str),
    /// If the connection has a private API or a private authorization server.
    Private,
    /// If the connection has a KMS key of its own.
    OwnKey,
}

const fn always(action: &'static str) -> Also {
    Also {
        action,
        when: When::Always,
    }
}

const fn private(action: &'static str) -> Also {
    Also {
        action,
        when: When::Private,
    }
}

const fn own_key(action: &'static str) -> Also {
    Also {
        action,
        when: When::OwnKey,
    }
}

const fn role_of(service: &'static str) -> Also {
    Also {
        action: "iam:CreateServiceLinkedRole",
        when: When::FirstInAccount(service),
    }
}

/// EventBridge does these with the permissions of the caller, when a connection is created or changed.
const CONNECTION: &[Also] = &[
    always("events:DescribeConnection"),
    always("secretsmanager:CreateSecret"),
    always("secretsmanager:GetSecretValue"),
    always("secretsmanager:PutSecretValue"),
    always("secretsmanager:UpdateSecret"),
    role_of("apidestinations.events.amazonaws.com"),
    private("vpc-lattice:AssociateViaAWSService-EventsAndStates"),
    private("vpc-lattice:CreateServiceNetworkResourceAssociation"),
    private("vpc-lattice:GetResourceConfiguration"),
    private("vpc-lattice:TagResource"),
    own_key("kms:Decrypt"),
    own_key("kms:DescribeKey"),
    own_key("kms:Encrypt"),
    own_key("kms:GenerateDataKey"),
];

/// All operations, by service and name.
pub const CALLS: &[Call] = &[
    call("ec2", "AuthorizeSecurityGroupEgress"),
    call("ec2", "AuthorizeSecurityGroupIngress"),
    call("ec2", "CreateSecurityGroup").and(&[always("ec2:CreateTags")]),
    call("ec2", "CreateTags"),
    call("ec2", "CreateVpcEndpoint").and(&[always("ec2:CreateTags")]),
    call("ec2", "DeleteSecurityGroup"),
    call("ec2", "DeleteTags"),
    call("ec2", "DeleteVpcEndpoints"),
    call("ec2", "DescribeDhcpOptions"),
    call("ec2", "DescribeNetworkAcls"),
    call("ec2", "DescribeNetworkInterfaces"),
    call("ec2", "DescribeRouteTables"),
    call("ec2", "DescribeSecurityGroupVpcAssociations"),
    call("ec2", "DescribeSecurityGroups"),
    call("ec2", "DescribeSubnets"),
    call("ec2", "DescribeVpcAttribute"),
    call("ec2", "DescribeVpcEndpointServices"),
    call("ec2", "DescribeVpcEndpoints"),
    call("ec2", "DescribeVpcs"),
    call("ec2", "ModifyVpcEndpoint"),
    call("ec2", "RevokeSecurityGroupEgress"),
    call("ec2", "RevokeSecurityGroupIngress"),
    call("ec2", "UpdateSecurityGroupRuleDescriptionsEgress"),
    call("ec2", "UpdateSecurityGroupRuleDescriptionsIngress"),
    call("events", "CreateConnection").and(CONNECTION),
    call("events", "DeleteConnection"),
    call("events", "DescribeConnection"),
    call("events", "ListConnections"),
    call("events", "UpdateConnection").and(CONNECTION),
    call("kms", "DescribeKey"),
    call("kms", "GetKeyPolicy"),
    call("kms", "ListResourceTags"),
    call("route53", "ListHostedZonesByVPC"),
    call("servicequotas", "GetAWSDefaultServiceQuota"),
    call("servicequotas", "GetServiceQuota"),
    call("sts", "AssumeRole"),
    call("sts", "AssumeRoleWithWebIdentity"),
    call("sts", "GetCallerIdentity"),
    call("vpc-lattice", "CreateResourceConfiguration").and(&[
        always("ec2:DescribeSubnets"),
        always("vpc-lattice:GetResourceGateway"),
        always("vpc-lattice:TagResource"),
    ]),
    call("vpc-lattice", "CreateResourceGateway").and(&[
        always("ec2:DescribeSecurityGroups"),
        always("ec2:DescribeSubnets"),
        always("ec2:DescribeVpcs"),
        always("vpc-lattice:TagResource"),
        role_of("vpc-lattice.amazonaws.com"),
    ]),
    call("vpc-lattice", "DeleteResourceConfiguration"),
    call("vpc-lattice", "DeleteResourceGateway"),
    call("vpc-lattice", "GetResourceConfiguration"),
    call("vpc-lattice", "GetResourceGateway"),
    call("vpc-lattice", "GetServiceNetworkResourceAssociation"),
    call("vpc-lattice", "ListResourceConfigurations"),
    call("vpc-lattice", "ListResourceEndpointAssociations"),
    call("vpc-lattice", "ListResourceGateways"),
    call("vpc-lattice", "ListServiceNetworkResourceAssociations"),
    call("vpc-lattice", "ListServiceNetworkVpcEndpointAssociations"),
    call("vpc-lattice", "ListTagsForResource"),
    call("vpc-lattice", "TagResource"),
    call("vpc-lattice", "UntagResource"),
    call("vpc-lattice", "UpdateResourceConfiguration").and(&[always("ec2:DescribeSubnets")]),
    call("vpc-lattice", "UpdateResourceGateway").and(&[
        always("ec2:DescribeSecurityGroups"),
        always("ec2:DescribeSubnets"),
        always("ec2:DescribeVpcs"),
    ]),
];

const fn call(service: &'static str, operation: &'static str) -> Call {
    Call {
        service,
        operation,
        also: &[],
    }
}

impl Call {
    const fn and(self, also: &'static [Also]) -> Self {
        Self { also, ..self }
    }
}

/// Returns the actions that an operation needs, its own first. `applies` decides on actions that not each call needs.
#[must_use]
pub fn needed(service: &str, operation: &str, applies: impl Fn(When) -> bool) -> Vec<String> {
    let also = CALLS
        .iter()
        .find(|call| call.service == service && call.operation == operation)
        .map_or(&[][..], |call| call.also);
    let also = also.iter().filter_map(|also| match also.when {
        When::FirstInAccount(linked) => Some(format!("{} for {linked} (the first time in an account)", also.action)),
        When::Always => Some(also.action.to_owned()),
        when => applies(when).then(|| also.action.to_owned()),
    });
    std::iter::once(format!("{service}:{operation}")).chain(also).collect()
}

/// Writes actions as a part of a sentence: `a, b and c`.
#[must_use]
pub fn list(actions: &[String]) -> String {
    match actions.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_is_there_once_and_in_order() {
        let names: Vec<_> = CALLS.iter().map(|call| (call.service, call.operation)).collect();
        assert!(names.is_sorted(), "{names:?}");
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn what_only_some_calls_need_is_named_for_those() {
        let connection = |applies: &dyn Fn(When) -> bool| list(&needed("events", "CreateConnection", applies));
        insta::assert_snapshot!(
            connection(&|when| when == When::Private),
            @"events:CreateConnection, events:DescribeConnection, secretsmanager:CreateSecret, secretsmanager:GetSecretValue, secretsmanager:PutSecretValue, secretsmanager:UpdateSecret, iam:CreateServiceLinkedRole for apidestinations.events.amazonaws.com (the first time in an account), vpc-lattice:AssociateViaAWSService-EventsAndStates, vpc-lattice:CreateServiceNetworkResourceAssociation, vpc-lattice:GetResourceConfiguration and vpc-lattice:TagResource"
        );
        assert!(!connection(&|_| false).contains("vpc-lattice"));
        assert!(connection(&|when| when == When::OwnKey).contains("kms:GenerateDataKey"));
        assert_eq!(needed("ec2", "DescribeVpcs", |_| true), ["ec2:DescribeVpcs"]);
    }
}
