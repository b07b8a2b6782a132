"""What leaves a recording: credentials, secrets, and which account it was."""

import json
import re

ACCOUNT = "123456789012"
MASKED = "masked"
# Members whose values EventBridge keeps in a secret, or may: the service model marks some of them, not all.
SECRET = {"ApiKeyValue", "Password", "ClientSecret", "Value"}
# Who called, in the answers of STS.
CALLER = {"Arn": f"arn:aws:iam::{ACCOUNT}:user/masked", "UserId": "AIDAMASKEDMASKEDMASKED", "AccessKeyId": "AKIAMASKEDMASKEDMASK",
          "SecretAccessKey": MASKED, "SessionToken": MASKED}


class Masks:
    """Takes one account's traces out. Accounts of others stay told apart from it and from each other."""

    def __init__(self, account):
        self.others = {}
        self.account = account

    def text(self, text):
        return re.sub(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])", lambda found: self.number(found[0]), text)

    def number(self, number):
        if number == self.account:
            return ACCOUNT
        return self.others.setdefault(number, f"{210987654321 + len(self.others):012d}")

    def body(self, body):
        """The body of a request. Only EventBridge's have secrets, and only they are JSON with these members."""
        try:
            return self.text(json.dumps(hidden(json.loads(body), SECRET)))
        except ValueError:
            return self.text(body)

    def answer(self, service, said):
        said = replaced(said, CALLER) if service == "sts" else hidden(said, SECRET - {"Value"})
        return json.loads(self.text(json.dumps(said)))


def hidden(value, names):
    return replaced(value, dict.fromkeys(names, MASKED))


def replaced(value, by_name):
    """The same value with all texts under these names replaced, at any depth."""
    if isinstance(value, dict):
        return {name: by_name[name] if name in by_name and isinstance(part, str) else replaced(part, by_name)
                for name, part in value.items()}
    if isinstance(value, list):
        return [replaced(part, by_name) for part in value]
    return value


