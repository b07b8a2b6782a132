import * as pulumi from "@pulumi/pulumi";
import { Connection, diagnoseConnection, diagnoseConnectionOutput } from "pulumi-private-step-functions";

const config = new pulumi.Config();
const connection = new Connection("orders", {
    auth: { apiKey: { name: "x-api-key", value: config.requireSecret("ordersApiKey") } },
});
const found = diagnoseConnectionOutput({ connection: connection.arn });

export const works = found.works;
export const steps = found.steps.apply((steps) => steps.map((step) => `${step.step} ${step.outcome}`));
export const name = connection.name;
// The form for values that are known.
export const again = connection.name.apply(async (known) => (await diagnoseConnection({ connection: known })).connectionName);
