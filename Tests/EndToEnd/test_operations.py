"""What an operator does while the server runs: backup, restore, rebuild, replay, verification."""
import fcntl
import hashlib
import imaplib
import json
import os
import poplib
import shutil
import signal
import ssl
import subprocess
import threading

import pytest

from harness import BINARY, DOMAIN, Server, smtp_send, wait_until

LAX = ssl._create_unverified_context()
PASSPHRASE = "a long way to Tipperary\n"


class Load(threading.Thread):
    """Delivers small messages until it is stopped; knows what was acknowledged."""

    def __init__(self, server, user="alice"):
        super().__init__(daemon=True)
        self.server, self.user = server, user
        self.accepted, self.failures, self.stopping = [], [], False

    def run(self):
        number = 0
        while not self.stopping:
            number += 1
            subject = f"load-{number}"
            try:
                answer = smtp_send(
                    self.server, f"{self.user}@{DOMAIN}", f"Subject: {subject}\r\n\r\nBody {number}.".encode())
            except OSError as error:
                answer = repr(error).encode()
            (self.accepted if answer.startswith(b"250") else self.failures).append(
                subject if answer.startswith(b"250") else answer)

    def __enter__(self):
        self.start()
        wait_until(lambda: len(self.accepted) > 5, what="the load")
        return self

    def __exit__(self, *_):
        self.stopping = True
        self.join(30)


def sign_in(server, user="alice"):
    host, port = server.services["imaps"]
    client = imaplib.IMAP4_SSL(host, port, ssl_context=LAX)
    client.login(f"{user}@{DOMAIN}", server.password(user))
    return client


def subjects(server, user="alice"):
    client = sign_in(server, user)
    client.select("INBOX", readonly=True)
    _, found = client.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    client.logout()
    return sorted(part[1].split(b":", 1)[1].strip().decode() for part in found if isinstance(part, tuple))


def rows(output):
    return [json.loads(line) for line in output.splitlines()]


def backup(server, target):
    return rows(server.daybook("backup", str(target), "--json", stdin=PASSPHRASE))[0]


def restore(source, target, passphrase=PASSPHRASE):
    return subprocess.run(
        [BINARY, "restore", str(source), str(target), "--json"], input=passphrase, capture_output=True, text=True,
        timeout=120)


def projections(server):
    """Each projection's digests, live and rebuilt."""
    return {row["projection"]: row for row in rows(server.daybook("verify", "--projections", "--json"))}


def check_sound(server):
    assert rows(server.daybook("verify", "--json"))[0]["sound"]
    compared = projections(server)
    assert {"state", "chronicle"} <= set(compared)
    for row in compared.values():
        assert row["equal"] and row["live"] == row["rebuilt"], row


# backup and restore

@pytest.fixture
def home(tmp_path):
    """Where a restored server lives."""
    yield tmp_path / "restored"


def test_a_backup_under_load_is_restored_and_served(fresh, home, tmp_path):
    server, target = fresh(), tmp_path / "backup"
    with Load(server) as load:
        first = backup(server, target)
        before = len(load.accepted)
        wait_until(lambda: len(load.accepted) > before + 5, what="more mail")
    assert not load.failures
    second = backup(server, target)
    assert second["head"] > first["head"] and second["root"] != first["root"]
    third = backup(server, target)
    assert third["skipped"] >= 1 and third["copied_bytes"] < second["copied_bytes"] / 4, (second, third)
    assert not any(path.suffix == ".part" for path in target.rglob("*"))

    done = restore(target, home / "data")
    assert done.returncode == 0, done.stderr
    proof = json.loads(done.stdout)
    assert proof["sound"] and proof["root"] == third["root"] and proof["head"] == third["head"]
    restored = fresh(directory=home)
    assert subjects(restored) == sorted(load.accepted)
    wait_until(lambda: status(restored)["followers"][0]["behind"] == 0, what="the chronicle's fold")
    check_sound(restored)
    assert smtp_send(restored, f"alice@{DOMAIN}", b"Subject: on\r\n\r\nand on").startswith(b"250")


def test_what_must_not_be_restored_is_refused(fresh, home, tmp_path):
    server, target = fresh(), tmp_path / "backup"
    assert smtp_send(server, f"alice@{DOMAIN}", b"Subject: x\r\n\r\n" + b"body\r\n" * 50).startswith(b"250")
    backup(server, target)

    wrong = restore(target, home / "data", "not the passphrase\n")
    assert wrong.returncode == 1 and "passphrase is wrong" in wrong.stderr
    assert not (home / "data").exists()
    empty = restore(tmp_path, home / "data")
    assert empty.returncode == 1 and "no complete backup" in empty.stderr
    none = restore(target, home / "data", "")
    assert none.returncode == 2 and "passphrase" in none.stderr

    for pattern in ("content/*.seg", "journal/0000/data.mdb"):
        damaged = tmp_path / "damaged"
        shutil.copytree(target, damaged)
        victim = next(damaged.glob(pattern))
        octets = bytearray(victim.read_bytes())
        octets[5000] ^= 1
        victim.write_bytes(octets)
        refused = restore(damaged, tmp_path / "r")
        assert refused.returncode == 4 and victim.name in refused.stderr, refused.stderr
        code = subprocess.run([BINARY, "serve", "--data", str(tmp_path / "r")], capture_output=True).returncode
        assert code == 3, "what was not proved does not count"
        shutil.rmtree(damaged)
        shutil.rmtree(tmp_path / "r")

    # A keyring older than the journal would bring back what was destroyed since.
    shutil.copy(target / "keyring.sealed", tmp_path / "old.sealed")
    server.daybook("user", "add", f"carol@{DOMAIN}", stdin="secret of carol\n")
    backup(server, target)
    shutil.copy(target / "keyring.sealed", tmp_path / "new.sealed")
    shutil.copy(tmp_path / "old.sealed", target / "keyring.sealed")
    old = restore(target, home / "data")
    assert old.returncode == 1 and "older" in old.stderr, old.stderr
    shutil.rmtree(home / "data")
    shutil.copy(tmp_path / "new.sealed", target / "keyring.sealed")
    assert restore(target, home / "data").returncode == 0
    again = restore(target, home / "data")
    assert again.returncode == 1 and "not empty" in again.stderr

    other = fresh()
    foreign = other.daybook("backup", str(target), stdin=PASSPHRASE, check=False)
    assert foreign.returncode == 1 and "another journal" in foreign.stderr


# rebuild and followers

def status(server):
    return rows(server.daybook("status", "--json"))[0]


def test_projections_are_rebuilt_under_load_and_nobody_notices(fresh):
    server = fresh()
    with Load(server) as load:
        client = sign_in(server)
        client.select("INBOX")
        done = rows(server.daybook("rebuild", "--json"))
        assert [row["projection"] for row in done] == ["state", "chronicle"]
        before = len(load.accepted)
        wait_until(lambda: len(load.accepted) > before + 5, what="mail after the swap")
        client.noop()
        typ, found = client.search(None, "ALL")
        assert typ == "OK" and len(found[0].split()) >= before
        one = rows(server.daybook("rebuild", "chronicle", "--json"))
        assert [row["projection"] for row in one] == ["chronicle"]
        check_sound(server)
        client.logout()
    assert not load.failures
    assert subjects(server) == sorted(load.accepted)
    wait_until(lambda: status(server)["followers"][0]["behind"] == 0, what="the chronicle")
    check_sound(server)
    assert server.stop() == 0
    # Offline, by the same verbs.
    check_sound(server)
    digests = {row["projection"]: row["digest"] for row in rows(server.daybook("rebuild", "--json"))}
    compared = projections(server)
    assert digests == {name: row["live"] for name, row in compared.items()}
    assert not list(server.data.glob("**/*.rebuild")) and not list(server.data.glob("*.old"))
    server.start()
    assert subjects(server) == sorted(load.accepted)


def test_rebuild_says_what_it_cannot(fresh):
    server = fresh()
    unknown = server.daybook("rebuild", "everything", check=False)
    assert unknown.returncode == 1 and "state, chronicle" in unknown.stderr
    prepared = rows(server.daybook("rebuild", "--prepare", "--json"))[0]
    assert prepared["prepared"] is False


def test_a_chronicle_that_differs_is_named_and_replaced(fresh):
    server = fresh()
    assert smtp_send(server, f"alice@{DOMAIN}", b"Subject: x\r\n\r\ny").startswith(b"250")
    server.stop()
    # Another journal's chronicle under this one's name: the next start folds anew.
    other = fresh()
    other.stop()
    shutil.rmtree(server.data / "followers/chronicle")
    shutil.copytree(other.data / "followers/chronicle", server.data / "followers/chronicle")
    server.start()
    wait_until(lambda: status(server)["followers"][0]["behind"] == 0, what="the chronicle")
    check_sound(server)


# replay

def test_replay_answers_every_option(fresh):
    server = fresh()
    assert smtp_send(server, f"alice@{DOMAIN}", b"Subject: one\r\n\r\n1").startswith(b"250")
    sign_in(server).logout()
    server.daybook("domain", "add", "other.test", stdin="another secret\n")
    everything = server.events()
    assert [event["position"] for event in everything] == list(range(1, len(everything) + 1))
    assert all(len(event["leaf"]) == 64 for event in everything)

    middle = everything[len(everything) // 2]
    assert server.events("--after", str(middle["position"]))[0]["position"] == middle["position"] + 1
    assert server.events("--until", str(middle["position"]))[-1] == middle
    by_time = server.events("--until", middle["time"])
    # Times count to the millisecond.
    assert middle in by_time and all(event["time"][:23] <= middle["time"][:23] for event in by_time)
    assert server.events("--until", "2020-01-01T00:00:00Z") == []

    def check(expected, *options):
        shown = [e for e in server.events(*options) if e["position"] <= len(everything)]
        assert shown == [e for e in everything if expected(e)] and shown, options

    domain = next(e["domain"] for e in everything if e["type"] == "domain.added")
    check(lambda e: e.get("domain") == domain, "--domain", DOMAIN)
    check(lambda e: e.get("domain") == domain, "--domain", domain)
    check(lambda e: e["type"] in ("user.added", "message.filed"), "--type", "user.added,message.filed")
    session = next(e for e in everything if e["type"] == "session.signed_in")
    check(lambda e: e.get("session") == session["session"], "--session", session["session"])
    check(lambda e: e["actor"] == session["actor"], "--actor", f"alice@{DOMAIN}")
    check(lambda e: e["actor"] == session["actor"], "--actor", session["actor"])
    check(lambda e: e["actor"] == "server", "--actor", "server")
    check(lambda e: e["actor"] == "peer", "--actor", "peer")
    me = f"operator:{os.getuid()}"
    check(lambda e: e["actor"] == me, "--actor", f"uid:{os.getuid()}")
    check(lambda e: e["actor"] == me and e.get("domain") == domain and e["type"] == "user.added",
          "--actor", me, "--domain", DOMAIN, "--type", "user.added")

    text = server.daybook("replay", "--type", "session.signed_in")
    assert f"by alice@{DOMAIN} from 127.0.0.1 (imap" in text and "leaf " in text and DOMAIN in text
    for words, code in (
            (["--until", "yesterday"], 2), (["--type", "no.such"], 2), (["--session", "x"], 2),
            (["--after", "x"], 2), (["--domain", "absent.test"], 1), (["--actor", f"nobody@{DOMAIN}"], 1)):
        done = server.daybook("replay", *words, check=False)
        assert done.returncode == code and words[1] in done.stderr and not done.stdout, (words, done.stderr)


def test_replay_gives_the_same_with_and_without_the_chronicle(fresh):
    server = fresh()
    for number in range(30):
        assert smtp_send(server, f"bob@{DOMAIN}", f"Subject: {number}\r\n\r\nx".encode()).startswith(b"250")
    client = sign_in(server, "bob")
    client.select("INBOX")
    client.store("1:5", "+FLAGS", "\\Flagged")
    client.logout()
    wait_until(lambda: status(server)["followers"][0]["behind"] == 0, what="the chronicle")
    options = (["--domain", DOMAIN], ["--actor", f"bob@{DOMAIN}"],
               ["--domain", DOMAIN, "--after", "20", "--until", "60"])
    server.stop()
    with_it = [server.daybook("replay", "--json", *words) for words in options]
    assert all(with_it)
    shutil.rmtree(server.data / "followers")
    assert with_it == [server.daybook("replay", "--json", *words) for words in options]


def test_following_shows_what_happens_until_interrupted(fresh):
    server = fresh()
    watching = subprocess.Popen(
        [BINARY, "replay", "--follow", "--json", "--type", "message.filed", "--data", str(server.data)],
        stdout=subprocess.PIPE, text=True)
    try:
        for number in range(3):
            assert smtp_send(server, f"alice@{DOMAIN}", f"Subject: {number}\r\n\r\nx".encode()).startswith(b"250")
            event = json.loads(watching.stdout.readline())
            assert event["type"] == "message.filed"
        ending = Server.daybook(server, "replay", "--follow", "--json", "--until", str(event["position"]))
        assert rows(ending)[-1]["position"] == event["position"]
    finally:
        watching.send_signal(signal.SIGINT)
        assert watching.wait(10) in (-signal.SIGINT, 130, 0)


def test_each_reading_is_journaled_and_those_of_a_minute_together(fresh):
    server = fresh()
    head = status(server)["head"]
    for _ in range(5):
        server.daybook("replay", "--json")
    server.stop()
    # What waited for the end of the minute is journaled at the stop.
    readings = server.events("--after", str(head), "--type", "audit.read")
    assert sum(e["payload"]["reads"] for e in readings) == 5 and len(readings) < 5, readings
    assert {e["actor"] for e in readings} == {f"operator:{os.getuid()}"}
    assert all(e["payload"]["first"] == 1 and e["payload"]["last"] >= head for e in readings)
    # Offline: this reading is in the journal before it shows anything.
    assert server.events("--type", "audit.read")[-1]["payload"]["what"] == "replay"


def test_a_reading_that_cannot_be_journaled_is_said_loudly(fresh):
    server = fresh()
    server.stop()
    # The writer's lock is held by somebody who does not answer.
    with open(server.data / "lock", "r+") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        done = server.daybook("replay", "--json", check=False)
    assert "THIS READING COULD NOT BE JOURNALED" in done.stderr and done.returncode == 0
    assert len(done.stdout.splitlines()) > 10


def test_without_the_keyring_personal_fields_stay_hidden(fresh):
    server = fresh()
    server.stop()
    hidden = server.home / "keyring"
    (server.data / "keyring").rename(hidden)
    try:
        done = server.daybook("replay", "--json", check=False)
        assert "keyring cannot be read" in done.stderr and "NOT BE JOURNALED" in done.stderr
        shown = rows(done.stdout)
        assert any(event.get("personal") == "erased" for event in shown)
        assert DOMAIN not in done.stdout
    finally:
        hidden.rename(server.data / "keyring")


# reading only

def trace(directory):
    """Everything that writing to a directory would change, reading times apart."""
    seen = {}
    for path in sorted([directory, *directory.rglob("*")]):
        facts = path.lstat()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and path.name != "ballast" else None
        seen[str(path)] = (facts.st_mode, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, digest)
    return seen


def read_everything(server, expected):
    """Reads by IMAP and POP3, and is refused each write for now."""
    client = sign_in(server)
    with pytest.raises(imaplib.IMAP4.readonly):
        client.select("INBOX")
    typ, answer = client.select("INBOX", readonly=True)
    assert typ == "OK" and int(answer[0]) == len(expected)
    typ, found = client.fetch("1", "(BODY[] FLAGS ENVELOPE)")
    octets = b"".join(b"".join(part) if isinstance(part, tuple) else part for part in found)
    assert typ == "OK" and expected[0].encode() in octets and b"\\Seen" not in octets
    assert len(client.search(None, "TEXT", "Body")[1][0].split()) == len(expected)
    assert client.store("1", "+FLAGS", "\\Flagged")[0] == "NO"
    for size in (100, 200_000):
        typ, answer = client.append("INBOX", None, None, b"Subject: x\r\n\r\n" + b"x" * size)
        assert typ == "NO" and b"UNAVAILABLE" in answer[0], answer
    assert client.copy("1", "Sent")[0] == "NO"
    typ, answer = client.create("New")
    assert typ == "NO" and b"UNAVAILABLE" in answer[0]
    client.logout()

    pop = poplib.POP3_SSL(*server.services["pop3s"], context=LAX)
    pop.user(f"alice@{DOMAIN}")
    pop.pass_(server.password("alice"))
    assert pop.stat()[0] == len(expected)
    assert expected[0].encode() in b"\n".join(pop.retr(1)[1])
    pop.dele(1)
    with pytest.raises(poplib.error_proto, match="SYS/TEMP|not"):
        pop.quit()

    for size in (10, 300_000):
        answer = smtp_send(server, f"alice@{DOMAIN}", b"Subject: no\r\n\r\n" + b"line\r\n" * (size // 6))
        assert answer.startswith(b"4"), answer


def test_a_read_only_server_serves_and_leaves_no_trace(fresh, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    server = fresh(environment={"TMPDIR": str(scratch)})
    expected = []
    for number in range(5):
        expected.append(f"message-{number}")
        answer = smtp_send(server, f"alice@{DOMAIN}", f"Subject: message-{number}\r\n\r\nBody {number}".encode())
        assert answer.startswith(b"250")
    busy = subprocess.run(
        [BINARY, "serve", "--read-only", "--data", str(server.data)], capture_output=True, text=True, timeout=30)
    assert busy.returncode == 3 and "is being written by process" in busy.stderr
    # Killed in the middle, so that nothing was put in order at a stop.
    server.kill()
    before = trace(server.data)
    server.start("--read-only")
    assert trace(server.data) == before
    read_everything(server, expected)
    assert trace(server.data) == before
    # Whoever would write is kept out meanwhile. (To find that out it looks into State as readers do.)
    kept = server.daybook("user", "add", f"carol@{DOMAIN}", stdin="secret\n", check=False)
    assert kept.returncode == 3 and "being" in kept.stderr
    assert server.stop() == 0
    after = trace(server.data)
    assert {path for path in after if after[path] != before.get(path)} <= {str(server.data / "state/lock.mdb")}

    # A restored backup, which has no projections yet: State is folded outside of it.
    server.start()
    backup(server, tmp_path / "backup")
    assert restore(tmp_path / "backup", tmp_path / "home/data").returncode == 0
    restored = Server(directory=tmp_path / "home", environment={"TMPDIR": str(scratch)})
    before = trace(restored.data)
    restored.start("--read-only")
    try:
        assert not list(scratch.iterdir()), "what was folded there has no name any more"
        read_everything(restored, expected)
        assert len(restored.daybook("replay", "--json", check=False).stdout.splitlines()) > 10
    finally:
        assert restored.stop() == 0
    after = trace(restored.data)
    # `replay` itself, another process, keeps LMDB's table of readers beside the epoch.
    assert {path for path in after if after[path] != before.get(path)} <= {
        str(restored.data / "journal/0000"), str(restored.data / "journal/0000/lock.mdb")}
    check_sound(server)
