import * as pulumi from "@pulumi/pulumi";
import { PrivateStepFunctions } from "pulumi-private-step-functions";

const config = new pulumi.Config();
const stateMachineName = config.require("stateMachineName");
// Step Functions lets a role start state machines of its own account only, so the ARNs need no account.
const stateMachineArn = `arn:aws:states:*:*:stateMachine:${stateMachineName}`;
// Without this, the policy would allow the same to every principal that can connect.
const byTheCallers = { ArnEquals: { "aws:PrincipalArn": config.require("callerRoleArn") } };

const stepFunctions = new PrivateStepFunctions("stepFunctions", {
    vpcId: config.require("vpcId"),
    // At most one in each Availability Zone.
    subnetIds: config.requireObject<string[]>("subnetIds"),
    endpoints: {
        // Nobody else can connect to the endpoints.
        allowedSecurityGroupIds: [config.require("callerSecurityGroupId")],
        // Each endpoint serves its own actions, so each has its own policy.
        statesPolicy: {
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Principal: "*",
                    Action: "states:StartExecution",
                    Resource: stateMachineArn,
                    Condition: byTheCallers,
                },
                {
                    Effect: "Allow",
                    Principal: "*",
                    Action: ["states:DescribeExecution", "states:StopExecution"],
                    Resource: `arn:aws:states:*:*:execution:${stateMachineName}:*`,
                    Condition: byTheCallers,
                },
            ],
        },
        syncStatesPolicy: {
            Version: "2012-10-17",
            Statement: [{
                Effect: "Allow",
                Principal: "*",
                Action: "states:StartSyncExecution",
                Resource: stateMachineArn,
                Condition: byTheCallers,
            }],
        },
    },
});

export const statesUrl = stepFunctions.statesUrl;
export const syncStatesUrl = stepFunctions.syncStatesUrl;
