import * as pulumi from "@pulumi/pulumi";
import { PrivateStepFunctions } from "pulumi-private-step-functions";

const config = new pulumi.Config();

const stepFunctions = new PrivateStepFunctions("stepFunctions", {
    vpcId: config.require("vpcId"),
    // Required, but nothing is placed in these subnets here.
    subnetIds: config.requireObject<string[]>("subnetIds"),
    endpoints: { states: false, syncStates: false },
    // The component neither changes nor deletes this gateway.
    resourceGateway: { id: config.require("resourceGatewayId") },
    privateApis: {
        orders: {
            vpcEndpointId: config.require("executeApiEndpointId"),
            // The stage of the private API: https://{api}.execute-api.{region}.amazonaws.com/{stage}
            urls: [`${config.require("stageInvokeUrl")}/*`],
            auth: { apiKey: { name: "x-api-key", value: config.requireSecret("apiKey") } },
        },
    },
});

export const connectionArn = stepFunctions.connections.orders.arn;
// For the role of the state machine.
export const executionRolePolicy = stepFunctions.executionRolePolicy;
