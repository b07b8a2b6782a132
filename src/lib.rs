//! A Pulumi provider that makes AWS Step Functions private in both directions.
//!
//! The crate `pulumi_provider` implements the Pulumi protocol and contains nothing about AWS. This crate contains nothing about
//! the protocol: its [`resources`] call AWS through [`aws`], its [`component`] registers them, and [`package`] combines schema,
//! resources, component and configuration.

pub mod adopt;
pub mod arn;
pub mod aws;
pub mod checks;
pub mod client_settings;
pub mod commands;
pub mod component;
pub mod diagnosis;
pub mod execution_role_policy;
pub mod formats;
pub mod functions;
pub mod iam_policy;
pub mod lookups;
pub mod no_credentials;
pub mod package;
pub mod partition;
pub mod policy_lint;
pub mod resources;
