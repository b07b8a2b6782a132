//! Pulumi provider that makes AWS Step Functions private in both directions.

pub mod proto;
