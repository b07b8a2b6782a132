import * as pulumi from "@pulumi/pulumi";
import { PrivateStepFunctions } from "pulumi-private-step-functions";

const config = new pulumi.Config();
// The name in the URL and on the certificate. The certificate must be publicly trusted.
const host = config.require("host");

const stepFunctions = new PrivateStepFunctions("stepFunctions", {
    vpcId: config.require("vpcId"),
    subnetIds: config.requireObject<string[]>("subnetIds"),
    // This example has no callers in the VPC.
    endpoints: { states: false, syncStates: false },
    resourceGateway: {
        // The gateway can connect to the load balancer only.
        targetSecurityGroupIds: [config.require("loadBalancerSecurityGroupId")],
        // Enough for 55,000 concurrent connections in each subnet. AWS's default takes 16 addresses.
        ipv4AddressesPerEni: 1,
    },
    privateApis: {
        billing: {
            // The load balancer's own DNS name, internal-….elb.amazonaws.com: where calls go.
            domainName: config.require("loadBalancerDnsName"),
            urls: [`https://${host}/*`],
            auth: { basic: { username: config.require("username"), password: config.requireSecret("password") } },
        },
    },
});

export const connectionArn = stepFunctions.connections.billing.arn;
// For the role of the state machine.
export const executionRolePolicy = stepFunctions.executionRolePolicy;
// The load balancer's security group must admit TCP 443 from this group.
export const gatewaySecurityGroupId = stepFunctions.gatewaySecurityGroupId;
