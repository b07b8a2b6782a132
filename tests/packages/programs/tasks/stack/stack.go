// Package stack is the program.
package stack

import (
	"example.com/pulumi-private-step-functions/sdk/go/privatestepfunctions"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

const prod = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod"

// Run declares the stack.
func Run(ctx *pulumi.Context) error {
	cfg := config.New(ctx, "")
	vpcId := cfg.Require("vpcId")
	var subnetIds []string
	cfg.RequireObject("subnetIds", &subnetIds)
	stepFunctions, err := privatestepfunctions.NewPrivateStepFunctions(ctx, "stepFunctions", &privatestepfunctions.PrivateStepFunctionsArgs{
		VpcId:     pulumi.String(vpcId),
		SubnetIds: pulumi.ToStringArray(subnetIds),
		Endpoints: &privatestepfunctions.EndpointsArgs{ExecuteApi: pulumi.BoolRef(true)},
		PrivateApis: map[string]privatestepfunctions.PrivateApiArgs{
			"orders": {Urls: pulumi.StringArray{pulumi.String(prod + "/*")}},
		},
	})
	if err != nil {
		return err
	}
	orders := stepFunctions.Connections.MapIndex(pulumi.String("orders"))

	task := stepFunctions.Connections.MapIndex(pulumi.String("orders")).ApplyT(
		func(api privatestepfunctions.PrivateApiConnection) (string, error) {
			path := "/orders"
			task, err := privatestepfunctions.HttpTask(ctx, &privatestepfunctions.HttpTaskArgs{Api: api, Path: &path})
			if err != nil {
				return "", err
			}
			return task.Json, nil
		}).(pulumi.StringOutput)
	ctx.Export("entry", task)
	ctx.Export("arn", privatestepfunctions.HttpTaskOutput(ctx, privatestepfunctions.HttpTaskOutputArgs{
		ConnectionArn: orders.Arn(),
		Url:           pulumi.String(prod + "/orders"),
		Method:        pulumi.String("POST"),
		Body:          pulumi.Map{"id": pulumi.String("{% $states.input.id %}")},
		QueryLanguage: privatestepfunctions.QueryLanguageJsonata,
		Next:          pulumi.String("Done"),
	}).Json())
	ctx.Export("role", privatestepfunctions.ExecutionRolePolicyOutput(ctx, privatestepfunctions.ExecutionRolePolicyOutputArgs{
		Grants: privatestepfunctions.ConnectionGrantArray{privatestepfunctions.ConnectionGrantArgs{
			ConnectionArn: orders.Arn(),
			Urls:          pulumi.StringArray{pulumi.String(prod + "/*")},
			Methods:       privatestepfunctions.HttpMethodArray{privatestepfunctions.HttpMethodGet, privatestepfunctions.HttpMethodPost},
		}},
	}).Json())
	ctx.Export("api", privatestepfunctions.ApiResourcePolicyOutput(ctx, privatestepfunctions.ApiResourcePolicyOutputArgs{
		VpcIds: pulumi.StringArray{pulumi.String(vpcId)},
	}).Json())
	return nil
}
