import pulumi
from pulumi_private_step_functions import Connection, diagnose_connection, diagnose_connection_output

config = pulumi.Config()
connection = Connection(
    "orders",
    auth={"api_key": {"name": "x-api-key", "value": config.require_secret("ordersApiKey")}},
)
found = diagnose_connection_output(connection=connection.arn)

pulumi.export("works", found.works)
pulumi.export("steps", found.steps.apply(lambda steps: [f"{step.step} {step.outcome.value}" for step in steps]))
pulumi.export("name", connection.name)
# The form for values that are known.
pulumi.export("again", connection.name.apply(lambda known: diagnose_connection(connection=known).connection_name))
