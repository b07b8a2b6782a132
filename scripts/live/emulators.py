"""The emulator as a process, in a mode."""

import subprocess

MODES = ("cautious", "recorded")


class Emulator:
    def __init__(self, program, speed, mode):
        self.command = [program, "--port", "0", "--speed", str(speed), "--mode", mode]

    def __enter__(self):
        # A session of its own: Ctrl-C must not take it from under a CLI that is still cancelling.
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url.startswith("http://"):
            raise SystemExit(f"the AWS emulator did not start: {self.url!r}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)
