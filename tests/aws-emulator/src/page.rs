//! Pagination: opaque tokens that are valid for the list they came from.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The token is not valid for the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadToken;

/// Returns one page of `items` and the token of the next page. Without `max`, a page has `default` items.
///
/// # Errors
/// [`BadToken`] when the token did not come from this list.
pub fn paginate<T>(
    list: &str,
    items: Vec<T>,
    max: Option<usize>,
    default: usize,
    token: Option<&str>,
) -> Result<(Vec<T>, Option<String>), BadToken> {
    let start = token.map_or(Ok(0), |token| decode(list, token))?;
    let end = start + max.unwrap_or(default);
    let next = (end < items.len()).then(|| URL_SAFE_NO_PAD.encode(format!("{list}:{end}")));
    Ok((items.into_iter().skip(start).take(end - start).collect(), next))
}

fn decode(list: &str, token: &str) -> Result<usize, BadToken> {
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| BadToken)?;
    let text = String::from_utf8(bytes).map_err(|_| BadToken)?;
    let (from, start) = text.split_once(':').ok_or(BadToken)?;
    start.parse().ok().filter(|_| from == list).ok_or(BadToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_token_returns_the_next_page() {
        let (first, token) = paginate("numbers", vec![1, 2, 3], Some(2), 100, None).unwrap();
        assert_eq!(first, [1, 2]);
        assert_eq!(
            paginate("numbers", vec![1, 2, 3], Some(2), 100, token.as_deref()).unwrap(),
            (vec![3], None)
        );
        for (list, token) in [("numbers", Some("nonsense")), ("letters", token.as_deref())] {
            assert_eq!(paginate(list, vec![1], None, 100, token), Err(BadToken), "{list}");
        }
    }
}
