//! A Pulumi provider that makes AWS Step Functions private in both directions.
//!
//! `pulumi_provider` speaks the protocol and knows no AWS. This crate knows no protocol: its [`resources`] call AWS by way of
//! [`aws`], its [`component`] registers them, and [`package`] puts all together.

pub mod arn;
pub mod aws;
pub mod component;
pub mod formats;
pub mod iam_policy;
pub mod no_credentials;
pub mod package;
pub mod partition;
pub mod resources;
