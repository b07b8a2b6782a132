import * as pulumi from "@pulumi/pulumi";
import {
    clientSettingsOutput,
    Connection,
    diagnoseConnection,
    diagnoseConnectionOutput,
    getConnectionOutput,
    getInterfaceEndpointOutput,
    getResourceConfigurationOutput,
    getResourceGatewayOutput,
    getVpc,
    InterfaceEndpoint,
    ResourceConfiguration,
    ResourceGateway,
} from "pulumi-private-step-functions";

const config = new pulumi.Config();
const connection = new Connection("orders", {
    auth: { apiKey: { name: "x-api-key", value: config.requireSecret("ordersApiKey") } },
});
const found = diagnoseConnectionOutput({ connection: connection.arn });

const vpcId = config.require("vpcId");
const subnetIds = config.requireObject<string[]>("subnetIds");
const endpoint = new InterfaceEndpoint("endpoint", { vpcId, service: "states", subnetIds });
const gateway = new ResourceGateway("gateway", { vpcId, subnetIds });
const configuration = new ResourceConfiguration("configuration", {
    resourceGatewayId: gateway.id,
    ports: ["443"],
    target: { domainName: "orders.example.com" },
});
const network = getVpc({ id: vpcId });
const settings = clientSettingsOutput({ statesUrl: endpoint.url, sdk: "cli" });

export const works = found.works;
export const steps = found.steps.apply((steps) => steps.map((step) => `${step.step} ${step.outcome}`));
export const name = connection.name;
// The form for values that are known.
export const again = connection.name.apply(async (known) => (await diagnoseConnection({ connection: known })).connectionName);

export const cidrBlock = network.then((network) => network.cidrBlocks[0]);
export const kind = network.then((network) => network.subnets[0].kind);
export const service = getInterfaceEndpointOutput({ id: endpoint.id }).service;
export const gatewayStatus = getResourceGatewayOutput({ id: gateway.id }).status;
export const domainName = getResourceConfigurationOutput({ arn: configuration.arn }).domainName;
export const authorizationType = getConnectionOutput({ arn: connection.arn }).authorizationType;
export const privateDns = settings.privateDns;
export const sdk = settings.snippets.apply((snippets) => snippets[0].sdk);
