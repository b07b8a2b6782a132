# The same stack with Terraform. It is valid HCL, and nobody has deployed it.
variable "vpc_id" { type = string }
variable "subnet_ids" { type = list(string) }
variable "execute_api_endpoint_id" { type = string }
variable "api_url" { type = string }
variable "api_key" {
  type      = string
  sensitive = true
}

data "aws_region" "current" {}
data "aws_vpc" "this" { id = var.vpc_id }
data "aws_vpc_endpoint" "execute_api" { id = var.execute_api_endpoint_id }
data "aws_iam_policy_document" "endpoints" {
  statement {
    actions   = ["states:StartExecution", "states:StartSyncExecution", "states:DescribeExecution"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

# Inbound
resource "aws_security_group" "endpoints" {
  vpc_id      = var.vpc_id
  description = "Callers of the Step Functions endpoints"
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = data.aws_vpc.this.cidr_block_associations[*].cidr_block
    description = "HTTPS from the VPC"
  }
}
resource "aws_vpc_endpoint" "step_functions" {
  for_each            = toset(["states", "sync-states"])
  vpc_id              = var.vpc_id
  service_name        = "com.amazonaws.${data.aws_region.current.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = var.subnet_ids
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
  policy              = data.aws_iam_policy_document.endpoints.json
}

# Outbound
resource "aws_security_group" "gateway" {
  vpc_id      = var.vpc_id
  description = "Step Functions resource gateway to private APIs"
  egress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = data.aws_vpc.this.cidr_block_associations[*].cidr_block
    description = "Private APIs in the VPC"
  }
}
resource "aws_vpclattice_resource_gateway" "this" {
  name               = "compared"
  vpc_id             = var.vpc_id
  subnet_ids         = var.subnet_ids
  security_group_ids = [aws_security_group.gateway.id]
}
resource "aws_vpclattice_resource_configuration" "orders" {
  name                        = "compared-orders"
  resource_gateway_identifier = aws_vpclattice_resource_gateway.this.id
  port_ranges                 = ["443"]
  resource_configuration_definition {
    # The first name is that of the Region, not of a zone.
    dns_resource {
      domain_name     = data.aws_vpc_endpoint.execute_api.dns_entry[0].dns_name
      ip_address_type = "IPV4"
    }
  }
}
resource "aws_cloudwatch_event_connection" "orders" {
  name               = "compared-orders"
  authorization_type = "API_KEY"
  auth_parameters {
    api_key {
      key   = "x-api-key"
      value = var.api_key
    }
  }
  invocation_connectivity_parameters {
    resource_parameters {
      resource_configuration_arn = aws_vpclattice_resource_configuration.orders.arn
    }
  }
}

output "connection_arn" { value = aws_cloudwatch_event_connection.orders.arn }
output "execution_role_policy" { value = data.aws_iam_policy_document.execution_role.json }
data "aws_iam_policy_document" "execution_role" {
  statement {
    actions   = ["states:InvokeHTTPEndpoint"]
    resources = ["*"]
    condition {
      test     = "StringLike"
      variable = "states:HTTPEndpoint"
      values   = ["${var.api_url}/*"]
    }
  }
  statement {
    actions   = ["events:RetrieveConnectionCredentials"]
    resources = [aws_cloudwatch_event_connection.orders.arn]
  }
  statement {
    actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    resources = [aws_cloudwatch_event_connection.orders.secret_arn]
  }
}
