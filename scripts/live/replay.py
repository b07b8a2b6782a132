"""Sends the requests of a recording to an emulator, with the emulator's ids in place of AWS's, in the recorded rhythm."""

import collections
import json
import re
import threading
import time

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.httpsession

import services

# Ids, UUIDs, and the random label in the DNS names of an endpoint.
TOKEN = re.compile(r"[a-z]+-[0-9a-f]{17}(?:-[0-9a-z]{8}\b)?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ID = re.compile(r"[a-z]+-[0-9a-f]{17}")
# Values that differ from account to account: times, tokens, addresses, hosted zones, ids, suffixes of secrets' names, zone ids.
MADE_ANEW = [(re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d[^\"]*"), "<time>"), (re.compile(r"\b[0-9a-f]{64}\b"), "<token>"),
          (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b"), "<address>"), (re.compile(r"\bZ[0-9A-Z]{8,}\b"), "<zone>"),
          (TOKEN, "<id>"), (re.compile(r"(?<=<id>)-[0-9A-Za-z]{6}$"), "-<end>"), (re.compile(r"\b[a-z]{3,4}\d-az\d\b"), "<zone id>")]
# The time, in the emulator's seconds, during which a change that AWS accepted is repeated while the emulator refuses it.
PATIENCE = 60
# Creates whose object is deleted in the emulator if AWS refused the request.
MADE = ("CreateResourceGateway", "CreateResourceConfiguration")
# The interval between additional reads of the emulator, in its own seconds.
GLANCE = 0.2


class Replay:
    """A replay. `pace` is its speed relative to the recording, `speed` that of the emulator."""

    def __init__(self, url, region, pace, speed):
        self.url, self.region, self.pace, self.speed = url, region, pace, speed
        self.http = botocore.httpsession.URLLib3Session()
        self.credentials = botocore.credentials.Credentials("AKIAREPLAYREPLAYREPL", "replay")
        self.ids = {}

    def run(self, calls):
        """Returns the recorded calls with the emulator's results (call, status, answer, earlier refusals), and all reads.

        Skips calls that name an object that exists only in AWS, and calls that succeeded in the emulator at an earlier attempt of
        the recording.
        """
        began, done, ended = time.monotonic(), [], set()
        glances = Glances(self, calls)
        attempts = collections.Counter(map(request, calls))
        for call in calls:
            key, is_read = request(call), services.is_read(call["operation"])
            attempts[key] -= 1
            time.sleep(max(0, began + call["at"] / self.pace - time.monotonic()))
            # After a delay, keep the distance between calls, because the emulator needs the same time between them as AWS.
            began = max(began, time.monotonic() - call["at"] / self.pace)
            if key in ended or not self.knows(call):
                continue
            # Do not repeat a call that the recording itself repeats.
            patience = 0 if is_read or attempts[key] or call["status"] >= 400 else PATIENCE / self.speed
            status, said, refusals = self.until_taken(call, patience)
            if status < 400 and call["status"] < 400:
                self.learn(call["answer"], said)
            elif status < 400 and not is_read:
                self.undo(call, said)
            if is_read:
                glances.follow(call, status, said)
            elif status < 400:
                ended.add(key)
            done.append((call, status, said, refusals))
        glances.stop()
        return done, glances.seen

    def until_taken(self, call, patience):
        refusals, deadline = [], time.monotonic() + patience
        while True:
            status, said = self.send(call)
            if status < 400 or time.monotonic() >= deadline:
                return status, said, refusals
            if code(said) not in refusals:
                refusals.append(code(said))
            time.sleep(GLANCE / self.speed)

    def undo(self, call, said):
        """Deletes an object that AWS refused and the emulator created, so that it has no effect on later calls."""
        if call["operation"] in MADE:
            made = call | {"method": "DELETE", "target": f"{call['target']}/{said['id']}", "body": ""}
            self.until_taken(made | {"operation": call["operation"].replace("Create", "Delete")}, PATIENCE / self.speed)

    def send(self, call):
        target, body = self.ours(call["target"]), self.ours(call["body"])
        request = botocore.awsrequest.AWSRequest(call["method"], self.url + target, dict(call["headers"]), body.encode())
        botocore.auth.SigV4Auth(self.credentials, call["service"], self.region).add_auth(request)
        answer = self.http.send(request.prepare())
        said = services.answer(call["service"], call["operation"], answer.status_code, dict(answer.headers), answer.text)
        return answer.status_code, said

    def ours(self, text):
        """Returns the text with the emulator's ids."""
        return TOKEN.sub(lambda found: self.ids.get(found[0], found[0]), text)

    def recorded(self, text):
        """Returns the text with the recording's ids."""
        recorded = {other: one for one, other in self.ids.items()}
        return TOKEN.sub(lambda found: recorded.get(found[0], found[0]), text)

    def knows(self, call):
        """Reports whether the emulator has every object that a request names. A client token names no object."""
        return all(id in self.ids for id in ID.findall(call["target"] + call["body"]))

    def learn(self, recorded, said):
        """Pairs AWS's ids with the emulator's: those in the same place of the same answer."""
        if isinstance(recorded, dict) and isinstance(said, dict):
            for name in recorded.keys() & said.keys():
                self.learn(recorded[name], said[name])
        elif isinstance(recorded, list) and isinstance(said, list) and len(recorded) == len(said) and told_apart(recorded):
            for one, other in zip(sorted(recorded, key=anonymous), sorted(said, key=anonymous)):
                self.learn(one, other)
        elif isinstance(recorded, str) and isinstance(said, str):
            ours, theirs = TOKEN.findall(recorded), TOKEN.findall(said)
            if len(ours) == len(theirs):
                for one, other in zip(ours, theirs):
                    self.ids.setdefault(one, other)


class Glances:
    """Repeats each read of the recording, until the recording's last one, at short intervals, so as not to miss a short state."""

    def __init__(self, replay, calls):
        self.replay, self.seen, self.begun, self.over = replay, [], set(), threading.Event()
        self.left = collections.Counter(request(call) for call in calls if services.is_read(call["operation"]))
        self.followed = {request(call): call for call in calls if request(call) in self.left}
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def follow(self, call, status, said):
        key = request(call)
        self.begun.add(key)
        self.note(call, status, said)
        self.left[key] -= 1

    def note(self, call, status, said):
        """Keeps an answer with the time, in the emulator's seconds, and whether the recording has made this read already."""
        said = json.loads(self.replay.recorded(json.dumps(said)))
        self.seen.append((time.monotonic() * self.replay.speed, request(call) in self.begun, call, status, said))

    def look(self):
        while not self.over.wait(GLANCE / self.replay.speed):
            for key, call in self.followed.items():
                if self.left[key] > 0 and self.replay.knows(call):
                    self.note(call, *self.replay.send(call))

    def stop(self):
        self.over.set()
        self.thread.join()


def told_apart(items):
    """Reports whether the items of a list can be distinguished without their ids. Those of a list of ids cannot."""
    return len(items) == 1 or all(isinstance(item, dict) for item in items)


def request(call):
    """Returns the parts of a call that are the same in each attempt."""
    return call["operation"], call["target"], call["body"]


def code(said):
    return said.get("Error", {}).get("Code", "")


def anonymous(value):
    """Returns a text of a value without its ids: the same for an object in AWS and in the emulator."""
    return plain(json.dumps(value, sort_keys=True))


def plain(text):
    """Replaces the values that differ from account to account."""
    for pattern, name in MADE_ANEW:
        text = pattern.sub(name, text)
    return text
