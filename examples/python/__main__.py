import pulumi
from pulumi_private_step_functions import OAuthHttpMethod, PrivateStepFunctions

config = pulumi.Config()
orders_url = config.require("ordersUrl")
billing_domain_name = config.require("billingDomainName")

step_functions = PrivateStepFunctions(
    "stepFunctions",
    vpc_id=config.require("vpcId"),
    # At most one in each Availability Zone.
    subnet_ids=config.require_object("subnetIds"),
    endpoints={
        # An endpoint for private APIs too, since this VPC is taken to have none.
        "execute_api": True,
        "allowed_cidr_blocks": config.get_object("callerCidrBlocks")
        or ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
    },
    # Everybody in the VPC may run state machines, one principal may create them, and nobody may delete one.
    policy={
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "states:*Execution", "Resource": "*"},
            {
                "Effect": "Allow",
                "Principal": {"AWS": config.require("adminArn")},
                "Action": "states:CreateStateMachine",
                "Resource": "*",
            },
            {"Effect": "Deny", "Principal": "*", "Action": "states:DeleteStateMachine", "Resource": "*"},
        ],
    },
    private_apis={
        # No target is named, so calls leave through the execute-api endpoint above.
        "orders": {
            "urls": [orders_url],
            "auth": {"api_key": {"name": "x-api-key", "value": config.require_secret("ordersApiKey")}},
        },
        # An internal load balancer with a publicly trusted certificate.
        "billing": {
            "domain_name": billing_domain_name,
            "auth": {
                "oauth": {
                    "authorization_endpoint": config.require("billingOAuthUrl"),
                    "http_method": OAuthHttpMethod.POST,
                    "client_id": config.require("billingClientId"),
                    "client_secret": config.require_secret("billingClientSecret"),
                },
            },
        },
    },
    tags={"application": "orders"},
)

pulumi.export("statesUrl", step_functions.states_url)
pulumi.export("syncStatesUrl", step_functions.sync_states_url)
# The role of the state machine needs this policy.
pulumi.export("executionRolePolicy", step_functions.execution_role_policy)
# The state machine itself belongs to the AWS provider of your choice.
pulumi.export(
    "definition",
    pulumi.Output.json_dumps(
        {
            "QueryLanguage": "JSONata",
            "StartAt": "GetOrder",
            "States": {
                "GetOrder": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::http:invoke",
                    "Arguments": {
                        "ApiEndpoint": orders_url,
                        "Method": "GET",
                        "InvocationConfig": {"ConnectionArn": step_functions.connections["orders"].arn},
                    },
                    "Next": "SendInvoice",
                },
                "SendInvoice": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::http:invoke",
                    "Arguments": {
                        "ApiEndpoint": f"https://{billing_domain_name}/invoices",
                        "Method": "POST",
                        "RequestBody": "{% $states.input.ResponseBody %}",
                        "InvocationConfig": {"ConnectionArn": step_functions.connections["billing"].arn},
                    },
                    "End": True,
                },
            },
        }
    ),
)
