//! What an entry of `privateApis` hands on to its connection: the rows of `Connection`, inside a component.

use super::{inside, table};
use crate::properties::row::Table;
use crate::properties::rows::connection::{LISTS, credential_rows, other_rows, parameter_rows};

/// The credentials, the description and the key.
pub(in crate::properties) fn credentials() -> Table {
    let rows = credential_rows().into_iter().chain(other_rows());
    table(rows.map(inside).collect(), 0)
}

/// The lists of parameters.
pub(in crate::properties) fn parameters() -> Table {
    let rows = LISTS
        .into_iter()
        .flat_map(|list| parameter_rows("invocationParameters", list));
    table(rows.map(inside).collect(), 0)
}
