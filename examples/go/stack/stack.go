// Package stack is the program; it stands apart from main so that the Automation API can run it too.
package stack

import (
	"example.com/pulumi-private-step-functions/sdk/go/privatestepfunctions"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// Run declares the stack.
func Run(ctx *pulumi.Context) error {
	cfg := config.New(ctx, "")
	var subnetIds []string // at most one in each Availability Zone
	cfg.RequireObject("subnetIds", &subnetIds)
	callers := []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}
	if err := cfg.TryObject("callerCidrBlocks", &callers); err != nil && cfg.Get("callerCidrBlocks") != "" {
		return err
	}
	ordersURL := cfg.Require("ordersUrl")
	billingDomainName := cfg.Require("billingDomainName")

	stepFunctions, err := privatestepfunctions.NewPrivateStepFunctions(ctx, "stepFunctions", &privatestepfunctions.PrivateStepFunctionsArgs{
		VpcId:     pulumi.String(cfg.Require("vpcId")),
		SubnetIds: pulumi.ToStringArray(subnetIds),
		Endpoints: &privatestepfunctions.EndpointsArgs{
			// An endpoint for private APIs too, since this VPC is taken to have none.
			ExecuteApi:        pulumi.BoolRef(true),
			AllowedCidrBlocks: pulumi.ToStringArray(callers),
		},
		// Everybody in the VPC may run state machines, one principal may create them, and nobody may delete one.
		Policy: pulumi.Any(map[string]any{
			"Version": "2012-10-17",
			"Statement": []map[string]any{
				{"Effect": "Allow", "Principal": "*", "Action": "states:*Execution", "Resource": "*"},
				{"Effect": "Allow", "Principal": map[string]any{"AWS": cfg.Require("adminArn")}, "Action": "states:CreateStateMachine", "Resource": "*"},
				{"Effect": "Deny", "Principal": "*", "Action": "states:DeleteStateMachine", "Resource": "*"},
			},
		}),
		PrivateApis: map[string]privatestepfunctions.PrivateApiArgs{
			// No target is named, so calls leave through the execute-api endpoint above.
			"orders": {
				Urls: pulumi.StringArray{pulumi.String(ordersURL)},
				Auth: privatestepfunctions.ConnectionAuthArgs{
					ApiKey: privatestepfunctions.ConnectionApiKeyAuthArgs{
						Name:  pulumi.String("x-api-key"),
						Value: cfg.RequireSecret("ordersApiKey"),
					},
				},
			},
			// An internal load balancer with a publicly trusted certificate.
			"billing": {
				DomainName: pulumi.String(billingDomainName),
				Auth: privatestepfunctions.ConnectionAuthArgs{
					Oauth: privatestepfunctions.ConnectionOAuthArgs{
						AuthorizationEndpoint: pulumi.String(cfg.Require("billingOAuthUrl")),
						HttpMethod:            privatestepfunctions.OAuthHttpMethodPost,
						ClientId:              pulumi.String(cfg.Require("billingClientId")),
						ClientSecret:          cfg.RequireSecret("billingClientSecret"),
					},
				},
			},
		},
		Tags: pulumi.StringMap{"application": pulumi.String("orders")},
	})
	if err != nil {
		return err
	}

	task := func(url, method, api string) map[string]any {
		connection := stepFunctions.Connections.MapIndex(pulumi.String(api))
		return map[string]any{
			"Type":     "Task",
			"Resource": "arn:aws:states:::http:invoke",
			"Arguments": map[string]any{
				"ApiEndpoint":      url,
				"Method":           method,
				"InvocationConfig": map[string]any{"ConnectionArn": connection.Arn()},
			},
		}
	}
	getOrder := task(ordersURL, "GET", "orders")
	getOrder["Next"] = "SendInvoice"
	sendInvoice := task("https://"+billingDomainName+"/invoices", "POST", "billing")
	sendInvoice["Arguments"].(map[string]any)["RequestBody"] = "{% $states.input.ResponseBody %}"
	sendInvoice["End"] = true

	ctx.Export("statesUrl", stepFunctions.StatesUrl)
	ctx.Export("syncStatesUrl", stepFunctions.SyncStatesUrl)
	// The role of the state machine needs this policy.
	ctx.Export("executionRolePolicy", stepFunctions.ExecutionRolePolicy)
	// The state machine itself belongs to the AWS provider of your choice.
	ctx.Export("definition", pulumi.JSONMarshal(map[string]any{
		"QueryLanguage": "JSONata",
		"StartAt":       "GetOrder",
		"States":        map[string]any{"GetOrder": getOrder, "SendInvoice": sendInvoice},
	}))
	return nil
}
