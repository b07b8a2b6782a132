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

	vpcId := cfg.Require("vpcId")
	var subnetIds []string
	cfg.RequireObject("subnetIds", &subnetIds)
	endpoint, err := privatestepfunctions.NewInterfaceEndpoint(ctx, "endpoint", &privatestepfunctions.InterfaceEndpointArgs{
		VpcId:     pulumi.String(vpcId),
		Service:   pulumi.String("states"),
		SubnetIds: pulumi.ToStringArray(subnetIds),
	})
	if err != nil {
		return err
	}
	gateway, err := privatestepfunctions.NewResourceGateway(ctx, "gateway", &privatestepfunctions.ResourceGatewayArgs{
		VpcId:     pulumi.String(vpcId),
		SubnetIds: pulumi.ToStringArray(subnetIds),
	})
	if err != nil {
		return err
	}
	configuration, err := privatestepfunctions.NewResourceConfiguration(ctx, "configuration", &privatestepfunctions.ResourceConfigurationArgs{
		ResourceGatewayId: gateway.ID(),
		Ports:             pulumi.StringArray{pulumi.String("443")},
		Target:            privatestepfunctions.ResourceConfigurationTargetArgs{DomainName: pulumi.String("orders.example.com")},
	})
	if err != nil {
		return err
	}
	network, err := privatestepfunctions.GetVpc(ctx, &privatestepfunctions.GetVpcArgs{Id: &vpcId})
	if err != nil {
		return err
	}
	// Go's generator calls the look-ups that have the name of a resource Lookup.
	foundEndpoint := privatestepfunctions.LookupInterfaceEndpointOutput(ctx, privatestepfunctions.LookupInterfaceEndpointOutputArgs{Id: endpoint.ID()})
	foundGateway := privatestepfunctions.LookupResourceGatewayOutput(ctx, privatestepfunctions.LookupResourceGatewayOutputArgs{Id: gateway.ID()})
	foundConfiguration := privatestepfunctions.LookupResourceConfigurationOutput(ctx, privatestepfunctions.LookupResourceConfigurationOutputArgs{Arn: configuration.Arn})
	foundConnection := privatestepfunctions.LookupConnectionOutput(ctx, privatestepfunctions.LookupConnectionOutputArgs{Arn: connection.Arn})
	settings := privatestepfunctions.ClientSettingsOutput(ctx, privatestepfunctions.ClientSettingsOutputArgs{
		StatesUrl: endpoint.Url,
		Sdk:       privatestepfunctions.SdkCli,
	})

	ctx.Export("cidrBlock", pulumi.String(network.CidrBlocks[0]))
	ctx.Export("kind", pulumi.String(string(network.Subnets[0].Kind)))
	ctx.Export("service", foundEndpoint.Service())
	ctx.Export("gatewayStatus", foundGateway.Status())
	ctx.Export("domainName", foundConfiguration.DomainName())
	ctx.Export("authorizationType", foundConnection.AuthorizationType())
	ctx.Export("privateDns", settings.PrivateDns())
	ctx.Export("sdk", settings.Snippets().Index(pulumi.Int(0)).Sdk())
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
