"""What a reply promises is on disk: kills, power cuts, faults and full disks. The long form is tools/torture."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest

from harness import DOMAIN, Server, smtp_send, wait_until
from torture import Ledger, broken_promises, load, prove, script, shown, simulated

ROUNDS = int(os.environ.get("DAYBOOK_ROUNDS", "4"))
POINTS = int(os.environ.get("DAYBOOK_POINTS", "12"))


def restart(server):
    server.environment = {**os.environ}
    server.start()


def test_every_acknowledged_effect_survives_kill_9(fresh, tmp_path):
    server = fresh()
    ledger = Ledger(tmp_path / "promises")
    for seed in range(ROUNDS):
        load(server, ledger, seed, 0.5 + seed % 5 / 5)
        restart(server)
        prove(server, ledger)
    assert len(ledger.promises) > 20 * ROUNDS / 4


def power_cut(base, at, seed, tmp_path, lies=0):
    """A copy of the base directory, run until the power goes off at an operation; then restarted."""
    home = tmp_path / f"cut-{at}-{seed}-{lies}"
    shutil.copytree(base, home)
    server = Server(directory=home)
    server.environment = {**os.environ, **simulated(server, at=at, seed=seed, lies=lies)}
    ledger = Ledger(home / "promises")
    try:
        try:
            server.start()
            dead = script(server, ledger, f"p{at}")
        except RuntimeError:
            dead = True
        if not dead:
            server.kill()
        server.environment = {**os.environ, **{
            "LD_PRELOAD": simulated(server)["LD_PRELOAD"], "SIMDISK_ROOT": str(server.data),
            "SIMDISK_BOOT": simulated(server)["SIMDISK_BOOT"]}}
        server.start()
        broken = broken_promises(ledger, shown(server))
        checked = server.daybook("verify", check=False)
        projected = server.daybook("verify", "--projections", check=False)
        if checked.returncode or projected.returncode:
            broken.append(f"verify: {checked.stderr}{projected.stderr}")
        return dead, len(ledger.promises), broken
    except RuntimeError as failure:
        return True, len(ledger.promises), [f"does not start again: {failure}"]
    finally:
        server.stop() if server.process.poll() is None else None
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def base(tmp_path):
    """A data directory with its users, never started."""
    server = Server(directory=tmp_path / "base-home" if (tmp_path / "base-home").mkdir() is None else None)
    return server.home


def operations(base, tmp_path):
    home = tmp_path / "count"
    shutil.copytree(base, home)
    server = Server(directory=home)
    server.environment = {**os.environ, **simulated(server)}
    server.start()
    script(server, Ledger(home / "promises"), "count")
    server.stop()
    return int((home / "operations").read_text())


def test_a_power_cut_at_any_operation_loses_nothing_acknowledged(base, tmp_path):
    total = operations(base, tmp_path)
    assert total > 50
    step = max(1, total // POINTS)
    for at in range(1, total, step):
        _, _, broken = power_cut(base, at, at, tmp_path)
        assert not broken, f"power cut at operation {at} of {total}: {broken[:5]}"


def test_without_syncs_acknowledged_mail_is_lost(base, tmp_path):
    """The negative control: a disk whose syncs lie has to lose, or the test above proves nothing."""
    total = operations(base, tmp_path)
    lost = 0
    for seed in range(10):
        _, _, broken = power_cut(base, total * 3 // 4 + seed, seed, tmp_path, lies=1)
        lost += bool(broken)
    assert lost >= 9


@pytest.mark.parametrize("what", ["eio", "short", "enospc"])
def test_a_failing_disk_gives_no_false_promise(base, tmp_path, what):
    total = operations(base, tmp_path)
    for at in range(total // 3, total, max(1, total // 6)):
        home = tmp_path / f"{what}-{at}"
        shutil.copytree(base, home)
        server = Server(directory=home)
        server.environment = {**os.environ, **simulated(server, at=at, what=what)}
        ledger = Ledger(home / "promises")
        try:
            server.start()
            script(server, ledger, f"f{at}")
        except RuntimeError:
            pass
        server.kill()
        restart(server)
        prove(server, ledger)
        server.stop()


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
        assert len(shown(server)) >= 1
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


def test_uids_never_go_back(fresh, tmp_path):
    """A12: kill -9 between deliveries; UIDVALIDITY stays and UIDs only grow."""
    import imaplib
    from torture import LAX
    server = fresh()
    seen = []
    for number in range(5):
        assert smtp_send(server, f"bob@{DOMAIN}", b"Subject: u%d\r\n\r\nx" % number).startswith(b"250")
        server.kill()
        restart(server)
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


def test_backup_while_running_and_restore_proves_the_root(fresh, tmp_path):
    server = fresh()
    smtp_send(server, f"bob@{DOMAIN}", b"Subject: before\r\n\r\n" + b"x" * 200_000)
    copy, new = tmp_path / "copy", tmp_path / "new"
    secret = tmp_path / "passphrase"
    secret.write_text("a long recovery passphrase\n")
    server.daybook("backup", str(copy), "--password-file", str(secret))
    smtp_send(server, f"bob@{DOMAIN}", b"Subject: after\r\n\r\nx")
    server.daybook("backup", str(copy), "--password-file", str(secret))
    server.stop()
    wrong = tmp_path / "wrong"
    wrong.write_text("another passphrase\n")
    answer = server.daybook("restore", str(copy), str(tmp_path / "no"), "--password-file", str(wrong), check=False)
    assert answer.returncode != 0 and answer.stderr
    server.daybook("restore", str(copy), str(new), "--password-file", str(secret))
    shutil.rmtree(server.data)
    shutil.copytree(new, server.data)
    server.start()
    subjects = [m for m in shown(server)]
    assert {"before", "after"} <= set(subjects)
    server.daybook("verify")
