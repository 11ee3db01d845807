"""Time as a server under test sees it, moved by the test."""
import os
import struct

import disks


class Clock:
    """What tools/simdisk/stepclock.c reads: the wall clock is set, and time passes."""

    def __init__(self, path, seconds=0):
        self.path = path
        path.write_bytes(bytes(16))
        self.environment = {"LD_PRELOAD": disks.shim("stepclock"), "STEPCLOCK": str(path)}
        self.passed = 0
        self.set(seconds)

    def write(self, value, at):
        with open(self.path, "r+b") as file:
            os.pwrite(file.fileno(), struct.pack("=q", int(value)), at)

    def set(self, seconds):
        """So much the wall clock is ahead of the machine's."""
        self.ahead = seconds
        self.write(seconds, 0)

    def step(self, seconds):
        self.set(self.ahead + seconds)

    def let_pass(self, seconds):
        self.passed += seconds
        self.write(self.passed, 8)
