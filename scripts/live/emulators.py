"""The emulator as a process, in one of its modes."""

import subprocess

MODES = ("cautious", "recorded")


class Emulator:
    def __init__(self, program, speed, mode):
        self.command = [program, "--port", "0", "--speed", str(speed), "--mode", mode]

    def __enter__(self):
        # A separate session, so that Ctrl-C does not stop the emulator while the CLI is still canceling.
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url.startswith("http://"):
            raise SystemExit(f"the AWS emulator did not start: {self.url!r}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)
