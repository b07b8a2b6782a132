import * as pulumi from "@pulumi/pulumi";
import { PrivateStepFunctions, ResourceConfiguration, ResourceGateway, SecurityGroup } from "pulumi-private-step-functions";

const config = new pulumi.Config();
const vpcId = config.require("vpcId");
const subnetIds = config.requireObject<string[]>("subnetIds");
// Both names must be in public DNS, even if they resolve to private addresses.
const apiHost = config.require("apiHost");
const authorizationHost = config.require("authorizationHost");

// API and authorization server share one gateway, so the gateway is made first.
const gatewayGroup = new SecurityGroup("gatewayGroup", {
    vpcId,
    description: "Resource gateway to the API and its authorization server",
    egress: [{ fromPort: 443, toPort: 443, vpc: true, description: "HTTPS in the VPC" }],
});
const gateway = new ResourceGateway("gateway", {
    vpcId,
    subnetIds,
    securityGroupIds: [gatewayGroup.id],
    ipv4AddressesPerEni: 1,
});
// The token request takes a route of its own.
const authorizationServer = new ResourceConfiguration("authorizationServer", {
    resourceGatewayId: gateway.id,
    ports: ["443"],
    target: { domainName: authorizationHost },
});

const stepFunctions = new PrivateStepFunctions("stepFunctions", {
    vpcId,
    subnetIds,
    // This example has no callers in the VPC.
    endpoints: { states: false, syncStates: false },
    resourceGateway: { id: gateway.id },
    privateApis: {
        billing: {
            domainName: apiHost,
            auth: {
                oauth: {
                    authorizationEndpoint: `https://${authorizationHost}/oauth2/token`,
                    httpMethod: "POST",
                    clientId: config.require("clientId"),
                    clientSecret: config.requireSecret("clientSecret"),
                    // EventBridge adds the client ID and the secret. Most servers need these two as well.
                    parameters: {
                        body: [
                            { key: "grant_type", value: "client_credentials" },
                            { key: "scope", value: config.require("scope") },
                        ],
                    },
                    // Leave this out if the authorization server is public.
                    resourceConfigurationArn: authorizationServer.arn,
                },
            },
        },
    },
});

export const connectionArn = stepFunctions.connections.billing.arn;
// For the role of the state machine.
export const executionRolePolicy = stepFunctions.executionRolePolicy;
// The security groups of both servers must admit TCP 443 from this group.
export const gatewaySecurityGroupId = gatewayGroup.id;
