"""The golden files of Tests/Golden/Formats, read as docs/formats.md says, with nothing of Daybook."""
import hashlib
import hmac
import importlib.machinery
import importlib.util
import json
import re
import struct
import subprocess
import sys

from harness import ROOT

GOLDEN = ROOT / "Tests/Golden/Formats"
LOG = bytes(range(1, 17))
DATA_KEY = bytes(range(32))
MADE = 1_700_000_000_000_000

loader = importlib.machinery.SourceFileLoader("verify_log", str(ROOT / "tools/verify-log"))
verify_log = importlib.util.module_from_spec(importlib.util.spec_from_loader("verify_log", loader))
loader.exec_module(verify_log)
crc32c = verify_log.crc32c


def expand(key, label):
    """HKDF-Expand-SHA-256 to 32 bytes. RFC 5869"""
    return hmac.digest(key, label.encode() + b"\1", "sha256")


def aes(mode, key, data, *options):
    return subprocess.run(
        ["openssl", "enc", f"-aes-256-{mode}", "-K", key.hex(), *options], input=data, capture_output=True, check=True).stdout


def unseal(key, nonce, sealed, aad):
    """AES-256-GCM, NIST SP 800-38D: the counter mode by openssl, the tag by hand."""
    body, tag = sealed[:-16], sealed[-16:]
    h = int.from_bytes(aes("ecb", key, bytes(16), "-nopad"), "big")
    padded = b"".join(part + bytes(-len(part) % 16) for part in (aad, body)) + struct.pack(">QQ", 8 * len(aad), 8 * len(body))
    state, shifted = 0, []
    for _ in range(128):
        shifted.append(h)
        h = h >> 1 ^ (0xE1 << 120 if h & 1 else 0)
    for at in range(0, len(padded), 16):
        state ^= int.from_bytes(padded[at:at + 16], "big")
        product = 0
        for bit in range(128):
            if state >> 127 - bit & 1:
                product ^= shifted[bit]
        state = product
    mask = aes("ctr", key, bytes(16), "-iv", (nonce + b"\0\0\0\1").hex())
    assert state ^ int.from_bytes(mask, "big") == int.from_bytes(tag, "big"), "the tag is wrong"
    return aes("ctr", key, body, "-iv", (nonce + b"\0\0\0\2").hex())


def open_chunks(key, prefix, sealed, aad):
    """A whole that was sealed in chunks of 64 KiB."""
    parts = [sealed[at:at + 65552] for at in range(0, len(sealed), 65552)]
    return b"".join(
        unseal(key, prefix + struct.pack(">IB", number, number == len(parts) - 1), part, aad)
        for number, part in enumerate(parts))


def test_a_segment():
    data = (GOLDEN / "content/0000000000000001.seg").read_bytes()
    assert struct.unpack_from(">8sIIQQ", data) == (b"DAYBOOKC", 1, 0, 1, MADE)
    assert data[32:48] == LOG and crc32c(data[:48]) == int.from_bytes(data[48:52], "big") and not any(data[52:4096])
    at, entries = 4096, []
    for size in (70_000, 100, 0, 200):
        head = data[at:at + 64]
        assert struct.unpack_from(">4sIQ", head) == (b"DBOD", 1, 1)
        content, plain, sealed = head[16:32], *struct.unpack_from(">QQ", head, 32)
        chunks = max(1, -(-size // 65536))
        assert (plain, sealed) == (size, size + 16 * chunks)
        assert struct.unpack_from(">BII", head, 55) == (size == 200, 65536, crc32c(head[:60]))
        body = data[at + 64:at + 64 + sealed]
        checks = data[at + 64 + sealed:at + 64 + sealed + 4 * chunks]
        span = -(-(64 + sealed + 4 * chunks) // 8) * 8
        if size == 200:
            assert not any(body + checks)
        else:
            entries.append((content[:8], at // 8, span // 8))
            parts = [body[i:i + 65552] for i in range(0, len(body), 65552)]
            assert checks == b"".join(struct.pack(">I", crc32c(part)) for part in parts)
            text = open_chunks(expand(DATA_KEY, "daybook/content/1"), head[48:55], body, content)
            assert text == bytes((31 * i + size) & 255 for i in range(size))
        at += span
    assert not any(data[at:])
    index = (GOLDEN / "content/0000000000000001.idx").read_bytes()
    assert struct.unpack_from(">8sIIQ", index) == (b"DAYBOOKI", 1, 1, 1) and index[24:40] == LOG
    assert struct.unpack_from(">QQII", index, 40) == (at, len(entries), 0, crc32c(index[:60] + index[64:]))
    assert index[64:] == b"".join(struct.pack(">8sII", *entry) for entry in entries)


KINDS = [(6, 32), (2, 32), (1, 32), (3, 32), (4, 32), (5, 300), (1, 32), (5, 400), (5, 1)]


def slots():
    """Slot, kind, detail and value of everything that was put into the golden keyring."""
    slot = 1
    for kind, size in KINDS:
        yield slot, kind, 24_286 if kind == 3 else 0, bytes((i + 16 * slot) & 255 for i in range(size))
        slot += -(-size // 184)


DESTROYED = {8, 9, 10, 11}


def epoch_key(path, log):
    data = path.read_bytes()
    assert len(data) == 512 and struct.unpack_from(">8sIIII", data) == (b"DBKEYEPO", crc32c(data[12:]), 1, 1, 0)
    assert data[24:40] == log and not any(data[72:])
    return data[40:72]


def cells(path, key, log):
    """(slot, kind, subject, detail, value) of each live slot of a cell file, and the destroyed cells."""
    data = path.read_bytes()
    # What lies behind the head's 4,096 bytes is not covered by its checksum.
    assert struct.unpack_from(">8sIIII", data) == (b"DBKEYRNG", crc32c(data[12:4096]), 1, 1, 256)
    assert data[24:40] == log and data[48:80] == expand(key, "daybook/keyring/check/1") and not any(data[80:4096])
    live, destroyed, parts = [], set(), b""
    for number in range(1, (len(data) - 4096) // 256 + 1):
        cell = data[4096 + 256 * (number - 1):4096 + 256 * number]
        crc, state, kind, part, of, size, zero, generation, slot = struct.unpack_from(">IBBBBHHIQ", cell)
        assert crc == crc32c(cell[4:]) and (zero, generation, slot) == (0, 1, number - part)
        if state == 2:
            assert not any(cell[24:]) and not size
            destroyed.add(number)
            continue
        assert state == 1 and not any(cell[56 + size + 16:])
        parts = (parts if part else b"") + unseal(key, cell[44:56], cell[56:56 + size + 16], cell[4:44])
        if part == of - 1:
            live.append((slot, kind, cell[24:40], int.from_bytes(cell[40:44], "big"), parts))
    return live, destroyed


def test_a_keyring_and_its_export():
    key = epoch_key(GOLDEN / "keyring/epoch-0001.a", LOG)
    live, destroyed = cells(GOLDEN / "keyring/keyring-0001.a", key, LOG)
    wanted = [(slot, kind, struct.pack(">QQ", 9, slot), detail, value)
              for slot, kind, detail, value in slots() if slot not in DESTROYED]
    assert live == wanted and destroyed == DESTROYED
    data = (GOLDEN / "keyring.sealed").read_bytes()
    head = data[:128]
    assert struct.unpack_from(">8sII", head) == (b"DBKEYEXP", 1, 1) and head[52:68] == LOG and not any(head[103:])
    assert struct.unpack_from(">IQQQ", head, 68) == (1, 13, 4, MADE)
    iterations = int.from_bytes(head[16:20], "big")
    secret = hashlib.pbkdf2_hmac("sha256", b"correct horse battery staple", head[20:52], iterations)
    plain = open_chunks(expand(secret, "daybook/keyring/export/1"), head[96:103], data[128:], head)
    assert plain == b"".join(
        struct.pack(">QBI", slot, kind, detail) + subject + struct.pack(">H", len(value)) + value
        for slot, kind, subject, detail, value in wanted)


def test_a_manifest():
    digest = lambda text: hashlib.sha256(text).hexdigest()
    log = re.sub("(.{8})(.{4})(.{4})(.{4})(.{12})", r"\1-\2-\3-\4-\5", LOG.hex())
    assert (GOLDEN / "manifest").read_text() == f"""daybook backup 1
log {log}
made 2023-11-14T22:13:20.123456Z
head 1234
root {digest(b"root")}
file {digest(b"segment")} 16777216 1699999999000001 content/0000000000000001.seg
file {digest(b"epoch")} 12288 0 journal/0000/data.mdb
"""


def test_a_journal():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools/verify-log"), "--json", str(GOLDEN / "data")], capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert report["sound"] and report["checked"] == 264, done.stderr
    file = verify_log.LMDBFile(GOLDEN / "data/journal/0000/data.mdb")
    records = {int.from_bytes(key, "big"): value for key, value in file.entries("event")}
    notes = (GOLDEN / "data/checkpoints/2023-11-14.notes").read_text()
    assert [len(entry) for entry in dict(file.entries("tile")).values()] == [8192]
    log = bytes.fromhex(notes.split("\n")[0].split("/")[1].replace("-", ""))
    key = epoch_key(GOLDEN / "data/keyring/epoch-0001.a", log)
    live, destroyed = cells(GOLDEN / "data/keyring/keyring-0001.a", key, log)
    assert [slot for slot, *_ in live] == [1, 2] and destroyed == {3}
    opened, lost = 0, 0
    for position, data in records.items():
        (form, header, payload, sealed), _ = verify_log.cbor(b"\x84" + data[1:-5])
        assert form == 1 and header["position"] == position
        if "slot" not in header:
            continue
        if header["slot"] == 3:
            lost += 1
            continue
        aad = data[1:-5 - len(sealed) - (2 if len(sealed) > 23 else 1)]
        plain = unseal(expand(live[1][4], "daybook/event/1"), sealed[:12], sealed[12:], aad)
        assert verify_log.cbor(plain)[0]["client"] == f"192.0.2.{(position - 3) % 256}"
        opened += 1
    assert (opened, lost) == (26, 26)
