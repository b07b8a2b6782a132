// Package stack is the program.
package stack

import (
	"fmt"

	"example.com/pulumi-private-step-functions/sdk/go/privatestepfunctions"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// Run declares the stack.
func Run(ctx *pulumi.Context) error {
	cfg := config.New(ctx, "")
	connection, err := privatestepfunctions.NewConnection(ctx, "orders", &privatestepfunctions.ConnectionArgs{
		Auth: privatestepfunctions.ConnectionAuthArgs{
			ApiKey: privatestepfunctions.ConnectionApiKeyAuthArgs{
				Name:  pulumi.String("x-api-key"),
				Value: cfg.RequireSecret("ordersApiKey"),
			},
		},
	})
	if err != nil {
		return err
	}
	found := privatestepfunctions.DiagnoseConnectionOutput(ctx, privatestepfunctions.DiagnoseConnectionOutputArgs{Connection: connection.Arn})

	ctx.Export("works", found.Works())
	ctx.Export("steps", found.Steps().ApplyT(func(steps []privatestepfunctions.DiagnosisStep) []string {
		texts := []string{}
		for _, step := range steps {
			texts = append(texts, fmt.Sprintf("%s %s", step.Step, step.Outcome))
		}
		return texts
	}))
	ctx.Export("name", connection.Name)
	// The form for values that are known.
	ctx.Export("again", connection.Name.ApplyT(func(known string) (string, error) {
		found, err := privatestepfunctions.DiagnoseConnection(ctx, &privatestepfunctions.DiagnoseConnectionArgs{Connection: known})
		if err != nil {
			return "", err
		}
		return found.ConnectionName, nil
	}))
	return nil
}
