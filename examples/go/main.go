package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"private-orders/stack"
)

func main() {
	pulumi.Run(stack.Run)
}
