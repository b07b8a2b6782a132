//! The table of partitions.
//!
//! IDs, DNS suffixes, the Regions of global services and the forms of Region names are those of botocore's `partitions.json`, which AWS maintains. A copy is in
//! `tests/fixtures/partitions.json`, and `tests/boto3/test_partitions.py` reports when it is outdated. botocore does not say
//! which endpoint services have another prefix. That comes from the table in aws-cdk (`aws-ec2/lib/vpc-endpoint.ts`,
//! `VPC_ENDPOINT_SERVICE_EXCEPTIONS`), which AWS fills from `describe-vpc-endpoint-services`.

use super::Partition;

/// All partitions. The first one is also used for a Region name of unknown form.
pub const ALL: &[Partition] = &[
    Partition {
        id: "aws",
        dns_suffix: "amazonaws.com",
        dual_stack_dns_suffix: "api.aws",
        global_region: "us-east-1",
        areas: &["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"],
        own_prefix: "com.amazonaws",
        own_services: &[],
    },
    Partition {
        id: "aws-cn",
        dns_suffix: "amazonaws.com.cn",
        dual_stack_dns_suffix: "api.amazonwebservices.com.cn",
        global_region: "cn-northwest-1",
        areas: &["cn"],
        own_prefix: "cn.com.amazonaws",
        own_services: CHINA,
    },
    Partition {
        id: "aws-us-gov",
        dns_suffix: "amazonaws.com",
        dual_stack_dns_suffix: "api.aws",
        global_region: "us-gov-west-1",
        areas: &["us-gov"],
        own_prefix: "com.amazonaws",
        own_services: &[],
    },
    Partition {
        id: "aws-eusc",
        dns_suffix: "amazonaws.eu",
        dual_stack_dns_suffix: "api.amazonwebservices.eu",
        global_region: "eusc-de-east-1",
        areas: &["eusc-de"],
        own_prefix: "eu.amazonaws",
        own_services: &["ecr.api", "ecr.dkr", "execute-api", "securityhub"],
    },
    Partition {
        id: "aws-iso",
        dns_suffix: "c2s.ic.gov",
        dual_stack_dns_suffix: "api.aws.ic.gov",
        global_region: "us-iso-east-1",
        areas: &["us-iso"],
        own_prefix: "gov.ic.c2s",
        own_services: ISO,
    },
    Partition {
        id: "aws-iso-b",
        dns_suffix: "sc2s.sgov.gov",
        dual_stack_dns_suffix: "api.aws.scloud",
        global_region: "us-isob-east-1",
        areas: &["us-isob"],
        own_prefix: "gov.sgov.sc2s",
        own_services: ISO_B,
    },
    Partition {
        id: "aws-iso-e",
        dns_suffix: "cloud.adc-e.uk",
        dual_stack_dns_suffix: "api.cloud-aws.adc-e.uk",
        global_region: "eu-isoe-west-1",
        areas: &["eu-isoe"],
        own_prefix: "uk.adc-e.cloud",
        own_services: ISO_E_AND_F,
    },
    Partition {
        id: "aws-iso-f",
        dns_suffix: "csp.hci.ic.gov",
        dual_stack_dns_suffix: "api.aws.hci.ic.gov",
        global_region: "us-isof-south-1",
        areas: &["us-isof"],
        own_prefix: "gov.ic.hci.csp",
        own_services: ISO_E_AND_F,
    },
];

/// The services with their own prefix in China, without `transcribe`, whose name also has another ending.
#[rustfmt::skip]
const CHINA: &[&str] = &[
    "account", "application-autoscaling", "appmesh-envoy-management", "athena", "autoscaling", "awsconnector", "backup",
    "batch", "cassandra", "cloudcontrolapi", "cloudformation", "codedeploy-commands-secure", "databrew", "dms", "ebs", "ec2",
    "ecr.api", "ecr.dkr", "eks", "elasticache", "elasticbeanstalk", "elasticfilesystem", "elasticfilesystem-fips",
    "emr-containers", "execute-api", "fsx", "imagebuilder", "iot.data", "iotsitewise.api", "iotsitewise.data",
    "kinesis-streams", "lambda", "license-manager", "monitoring", "polly", "rds", "redshift", "redshift-data", "s3",
    "sagemaker.api", "sagemaker.featurestore-runtime", "sagemaker.runtime", "securityhub", "servicecatalog", "sms", "sqs",
    "states", "sts", "sync-states", "synthetics", "transcribestreaming", "transfer", "workspaces", "xray",
];

#[rustfmt::skip]
const ISO: &[&str] = &[
    "application-autoscaling", "athena", "autoscaling", "comprehend", "diode-messaging", "diode-messaging-proxy", "ebs", "ec2",
    "ecr.api", "ecr.dkr", "elasticfilesystem", "elasticfilesystem-fips", "execute-api", "monitoring", "sagemaker.api",
    "sagemaker.runtime", "sns", "sqs", "textract", "textract-fips", "transcribe", "workspaces",
];

#[rustfmt::skip]
const ISO_B: &[&str] = &[
    "application-autoscaling", "autoscaling", "diode-messaging", "diode-messaging-proxy", "ebs", "ec2", "ecr.api", "ecr.dkr",
    "elasticfilesystem", "elasticfilesystem-fips", "execute-api", "sagemaker.api", "sagemaker.runtime", "sns", "sqs",
    "workspaces",
];

const ISO_E_AND_F: &[&str] = &["ebs", "ecr.api", "ecr.dkr", "execute-api"];
