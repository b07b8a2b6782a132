import * as pulumi from "@pulumi/pulumi";
import { PrivateStepFunctions } from "pulumi-private-step-functions";

const config = new pulumi.Config();
const ordersUrl = config.require("ordersUrl");
const billingDomainName = config.require("billingDomainName");

const stepFunctions = new PrivateStepFunctions("stepFunctions", {
    vpcId: config.require("vpcId"),
    // At most one in each Availability Zone.
    subnetIds: config.requireObject<string[]>("subnetIds"),
    endpoints: {
        // An endpoint for private APIs too, since this VPC is taken to have none.
        executeApi: true,
        allowedCidrBlocks: config.getObject<string[]>("callerCidrBlocks") ?? ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
    },
    // Everybody in the VPC may run state machines, one principal may create them, and nobody may delete one.
    policy: {
        Version: "2012-10-17",
        Statement: [
            { Effect: "Allow", Principal: "*", Action: "states:*Execution", Resource: "*" },
            { Effect: "Allow", Principal: { AWS: config.require("adminArn") }, Action: "states:CreateStateMachine", Resource: "*" },
            { Effect: "Deny", Principal: "*", Action: "states:DeleteStateMachine", Resource: "*" },
        ],
    },
    privateApis: {
        // No target is named, so calls leave through the execute-api endpoint above.
        orders: {
            urls: [ordersUrl],
            auth: { apiKey: { name: "x-api-key", value: config.requireSecret("ordersApiKey") } },
        },
        // An internal load balancer with a publicly trusted certificate.
        billing: {
            domainName: billingDomainName,
            auth: {
                oauth: {
                    authorizationEndpoint: config.require("billingOAuthUrl"),
                    httpMethod: "POST",
                    clientId: config.require("billingClientId"),
                    clientSecret: config.requireSecret("billingClientSecret"),
                },
            },
        },
    },
    tags: { application: "orders" },
});

export const statesUrl = stepFunctions.statesUrl;
export const syncStatesUrl = stepFunctions.syncStatesUrl;
// The role of the state machine needs this policy.
export const executionRolePolicy = stepFunctions.executionRolePolicy;
// The state machine itself belongs to the AWS provider of your choice.
export const definition = pulumi.jsonStringify({
    QueryLanguage: "JSONata",
    StartAt: "GetOrder",
    States: {
        GetOrder: {
            Type: "Task",
            Resource: "arn:aws:states:::http:invoke",
            Arguments: {
                ApiEndpoint: ordersUrl,
                Method: "GET",
                InvocationConfig: { ConnectionArn: stepFunctions.connections.orders.arn },
            },
            Next: "SendInvoice",
        },
        SendInvoice: {
            Type: "Task",
            Resource: "arn:aws:states:::http:invoke",
            Arguments: {
                ApiEndpoint: `https://${billingDomainName}/invoices`,
                Method: "POST",
                RequestBody: "{% $states.input.ResponseBody %}",
                InvocationConfig: { ConnectionArn: stepFunctions.connections.billing.arn },
            },
            End: true,
        },
    },
});
