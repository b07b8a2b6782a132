import json

import pulumi
import pulumi_aws as aws
from pulumi_private_step_functions import (
    PrivateStepFunctions,
    StateMachineType,
    api_resource_policy_output,
    http_task_output,
)

account_id = aws.get_caller_identity_output().account_id

# 1. A VPC without internet access: no internet gateway, no NAT gateway, and only the local route.
vpc = aws.ec2.Vpc("tutorial", cidr_block="10.0.0.0/16", enable_dns_support=True, enable_dns_hostnames=True)
zones = aws.get_availability_zones_output(
    filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
    # VPC Lattice has no resource gateways there.
    exclude_zone_ids=["use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "euw1-az4", "cac1-az3", "ilc1-az2"],
)
subnets = [
    aws.ec2.Subnet(
        f"tutorial-{index}",
        vpc_id=vpc.id,
        cidr_block=f"10.0.{index}.0/24",
        availability_zone=zones.names[index],
    )
    for index in range(2)
]
subnet_ids = [subnet.id for subnet in subnets]

# 2. A private REST API. It needs no backend: API Gateway answers with the orders, and with the way that the call took.
api = aws.apigateway.RestApi("orders", endpoint_configuration={"types": "PRIVATE"})
# Admits calls that come through an endpoint of the VPC. A private API without a policy cannot be deployed.
api_policy = aws.apigateway.RestApiPolicy(
    "orders",
    rest_api_id=api.id,
    policy=api_resource_policy_output(vpc_ids=pulumi.Output.all(vpc.id)).json,
)
orders = aws.apigateway.Resource("orders", rest_api=api.id, parent_id=api.root_resource_id, path_part="orders")
method = aws.apigateway.Method(
    "orders",
    rest_api=api.id,
    resource_id=orders.id,
    http_method="GET",
    authorization="NONE",
)
integration = aws.apigateway.Integration(
    "orders",
    rest_api=api.id,
    resource_id=orders.id,
    http_method=method.http_method,
    type="MOCK",
    request_templates={"application/json": json.dumps({"statusCode": 200})},
)
ok = aws.apigateway.MethodResponse(
    "orders",
    rest_api=api.id,
    resource_id=orders.id,
    http_method=method.http_method,
    status_code="200",
)
answer = aws.apigateway.IntegrationResponse(
    "orders",
    rest_api=api.id,
    resource_id=orders.id,
    http_method=method.http_method,
    status_code=ok.status_code,
    response_templates={
        "application/json": json.dumps({
            "orders": ["1001", "1002"],
            "vpcEndpointId": "$context.identity.vpceId",
            "sourceIp": "$context.identity.sourceIp",
        }),
    },
    opts=pulumi.ResourceOptions(depends_on=[integration]),
)
deployment = aws.apigateway.Deployment(
    "orders",
    rest_api=api.id,
    # A change of these takes effect only after another deployment.
    triggers={"content": pulumi.Output.json_dumps([api_policy.policy, answer.response_templates])},
    opts=pulumi.ResourceOptions(depends_on=[api_policy, answer]),
)
stage = aws.apigateway.Stage("orders", rest_api=api.id, deployment=deployment.id, stage_name="prod")

# 3. Step Functions, private in both directions.
caller_role = aws.iam.Role(
    "caller",
    assume_role_policy=json.dumps({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }),
)
caller_group = aws.ec2.SecurityGroup(
    "caller",
    vpc_id=vpc.id,
    description="Callers of Step Functions",
    # Open on purpose: the proof must show that there is no route, not that a rule is missing.
    egress=[{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}],
)
step_functions = PrivateStepFunctions(
    "tutorial",
    vpc_id=vpc.id,
    subnet_ids=subnet_ids,
    endpoints={
        "execute_api": True,
        # HTTP tasks call without an AWS identity, so the principal is `*`.
        "execute_api_policy": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "execute-api:Invoke",
                    "Resource": pulumi.Output.concat(stage.execution_arn, "/GET/orders"),
                }
            ],
        },
        "allowed_security_group_ids": [caller_group.id],
    },
    policy={
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": ["states:StartExecution", "states:StartSyncExecution", "states:DescribeExecution"],
                "Resource": "*",
                "Condition": {"ArnEquals": {"aws:PrincipalArn": caller_role.arn}},
            }
        ],
    },
    private_apis={
        # Without a target, calls go to the execute-api endpoint.
        "orders": {"urls": [pulumi.Output.concat(stage.invoke_url, "/*")]},
    },
)

# 4. Two state machines that call the API, and their role.
role = aws.iam.Role(
    "states",
    assume_role_policy=pulumi.Output.json_dumps({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "states.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
            }
        ],
    }),
)
role_policy = aws.iam.RolePolicy("states", role=role.id, policy=step_functions.execution_role_policy)
tasks = {
    type_: http_task_output(
        api=step_functions.connections["orders"],
        path="/orders",
        state_machine_type=type_,
        fields={"Output": "{% $states.result.ResponseBody %}"},
    )
    for type_ in StateMachineType
}
standard, express = [
    aws.sfn.StateMachine(
        type_.lower(),
        type=type_.value,
        role_arn=role.arn,
        definition=pulumi.Output.json_dumps({"StartAt": "Get orders", "States": {"Get orders": task.state}}),
        opts=pulumi.ResourceOptions(depends_on=[role_policy]),
    )
    for type_, task in tasks.items()
]

# 5. A caller in the VPC: a Lambda function.
network = aws.iam.RolePolicyAttachment(
    "caller",
    role=caller_role.name,
    policy_arn="arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
)
caller_policy = aws.iam.RolePolicy(
    "caller",
    role=caller_role.id,
    policy=pulumi.Output.json_dumps({
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "states:StartExecution", "Resource": standard.arn},
            {
                "Effect": "Allow",
                "Action": "states:DescribeExecution",
                "Resource": standard.arn.apply(lambda arn: f"{arn.replace(':stateMachine:', ':execution:')}:*"),
            },
            {"Effect": "Allow", "Action": "states:StartSyncExecution", "Resource": express.arn},
        ],
    }),
)
caller = aws.lambda_.Function(
    "caller",
    role=caller_role.arn,
    runtime="python3.13",
    handler="caller.handler",
    code=pulumi.AssetArchive({"caller.py": pulumi.FileAsset("caller.py")}),
    # Both executions may have to wait for the new connection.
    timeout=900,
    vpc_config={"subnet_ids": subnet_ids, "security_group_ids": [caller_group.id]},
    opts=pulumi.ResourceOptions(depends_on=[step_functions, network, caller_policy]),
)

# 6. The call, and its proof.
call = aws.lambda_.Invocation(
    "call",
    function_name=caller.name,
    input=pulumi.Output.json_dumps({"standard": standard.arn, "express": express.arn}),
)

pulumi.export("result", call.result.apply(json.loads))
pulumi.export("statesEndpointId", step_functions.states_endpoint.apply(lambda endpoint: endpoint and endpoint.id))
pulumi.export("executeApiEndpointId", step_functions.execute_api_endpoint.apply(lambda endpoint: endpoint and endpoint.id))
