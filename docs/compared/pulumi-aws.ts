// The same stack with pulumi-aws. It compiles, and nobody has deployed it.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const vpcId = config.require("vpcId");
const subnetIds = config.requireObject<string[]>("subnetIds");
const apiUrl = config.require("apiUrl");

const region = aws.getRegionOutput().region;
const vpc = aws.ec2.getVpcOutput({ id: vpcId });
const vpcCidrBlocks = vpc.cidrBlockAssociations.apply(blocks => blocks.map(block => block.cidrBlock));
const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{
        Effect: "Allow",
        Principal: "*",
        Action: ["states:StartExecution", "states:StartSyncExecution", "states:DescribeExecution"],
        Resource: "*",
    }],
});

// Inbound
const endpointGroup = new aws.ec2.SecurityGroup("endpoints", {
    vpcId,
    description: "Callers of the Step Functions endpoints",
    ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: vpcCidrBlocks, description: "HTTPS from the VPC" }],
});
for (const service of ["states", "sync-states"]) {
    new aws.ec2.VpcEndpoint(service, {
        vpcId,
        serviceName: pulumi.interpolate`com.amazonaws.${region}.${service}`,
        vpcEndpointType: "Interface",
        subnetIds,
        securityGroupIds: [endpointGroup.id],
        privateDnsEnabled: true,
        policy,
    });
}

// Outbound
const target = aws.ec2.getVpcEndpointOutput({ id: config.require("executeApiEndpointId") });
const gatewayGroup = new aws.ec2.SecurityGroup("gateway", {
    vpcId,
    description: "Step Functions resource gateway to private APIs",
    egress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: vpcCidrBlocks, description: "Private APIs in the VPC" }],
});
const gateway = new aws.vpclattice.ResourceGateway("gateway", {
    name: "compared",
    vpcId,
    subnetIds,
    securityGroupIds: [gatewayGroup.id],
});
const configuration = new aws.vpclattice.ResourceConfiguration("orders", {
    name: "compared-orders",
    resourceGatewayIdentifier: gateway.id,
    portRanges: ["443"],
    // The first name is that of the Region, not of a zone.
    resourceConfigurationDefinition: {
        dnsResource: { domainName: target.dnsEntries.apply(entries => entries[0].dnsName), ipAddressType: "IPV4" },
    },
});
const connection = new aws.cloudwatch.EventConnection("orders", {
    authorizationType: "API_KEY",
    authParameters: { apiKey: { key: "x-api-key", value: config.requireSecret("apiKey") } },
    invocationConnectivityParameters: { resourceParameters: { resourceConfigurationArn: configuration.arn } },
});

export const connectionArn = connection.arn;
export const executionRolePolicy = aws.iam.getPolicyDocumentOutput({
    statements: [
        {
            actions: ["states:InvokeHTTPEndpoint"],
            resources: ["*"],
            conditions: [{ test: "StringLike", variable: "states:HTTPEndpoint", values: [`${apiUrl}/*`] }],
        },
        { actions: ["events:RetrieveConnectionCredentials"], resources: [connection.arn] },
        { actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], resources: [connection.secretArn] },
    ],
}).json;
