import * as pulumi from "@pulumi/pulumi";
import { PrivateStepFunctions } from "pulumi-private-step-functions";

const config = new pulumi.Config();
// The API's host name, in public DNS.
const apiHost = config.require("apiHost");

const stepFunctions = new PrivateStepFunctions("stepFunctions", {
    vpcId: config.require("vpcId"),
    subnetIds: config.requireObject<string[]>("subnetIds"),
    // EventBridge needs no endpoint of Step Functions.
    endpoints: { states: false, syncStates: false },
    resourceGateway: {
        // The gateway can connect to the API only.
        targetSecurityGroupIds: [config.require("apiSecurityGroupId")],
    },
    privateApis: {
        events: {
            domainName: apiHost,
            auth: { apiKey: { name: "x-api-key", value: config.requireSecret("apiKey") } },
        },
    },
});

// For the API destination.
export const connectionArn = stepFunctions.connections.events.arn;
export const invocationEndpoint = `https://${apiHost}/events`;
// The API's security group must admit TCP 443 from this group.
export const gatewaySecurityGroupId = stepFunctions.gatewaySecurityGroupId;
