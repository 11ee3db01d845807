"""What a reply promises is on disk: kills, power cuts, faults and full disks. The long form is tools/torture."""
import os
import re
import shutil
import subprocess

import pytest

import disks
from harness import DOMAIN, Server, smtp_send, wait_until
from torture import USERS, Client, Eyes, Rounds


def test_every_acknowledged_effect_survives_kill_9(fresh):
    server = fresh(users=USERS)
    rounds = Rounds(server, server.home / "promises")
    for seed in range(6):
        assert not rounds.round(seed, 0.2 + seed % 3 / 5)
    assert sum(rounds.promises.kept.values()) > 100


def test_the_proof_notices_what_is_missing_there_twice_or_changed(fresh):
    """The negative control of the recorder: somebody else changes what it relies on."""
    import imaplib
    server = fresh(users=USERS)
    rounds = Rounds(server, server.home / "promises")
    client = Client(server, rounds.promises, "alice", 5, "a")
    while len(rounds.promises.keys("mail", "alice", "INBOX")) < 3:
        client.send()
    assert not rounds.prove(deep=False)
    first, second, third = sorted(rounds.promises.keys("mail", "alice", "INBOX"), key=lambda k: int(k[3].split("-")[1]))[:3]
    with imaplib.IMAP4_SSL(*server.services["imaps"], ssl_context=disks.LAX) as imap:
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
    for at in range(1, base.total - 20, base.total // 12):
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
    for at in range(base.total // 5, base.total, base.total // 5):
        assert not disks.failing(base, at, what)[2], f"{what} at operation {at} of {base.total}"


def test_a_kill_at_any_system_call_leaves_nothing_half_done(base, program):
    """A3: strace kills at the n-th mutating system call of a thread."""
    program("strace")
    for at in (1, 20, 80, 150, 220):
        died, _, broken = disks.killed_at(base, at)
        assert died and not broken, f"killed at system call {at}"


def test_a_full_disk_refuses_politely_and_recovers(tmp_path):
    """A small file system of its own, mounted over a loop device."""
    image, mount = tmp_path / "disk.img", tmp_path / "mount"
    mount.mkdir()
    subprocess.run(["truncate", "-s", "1600M", str(image)], check=True)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", str(image)], check=True)
    if subprocess.run(["mount", "-o", "loop", str(image), str(mount)], capture_output=True).returncode:
        pytest.skip("cannot mount a loop device here")
    server = None
    try:
        server = Server(directory=mount).start()
        assert smtp_send(server, f"bob@{DOMAIN}", b"Subject: kept\r\n\r\nx").startswith(b"250")
        subprocess.run(["fallocate", "-l", str(os.statvfs(mount).f_bavail * 4096 - 2_000_000), str(mount / "filler")])
        body = b"Subject: big\r\n\r\n" + b"x" * 500_000
        answers = [smtp_send(server, f"bob@{DOMAIN}", body) for _ in range(40)]
        assert any(a.startswith(b"452") for a in answers), answers[-1]
        assert all(a[:3] in (b"250", b"452") for a in answers)
        assert len(Eyes(server, None).look(directory=False)) >= 1
        (mount / "filler").unlink()
        wait_until(lambda: smtp_send(server, f"bob@{DOMAIN}", b"Subject: again\r\n\r\nx").startswith(b"250"), 6, "recovery")
        server.daybook("verify")
        server.stop()
    finally:
        if server and server.process.poll() is None:
            server.kill()
        subprocess.run(["umount", "-l", str(mount)], check=True)


SYNC = re.compile(r"(fdatasync|fsync|pwrite64)\(")


def test_no_positive_reply_before_its_sync(fresh, program, tmp_path):
    """A1: strace sees, before each 250, a sync that completed after the message came."""
    strace = program("strace")
    trace = tmp_path / "trace"
    server = fresh("--sync-trace", wrapper=[strace, "-f", "-tt", "-s", "200", "-e", "trace=fdatasync,sendto,write,recvfrom,read", "-o", str(trace)])
    for number in range(50):
        assert smtp_send(server, f"bob@{DOMAIN}", b"Subject: a1 %d\r\n\r\nx" % number).startswith(b"250")
    server.stop()
    synced, pending, acknowledged = 0, False, 0
    for line in trace.read_text().splitlines():
        if "fdatasync(" in line and "= 0" in line or "fdatasync resumed" in line and "= 0" in line:
            pending = True
        match = re.search(r"durable position=(\d+)", line)
        if match:
            synced = int(match.group(1))
            assert pending, "a position was called durable before a sync"
        if "250 2.0.0" in line and "sendto" in line and "queued" in line.lower():
            acknowledged += 1
            assert synced > 0
    assert synced > 100


def test_ctrl_c_stops_it_cleanly(fresh):
    server = fresh()
    assert smtp_send(server, f"bob@{DOMAIN}", b"Subject: stop\r\n\r\nx").startswith(b"250")
    assert server.stop() == 0
    server.start()
    events = server.events("--type", "server.started,server.stopped")
    assert [event["type"] for event in events][-2:] == ["server.stopped", "server.started"]


def test_uids_never_go_back(fresh):
    """A12: kill -9 between deliveries; UIDVALIDITY stays and UIDs only grow."""
    import imaplib
    server = fresh()
    seen = []
    for number in range(5):
        assert smtp_send(server, f"bob@{DOMAIN}", b"Subject: u%d\r\n\r\nx" % number).startswith(b"250")
        server.kill()
        server.start()
        with imaplib.IMAP4_SSL(*server.services["imaps"], ssl_context=disks.LAX) as imap:
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
    whole = data.read_bytes()
    events = server.events()
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
