//! Amazon Resource Names.

/// The parts of an ARN (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: &'a str,
    /// The service, such as `vpc-lattice`.
    pub service: &'a str,
    /// The Region; empty for global services.
    pub region: &'a str,
    /// The account.
    pub account: &'a str,
    /// The resource, with its type where the service has one: `key/1a2b`.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Reads an ARN; `None` for any other text.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let arn = parts.next()?;
        let read = Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        };
        (arn == "arn").then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_arns_are_parsed() {
        let arn = Arn::parse("arn:aws:vpc-lattice:eu-west-1:123456789012:resourcegateway/rgw-1").unwrap();
        assert_eq!(
            (arn.partition, arn.region, arn.account),
            ("aws", "eu-west-1", "123456789012")
        );
        for text in ["", "vpce-1", "arn:aws:ec2:eu-west-1", "urn:pulumi:dev::a::b::c"] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
    }
}
