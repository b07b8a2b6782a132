//! The private hosted zones that a VPC uses.
//! <https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByVPC.html>

use std::collections::BTreeMap;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_xml::decode::{Document, ScopedDecoder, XmlDecodeError, try_data};
use pulumi_provider::error::Error;

use super::super::Aws;

/// A private hosted zone that a VPC is associated with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
    /// The ID.
    pub id: String,
    /// The domain, without the dot at its end.
    pub name: String,
    /// The account that owns it, unless a service does.
    pub account: Option<String>,
    /// The service that owns it, such as Amazon EFS.
    pub service: Option<String>,
}

/// Returns the private hosted zones that a VPC of the provider's Region is associated with.
///
/// # Errors
/// The read failed.
pub async fn hosted_zones(aws: &Aws, vpc: &str) -> Result<Vec<Zone>, Error> {
    let read = async |vpcs: Vec<String>| {
        let mut found = BTreeMap::new();
        // The operation takes one VPC.
        for vpc in vpcs {
            found.insert(vpc.clone(), zones_of(aws, &vpc).await?);
        }
        Ok(found)
    };
    let mut found = aws.seen().zones.get(&[vpc.to_owned()], read).await?;
    Ok(found.remove(vpc).unwrap_or_default())
}

async fn zones_of(aws: &Aws, vpc: &str) -> Result<Vec<Zone>, Error> {
    let region = aws.region().await?;
    let path = format!(
        "/2013-04-01/hostedzonesbyvpc?vpcid={}&vpcregion={}",
        encoded(vpc),
        encoded(region)
    );
    let (mut zones, mut next) = (Vec::new(), None::<String>);
    loop {
        let path = match &next {
            Some(token) => format!("{path}&nexttoken={}", encoded(token)),
            None => path.clone(),
        };
        let page = aws
            .signed()
            .await?
            .route53
            .get("ListHostedZonesByVPC", &path, Page::read)
            .await?;
        zones.extend(page.zones);
        next = page.next;
        if next.is_none() {
            return Ok(zones);
        }
    }
}

/// One page of the answer.
#[derive(Debug, Default)]
struct Page {
    zones: Vec<Zone>,
    next: Option<String>,
}

impl Page {
    fn read(body: &[u8]) -> Result<Self, BoxError> {
        let mut page = Self::default();
        let mut document = Document::try_from(body)?;
        let mut root = document.root_element()?;
        // A required member that comes after the zones. The decoder does not say that an answer ends too early.
        let mut complete = false;
        while let Some(mut tag) = root.next_tag() {
            match tag.start_el().local() {
                "HostedZoneSummaries" => {
                    while let Some(mut zone) = tag.next_tag() {
                        page.zones.push(Zone::read(&mut zone)?);
                    }
                }
                "MaxItems" => complete = true,
                "NextToken" => page.next = Some(try_data(&mut tag)?.into_owned()).filter(|token| !token.is_empty()),
                _ => {}
            }
        }
        if complete {
            Ok(page)
        } else {
            Err("it is not a complete answer".into())
        }
    }
}

impl Zone {
    fn read(decoder: &mut ScopedDecoder<'_, '_>) -> Result<Self, XmlDecodeError> {
        let mut zone = Self::default();
        while let Some(mut tag) = decoder.next_tag() {
            match tag.start_el().local() {
                "HostedZoneId" => zone.id = try_data(&mut tag)?.into_owned(),
                "Name" => zone.name = domain(&try_data(&mut tag)?),
                "Owner" => {
                    while let Some(mut owner) = tag.next_tag() {
                        match owner.start_el().local() {
                            "OwningAccount" => zone.account = Some(try_data(&mut owner)?.into_owned()),
                            "OwningService" => zone.service = Some(try_data(&mut owner)?.into_owned()),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(zone)
    }
}

/// Returns a domain in the form in which domains are compared. Route 53 writes `*` as `\052`
/// (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html>).
fn domain(name: &str) -> String {
    name.trim_end_matches('.').replace("\\052", "*").to_ascii_lowercase()
}

/// Returns a text for the query of a URL.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read() {
        let page = Page::read(
            br#"<?xml version="1.0"?><ListHostedZonesByVPCResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">
            <HostedZoneSummaries><HostedZoneSummary><HostedZoneId>Z1</HostedZoneId><Name>States.example.com.</Name>
            <Owner><OwningAccount>123456789012</OwningAccount></Owner></HostedZoneSummary>
            <HostedZoneSummary><HostedZoneId>Z2</HostedZoneId><Name>\052.a.</Name><Owner><OwningService>efs.amazonaws.com
            </OwningService></Owner></HostedZoneSummary></HostedZoneSummaries>
            <MaxItems>100</MaxItems><NextToken>a+/=</NextToken></ListHostedZonesByVPCResponse>"#,
        )
        .unwrap();
        let names: Vec<_> = page.zones.iter().map(|zone| zone.name.as_str()).collect();
        assert_eq!(names, ["states.example.com", "*.a"]);
        assert_eq!(page.zones[0].account.as_deref(), Some("123456789012"));
        assert!(page.zones[1].service.is_some() && page.zones[1].account.is_none());
        assert_eq!(page.next.map(|token| encoded(&token)).as_deref(), Some("a%2B%2F%3D"));
    }

    #[test]
    fn another_answer_is_an_error() {
        for body in [
            "",
            "<html><body>Welcome</body></html>",
            "<ListHostedZonesByVPCResponse><HostedZoneSummaries><HostedZoneSummary><HostedZoneId>Z1</Hosted",
        ] {
            assert!(Page::read(body.as_bytes()).is_err(), "{body}");
        }
    }
}
