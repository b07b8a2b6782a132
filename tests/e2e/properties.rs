//! Every property of every resource: changed by the program, changed by somebody else, ignored, replaced.
//!
//! A [`row::Row`] is one change of one property and its expected results. [`run`] runs the rows of a table through the
//! engine in parallel and lists those that fail. [`schema`] asserts that every property has a row.

mod live;
mod places;
mod row;
mod rows;
mod run;
mod schema;

use row::Table;

/// Turns each table into a test, and defines [`all`], which returns every table.
macro_rules! tables {
    ($($resource:ident { $($name:ident: $table:path;)+ })+) => {
        /// Returns every table.
        fn all() -> Vec<Table> {
            vec![$($($table()),+),+]
        }
        $(mod $resource {
            use super::rows;
            $(#[test] fn $name() { super::run::run(&$table()); })+
        })+
    };
}

tables! {
    security_group {
        itself: rows::security_group::itself;
        rules: rows::security_group::rules;
    }
    interface_endpoint {
        every_property: rows::interface_endpoint::table;
    }
    resource_gateway {
        every_property: rows::resource_gateway::table;
    }
    resource_configuration {
        every_property: rows::resource_configuration::table;
    }
    connection {
        itself: rows::connection::itself;
        requests: rows::connection::requests;
    }
    component {
        endpoints: rows::component::inbound::endpoints;
        access: rows::component::inbound::access;
        targets: rows::component::outbound::targets;
        gateways: rows::component::outbound::gateways;
        names: rows::component::names::names;
        credentials: rows::component::private_api::credentials;
        parameters: rows::component::private_api::parameters;
    }
}
