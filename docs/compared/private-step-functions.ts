// The stack with this package, in TypeScript.
import * as pulumi from "@pulumi/pulumi";
import { PrivateStepFunctions } from "pulumi-private-step-functions";

const config = new pulumi.Config();

const stepFunctions = new PrivateStepFunctions("stepFunctions", {
    vpcId: config.require("vpcId"),
    subnetIds: config.requireObject<string[]>("subnetIds"),
    policy: {
        Version: "2012-10-17",
        Statement: [{
            Effect: "Allow",
            Principal: "*",
            Action: ["states:StartExecution", "states:StartSyncExecution", "states:DescribeExecution"],
            Resource: "*",
        }],
    },
    privateApis: {
        orders: {
            vpcEndpointId: config.require("executeApiEndpointId"),
            urls: [`${config.require("apiUrl")}/*`],
            auth: { apiKey: { name: "x-api-key", value: config.requireSecret("apiKey") } },
        },
    },
});

export const connectionArn = stepFunctions.connections.apply(connections => connections.orders.arn);
export const executionRolePolicy = stepFunctions.executionRolePolicy;
