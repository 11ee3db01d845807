"""What a reply promises is on disk: kills, power cuts, faults and full disks. The long form is tools/torture."""
import imaplib
import re
import shutil
import subprocess
import sys
import time

import pytest

import disks
import synctrace
from harness import DOMAIN, Server, smtp_send, wait_until
from torture import LAX, USERS, Client, Rounds, listed, text_of


def test_every_acknowledged_effect_survives_kill_9(fresh):
    server = fresh(users=USERS)
    rounds = Rounds(server, server.home / "promises")
    for seed in range(6):
        assert not rounds.round(seed, 0.2 + seed % 3 / 5)
    assert sum(rounds.promises.kept.values()) > 50


def test_the_proof_notices_what_is_missing_there_twice_or_changed(fresh):
    """The negative control of the recorder: somebody else changes what it relies on."""
    server = fresh(users=USERS)
    rounds = Rounds(server, server.home / "promises")
    client = Client(server, rounds.promises, "alice", 5, "a")
    while len(rounds.promises.keys("mail", "alice", "INBOX")) < 3:
        client.send()
    assert not rounds.prove(deep=False)
    first, second, third = sorted(rounds.promises.keys("mail", "alice", "INBOX"), key=lambda k: int(k[3].split("-")[1]))[:3]
    with imaplib.IMAP4_SSL(*server.services["imaps"], ssl_context=LAX) as imap:
        imap.login(f"alice@{DOMAIN}", server.password("alice"))
        imap.select("INBOX")
        imap.store("1", "+FLAGS", r"(\Deleted)")
        imap.store("2", "+FLAGS", r"(\Answered)")
        imap.copy("3", "INBOX")
        imap.expunge()
    broken = rounds.prove(deep=False)
    assert len(broken) == 3 and all(any(key[3] in one for one in broken) for key in (first, second, third))


@pytest.fixture(scope="module")
def base():
    """A data directory to copy, and how many operations on the disk the scenario makes on it."""
    made = disks.Base()
    made.total = disks.operations(made)
    assert made.total > 200
    yield made
    made.remove()


def test_a_power_cut_at_any_operation_loses_nothing_acknowledged(base):
    for at in range(1, base.total - 20, base.total // 10):
        died, _, broken = disks.power_cut(base, at, at)
        assert died and not broken, f"power cut at operation {at} of {base.total}: {broken[:5]}"


def test_power_cuts_under_mixed_load_lose_nothing_acknowledged(fresh):
    def boot(server):
        disks.simulated(server, seed=7)
        server.start()

    server = fresh(users=USERS)
    server.stop()
    boot(server)
    rounds = Rounds(server, server.home / "promises")
    for seed in range(3):
        assert not rounds.round(seed, 0.2, boot, disks.pull_the_plug)


def test_without_syncs_acknowledged_mail_is_lost(base):
    """The negative control: a disk whose syncs lie has to lose, or the tests above prove nothing."""
    assert sum(bool(disks.power_cut(base, base.total * 3 // 4 + seed, seed, lies=1)[2]) for seed in range(10)) >= 9


@pytest.mark.parametrize("what", ["eio", "short", "enospc"])
def test_a_failing_disk_gives_no_false_promise(base, what):
    for at in range(base.total // 5, base.total, base.total // 4):
        assert not disks.failing(base, at, what)[2], f"{what} at operation {at} of {base.total}"


def test_a_disk_that_stays_full_gives_no_false_answer(base):
    for at in range(base.total // 5, base.total, base.total // 3):
        assert not disks.failing(base, at, "enospc", lasts=10 ** 6)[2], f"full from operation {at} of {base.total} on"


def test_a_disk_with_room_again_needs_no_restart(base):
    for at in range(base.total // 4, base.total, base.total // 3):
        assert not disks.refilled(base, at)[2], f"full for some time from operation {at} of {base.total} on"


def test_a_kill_at_any_system_call_leaves_nothing_half_done(base, program):
    """A3: strace kills at the n-th mutating system call of a thread."""
    program("strace")
    for at in (1, 20, 80, 150, 220):
        died, _, broken = disks.killed_at(base, at)
        assert died and not broken, f"killed at system call {at}"


FULL = re.compile(rb"452 4\.3\.1 |NO \[UNAVAILABLE\] |-ERR \[SYS/TEMP\] ")


def press(client, seconds):
    """Acts of every kind for some time; refusals must be temporary, in the protocol's words."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        client.turn()
    assert not client.faults
    strange = [refusal for refusal in client.refusals if not FULL.match(refusal)]
    assert not strange, strange[:3]
    return len(client.refusals)


def expunge(client, mailbox, count):
    """Expunges some messages; their keys."""
    with imaplib.IMAP4_SSL(*client.server.services["imaps"], ssl_context=LAX) as imap:
        imap.login(f"{client.user}@{DOMAIN}", client.server.password(client.user))
        imap.select(mailbox)
        uids = listed(imap)
        tokens = [token for token in uids if len(uids[token]) == 1][:count]
        for token in tokens:
            client.expunge(imap, mailbox, token, uids)
    return [("mail", client.user, mailbox, token) for token in tokens]


def test_a_full_disk_refuses_politely_and_recovers(tmp_path):
    """A5: a file system of 64 MB of its own."""
    with disks.small_disk(tmp_path, 64) as mount:
        if mount is None:
            pytest.skip("cannot mount a loop device here")
        server = Server(directory=mount, users=USERS).start()
        try:
            rounds = Rounds(server, tmp_path / "promises")
            client = Client(server, rounds.promises, "alice", 3, "a")
            assert press(client, 1) == 0
            # What the other may have expunged by then, this one still has.
            keeper = Client(server, rounds.promises, "bob", 4, "k")
            while len(keeper.mine("INBOX")) < 5:
                keeper.send()
            filler = mount / "filler"
            subprocess.run(["fallocate", "-l", str(disks.free_bytes(mount) - 4096), str(filler)], check=True)
            assert press(client, 3) > 10
            # Who reads is served, and who expunges makes use of the ballast.
            assert not rounds.prove(deep=False)
            expunged = expunge(keeper, "INBOX", 3)
            assert len(expunged) == 3 and not any(map(rounds.promises.value, expunged))
            assert not (server.data / "ballast").exists()
            filler.unlink()
            wait_until(lambda: smtp_send(server, f"bob@{DOMAIN}", text_of("b-1-20", 20)[:-2]).startswith(b"250"), 5, "recovery")
            rounds.promises.holds[("mail", "bob", "INBOX", "b-1-20")] = ((),)
            client.refusals.clear()
            assert press(client, 1) == 0
            assert not rounds.prove()
            assert {event["type"] for event in server.events()} >= {"storage.resumed"}
            assert server.stop() == 0
        finally:
            server.kill()


def test_a_full_map_refuses_politely_and_recovers(tmp_path):
    """A5: LMDB's maps get full; a server with room for them goes on."""
    server = Server(directory=tmp_path, users=USERS)
    used = max(path.stat().st_size for path in server.data.rglob("data.mdb"))
    disks.simulated(server, map=used + (110 << 10))
    server.start()
    try:
        rounds = Rounds(server, tmp_path / "promises")
        client = Client(server, rounds.promises, "alice", 4, "a")
        while press(client, 1) == 0:
            assert len(rounds.promises.keys("mail")) < 1_000
        press(client, 1)
        assert not rounds.prove(deep=False)
        server.kill()
        server.environment.pop("SIMDISK_MAP")
        server.start()
        client.refusals.clear()
        assert press(client, 1) == 0
        assert not rounds.prove()
    finally:
        server.kill()


def test_no_positive_reply_before_its_sync(program, tmp_path):
    """A1, from strace's output alone."""
    program("strace")
    seen = synctrace.run(tmp_path, 400)
    print(f"{seen.acknowledged} positive replies, {seen.syncs} syncs")
    assert not seen.broken, seen.broken[:3]
    assert seen.acknowledged >= 300


@pytest.mark.parametrize("lines, wrong", [
    (["recvfrom(9<socket:[1]>, \"x\", 1) = 1", "pwrite64(5</d/journal/0000/data.mdb>, \"\", 1, 0) = 1", "fdatasync(5</d/journal/0000/data.mdb>) = 0",
      "write(2</d/log>, \"durable position=7\\n\", 20) = 20", "sendto(9<socket:[1]>, \"a1 OK Expunged\", 14) = 14"], 0),
    (["pwrite64(5</d/journal/0000/data.mdb>, \"\", 1, 0) = 1", "write(2</d/log>, \"durable position=7\\n\", 20) = 20"], 1),
    (["pwrite64(5</d/journal/0000/data.mdb>, \"\", 1, 0) = 1", "fdatasync(5</d/journal/0000/data.mdb>) = -1 EIO (Input/output error)",
      "write(2</d/log>, \"durable position=7\\n\", 20) = 20"], 1),
    (["write(2</d/log>, \"durable position=7\\n\", 20) = 20", "recvfrom(9<socket:[1]>, \"x\", 1) = 1",
      "sendto(9<socket:[1]>, \"* 1 EXPUNGE\\r\\na1 OK Expunged\", 14) = 14"], 1),
])
def test_the_reading_of_a_trace_finds_what_comes_too_early(lines, wrong):
    """The negative control of the test above."""
    assert len(synctrace.Trace(f"1 1.0 {line}\n" for line in lines).broken) == wrong


def recreate(client, name):
    """Deletes a mailbox, where it is there, and creates it: its UIDVALIDITY must grow."""
    key = ("mailbox", client.user, name)
    inside = dict.fromkeys(client.mine(name))
    with imaplib.IMAP4_SSL(*client.server.services["imaps"], ssl_context=LAX) as imap:
        imap.login(f"{client.user}@{DOMAIN}", client.server.password(client.user))
        if client.promises.value(key):
            assert client.attempt("delete", {key: None, **inside}, lambda: client.ok(imap.delete(name)))
        assert client.attempt("create", {key: True}, lambda: client.ok(imap.create(name)))


DAY = 86_400
YEAR_2038 = 2_147_483_647 + DAY


def test_a_wall_clock_that_jumps_loses_nothing(tmp_path):
    """A11: order is position, times are as read, and what waits goes by the clock since boot."""
    clock = tmp_path / "clock"
    step = lambda seconds: clock.write_bytes(int(seconds).to_bytes(8, sys.byteorder, signed=True))
    step(0)
    environment = {"LD_PRELOAD": disks.shim("stepclock"), "STEPCLOCK": str(clock)}
    server = Server(directory=tmp_path, users=USERS, environment=environment).start()
    try:
        rounds = Rounds(server, tmp_path / "promises")
        client = Client(server, rounds.promises, "alice", 8, "a")
        idle = imaplib.IMAP4_SSL(*server.services["imaps"], ssl_context=LAX, timeout=10)
        idle.login(f"bob@{DOMAIN}", server.password("bob"))
        steps = [0, -DAY, DAY, YEAR_2038 - time.time(), 0]
        for number, seconds in enumerate(steps):
            step(seconds)
            with pytest.raises(imaplib.IMAP4.error):
                imaplib.IMAP4_SSL(*server.services["imaps"], ssl_context=LAX).login(f"bob@{DOMAIN}", "wrong")
            assert press(client, 0.8) == 0
            for name in ("again", "again"):
                recreate(client, name)
            wait_until(lambda: len(server.events("--type", "clock.stepped")) >= number, 10, "the event of the step")
            assert idle.noop()[0] == "OK", "a session went by the wall clock"
            if number in (2, 4):
                server.kill()
                server.start()
                idle = imaplib.IMAP4_SSL(*server.services["imaps"], ssl_context=LAX, timeout=10)
                idle.login(f"bob@{DOMAIN}", server.password("bob"))
            assert not rounds.prove(deep=False)
        assert not rounds.prove()
        events = server.events()
    finally:
        server.kill()
    assert [event["position"] for event in events] == list(range(1, len(events) + 1))
    assert [event["id"] for event in events] == sorted(event["id"] for event in events)
    stepped = [event for event in events if event["type"] == "clock.stepped"]
    # The step from which a start begins is no step: nobody watched it.
    assert len(stepped) == len(steps) - 1
    years = {event["time"][:4] for event in events if event["type"] == "message.filed"}
    assert years == {time.strftime("%Y"), "2038"}, "times are as the clock was read"


def test_ctrl_c_stops_it_cleanly(fresh):
    server = fresh()
    assert smtp_send(server, f"bob@{DOMAIN}", b"Subject: stop\r\n\r\nx").startswith(b"250")
    assert server.stop() == 0
    server.start()
    events = server.events("--type", "server.started,server.stopped")
    assert [event["type"] for event in events][-2:] == ["server.stopped", "server.started"]


def test_uids_never_go_back(fresh):
    """A12: kill -9 between deliveries; UIDVALIDITY stays and UIDs only grow."""
    server = fresh()
    seen = []
    for number in range(5):
        assert smtp_send(server, f"bob@{DOMAIN}", b"Subject: u%d\r\n\r\nx" % number).startswith(b"250")
        server.kill()
        server.start()
        with imaplib.IMAP4_SSL(*server.services["imaps"], ssl_context=LAX) as imap:
            imap.login(f"bob@{DOMAIN}", server.password("bob"))
            seen.append(imap.status("INBOX", "(UIDVALIDITY UIDNEXT MESSAGES)")[1][0])
    validities = {re.search(rb"UIDVALIDITY (\d+)", s).group(1) for s in seen}
    nexts = [int(re.search(rb"UIDNEXT (\d+)", s).group(1)) for s in seen]
    assert len(validities) == 1 and nexts == sorted(set(nexts))


def test_a_damaged_journal_is_reported_and_salvaged(fresh, tmp_path):
    """A7, A8: flips are found with their position; a cut file gives a clear error and no signal."""
    server = fresh()
    for number in range(30):
        smtp_send(server, f"bob@{DOMAIN}", b"Subject: d%d\r\n\r\nx" % number)
    server.stop()
    data = server.data / "journal" / "0000" / "data.mdb"
    # Reading is journaled too.
    events = server.events()
    whole = data.read_bytes()
    needle = bytes.fromhex(events[40]["id"].replace("-", ""))
    at = whole.index(needle)
    data.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
    report = server.daybook("verify", check=False)
    assert report.returncode == 4 and str(events[40]["position"]) in report.stdout + report.stderr
    data.write_bytes(whole[:len(whole) // 2 // 4096 * 4096])
    report = server.daybook("verify", check=False)
    assert report.returncode in (3, 4) and report.returncode > 0 and report.stderr
    saved = tmp_path / "saved"
    out = server.daybook("salvage", str(saved), check=False)
    assert out.returncode >= 0 and re.search(r"\d+", out.stdout + out.stderr)
    data.write_bytes(whole)
    server.daybook("verify")
