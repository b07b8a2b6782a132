import pulumi
from pulumi_private_step_functions import (
    HttpMethod,
    PrivateStepFunctions,
    QueryLanguage,
    api_resource_policy_output,
    execution_role_policy_output,
    http_task_output,
)

config = pulumi.Config()
vpc_id = config.require("vpcId")
prod = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod"
step_functions = PrivateStepFunctions(
    "stepFunctions",
    vpc_id=vpc_id,
    subnet_ids=config.require_object("subnetIds"),
    endpoints={"execute_api": True},
    private_apis={"orders": {"urls": [f"{prod}/*"]}},
)
orders = step_functions.connections["orders"]

pulumi.export("entry", http_task_output(api=orders, path="/orders").json)
pulumi.export(
    "arn",
    http_task_output(
        connection_arn=orders.arn,
        url=f"{prod}/orders",
        method=HttpMethod.POST,
        body={"id": "{% $states.input.id %}"},
        query_language=QueryLanguage.JSONATA,
        next="Done",
    ).json,
)
grant = {"connection_arn": orders.arn, "urls": [f"{prod}/*"], "methods": [HttpMethod.GET, HttpMethod.POST]}
pulumi.export("role", execution_role_policy_output(grants=[grant]).json)
pulumi.export("api", api_resource_policy_output(vpc_ids=[vpc_id]).json)
