//! Headers of an HTTP task.

/// The header that an encoded body needs.
pub(super) const CONTENT_TYPE: &str = "Content-Type";
/// Its value.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";
/// The header that tells API Gateway which API is called, if the host is one of an endpoint's own names
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-test-invoke-url.html>).
pub(super) const API_ID: &str = "x-apigw-api-id";

/// Headers that Step Functions refuses, in lower case
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html>).
const REFUSED: [&str; 34] = [
    "a-im",
    "accept-charset",
    "accept-datetime",
    "accept-encoding",
    "authorization",
    "cache-control",
    "connection",
    "content-encoding",
    "content-md5",
    "date",
    "expect",
    "forwarded",
    "from",
    "host",
    "http2-settings",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "max-forwards",
    "origin",
    "pragma",
    "proxy-authorization",
    "referer",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "warning",
    // Step Functions sets these two itself, on the same page.
    "range",
    "user-agent",
];

/// Beginnings of other headers that it refuses.
const REFUSED_PREFIXES: [&str; 3] = ["x-amz-", "x-amzn-", "x-forwarded-"];

/// Returns what is wrong with the name of a header.
pub(super) fn problem(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Some("is no name of a header");
    }
    match name.as_str() {
        "authorization" | "proxy-authorization" => Some(
            "is a header that Step Functions refuses: put the credentials into `auth` of the connection, or of the entry in `privateApis`",
        ),
        "host" => Some("is a header that Step Functions refuses: it sends the host of the URL"),
        "range" | "user-agent" => Some("is a header that Step Functions sets itself"),
        name if REFUSED.contains(&name) || REFUSED_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) => Some(
            "is a header that Step Functions refuses: see https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_step_functions_refuses_are_refused_in_any_case() {
        for name in REFUSED {
            assert!(problem(name).is_some(), "{name}");
            assert!(problem(&name.to_uppercase()).is_some(), "{name}");
        }
        for name in [
            "X-Amz-Date",
            "x-amzn-trace-id",
            "X-Forwarded-For",
            "",
            "a b",
            "a:b",
            "naïve",
        ] {
            assert!(problem(name).is_some(), "{name}");
        }
    }

    #[test]
    fn headers_that_it_allows_are_allowed() {
        for name in [
            "x-api-key",
            API_ID,
            "Accept",
            CONTENT_TYPE,
            "Idempotency-Key",
            "x-amazing",
            "Accept-Language",
        ] {
            assert_eq!(problem(name), None, "{name}");
        }
    }
}
