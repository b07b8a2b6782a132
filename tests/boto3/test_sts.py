"""STS through boto3, and the accounts in which its sessions act."""

from waiting import refused

ROLE = "arn:aws:iam::210987654321:role/deploy"


def session(client, answer, service, **options):
    keys = answer["Credentials"]
    return client(
        service,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        **options,
    )


def test_identity(sts):
    identity = sts.get_caller_identity()
    assert identity["Account"] == "123456789012" and identity["Arn"] == "arn:aws:iam::123456789012:user/emulator"


def test_assumed_role_acts_in_its_own_account(client, sts, control):
    answer = sts.assume_role(RoleArn=ROLE, RoleSessionName="me", DurationSeconds=900)
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::210987654321:assumed-role/deploy/me"
    theirs = session(client, answer, "sts").get_caller_identity()
    assert theirs["Account"] == "210987654321" and theirs["UserId"] == answer["AssumedRoleUser"]["AssumedRoleId"]
    vpc = session(client, answer, "ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]
    assert vpc["OwnerId"] == "210987654321"
    refused("InvalidVpcID.NotFound", 400, client("ec2").describe_vpcs, VpcIds=[vpc["VpcId"]])
    rows = control("resources?beyond-start")["resources"]
    assert {row["account"] for row in rows} == {"210987654321"}


def test_web_identity(client, sts, control):
    answer = sts.assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="ci", WebIdentityToken="hush-hush")
    arn = session(client, answer, "sts").get_caller_identity()["Arn"]
    assert arn == "arn:aws:sts::210987654321:assumed-role/deploy/ci"
    assert "hush-hush" not in str(control("journal"))


def test_invalid_role(sts):
    refused("ValidationError", 400, sts.assume_role, RoleArn="arn:aws:iam::210987654321:user/x", RoleSessionName="me")
