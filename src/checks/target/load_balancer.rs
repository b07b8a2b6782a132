//! The network interfaces of a load balancer, found by its DNS name.
//!
//! Elastic Load Balancing describes its interfaces with the name of the load balancer, and an interface says its groups. So no call
//! to Elastic Load Balancing is needed (<https://repost.aws/knowledge-center/elb-find-load-balancer-ip>).

use crate::partition::ALL;

/// Returns the descriptions of the interfaces behind the DNS name of an internal load balancer; `None` for any other name.
pub(super) fn descriptions(host: &str) -> Option<Vec<String>> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let host = host.strip_prefix("dualstack.").unwrap_or(&host);
    let place = ALL
        .iter()
        .find_map(|partition| host.strip_suffix(partition.dns_suffix)?.strip_suffix('.'))?;
    match place.split('.').collect::<Vec<_>>().as_slice() {
        // Application and Classic Load Balancers. The number is not the one in the description.
        [label, _, "elb"] => {
            let (name, _) = label.strip_prefix("internal-")?.rsplit_once('-')?;
            Some(vec![format!("ELB app/{name}/*"), format!("ELB {name}")])
        }
        // Network Load Balancers.
        [label, "elb", _] => {
            let (name, id) = label.rsplit_once('-')?;
            Some(vec![format!("ELB net/{name}/{id}")])
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn load_balancers_are_known_by_their_names() {
        let of = |host: &str| descriptions(host).map(|all| all.join(", "));
        let internal = "internal-orders-api-1234567890.eu-west-1.elb.amazonaws.com";
        let expected = Some("ELB app/orders-api/*, ELB orders-api");
        assert_eq!(of(internal).as_deref(), expected);
        assert_eq!(of(&format!("dualstack.{internal}.")).as_deref(), expected);
        assert_eq!(of(&internal.to_uppercase()).as_deref(), expected);
        assert_eq!(
            of("orders-0123456789abcdef.elb.eu-west-1.amazonaws.com").as_deref(),
            Some("ELB net/orders/0123456789abcdef")
        );
        for other in [
            "orders-1234567890.eu-west-1.elb.amazonaws.com",
            "orders.example.com",
            "elb.amazonaws.com",
            "internal-orders.eu-west-1.elb.example.com",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
