"""`daybook sendmail`, called as cron, mutt, git and PHP call a sendmail."""
import os
import shutil
import subprocess

import pytest

from conftest import absent
from harness import BINARY, DOMAIN, Server
from test_clients import find, inbox

BOB = f"bob@{DOMAIN}"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server()
    server.socket = str(tmp_path_factory.mktemp("submit", numbered=True) / "submit.sock")
    server.daybook("set", "submission.sockets", server.socket)
    server.daybook("set", "submission.accounts", f"root=alice@{DOMAIN},{os.getuid()}=alice@{DOMAIN}")
    server.start()
    server.sendmail = str(server.home / "sendmail")
    os.symlink(BINARY, server.sendmail)
    yield server
    server.stop()
    shutil.rmtree(server.home, ignore_errors=True)


def sendmail(server, *words, message, wrapper=(), name=None, **environment):
    return subprocess.run(
        [*wrapper, name or server.sendmail, *words], input=message.encode(), capture_output=True, timeout=60,
        env={**os.environ, "DAYBOOK_DATA": str(server.data), **environment})


def test_cron_sends_with_a_name_and_without_domains(server):
    done = sendmail(
        server, "-FCronDaemon", "-i", "-odi", "-oem", "-oi", "-t", "-f", "root", message=(
            "From: root (Cron Daemon)\nTo: bob\nSubject: Cron <root@host> job\nAuto-Submitted: auto-generated\n\n"
            "done\n.\nstill\n"))
    assert done.returncode == 77, "root@ the domain is nobody's address"
    done = sendmail(
        server, "-FCronDaemon", "-i", "-odi", "-oem", "-oi", "-t", message=(
            "From: root (Cron Daemon)\nTo: bob\nSubject: Cron job\nAuto-Submitted: auto-generated\n\n"
            "done\n.\nstill\n"))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    (message,) = find(server, "bob", "Cron job")
    assert message["From"] == f'"Cron Daemon" <alice@{DOMAIN}>'
    assert message["Date"] and message["Message-ID"]
    assert message.get_payload() == "done\r\n.\r\nstill\r\n"


def test_recipients_of_the_header_and_no_bcc(server):
    done = sendmail(server, "-t", "-i", message=(
        f"To: {BOB}\nBcc: postmaster@{DOMAIN}\nSubject: secret\n\nx\n"))
    assert done.returncode == 0, done.stderr
    for user in ("bob", "postmaster"):
        (message,) = find(server, user, "secret")
        assert message["Bcc"] is None


@pytest.mark.parametrize("words, message, code", [
    (["-t"], "Subject: nobody\n\nx\n", 64),
    ([], "Subject: nobody\n\nx\n", 64),
    (["-bd"], "", 64),
    ([f"nobody@{DOMAIN}"], "Subject: unknown\n\nx\n", 67),
    (["-f", "eve@elsewhere.test", BOB], "Subject: foreign\n\nx\n", 77),
    ([BOB], "From: eve@elsewhere.test\nSubject: foreign author\n\nx\n", 69),
])
def test_the_codes_of_sysexits(server, words, message, code):
    before = len(inbox(server, "bob"))
    done = sendmail(server, *words, message=message)
    assert done.returncode == code and done.stderr.count(b"\n") == 1, done.stderr
    assert len(inbox(server, "bob")) == before


def test_without_a_server_it_is_for_later(server, tmp_path):
    done = sendmail(server, BOB, message="x\n", DAYBOOK_SUBMIT_SOCKET=str(tmp_path / "none"))
    assert done.returncode == 75


def test_an_ordinary_account_sends_as_its_own_address_only(server, program, tmp_path):
    if os.getuid() != 0:
        pytest.skip("another account needs root")
    account = [program("setpriv"), "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
    folder = os.path.dirname(server.socket)
    name = os.path.join(folder, "sendmail")
    if not os.path.exists(name):
        shutil.copy(BINARY, name)
    while folder != "/tmp" and folder != "/":
        os.chmod(folder, os.stat(folder).st_mode | 0o055)
        folder = os.path.dirname(folder)

    def send(*words, message="Subject: by nobody\n\nx\n"):
        return sendmail(server, *words, message=message, wrapper=account, name=name,
                        DAYBOOK_SUBMIT_SOCKET=server.socket)

    assert send("-f", f"alice@{DOMAIN}", BOB).returncode == 77
    server.daybook("set", "submission.accounts", f"root=alice@{DOMAIN},nobody={BOB}")
    try:
        assert send("-f", f"alice@{DOMAIN}", BOB).returncode == 77
        assert send(BOB, message=f"From: alice@{DOMAIN}\n\nx\n").returncode == 69
        done = send(BOB)
        assert done.returncode == 0, done.stderr
    finally:
        server.daybook("set", "submission.accounts", f"root=alice@{DOMAIN},{os.getuid()}=alice@{DOMAIN}")
    (message,) = find(server, "bob", "by nobody")
    assert message["From"] == BOB
    events = [event for event in server.events() if event["type"] == "message.accepted"]
    assert events[-1]["payload"]["service"] == "sendmail"


def test_mutt_sends_through_it(server, program, tmp_path):
    done = subprocess.run(
        [program("mutt"), "-n", "-F", "/dev/null", "-e", f"set sendmail='{server.sendmail} -oem -oi'",
         "-e", f"set from=alice@{DOMAIN} use_envelope_from=yes realname=Alice copy=no", "-s", "by mutt", "--", BOB],
        input="Grüße.\n.\n", capture_output=True, text=True, timeout=60,
        env={**os.environ, "HOME": str(tmp_path), "DAYBOOK_DATA": str(server.data), "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    (message,) = find(server, "bob", "by mutt")
    assert message.get_payload(decode=True).decode(message.get_content_charset()) == "Grüße.\r\n.\r\n"


def test_git_sends_patches_through_it(server, program, tmp_path):
    def git(*words):
        done = subprocess.run(
            [program("git"), "-c", "user.name=Alice", "-c", f"user.email=alice@{DOMAIN}", *words], cwd=tmp_path,
            capture_output=True, text=True, timeout=60,
            env={**os.environ, "HOME": str(tmp_path), "DAYBOOK_DATA": str(server.data)})
        if "is not a git command" in done.stderr:
            absent("git send-email is not installed")
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    git("init", "-q", ".")
    (tmp_path / "file").write_text("x\n")
    git("add", "file")
    git("commit", "-qm", "by git")
    git("send-email", "-1", "--quiet", "--confirm=never", "--suppress-cc=all", "--to", BOB,
        f"--sendmail-cmd={server.sendmail} -i", "HEAD")
    assert len(find(server, "bob", "[PATCH] by git")) == 1
