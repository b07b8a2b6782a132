// The same stack with CDK. It compiles and synthesizes, and nobody has deployed it.
import { CfnOutput, CfnParameter, SecretValue, Stack, StackProps } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as events from "aws-cdk-lib/aws-events";
import * as iam from "aws-cdk-lib/aws-iam";
import * as vpclattice from "aws-cdk-lib/aws-vpclattice";
import { Construct } from "constructs";

export interface ComparedProps extends StackProps {
    vpc: ec2.IVpc;
    subnets: ec2.SubnetSelection;
    apiUrl: string;
    apiKey: SecretValue;
}

export class Compared extends Stack {
    constructor(scope: Construct, id: string, props: ComparedProps) {
        super(scope, id, props);
        const { vpc, subnets } = props;
        const subnetIds = vpc.selectSubnets(subnets).subnetIds;

        // Inbound
        const endpointGroup = new ec2.SecurityGroup(this, "Endpoints", { vpc, allowAllOutbound: false });
        endpointGroup.addIngressRule(ec2.Peer.ipv4(vpc.vpcCidrBlock), ec2.Port.tcp(443), "HTTPS from the VPC");
        for (const [name, service] of [
            ["States", ec2.InterfaceVpcEndpointAwsService.STEP_FUNCTIONS],
            ["SyncStates", ec2.InterfaceVpcEndpointAwsService.STEP_FUNCTIONS_SYNC],
        ] as const) {
            const endpoint = new ec2.InterfaceVpcEndpoint(this, name, {
                vpc, service, subnets, securityGroups: [endpointGroup], open: false,
            });
            endpoint.addToPolicy(new iam.PolicyStatement({
                principals: [new iam.AnyPrincipal()],
                actions: ["states:StartExecution", "states:StartSyncExecution", "states:DescribeExecution"],
                resources: ["*"],
            }));
        }

        // Outbound. The name of an endpoint cannot be looked up, so it is a parameter.
        const domainName = new CfnParameter(this, "ExecuteApiDomainName").valueAsString;
        const gatewayGroup = new ec2.SecurityGroup(this, "Gateway", { vpc, allowAllOutbound: false });
        gatewayGroup.addEgressRule(ec2.Peer.ipv4(vpc.vpcCidrBlock), ec2.Port.tcp(443), "Private APIs in the VPC");
        const gateway = new vpclattice.CfnResourceGateway(this, "ResourceGateway", {
            name: "compared",
            vpcIdentifier: vpc.vpcId,
            subnetIds,
            securityGroupIds: [gatewayGroup.securityGroupId],
        });
        const configuration = new vpclattice.CfnResourceConfiguration(this, "ResourceConfiguration", {
            name: "compared-orders",
            resourceConfigurationType: "SINGLE",
            resourceGatewayId: gateway.ref,
            portRanges: ["443"],
            resourceConfigurationDefinition: { dnsResource: { domainName, ipAddressType: "IPV4" } },
        });
        const connection = new events.CfnConnection(this, "Connection", {
            authorizationType: "API_KEY",
            authParameters: { apiKeyAuthParameters: { apiKeyName: "x-api-key", apiKeyValue: props.apiKey.unsafeUnwrap() } },
            invocationConnectivityParameters: { resourceParameters: { resourceConfigurationArn: configuration.attrArn } },
        });
        const executionRolePolicy = new iam.PolicyDocument({
            statements: [
                new iam.PolicyStatement({
                    actions: ["states:InvokeHTTPEndpoint"],
                    resources: ["*"],
                    conditions: { StringLike: { "states:HTTPEndpoint": `${props.apiUrl}/*` } },
                }),
                new iam.PolicyStatement({ actions: ["events:RetrieveConnectionCredentials"], resources: [connection.attrArn] }),
                new iam.PolicyStatement({
                    actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
                    resources: [connection.attrSecretArn],
                }),
            ],
        });
        new CfnOutput(this, "ConnectionArn", { value: connection.attrArn });
        new CfnOutput(this, "ExecutionRolePolicy", { value: this.toJsonString(executionRolePolicy.toJSON()) });
    }
}
