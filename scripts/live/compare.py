"""Compares a recording of AWS with the emulator: members, values, order of states, error codes.

Usage: compare.py FILE --bin DIR [--pace N] [--speed N] [--mode cautious|recorded]
"""

import argparse
import collections
import concurrent.futures
import json
import pathlib
import re
import sys

import emulators
import replay
import services

STATE = re.compile(r"(status|state)$", re.IGNORECASE)
# An unrecorded state is a difference if an object in the emulator is in it for more than this share of the time.
LONG = 0.4
# The number of replays of a recording, in parallel.
TIMES = 2


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("file", type=pathlib.Path)
    arguments.add_argument("--bin", type=pathlib.Path, required=True, help="directory of the built emulator")
    arguments.add_argument("--pace", type=float, default=10, help="how much faster than recorded: AWS takes ten times as long")
    arguments.add_argument("--speed", type=float, default=1, help="of the emulator")
    arguments.add_argument("--mode", action="append", choices=emulators.MODES, help="default: both")
    options = arguments.parse_args()
    recording = json.loads(options.file.read_text())
    for mode in options.mode or emulators.MODES:
        found, lasting = compared(recording, options.bin, mode, options.pace, options.speed)
        print(f"\n=== {mode}: {len(found)} differences")
        print(*(f"  {line}" for line in found), "  How long states last:", *(f"    {line}" for line in lasting), sep="\n")


def compared(recording, programs, mode, pace, speed):
    """Returns one line for each kind of difference, and one for the duration of each state.

    A read may miss a short state. So a difference counts only if every replay shows it.
    """
    with concurrent.futures.ThreadPoolExecutor() as pool:
        plays = list(pool.map(lambda _: played(recording, programs, mode, pace, speed), range(TIMES)))
    found = set.intersection(*(set(found) for found, _ in plays))
    return sorted(found), plays[0][1]


def played(recording, programs, mode, pace, speed):
    with emulators.Emulator(programs / "aws-emulator", speed, mode) as emulator:
        replayed = replay.Replay(emulator.url, recording["about"]["region"], pace, speed)
        done, glances = replayed.run(recording["calls"])
    changes = [one for one in done if not services.is_read(one[0]["operation"])]
    # Who calls is masked in the recording, and is somebody else in the emulator.
    reads = [one for one in done if services.is_read(one[0]["operation"]) and one[0]["service"] != "sts"]
    found = dict.fromkeys(outcomes(changes, recording["calls"]))
    found |= dict.fromkeys(contents(reads, replayed))
    shown = [(call["at"], call, call["status"], call["answer"]) for call in recording["calls"] if services.is_read(call["operation"])]
    ours, theirs = Ways(shown), Ways([(at, *rest) for at, is_meanwhile, *rest in glances if is_meanwhile])
    found |= dict.fromkeys(states(ours, theirs, Ways([(at, *rest) for at, _, *rest in glances])))
    return sorted(found), sorted(durations(ours, theirs))


def outcomes(changes, calls):
    """Yields differences in the results of the changing requests: success or error, the codes of refused attempts, the answer."""
    recorded = collections.defaultdict(list)
    for call in calls:
        recorded[replay.request(call)].append((call["status"], replay.code(call["answer"]), call["answer"]))
    ended = {}
    for call, status, said, refusals in changes:
        key = replay.request(call)
        _, ours, theirs = ended.setdefault(key, (call["operation"], recorded[key], []))
        theirs.extend((400, refusal, None) for refusal in refusals)
        theirs.append((status, replay.code(said), said))
    for name, ours, theirs in ended.values():
        (is_taken, our_code, answer), (is_taken_too, their_code, said) = (
            next((one for one in attempts if one[0] < 400), attempts[-1]) for attempts in (ours, theirs))
        if (is_taken < 400) != (is_taken_too < 400):
            yield f"{name}: AWS {verdict(our_code)}, the emulator {verdict(their_code)}"
            continue
        ours, theirs = ({code for _, code, _ in attempts if code} for attempts in (ours, theirs))
        # Whether something still blocks a delete depends on timing. So for deletes, compare codes only if both sides refused.
        if not name.startswith("Delete") or (ours and theirs):
            yield from (f"{name}: only AWS says {code}" for code in ours - theirs)
        if not name.startswith("Delete"):
            yield from (f"{name}: only the emulator says {code}" for code in theirs - ours)
        if is_taken < 400:
            yield from members(name, answer, said)


def verdict(code):
    return f"says {code}" if code else "takes it"


def members(name, recorded, said, but_states=False):
    """Yields members that only one side has, and values that differ."""
    ours, theirs = flat(recorded), flat(said)
    for path in sorted(ours.keys() - theirs.keys()):
        yield f"{name}: only AWS has {path}"
    for path in sorted(theirs.keys() - ours.keys()):
        yield f"{name}: only the emulator has {path}"
    for path in sorted(ours.keys() & theirs.keys()):
        if not (but_states and STATE.search(path)) and ours[path] != theirs[path]:
            yield f"{name}: {path} is {show(ours[path])} in AWS, {show(theirs[path])} in the emulator"


def contents(reads, replayed):
    """Yields differences between the most complete answers about each object. Leaves states out, which `states` compares."""
    fullest = {}
    for call, status, said, _ in reads:
        if max(status, call["status"]) >= 400:
            continue
        theirs = dict(things(call, json.loads(replayed.recorded(json.dumps(said)))))
        for thing, content in things(call, call["answer"]):
            if thing in theirs and len(flat(content)) >= len(flat(fullest.get(thing, ({},))[0])):
                fullest[thing] = (content, theirs[thing])
    for (name, _), (content, other) in fullest.items():
        yield from members(name, content, other, but_states=True)


def things(call, said):
    """Yields the objects in an answer with their keys: the items of its list, by id, or the single object of the request."""
    lists = [part for part in said.values() if isinstance(part, list) and all(isinstance(item, dict) for item in part)]
    name = call["operation"]
    if not name.startswith(("Describe", "List")) or not lists or name == "DescribeConnection":
        yield (name, replay.request(call)), said
        return
    for item in lists[0]:
        id = next((item[key] for key in (f"{kind(name)}Id", "GroupId", "id") if key in item), None)
        yield (name, id or json.dumps(item, sort_keys=True)), item


class Ways:
    """The states of each object in order, by the kind of object (see `kind`)."""

    def __init__(self, looks):
        seen = collections.defaultdict(list)
        for at, call, status, said in looks:
            if status >= 400:
                seen[(call["operation"], replay.request(call))].append((at, replay.code(said)))
                continue
            for thing, content in things(call, said):
                texts = {value for path, values in flat(content).items() if path.count(".") == 0 and STATE.search(path) for value in values}
                seen[thing].append((at, ", ".join(sorted(texts)) or "there"))
        self.by_name = collections.defaultdict(list)
        for (name, _), looks in seen.items():
            self.by_name[kind(name)].append(compressed(at_first(looks)))

    def states(self, name):
        return {state for way in self.by_name[name] for state, _ in way}

    def long(self, name):
        """Returns the states in which some object was for more than the share `LONG` of the time."""
        wholes = [(way, sum(length for _, length in way) or 1) for way in self.by_name[name]]
        return {state for way, whole in wholes for state, length in way if length / whole > LONG}


def kind(name):
    """Returns the kind of object that a read shows: ResourceGateway for GetResourceGateway and ListResourceGateways."""
    return re.sub("^(Describe|Get|List)|s$", "", name)


def at_first(looks):
    """Marks errors before the first success: an object that does not exist yet differs from one that is gone."""
    looks = sorted(looks)
    first = next((at for at, state in looks if not state.endswith(("Exception", "NotFound"))), None)
    return [(at, f"{state} at first" if first is not None and at < first else state) for at, state in looks]


def states(ours, theirs, ever):
    """Yields states that only one side shows. The recording reads AWS rarely and the replay reads the emulator often, so the
    recording may lack short states."""
    for name in ours.by_name:
        for state in sorted(ours.states(name) - ever.states(name)):
            yield f"{name}: only AWS shows {state}"
        for state in sorted(theirs.long(name) - ours.states(name)):
            yield f"{name}: only the emulator shows {state}"
        if not ours.states(name) - ever.states(name):
            for way in ours.by_name[name]:
                order = [state for state, _ in way]
                if not any(is_within(order, [state for state, _ in other]) for other in ever.by_name[name]) and is_inverted(order, ever.by_name[name]):
                    yield f"{name}: in AWS the order is {' > '.join(order)}"


def is_inverted(order, others):
    """Reports whether two states follow each other in this order, but never in the others."""
    pairs = lambda way: {(one, other) for index, one in enumerate(way) for other in way[index + 1:] if one != other}
    return bool(pairs(order) - set().union(*(pairs([state for state, _ in way]) for way in others)))


def durations(ours, theirs):
    """Yields the longest duration of each state on both sides, in seconds of each side's own clock."""
    for name in ours.by_name:
        for state in sorted(ours.states(name) & theirs.states(name)):
            longest = [max(length for way in ways.by_name[name] for one, length in way if one == state) for ways in (ours, theirs)]
            if min(longest) > 0 and state.endswith(("ING", "ing", "IN_PROGRESS")):
                yield f"{name}: {state} lasts {longest[0]:.1f} s in AWS, {longest[1]:.1f} s in the emulator"


def compressed(seen):
    """Merges equal consecutive states. Returns each state with its duration."""
    seen, way = sorted(seen), []
    for (at, state), (until, _) in zip(seen, seen[1:] + seen[-1:]):
        if way and way[-1][0] == state:
            way[-1][1] += until - at
        else:
            way.append([state, until - at])
    return way


def is_within(few, many):
    rest = iter(many)
    return all(state in rest for state in few)


def flat(value, path=""):
    """Returns the set of values for each path. The items of a list share one path, and placeholders replace ids and the like."""
    found = collections.defaultdict(set)
    if isinstance(value, dict):
        for name, part in value.items():
            for inner, values in flat(part, f"{path}.{name}" if path else name).items():
                found[inner] |= values
    elif isinstance(value, list):
        for part in value:
            for inner, values in flat(part, f"{path}[]").items():
                found[inner] |= values
    elif value not in (None, ""):
        found[path].add(replay.plain(str(value)))
    return found


def show(values):
    return " or ".join(sorted(values))


if __name__ == "__main__":
    sys.exit(main())
