"""Removes credentials, secrets and account ids from a recording."""

import json
import re

ACCOUNT = "123456789012"
MASKED = "masked"
# Members whose values EventBridge stores in a secret, always or sometimes. The service model marks only some of them.
SECRET = {"ApiKeyValue", "Password", "ClientSecret", "Value"}
# Members of STS answers that identify the caller, with their masks.
CALLER = {"Arn": f"arn:aws:iam::{ACCOUNT}:user/masked", "UserId": "AIDAMASKEDMASKEDMASKED", "AccessKeyId": "AKIAMASKEDMASKEDMASK",
          "SecretAccessKey": MASKED, "SessionToken": MASKED}


class Masks:
    """Masks account ids and secrets. Different accounts get different masks."""

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
        """Masks the body of a request. Only EventBridge's requests have secrets, and only they are JSON with these members."""
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
    """Returns the value with all texts under these names replaced, at any depth."""
    if isinstance(value, dict):
        return {name: by_name[name] if name in by_name and isinstance(part, str) else replaced(part, by_name)
                for name, part in value.items()}
    if isinstance(value, list):
        return [replaced(part, by_name) for part in value]
    return value


