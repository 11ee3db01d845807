"""Damage and deletion on disk: what is flipped, cut or lost is found and named; what is deleted is gone."""
import collections
import contextlib
import imaplib
import json
import os
import random
import re
import shutil
import subprocess

import pytest

from harness import BINARY, DOMAIN, ROOT, Server, smtp_send, wait_until
from lmdbfile import live, used
from torture import LAX

DATA = "journal/0000/data.mdb"
FLIPS = int(os.environ.get("DAYBOOK_FLIPS", "200"))


def imap(server, name="bob"):
    client = imaplib.IMAP4_SSL(*server.services["imaps"], ssl_context=LAX, timeout=60)
    client.login(f"{name}@{DOMAIN}", server.password(name))
    return client


def letter(number, size=300):
    """A message that is `size` octets long or a little more, in lines."""
    text = random.Random(number)
    head = [f"Subject: m{number}", ""]
    return "\r\n".join(head + ["%060x" % text.getrandbits(240) for _ in range(size // 62 + 1)]).encode()


def fill(server, small=40, large=3):
    for number in range(small):
        who = ["bob", "alice"][number % 2]
        assert smtp_send(server, f"{who}@{DOMAIN}", letter(number, 300 + 97 * number)).startswith(b"250")
    for number in range(large):
        body = letter(1000 + number, 150_000 + 70_000 * number)
        assert smtp_send(server, f"bob@{DOMAIN}", body).startswith(b"250")


def content(server):
    """The files of the content, which compaction may remove at any time, and their bytes."""
    for path in (server.data / "content").iterdir():
        with contextlib.suppress(FileNotFoundError):
            yield path, path.read_bytes()


def stored(server):
    """Octets of disk that the content takes."""
    total = 0
    for path in (server.data / "content").iterdir():
        with contextlib.suppress(FileNotFoundError):
            total += path.stat().st_blocks * 512
    return total


def sealed_bodies(server):
    """Content id to 48 octets of the body's sealed first chunk."""
    found = {}
    for path, data in content(server):
        if path.suffix != ".seg":
            continue
        at = 4096
        while data[at:at + 4] == b"DBOD":
            plain = int.from_bytes(data[at + 32:at + 40], "big")
            chunks = max(1, -(-plain // 65536))
            if data[at + 55] == 0:
                found[data[at + 16:at + 32].hex()] = data[at + 64:at + 112]
            at += -(-(64 + plain + 16 * chunks + 4 * chunks) // 8) * 8
    return found


def status(server):
    return json.loads(server.daybook("status", "--json").splitlines()[-1])


def on_disk(server, needle):
    return any(needle in data for _, data in content(server))


def test_expunged_bodies_leave_the_disk(fresh):
    server = fresh(settings=[("content.compact_percent", "1"), ("content.compact_floor", "0")])
    fill(server, small=20, large=2)
    before = sealed_bodies(server)
    assert len(before) == 22
    with imap(server) as client:
        client.select("INBOX")
        client.store("2:*", "+FLAGS", r"\Deleted")
        client.expunge()
        kept = client.fetch("1", "(BODY.PEEK[])")[1][0][1]
    wait_until(lambda: len(sealed_bodies(server)) == 11, 30, "the expunged bodies' end")
    gone = set(before) - set(sealed_bodies(server))
    assert len(gone) == 11
    assert not [content for content in gone if on_disk(server, before[content])]
    # Alice's ten are still read, and so is what bob kept.
    with imap(server) as client:
        client.select("INBOX")
        assert client.fetch("1", "(BODY.PEEK[])")[1][0][1] == kept
    server.daybook("verify")
    server.daybook("verify", "--projections")
    server.kill()
    server.start()
    server.daybook("verify")
    assert len(sealed_bodies(server)) == 11
    # Large bodies alone in their segments, deleted after a restart.
    for number in range(4):
        assert smtp_send(server, f"bob@{DOMAIN}", letter(number, 8_000_000)).startswith(b"250")
    peak, held = stored(server), status(server)["content_bytes"]
    with imap(server) as client:
        client.select("INBOX")
        client.store("2:*", "+FLAGS", r"\Deleted")
        client.expunge()
    wait_until(lambda: stored(server) < peak - 16_000_000, 30, "the large bodies' room")
    assert status(server)["content_bytes"] < held - 32_000_000
    server.daybook("verify")
    server.stop()
    server.daybook("verify")
    server.daybook("verify", "--projections")


def test_drained_bodies_survive_backup_and_restore(fresh, tmp_path):
    server = fresh(settings=[("content.compact_percent", "1"), ("content.compact_floor", "0")])
    fill(server, small=6, large=1)
    with imap(server) as client:
        client.select("INBOX")
        client.store("1:2", "+FLAGS", r"\Deleted")
        client.expunge()
    wait_until(lambda: len(sealed_bodies(server)) == 5, 30, "the expunged bodies' end")
    server.daybook("backup", str(tmp_path / "backup"), stdin="a passphrase\n")
    server.stop()
    server.daybook("restore", str(tmp_path / "backup"), str(tmp_path / "home" / "data"), stdin="a passphrase\n")
    restored = Server(directory=tmp_path / "home")
    restored.daybook("verify")
    restored.start()
    with imap(restored) as client:
        assert client.select("INBOX")[1] == [b"2"]
        assert all(client.fetch(str(n), "(BODY.PEEK[])")[1][0][1] for n in (1, 2))
    restored.stop()


def test_the_background_scrub_tells_of_damage(fresh):
    server = fresh()
    fill(server, small=6, large=1)
    server.stop()
    segment, data = sorted(found for found in content(server) if found[0].suffix == ".seg")[0]
    data = bytearray(data)
    data[4096 + 64 + 5] ^= 4
    segment.write_bytes(data)
    server.start()
    wait_until(lambda: status(server)["damage"] > 0, 20, "the scrub's finding")
    assert segment.name in status(server)["first_damage"] and "4096" in status(server)["first_damage"]
    assert "journal_damaged" in server.tail() and segment.name in server.tail()
    with imap(server) as client:
        client.select("INBOX")
        assert client.noop()[0] == "OK"
    server.stop()


# Flips. What a byte is for decides what must happen when it changes.

@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A data directory with mail of two users, small and large, full tiles and signed checkpoints."""
    home = tmp_path_factory.mktemp("sound")
    server = Server(directory=home).start()
    fill(server, small=120, large=3)
    with imap(server) as client:
        client.select("INBOX")
        for number in range(1, 30):
            client.store(str(number), "+FLAGS", r"\Seen")
    server.stop()
    server.daybook("verify")
    return server


class Copy:
    """A copy of a data directory, to be hurt."""

    def __init__(self, server, home):
        self.data = home / "data"
        shutil.copytree(server.data, self.data, ignore=shutil.ignore_patterns("state*", "control.sock", "ballast"))
        self.server = server

    def daybook(self, *words):
        return subprocess.run([BINARY, *words, "--data", str(self.data)], capture_output=True, text=True, timeout=120)

    def verify(self):
        return self.daybook("verify", "--json")

    def flip(self, path, bit):
        """Changes one bit of a file, in place; calling it again puts it right."""
        with open(self.data / path, "r+b") as file:
            file.seek(bit // 8)
            byte = file.read(1)[0]
            file.seek(bit // 8)
            file.write(bytes([byte ^ 1 << bit % 8]))


@pytest.fixture
def copy(sound, tmp_path):
    return Copy(sound, tmp_path)


def live_ranges(data):
    """The live bytes of each file below a data directory: (path, start, end, what) - read by a parser of
    its own, so that what is unused is not what the program says is unused."""
    ranges = [(DATA, *span) for span in live(data / DATA)]
    for path in sorted((data / "keyring").iterdir()):
        size = 512 if path.name.startswith("epoch") else 4096
        ranges.append((f"keyring/{path.name}", 0, size, "head"))
        if size == 4096:
            cells = path.read_bytes()[4096:]
            used = [n for n in range(len(cells) // 256) if any(cells[n * 256:n * 256 + 256])]
            ranges.append((f"keyring/{path.name}", 4096, 4096 + 256 * (max(used) + 1), "cell"))
    for path in sorted((data / "content").iterdir()):
        raw = path.read_bytes()
        if path.suffix == ".idx":
            ranges.append((f"content/{path.name}", 0, len(raw), "index"))
            continue
        ranges.append((f"content/{path.name}", 0, 52, "segment head"))
        at = 4096
        while raw[at:at + 4] == b"DBOD":
            plain = int.from_bytes(raw[at + 32:at + 40], "big")
            chunks = max(1, -(-plain // 65536))
            used = 64 + plain + 20 * chunks
            ranges.append((f"content/{path.name}", at, at + 64, "body head"))
            ranges.append((f"content/{path.name}", at + 64, at + used, "body"))
            at += -(-used // 8) * 8
    for path in sorted((data / "checkpoints").iterdir()):
        ranges.append((f"checkpoints/{path.name}", 0, path.stat().st_size, "checkpoint"))
    return ranges


def test_every_flip_of_a_live_bit_is_found_and_named(copy):
    """A7: seeded single-bit flips, an equal share for each kind of place."""
    assert copy.verify().returncode == 0, "the copy is sound"
    kinds = collections.defaultdict(list)
    for path, start, end, what in live_ranges(copy.data):
        kinds[path.split("/")[0], what].append((path, start, end))
    assert len(kinds) > 10, kinds.keys()
    seeded = random.Random(7)
    missed, counts = [], collections.Counter()
    for round in range(FLIPS):
        kind = sorted(kinds)[round % len(kinds)]
        spans = kinds[kind]
        path, start, end = seeded.choices(spans, [end - start for _, start, end in spans])[0]
        bit = seeded.randrange(start * 8, end * 8)
        copy.flip(path, bit)
        report = copy.verify()
        copy.flip(path, bit)
        counts[kind] += 1
        place = report.stderr + report.stdout
        named = re.search(r"position \d+|offset \d+|byte \d+|page \d+|data\.mdb", place)
        if report.returncode != 4 or not named or (kind[0] != "journal" and path.split("/")[-1] not in place):
            missed.append((path, bit // 8, bit % 8, kind[1], report.returncode, place[-300:]))
    print(f"{FLIPS} flips: {dict(counts)}; missed {len(missed)}")
    assert not missed, f"{len(missed)} of {FLIPS}: {missed[:10]}"
    assert copy.verify().returncode == 0, "every flip was put right"


def test_flips_of_unused_bits_change_no_answer(sound, copy, tmp_path):
    verdict = copy.verify().stdout
    head = json.loads(verdict)["checked"]
    other = Copy(sound, tmp_path / "other")
    live = collections.defaultdict(list)
    for path, start, end, _ in live_ranges(copy.data):
        live[path].append((start, end))
    seeded = random.Random(8)
    flips = []
    while len(flips) < max(20, FLIPS // 10):
        path = seeded.choice(sorted(live))
        byte = seeded.randrange((copy.data / path).stat().st_size)
        if not any(start <= byte < end for start, end in live[path]):
            flips.append((path, byte * 8 + len(flips) % 8))
            copy.flip(*flips[-1])
            assert copy.verify().stdout == verdict, flips[-1]
    # All of them together; reading is journaled, so only what was there before is compared.
    told = [one.daybook("replay", "--json", "--until", str(head)).stdout for one in (copy, other)]
    assert told[0] == told[1] and told[0].count("\n") == head


# Whole files. A8

HURTS = {}


def hurt(name):
    def wrap(function):
        HURTS[name] = function
        return function
    return wrap


@hurt("empty")
def _(copy, whole):
    return b""


@hurt("half a page")
def _(copy, whole):
    return whole[:2048]


@hurt("one page")
def _(copy, whole):
    return whole[:4096]


@hurt("half the file")
def _(copy, whole):
    return whole[:len(whole) // 2 // 4096 * 4096]


@hurt("half the file, uneven")
def _(copy, whole):
    return whole[:len(whole) // 2 // 4096 * 4096 + 1234]


@hurt("the last page is missing")
def _(copy, whole):
    # What lies behind the last page in use need not be there.
    return whole[:(max(end for _, end, _ in live(copy.data / DATA)) - 1) // 4096 * 4096]


@hurt("garbage")
def _(copy, whole):
    return random.Random(1).randbytes(len(whole))


@hurt("zeros")
def _(copy, whole):
    return bytes(len(whole))


@hurt("one meta page of garbage")
def _(copy, whole):
    return random.Random(2).randbytes(4096) + whole[4096:]


@hurt("the other meta page of garbage")
def _(copy, whole):
    return whole[:4096] + random.Random(3).randbytes(4096) + whole[8192:]


@hurt("a page in the middle of garbage")
def _(copy, whole):
    at = len(whole) // 8192 * 4096
    return whole[:at] + random.Random(4).randbytes(4096) + whole[at + 4096:]


@pytest.mark.parametrize("name", sorted(HURTS))
def test_a_hurt_journal_is_refused_clearly_and_salvaged(sound, copy, tmp_path, name):
    path = copy.data / DATA
    whole = path.read_bytes()[:used(path)]
    other = Copy(sound, tmp_path / "other")
    records = [json.loads(line) for line in other.daybook("replay", "--json").stdout.splitlines()]
    path.write_bytes(HURTS[name](copy, whole))
    report = copy.verify()
    assert report.returncode in (3, 4), (report.returncode, report.stderr)
    assert report.stderr.strip()
    saved = tmp_path / "saved"
    done = copy.daybook("salvage", str(saved), "--json")
    for verb in (["replay", "--json"], ["rebuild"], ["status"], ["domain", "list"]):
        tried = copy.daybook(*verb)
        assert tried.returncode >= 0, f"{verb} ended by signal {-tried.returncode}: {tried.stderr}"
        assert not tried.returncode or tried.stderr.strip(), f"{verb} says nothing"
    serving = subprocess.Popen(
        [BINARY, "serve", "--data", str(copy.data),
         "--listen", "127.0.0.1", "--port-offset", str(sound.offset)], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        code = serving.wait(5)
        assert code > 0, f"serve ended by signal {-code}"
        assert serving.stderr.read().strip()
    except subprocess.TimeoutExpired:
        serving.terminate()
        serving.wait(20)
    assert done.returncode >= 0, done.stderr
    if done.returncode:
        assert done.stderr.strip() and name in ("empty", "half a page", "one page", "garbage", "zeros"), done.stderr
        return
    report = json.loads(done.stdout.splitlines()[-1])
    kept = Copy.__new__(Copy)
    kept.data = saved
    after = [json.loads(line) for line in kept.daybook("replay", "--json").stdout.splitlines()]
    assert report["saved"] == len(after)
    assert [e["id"] for e in after] == [e["id"] for e in records[:len(after)]]
    assert len(after) == len(records) or report["first_lost"] == len(after) + 1


# The verifier that shares nothing with the program.

def proof(directory):
    done = subprocess.run([str(ROOT / "tools/verify-log"), "--json", str(directory)], capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout), done.stderr


def agree(copy):
    """What both say of a directory; it must be the same."""
    mine = copy.verify()
    code, report, said = proof(copy.data)
    verdict = json.loads(mine.stdout.splitlines()[-1])
    both = [(report["sound"], report["first_bad"]), (verdict["sound"], verdict["first_bad"])]
    assert both[0] == both[1], (both, said, mine.stderr)
    assert code == mine.returncode
    return report


def test_the_stand_alone_verifier_agrees(sound, copy):
    report = agree(copy)
    assert report["sound"]
    assert report["root"] == json.loads(copy.verify().stdout)["root"]
    ranges = collections.defaultdict(list)
    for start, end, what in live(copy.data / DATA):
        ranges[what].append((start, end))
    seeded = random.Random(9)
    for round in range(12):
        start, end = seeded.choice(ranges["record"])
        bit = seeded.randrange(start * 8, end * 8)
        copy.flip(DATA, bit)
        report = agree(copy)
        assert report["first_bad"] is not None
        copy.flip(DATA, bit)
    for round in range(6):
        start, end = seeded.choice(ranges["tile"])
        bit = seeded.randrange(start * 8, end * 8)
        copy.flip(DATA, bit)
        assert agree(copy)["first_bad"] == (bit // 8 - start) // 32 + 1
        copy.flip(DATA, bit)
    notes = next((copy.data / "checkpoints").iterdir())
    text = notes.read_bytes()
    at = text.index(" ".encode(), text.index("\u2014 ".encode()) + 4) + 20
    for where in (at, text.index(b"\n") + 1, text.index(b"\n") + 3, len(text) - 1, len(text) - 100, len(text) - 99):
        copy.flip(f"checkpoints/{notes.name}", where * 8)
        report = agree(copy)
        assert not report["sound"]
        copy.flip(f"checkpoints/{notes.name}", where * 8)
    assert agree(copy)["sound"]


def test_the_stand_alone_verifier_holds_the_journal_to_another_key(sound):
    other = subprocess.run(
        [str(ROOT / "tools/verify-log"), "--json", "--key", "daybook/x+" + "0" * 8 + "+AAAA", str(sound.data)],
        capture_output=True, text=True)
    assert other.returncode == 3 and "key" in other.stderr
