//! Pulumi providers in Rust, without a bridge to another language.
//!
//! A provider is a plugin: a process that the Pulumi engine starts and calls by gRPC. This crate is everything of such a
//! plugin that is the same for every package. A package brings a schema and one struct for each resource.
//!
//! # A tour
//!
//! 1. [`schema`]: Pulumi's package schema, read into tables. It is the only place that says what is required, secret,
//!    defaulted or replaced. Rules that Pulumi has no word for (patterns, ranges, automatic names) stand beside a property
//!    under `language.rust`.
//! 2. [`resource::Resource`]: the trait for one kind of object: `create`, `find`, `read`, `update`, `delete`. Inputs and
//!    outputs are plain serde structs. Previews, unknown values, secrets and diffs never reach them.
//! 3. [`lifecycle`]: derives Check, Diff and the preview of each resource from the schema. Its
//!    [`adapter`](lifecycle::adapter) turns property trees into the structs and back, and makes sure that an operation is about
//!    the recorded object.
//! 4. [`component`]: components that are made of other resources.
//! 5. [`provider::Package`]: puts schema, resources, components and configuration together.
//! 6. [`plugin::main`]: the whole `main` function: arguments, port, log, signals, cancellation.
//!
//! [`server`] and [`proto`] speak the protocol; a package has nothing to do with them.
//!
//! The example `pulumi-resource-textfile` is a complete provider in one file.
//!
//! # The schema decides
//!
//! ```
//! use pulumi_provider::lifecycle::check::{Request, check};
//! use pulumi_provider::property::Map;
//! use pulumi_provider::schema::{Schema, Vocabulary};
//!
//! let schema = r#"{
//!     "name": "textfile",
//!     "resources": { "textfile:index:File": {
//!         "inputProperties": {
//!             "path": { "type": "string", "language": { "rust": { "minLength": 1 } } },
//!             "content": { "type": "string", "default": "" }
//!         },
//!         "requiredInputs": ["path"]
//!     } }
//! }"#;
//! let schema = Schema::parse(schema, "1.0.0", &Vocabulary::BUILT_IN)?;
//! let file = schema.resource("textfile:index:File").expect("the schema describes it");
//!
//! let request = Request {
//!     urn: &"urn:pulumi:dev::notes::textfile:index:File::note".parse()?,
//!     olds: &Map::new(),
//!     news: Map::from([("path".to_owned(), "".into())]),
//!     seed: b"",
//!     autonaming: None,
//! };
//! let checked = check(file, request, |_, _| {});
//! assert_eq!(checked.failures[0].property, "path");
//! assert_eq!(checked.failures[0].reason, "must have at least 1 character");
//! assert_eq!(checked.inputs["content"], "".into());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate is not published: it is developed with the provider of this repository.

pub mod component;
pub mod engine;
pub mod error;
pub mod function;
pub mod lifecycle;
pub mod lock;
pub mod plugin;
pub mod property;
pub mod proto;
pub mod provider;
pub mod resource;
#[cfg(test)]
mod samples;
pub mod schema;
pub mod server;
pub mod urn;

// The samples are written for the tests of packages too.
#[cfg(test)]
extern crate self as pulumi_provider;
