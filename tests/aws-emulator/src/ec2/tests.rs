//! Tests of EC2's behavior, on a paused clock.

mod addresses;
mod endpoints;
mod groups;
mod networks;

use std::time::Duration;

use serde_json::{Value, json};

use crate::{Emulator, Settings};

const REGION: &str = "us-east-1";

/// Accounts and the default VPC in it.
struct Ec2Fixture {
    emulator: Emulator,
    vpc: String,
    /// In zones a, b and c.
    subnets: Vec<String>,
}

impl Ec2Fixture {
    async fn new() -> Self {
        let emulator = Emulator::new(Settings {
            throttling: false,
            ..Settings::default()
        });
        let mut fixture = Self {
            emulator,
            vpc: String::new(),
            subnets: Vec::new(),
        };
        fixture.vpc = fixture.ok("DescribeVpcs", json!({})).await["Vpcs"][0]["VpcId"]
            .as_str()
            .unwrap()
            .to_owned();
        let subnets = fixture.ok("DescribeSubnets", json!({})).await;
        let mut by_zone: Vec<_> = subnets["Subnets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| (text(&s["AvailabilityZone"]), text(&s["SubnetId"])))
            .collect();
        by_zone.sort();
        fixture.subnets = by_zone.into_iter().map(|(_, id)| id).collect();
        fixture
    }

    async fn ok(&self, operation: &str, params: Value) -> Value {
        self.emulator
            .invoke(REGION, "ec2", operation, params)
            .await
            .unwrap()
            .unwrap()
    }

    /// Returns the error code of a failed call.
    async fn code(&self, operation: &str, params: Value) -> String {
        self.refused(operation, params).await.0
    }

    async fn refused(&self, operation: &str, params: Value) -> (String, String) {
        let error = self
            .emulator
            .invoke(REGION, "ec2", operation, params)
            .await
            .unwrap()
            .unwrap_err();
        (error.code.into_owned(), error.message)
    }

    /// Creates a security group in the default VPC and waits until it is visible.
    async fn group(&self, name: &str) -> String {
        let params = json!({ "GroupName": name, "Description": "d", "VpcId": self.vpc });
        let id = text(&self.ok("CreateSecurityGroup", params).await["GroupId"]);
        pass(1.0).await;
        id
    }
}

async fn pass(seconds: f64) {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Returns one member of every item of a list.
fn column(rows: &Value, name: &str) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| text(&row[name])).collect()
}

fn filter(name: &str, value: &str) -> Value {
    json!({ "Filters": [{ "Name": name, "Values": [value] }] })
}
