"""Damage in a journal of three epochs, that of Tests/Golden/Formats/data: both verifiers find it, and where."""
import collections
import json
import os
import random
import re
import shutil
import struct
import threading

import pytest

from harness import DOMAIN, smtp_send
from lmdbfile import live
from test_damage import Copy, agree, live_ranges, proof
from test_formats import GOLDEN

EPOCHS = [f"journal/{number:04}/data.mdb" for number in range(3)]
FIRST = [1, 303, 604, 797]  # position of each epoch's first record, and the one behind the last
FLIPS = int(os.environ.get("DAYBOOK_FLIPS", "200"))


class Golden(Copy):
    """A copy of the golden data directory, to be hurt."""

    def __init__(self, home):
        self.data = home / "data"
        shutil.copytree(GOLDEN / "data", self.data)
        for name in ("epoch-0001", "keyring-0001"):
            shutil.copy(self.data / f"keyring/{name}.a", self.data / f"keyring/{name}.b")


@pytest.fixture
def golden(tmp_path):
    return Golden(tmp_path)


def test_every_flip_of_a_live_bit_in_any_epoch_is_found_and_named(golden):
    assert golden.verify().returncode == 0, golden.verify().stderr
    kinds = collections.defaultdict(list)
    for number, path in enumerate(EPOCHS):
        for start, end, what in live(golden.data / path):
            kinds[path, what].append((path, start, end))
    for path, start, end, what in live_ranges(golden.data):
        if not path.startswith("journal"):
            kinds[path.split("/")[0], what].append((path, start, end))
    assert {what for _, what in kinds} >= {"record", "tile", "meta", "meta page", "cell", "body", "checkpoint"}
    seeded = random.Random(11)
    missed, counts = [], collections.Counter()
    for round in range(FLIPS):
        kind = sorted(kinds)[round % len(kinds)]
        path, start, end = seeded.choices(kinds[kind], [end - start for _, start, end in kinds[kind]])[0]
        bit = seeded.randrange(start * 8, end * 8)
        golden.flip(path, bit)
        report = golden.verify()
        golden.flip(path, bit)
        counts[kind[1]] += 1
        place = report.stderr + report.stdout
        named = re.search(r"position \d+|offset \d+|byte \d+|page \d+|data\.mdb", place)
        inside = True
        if path.startswith("journal"):
            # A position that is named lies in the epoch that was hurt, or in a tile that begins before it and
            # is stored there; other findings name its file.
            number = EPOCHS.index(path)
            first = json.loads(report.stdout.splitlines()[-1])["first_bad"] if report.stdout else None
            inside = FIRST[number] - 1 & ~255 < first <= FIRST[number + 1] if first else f"{number:04}/data.mdb" in place
        elif path.split("/")[-1] not in place:
            inside = False
        if report.returncode != 4 or not named or not inside:
            missed.append((path, bit // 8, bit % 8, kind[1], report.returncode, place[-300:]))
    print(f"{FLIPS} flips: {dict(counts)}; missed {len(missed)}")
    assert not missed, f"{len(missed)} of {FLIPS}: {missed[:10]}"
    assert golden.verify().returncode == 0, "every flip was put right"


def test_flips_of_unused_bits_in_any_epoch_change_no_answer(golden):
    verdict = golden.verify().stdout
    ranges = {path: [(start, end) for start, end, _ in live(golden.data / path)] for path in EPOCHS}
    seeded = random.Random(12)
    flips = 0
    while flips < max(15, FLIPS // 10):
        path = EPOCHS[flips % 3]
        byte = seeded.randrange((golden.data / path).stat().st_size)
        if not any(start <= byte < end for start, end in ranges[path]):
            golden.flip(path, byte * 8 + flips % 8)
            assert golden.verify().stdout == verdict, (path, byte)
            flips += 1
    assert proof(golden.data)[1]["sound"]
    # All of them together; reading is journaled, so only what was there before is told.
    told = [json.loads(line) for line in golden.daybook("replay", "--json", "--until", "796").stdout.splitlines()]
    assert [event["position"] for event in told] == list(range(1, 797))


def test_the_stand_alone_verifier_agrees_over_epochs(golden):
    assert agree(golden)["sound"]
    seeded = random.Random(13)
    for number, path in enumerate(EPOCHS):
        ranges = collections.defaultdict(list)
        for start, end, what in live(golden.data / path):
            ranges[what].append((start, end))
        for _ in range(4):
            start, end = seeded.choice(ranges["record"])
            bit = seeded.randrange(start * 8, end * 8)
            golden.flip(path, bit)
            assert FIRST[number] <= agree(golden)["first_bad"] < FIRST[number + 1]
            golden.flip(path, bit)
        (start, end), = ranges["tile"]
        for _ in range(3):
            bit = seeded.randrange(start * 8, end * 8)
            golden.flip(path, bit)
            assert agree(golden)["first_bad"] == 256 * number + (bit // 8 - start) // 32 + 1
            golden.flip(path, bit)
    assert agree(golden)["sound"]


@pytest.mark.parametrize("lost", range(3))
def test_an_epoch_that_is_missing_is_missed(golden, lost):
    shutil.rmtree(golden.data / f"journal/{lost:04}")
    report = golden.verify()
    assert report.returncode in (3, 4) and report.stderr.strip(), report
    code, _, said = proof(golden.data) if lost else (4, None, "")
    assert code in (3, 4)


def test_the_pages_of_the_epoch_that_is_written_are_looked_at_too(fresh):
    """A byte that LMDB does not read, so that the server goes on; only a look at the pages finds it."""
    server = fresh()
    for number in range(40):
        assert smtp_send(server, f"bob@{DOMAIN}", b"Subject: p%d\r\n\r\nx" % number).startswith(b"250")
    path = server.data / EPOCHS[0]
    server.daybook("verify")
    # The padding of the page with the first records: nothing is ever written to it again.
    page = next(start for start, _, what in live(path) if what == "record") // 4096 * 4096
    with open(path, "r+b") as file:
        assert struct.unpack("<Q", os.pread(file.fileno(), 8, page))[0] == page // 4096
        os.pwrite(file.fileno(), b"\1", page + 8)
    report = server.daybook("verify", check=False)
    assert report.returncode == 4 and f"offset {page}" in report.stderr, report.stderr
    assert smtp_send(server, f"bob@{DOMAIN}", b"Subject: on\r\n\r\nx").startswith(b"250")
    server.kill()


def test_verifying_beside_a_busy_server_finds_nothing(fresh):
    server = fresh()
    over = threading.Event()

    def deliver():
        while not over.is_set():
            smtp_send(server, f"bob@{DOMAIN}", b"Subject: busy\r\n\r\nx" * 50)

    threads = [threading.Thread(target=deliver) for _ in range(3)]
    [thread.start() for thread in threads]
    try:
        for _ in range(12):
            report = server.daybook("verify", check=False)
            assert report.returncode == 0, report.stderr
    finally:
        over.set()
        [thread.join() for thread in threads]
