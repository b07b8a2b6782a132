import * as pulumi from "@pulumi/pulumi";
import { PrivateStepFunctions } from "pulumi-private-step-functions";

const config = new pulumi.Config();

const stepFunctions = new PrivateStepFunctions("stepFunctions", {
    vpcId: config.require("vpcId"),
    // At most one in each Availability Zone.
    subnetIds: config.requireObject<string[]>("subnetIds"),
    policy: {
        Version: "2012-10-17",
        Statement: [{
            Effect: "Allow",
            Principal: "*",
            Action: ["states:StartExecution", "states:StartSyncExecution", "states:DescribeExecution"],
            Resource: "*",
            Condition: { ArnEquals: { "aws:PrincipalArn": config.require("callerRoleArn") } },
        }],
    },
    privateApis: {
        orders: {
            // The owner shares it through AWS RAM. The gateway is the owner's, so none is created here.
            resourceConfigurationArn: config.require("resourceConfigurationArn"),
            // Only the owner knows the target, so say which URLs the state machines call.
            urls: [`https://${config.require("apiHost")}/*`],
            auth: { apiKey: { name: "x-api-key", value: config.requireSecret("apiKey") } },
        },
    },
});

export const connectionArn = stepFunctions.connections.orders.arn;
// For the role of the state machine.
export const executionRolePolicy = stepFunctions.executionRolePolicy;
