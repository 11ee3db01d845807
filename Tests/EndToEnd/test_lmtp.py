"""LMTP in: real clients hand messages over, each recipient has a verdict of its own. RFC 2033"""
import shutil
import smtplib
import subprocess

import pytest

import unpacked
from harness import DOMAIN, Server
from test_clients import find, run
from world import exchangers

PORT = 24


@pytest.fixture(scope="module")
def server():
    server = Server()
    socket = server.home / "lmtp.sock"
    server.daybook("set", "lmtp.listen", f"127.0.0.1:{PORT},{socket}")
    server.start()
    server.lmtp = ("127.0.0.1", server.offset + PORT)
    server.lmtp_socket = str(socket)
    yield server
    server.stop()
    shutil.rmtree(server.home, ignore_errors=True)


def test_swaks_speaks_lmtp_to_the_socket(server, program):
    run([program("swaks"), "--protocol", "LMTP", "--socket", server.lmtp_socket,
         "--to", f"bob@{DOMAIN},alice@{DOMAIN}", "--from", f"alice@{DOMAIN}",
         "--header", "Subject: by LMTP", "--body", "Hello."])
    for user in ("bob", "alice"):
        (message,) = find(server, user, "by LMTP")
        assert message["Return-Path"] == f"<alice@{DOMAIN}>"
        assert "with LMTP" in message["Received"]


def test_msmtp_delivers_by_lmtp(server, program):
    done = subprocess.run(
        [program("msmtp"), "--protocol=lmtp", f"--host={server.lmtp[0]}", f"--port={server.lmtp[1]}",
         "--auth=off", "--tls=off", "--from=ann@elsewhere.test", f"bob@{DOMAIN}"],
        input="Subject: by msmtp\n\nHello.\n", capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert len(find(server, "bob", "by msmtp")) == 1


def test_smtp_source_speaks_lmtp(server, world):
    host = world.exchanger(exchangers.Postfix)
    unpacked.run(host.command(
        "smtp-source", "-L", "-m", "5", "-s", "2", "-f", "ann@elsewhere.test", "-t", f"bob@{DOMAIN}",
        "-S", "by smtp-source", f"inet:{server.lmtp[0]}:{server.lmtp[1]}"))
    assert len(find(server, "bob", "by smtp-source")) == 5


def test_python_hears_one_verdict_for_each_recipient(server):
    with smtplib.LMTP(*server.lmtp) as lmtp:
        assert lmtp.ehlo()[0] == 250
        assert not lmtp.has_extn("auth") and not lmtp.has_extn("starttls")
        assert lmtp.mail("ann@elsewhere.test")[0] == 250
        codes = [lmtp.rcpt(f"{name}@{DOMAIN}")[0] for name in ("bob", "nobody", "alice")]
        assert codes == [250, 550, 250]
        server.daybook("set", "user.disabled", "on", "--user", f"alice@{DOMAIN}")
        try:
            assert lmtp.data("Subject: verdicts\r\n\r\nx\r\n")[0] == 250
            assert lmtp.getreply()[0] == 550
        finally:
            server.daybook("set", "user.disabled", "off", "--user", f"alice@{DOMAIN}")
    assert len(find(server, "bob", "verdicts")) == 1
    assert len(find(server, "alice", "verdicts")) == 0


def test_other_machines_cannot_be_let_in(server):
    done = server.daybook("set", "lmtp.listen", "192.0.2.1:24", check=False)
    assert done.returncode == 1 and "loopback" in done.stderr
