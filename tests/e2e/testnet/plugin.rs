//! A plugin for tests: VPCs, subnets, and values of any type. All their outputs are unknown in a preview.
//!
//! It uses `pulumi_provider` and the AWS clients of `private_step_functions`, but none of its resources.

use std::process::ExitCode;
use std::sync::Arc;

use private_step_functions::aws::Aws;
use private_step_functions::aws::config::ProviderConfig;
use pulumi_provider::component::Component;
use pulumi_provider::error::Error;
use pulumi_provider::lifecycle::adapter::{DynResource, erase};
use pulumi_provider::plugin::{self, About};
use pulumi_provider::property::Map;
use pulumi_provider::provider::Package;
use pulumi_provider::schema::{Schema, Vocabulary};

mod anything;
mod subnet;
mod vpc;

const ABOUT: About = About {
    program: "pulumi-resource-testnet",
    package: "testnet",
    version: "0.0.1",
    text: "A VPC and its subnets, and any value, for tests.",
    commands: "",
    log_target: env!("CARGO_CRATE_NAME"),
};

fn main() -> ExitCode {
    plugin::main(&ABOUT, || {
        let schema = Schema::parse(include_str!("schema.json"), ABOUT.version, &Vocabulary::BUILT_IN);
        Ok(TestNet {
            schema: Arc::new(schema.map_err(|error| Error::bug(error.to_string()))?),
            resources: vec![
                erase::<anything::Anything>(),
                erase::<vpc::Vpc>(),
                erase::<subnet::Subnet>(),
            ],
        })
    })
}

struct TestNet {
    schema: Arc<Schema>,
    resources: Vec<Box<dyn DynResource<Aws>>>,
}

impl Package for TestNet {
    type Clients = Aws;

    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn resources(&self) -> &[Box<dyn DynResource<Aws>>] {
        &self.resources
    }

    fn components(&self) -> &[Box<dyn Component>] {
        &[]
    }

    fn configure(&self, _: Map) -> Result<Aws, Error> {
        // The Region, credentials and endpoint are in the environment.
        Ok(Aws::new(ProviderConfig::default()))
    }
}
