using System.Collections.Generic;
using Pulumi;
using Pulumi.PrivateStepFunctions.Inputs;
using PrivateStepFunctions = Pulumi.PrivateStepFunctions;

return await Deployment.RunAsync(() =>
{
    var config = new Config();
    var ordersUrl = config.Require("ordersUrl");
    var billingDomainName = config.Require("billingDomainName");

    var stepFunctions = new PrivateStepFunctions.PrivateStepFunctions("stepFunctions", new()
    {
        VpcId = config.Require("vpcId"),
        // At most one in each Availability Zone.
        SubnetIds = config.RequireObject<string[]>("subnetIds"),
        Endpoints = new EndpointsArgs
        {
            // An endpoint for private APIs too, since this VPC is taken to have none.
            ExecuteApi = true,
            AllowedCidrBlocks = config.GetObject<string[]>("callerCidrBlocks")
                ?? new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16" },
        },
        // Everybody in the VPC may run state machines, one principal may create them, and nobody may delete one.
        Policy = new Dictionary<string, object?>
        {
            ["Version"] = "2012-10-17",
            ["Statement"] = new[]
            {
                Statement("Allow", "*", "states:*Execution"),
                Statement("Allow", new Dictionary<string, object?> { ["AWS"] = config.Require("adminArn") }, "states:CreateStateMachine"),
                Statement("Deny", "*", "states:DeleteStateMachine"),
            },
        },
        PrivateApis =
        {
            // No target is named, so calls leave through the execute-api endpoint above.
            ["orders"] = new PrivateApiArgs
            {
                Urls = ordersUrl,
                Auth = new ConnectionAuthArgs
                {
                    ApiKey = new ConnectionApiKeyAuthArgs
                    {
                        Name = "x-api-key",
                        Value = config.RequireSecret("ordersApiKey"),
                    },
                },
            },
            // An internal load balancer with a publicly trusted certificate.
            ["billing"] = new PrivateApiArgs
            {
                DomainName = billingDomainName,
                Auth = new ConnectionAuthArgs
                {
                    Oauth = new ConnectionOAuthArgs
                    {
                        AuthorizationEndpoint = config.Require("billingOAuthUrl"),
                        HttpMethod = PrivateStepFunctions.OAuthHttpMethod.Post,
                        ClientId = config.Require("billingClientId"),
                        ClientSecret = config.RequireSecret("billingClientSecret"),
                    },
                },
            },
        },
        Tags = { ["application"] = "orders" },
    });

    Output<string> ConnectionArn(string api) => stepFunctions.Connections.Apply(connections => connections[api].Arn);

    return new Dictionary<string, object?>
    {
        ["statesUrl"] = stepFunctions.StatesUrl,
        ["syncStatesUrl"] = stepFunctions.SyncStatesUrl,
        // The role of the state machine needs this policy.
        ["executionRolePolicy"] = stepFunctions.ExecutionRolePolicy,
        // The state machine itself belongs to the AWS provider of your choice.
        ["definition"] = Output.JsonSerialize(Output.Tuple(ConnectionArn("orders"), ConnectionArn("billing")).Apply(arns => new
        {
            QueryLanguage = "JSONata",
            StartAt = "GetOrder",
            States = new
            {
                GetOrder = new
                {
                    Type = "Task",
                    Resource = "arn:aws:states:::http:invoke",
                    Arguments = new
                    {
                        ApiEndpoint = ordersUrl,
                        Method = "GET",
                        InvocationConfig = new { ConnectionArn = arns.Item1 },
                    },
                    Next = "SendInvoice",
                },
                SendInvoice = new
                {
                    Type = "Task",
                    Resource = "arn:aws:states:::http:invoke",
                    Arguments = new
                    {
                        ApiEndpoint = $"https://{billingDomainName}/invoices",
                        Method = "POST",
                        RequestBody = "{% $states.input.ResponseBody %}",
                        InvocationConfig = new { ConnectionArn = arns.Item2 },
                    },
                    End = true,
                },
            },
        })),
    };

    static Dictionary<string, object?> Statement(string effect, object principal, string action) => new()
    {
        ["Effect"] = effect,
        ["Principal"] = principal,
        ["Action"] = action,
        ["Resource"] = "*",
    };
});
