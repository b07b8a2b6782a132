// Package stack is the program.
package stack

import (
	"example.com/pulumi-private-step-functions/sdk/go/privatestepfunctions"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// Run declares the stack.
func Run(ctx *pulumi.Context) error {
	cfg := config.New(ctx, "")
	var subnetIds []string
	cfg.RequireObject("subnetIds", &subnetIds)
	args := &privatestepfunctions.PrivateStepFunctionsArgs{
		VpcId:     pulumi.String(cfg.Require("vpcId")),
		SubnetIds: pulumi.ToStringArray(subnetIds),
	}
	_, err := privatestepfunctions.NewPrivateStepFunctions(ctx, "main", args, pulumi.Transforms([]pulumi.ResourceTransform{existing}))
	return err
}
