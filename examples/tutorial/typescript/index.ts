import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { apiResourcePolicyOutput, httpTaskOutput, PrivateStepFunctions, StateMachineType } from "pulumi-private-step-functions";

const accountId = aws.getCallerIdentityOutput().accountId;

// 1. A VPC without internet access: no internet gateway, no NAT gateway, and only the local route.
const vpc = new aws.ec2.Vpc("tutorial", { cidrBlock: "10.0.0.0/16", enableDnsSupport: true, enableDnsHostnames: true });
const zones = aws.getAvailabilityZonesOutput({
    filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
    // VPC Lattice has no resource gateways there.
    excludeZoneIds: ["use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "euw1-az4", "cac1-az3", "ilc1-az2"],
});
const subnets = [0, 1].map((index) => new aws.ec2.Subnet(`tutorial-${index}`, {
    vpcId: vpc.id,
    cidrBlock: `10.0.${index}.0/24`,
    availabilityZone: zones.names[index],
}));
const subnetIds = subnets.map((subnet) => subnet.id);

// 2. A private REST API. It needs no backend: API Gateway answers with the orders, and with the way that the call took.
const api = new aws.apigateway.RestApi("orders", { endpointConfiguration: { types: "PRIVATE" } });
// Admits calls that come through an endpoint of the VPC. A private API without a policy cannot be deployed.
const apiPolicy = new aws.apigateway.RestApiPolicy("orders", {
    restApiId: api.id,
    policy: apiResourcePolicyOutput({ vpcIds: [vpc.id] }).json,
});
const orders = new aws.apigateway.Resource("orders", { restApi: api.id, parentId: api.rootResourceId, pathPart: "orders" });
const method = new aws.apigateway.Method("orders", {
    restApi: api.id,
    resourceId: orders.id,
    httpMethod: "GET",
    authorization: "NONE",
});
const integration = new aws.apigateway.Integration("orders", {
    restApi: api.id,
    resourceId: orders.id,
    httpMethod: method.httpMethod,
    type: "MOCK",
    requestTemplates: { "application/json": JSON.stringify({ statusCode: 200 }) },
});
const ok = new aws.apigateway.MethodResponse("orders", {
    restApi: api.id,
    resourceId: orders.id,
    httpMethod: method.httpMethod,
    statusCode: "200",
});
const answer = new aws.apigateway.IntegrationResponse("orders", {
    restApi: api.id,
    resourceId: orders.id,
    httpMethod: method.httpMethod,
    statusCode: ok.statusCode,
    responseTemplates: {
        "application/json": JSON.stringify({
            orders: ["1001", "1002"],
            vpcEndpointId: "$context.identity.vpceId",
            sourceIp: "$context.identity.sourceIp",
        }),
    },
}, { dependsOn: integration });
const deployment = new aws.apigateway.Deployment("orders", {
    restApi: api.id,
    // A change of these takes effect only after another deployment.
    triggers: { content: pulumi.jsonStringify([apiPolicy.policy, answer.responseTemplates]) },
}, { dependsOn: [apiPolicy, answer] });
const stage = new aws.apigateway.Stage("orders", { restApi: api.id, deployment: deployment.id, stageName: "prod" });

// 3. Step Functions, private in both directions.
const callerRole = new aws.iam.Role("caller", {
    assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
    }),
});
const callerGroup = new aws.ec2.SecurityGroup("caller", {
    vpcId: vpc.id,
    description: "Callers of Step Functions",
    // Open on purpose: the proof must show that there is no route, not that a rule is missing.
    egress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }],
});
const stepFunctions = new PrivateStepFunctions("tutorial", {
    vpcId: vpc.id,
    subnetIds,
    endpoints: {
        executeApi: true,
        // HTTP tasks call without an AWS identity, so the principal is `*`.
        executeApiPolicy: {
            Version: "2012-10-17",
            Statement: [{
                Effect: "Allow",
                Principal: "*",
                Action: "execute-api:Invoke",
                Resource: pulumi.interpolate`${stage.executionArn}/GET/orders`,
            }],
        },
        allowedSecurityGroupIds: [callerGroup.id],
    },
    policy: {
        Version: "2012-10-17",
        Statement: [{
            Effect: "Allow",
            Principal: "*",
            Action: ["states:StartExecution", "states:StartSyncExecution", "states:DescribeExecution"],
            Resource: "*",
            Condition: { ArnEquals: { "aws:PrincipalArn": callerRole.arn } },
        }],
    },
    privateApis: {
        // Without a target, calls go to the execute-api endpoint.
        orders: { urls: [pulumi.interpolate`${stage.invokeUrl}/*`] },
    },
});

// 4. Two state machines that call the API, and their role.
const role = new aws.iam.Role("states", {
    assumeRolePolicy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [{
            Effect: "Allow",
            Principal: { Service: "states.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
        }],
    }),
});
const rolePolicy = new aws.iam.RolePolicy("states", { role: role.id, policy: stepFunctions.executionRolePolicy });
const [standard, express] = [StateMachineType.Standard, StateMachineType.Express].map((type) => {
    const task = httpTaskOutput({
        api: stepFunctions.connections.orders,
        path: "/orders",
        stateMachineType: type,
        fields: { Output: "{% $states.result.ResponseBody %}" },
    });
    return new aws.sfn.StateMachine(type.toLowerCase(), {
        type,
        roleArn: role.arn,
        definition: pulumi.jsonStringify({ StartAt: "Get orders", States: { "Get orders": task.state } }),
    }, { dependsOn: rolePolicy });
});

// 5. A caller in the VPC: a Lambda function.
const network = new aws.iam.RolePolicyAttachment("caller", {
    role: callerRole.name,
    policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
});
const callerPolicy = new aws.iam.RolePolicy("caller", {
    role: callerRole.id,
    policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
            { Effect: "Allow", Action: "states:StartExecution", Resource: standard.arn },
            {
                Effect: "Allow",
                Action: "states:DescribeExecution",
                Resource: standard.arn.apply((arn) => `${arn.replace(":stateMachine:", ":execution:")}:*`),
            },
            { Effect: "Allow", Action: "states:StartSyncExecution", Resource: express.arn },
        ],
    }),
});
const caller = new aws.lambda.Function("caller", {
    role: callerRole.arn,
    runtime: "python3.13",
    handler: "caller.handler",
    code: new pulumi.asset.AssetArchive({ "caller.py": new pulumi.asset.FileAsset("caller.py") }),
    // Both executions may have to wait for the new connection.
    timeout: 900,
    vpcConfig: { subnetIds, securityGroupIds: [callerGroup.id] },
}, { dependsOn: [stepFunctions, network, callerPolicy] });

// 6. The call, and its proof.
const call = new aws.lambda.Invocation("call", {
    functionName: caller.name,
    input: pulumi.jsonStringify({ standard: standard.arn, express: express.arn }),
});

export const result = call.result.apply((text) => JSON.parse(text));
export const statesEndpointId = stepFunctions.statesEndpoint.apply((endpoint) => endpoint?.id);
export const executeApiEndpointId = stepFunctions.executeApiEndpoint.apply((endpoint) => endpoint?.id);
