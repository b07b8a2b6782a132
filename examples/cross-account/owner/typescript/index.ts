import * as pulumi from "@pulumi/pulumi";
import { ResourceConfiguration, ResourceGateway, SecurityGroup } from "pulumi-private-step-functions";

const config = new pulumi.Config();
const vpcId = config.require("vpcId");

const gatewayGroup = new SecurityGroup("gatewayGroup", {
    vpcId,
    description: "Resource gateway to the orders API",
    egress: [{
        fromPort: 443,
        toPort: 443,
        securityGroupId: config.require("apiSecurityGroupId"),
        description: "HTTPS to the API",
    }],
});
const gateway = new ResourceGateway("gateway", {
    vpcId,
    subnetIds: config.requireObject<string[]>("subnetIds"),
    securityGroupIds: [gatewayGroup.id],
});
const orders = new ResourceConfiguration("orders", {
    resourceGatewayId: gateway.id,
    ports: ["443"],
    // The API's host name, in public DNS.
    target: { domainName: config.require("apiHost") },
});

// Share this with the other account.
export const resourceConfigurationArn = orders.arn;
// The API's security group must admit TCP 443 from this group.
export const gatewaySecurityGroupId = gatewayGroup.id;
