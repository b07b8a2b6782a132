import pulumi
from pulumi_private_step_functions import (
    Connection,
    InterfaceEndpoint,
    ResourceConfiguration,
    ResourceGateway,
    Sdk,
    client_settings_output,
    diagnose_connection,
    diagnose_connection_output,
    get_connection_output,
    get_interface_endpoint_output,
    get_resource_configuration_output,
    get_resource_gateway_output,
    get_vpc,
)

config = pulumi.Config()
connection = Connection(
    "orders",
    auth={"api_key": {"name": "x-api-key", "value": config.require_secret("ordersApiKey")}},
)
found = diagnose_connection_output(connection=connection.arn)

vpc_id = config.require("vpcId")
subnet_ids = config.require_object("subnetIds")
endpoint = InterfaceEndpoint("endpoint", vpc_id=vpc_id, service="states", subnet_ids=subnet_ids)
gateway = ResourceGateway("gateway", vpc_id=vpc_id, subnet_ids=subnet_ids)
configuration = ResourceConfiguration(
    "configuration",
    resource_gateway_id=gateway.id,
    ports=["443"],
    target={"domain_name": "orders.example.com"},
)
network = get_vpc(id=vpc_id)
settings = client_settings_output(states_url=endpoint.url, sdk=Sdk.CLI)

pulumi.export("works", found.works)
pulumi.export("steps", found.steps.apply(lambda steps: [f"{step.step} {step.outcome.value}" for step in steps]))
pulumi.export("name", connection.name)
# The form for values that are known.
pulumi.export("again", connection.name.apply(lambda known: diagnose_connection(connection=known).connection_name))

pulumi.export("cidrBlock", network.cidr_blocks[0])
pulumi.export("kind", network.subnets[0].kind)
pulumi.export("service", get_interface_endpoint_output(id=endpoint.id).service)
pulumi.export("gatewayStatus", get_resource_gateway_output(id=gateway.id).status)
pulumi.export("domainName", get_resource_configuration_output(arn=configuration.arn).domain_name)
pulumi.export("authorizationType", get_connection_output(arn=connection.arn).authorization_type)
pulumi.export("privateDns", settings.private_dns)
pulumi.export("sdk", settings.snippets.apply(lambda snippets: snippets[0].sdk))
