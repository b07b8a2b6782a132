//! Properties that an entry of `privateApis` passes to its connection: the rows of `Connection`, inside a component.

use super::{inside, table};
use crate::properties::row::Table;
use crate::properties::rows::connection::{LISTS, credential_rows, other_rows, parameter_rows};

/// Rows for the credentials, the description, the KMS key, and the invocation parameters as a whole.
pub(in crate::properties) fn credentials() -> Table {
    let rows = credential_rows().into_iter().chain(other_rows());
    table(rows.map(inside).collect(), 0)
}

/// Rows for the lists of invocation parameters.
pub(in crate::properties) fn parameters() -> Table {
    let rows = LISTS
        .into_iter()
        .flat_map(|list| parameter_rows("invocationParameters", list));
    table(rows.map(inside).collect(), 0)
}
