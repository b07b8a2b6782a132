import * as pulumi from "@pulumi/pulumi";
import {
    apiResourcePolicyOutput,
    executionRolePolicyOutput,
    httpTaskOutput,
    PrivateStepFunctions,
} from "pulumi-private-step-functions";

const config = new pulumi.Config();
const vpcId = config.require("vpcId");
const prod = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod";
const stepFunctions = new PrivateStepFunctions("stepFunctions", {
    vpcId,
    subnetIds: config.requireObject<string[]>("subnetIds"),
    endpoints: { executeApi: true },
    privateApis: { orders: { urls: [`${prod}/*`] } },
});
const orders = stepFunctions.connections.apply((connections) => connections["orders"]);

export const entry = httpTaskOutput({ api: orders, path: "/orders" }).json;
export const arn = httpTaskOutput({
    connectionArn: orders.arn,
    url: `${prod}/orders`,
    method: "POST",
    body: { id: "{% $states.input.id %}" },
    queryLanguage: "JSONata",
    next: "Done",
}).json;
export const role = executionRolePolicyOutput({
    grants: [{ connectionArn: orders.arn, urls: [`${prod}/*`], methods: ["GET", "POST"] }],
}).json;
export const api = apiResourcePolicyOutput({ vpcIds: [vpcId] }).json;
