//! Look-ups: what exists in the account and Region, found by what a program knows of it. They only read.
//!
//! The answer is about exactly one object. That there is none, or more than one, is an error that names what was looked for. It is
//! one in previews too. The engine refuses unknown values in answers, so a look-up cannot say "not yet": an answer without the values
//! would show another plan than the update makes. A program that creates the object passes an output of it as argument. Then SDKs do
//! not call before the output is known.
//!
//! Nothing is kept from one call to the next: a program may ask before and after it changes something.

pub mod connection;
pub mod interface_endpoint;
pub mod resource_configuration;
pub mod resource_gateway;
pub mod vpc;

use pulumi_provider::error::{Error, ErrorKind};

use crate::aws::Aws;
use crate::checks::place_of;

/// How many objects a message names.
const NAMED: usize = 10;

/// What is looked for, as messages name it.
struct Sought {
    /// One such object, such as `interface endpoint`.
    noun: &'static str,
    /// Which one: the id alone, or words such as `named "orders"`.
    which: String,
    /// What to give to find another one, such as "the `id` of an interface endpoint".
    otherwise: &'static str,
}

impl Sought {
    /// Returns the error for an object that is not there.
    async fn missing(&self, aws: &Aws) -> Error {
        let text = format!("there is no {} {} {}", self.noun, self.which, place_of(aws).await);
        Error::new(ErrorKind::NotFound, text)
            .advise("Check the arguments, the Region and the account")
            .advise(
                "If this program creates it, pass its id or ARN as argument: these are known only after that, so no preview asks before",
            )
    }

    /// Returns the only object of the list.
    ///
    /// # Errors
    /// There is none, or more than one.
    async fn only<T>(&self, aws: &Aws, mut found: Vec<T>, name: impl Fn(&T) -> String) -> Result<T, Error> {
        let count = found.len();
        match found.pop() {
            None => Err(self.missing(aws).await),
            Some(only) if found.is_empty() => Ok(only),
            Some(last) => {
                found.push(last);
                let mut names: Vec<_> = found.iter().map(name).collect();
                names.sort_unstable();
                names.truncate(NAMED);
                if count > NAMED {
                    names.push(format!("and {} more", count - NAMED));
                }
                let text = format!(
                    "there are {count} {}s {} {}: {}",
                    self.noun,
                    self.which,
                    place_of(aws).await,
                    names.join(", ")
                );
                Err(Error::new(ErrorKind::Conflict, text).advise(format!("Give {}", self.otherwise)))
            }
        }
    }
}

/// Returns one error that tells all of them; `None` if there is none.
fn together(errors: Vec<Error>) -> Option<Error> {
    let mut texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    texts.dedup();
    match (errors.into_iter().next(), texts.len()) {
        (Some(first), 2..) => Some(Error::new(first.kind(), texts.join("; ")).with_code(first.code())),
        (first, _) => first,
    }
}

/// Returns the error for arguments that do not go together; `None` if there is nothing wrong with them.
fn wrong(problems: &[String]) -> Option<Error> {
    (!problems.is_empty()).then(|| Error::new(ErrorKind::Invalid, problems.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_errors_are_one() {
        let denied = |what: &str| Error::new(ErrorKind::Denied, format!("{what}: access denied"));
        assert_eq!(together(Vec::new()), None);
        assert_eq!(together(vec![denied("A")]), Some(denied("A")));
        let both = together(vec![denied("A"), denied("B")]).unwrap();
        assert_eq!(both.to_string(), "A: access denied; B: access denied");
        assert_eq!(both.kind(), ErrorKind::Denied);
        // No credentials are missing once, however many calls need them.
        assert_eq!(
            together(vec![denied("A"), denied("A")]).unwrap().to_string(),
            "A: access denied"
        );
    }
}
