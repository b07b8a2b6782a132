import * as pulumi from "@pulumi/pulumi";
import { PrivateStepFunctions } from "pulumi-private-step-functions";

const config = new pulumi.Config();
const vpcId = config.require("vpcId");
// The stage of the private API. The AWS provider has both as `invokeUrl` and `executionArn`.
const stageInvokeUrl = config.require("stageInvokeUrl");
const stageExecutionArn = config.require("stageExecutionArn");

const stepFunctions = new PrivateStepFunctions("stepFunctions", {
    vpcId,
    // At most one in each Availability Zone.
    subnetIds: config.requireObject<string[]>("subnetIds"),
    endpoints: {
        // This example has no callers in the VPC.
        states: false,
        syncStates: false,
        executeApi: true,
        // Calls reach this stage only. HTTP tasks call without an AWS identity, so the principal is `*`.
        executeApiPolicy: {
            Version: "2012-10-17",
            Statement: [{
                Effect: "Allow",
                Principal: "*",
                Action: "execute-api:Invoke",
                Resource: `${stageExecutionArn}/*`,
            }],
        },
    },
    privateApis: {
        // Without a target, calls go to the execute-api endpoint above.
        orders: {
            urls: [`${stageInvokeUrl}/*`],
            auth: { apiKey: { name: "x-api-key", value: config.requireSecret("apiKey") } },
        },
    },
});

// For `InvocationConfig.ConnectionArn` of the HTTP task.
export const connectionArn = stepFunctions.connections.orders.arn;
// For the role of the state machine.
export const executionRolePolicy = stepFunctions.executionRolePolicy;
// For the API. Deploy the API again after you set it.
export const apiResourcePolicy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
        { Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" },
        {
            Effect: "Deny",
            Principal: "*",
            Action: "execute-api:Invoke",
            Resource: "execute-api:/*",
            Condition: { StringNotEquals: { "aws:SourceVpc": vpcId } },
        },
    ],
});
