import * as pulumi from "@pulumi/pulumi";
import { PrivateStepFunctions } from "pulumi-private-step-functions";

const config = new pulumi.Config();
const organizationId = config.require("organizationId");
const region = config.require("region");

const stepFunctions = new PrivateStepFunctions("stepFunctions", {
    vpcId: config.require("vpcId"),
    // At most one in each Availability Zone.
    subnetIds: config.requireObject<string[]>("subnetIds"),
    endpoints: {
        // With private DNS, only the central VPC would resolve the names of Step Functions to the endpoints. AWS keeps these names
        // in a hosted zone of its own, which cannot be associated with other VPCs. The hosted zones in README serve them all.
        privateDnsEnabled: false,
        // The ranges of the other VPCs, which have a route to the central one.
        allowedCidrBlocks: config.requireObject<string[]>("callerCidrBlocks"),
    },
    // Only principals of this organization may use the endpoints, and only with resources of it.
    policy: {
        Version: "2012-10-17",
        Statement: [{
            Effect: "Allow",
            Principal: "*",
            Action: ["states:StartExecution", "states:StartSyncExecution", "states:DescribeExecution", "states:StopExecution"],
            Resource: "*",
            Condition: { StringEquals: { "aws:PrincipalOrgID": organizationId, "aws:ResourceOrgID": organizationId } },
        }],
    },
});

// One private hosted zone for each, with an alias record at its apex.
export const aliases = [
    {
        zone: `states.${region}.amazonaws.com`,
        dnsName: stepFunctions.statesEndpoint.apply((endpoint) => endpoint!.regionalDnsName),
        hostedZoneId: stepFunctions.statesEndpoint.apply((endpoint) => endpoint!.hostedZoneId),
    },
    {
        zone: `sync-states.${region}.amazonaws.com`,
        dnsName: stepFunctions.syncStatesEndpoint.apply((endpoint) => endpoint!.regionalDnsName),
        hostedZoneId: stepFunctions.syncStatesEndpoint.apply((endpoint) => endpoint!.hostedZoneId),
    },
];
