//! Port ranges.

use super::definition::Broken;

/// Returns port ranges as the service does: each `n` or `n-m`, `n-n` shortened, sorted, without duplicates
/// (docs/aws-behavior.md, Resource configuration, drift).
///
/// # Errors
/// A port outside 1 to 65535, or a range whose end is before its start.
pub(super) fn ports(ranges: &[String]) -> Result<Vec<String>, Broken> {
    let mut all = Vec::with_capacity(ranges.len());
    for range in ranges {
        let (from, to) = range.split_once('-').unwrap_or((range, range));
        let port = |text: &str| text.parse::<u16>().ok().filter(|port| *port > 0);
        match (port(from), port(to)) {
            (Some(from), Some(to)) if from <= to => all.push((from, to)),
            _ => return Err(Broken::new("portRanges", format!("Invalid port range: {range}"))),
        }
    }
    all.sort_unstable();
    all.dedup();
    Ok(all
        .into_iter()
        .map(|(from, to)| {
            if from == to {
                from.to_string()
            } else {
                format!("{from}-{to}")
            }
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read_back_in_one_form() {
        let read = |given: &[&str]| ports(&given.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>());
        assert_eq!(read(&["8443", "80-80", "443", "443"]).unwrap(), ["80", "443", "8443"]);
        assert_eq!(read(&["1-65535"]).unwrap(), ["1-65535"]);
        for wrong in ["0", "65536", "90-80"] {
            assert_eq!(read(&[wrong]).unwrap_err().field, "portRanges", "{wrong}");
        }
    }
}
