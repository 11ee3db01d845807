"""What hostile IMAP and POP3 clients try. The names I1, P2 ... are the classes of the reliability catalogue."""
import imaplib
import os
import pathlib
import poplib
import re
import ssl
import subprocess
import threading
import time
import types

import pytest

from harness import DOMAIN, Wire, smtp_send, wait_until
from sessions import Crowd, Session, Wrong

LAX = ssl._create_unverified_context()


def secured(server, service):
    return Wire(LAX.wrap_socket(server.connect(service).socket))


def imap_wire(server, user="bob", login=True):
    wire = secured(server, "imaps")
    assert wire.line().startswith(b"* OK")
    if login:
        wire.send(f'a LOGIN {user}@{DOMAIN} "{server.password(user)}"\r\n'.encode())
        assert b"a OK" in wire.tagged(b"a")
    return wire


def imap(server, user="bob"):
    one = imaplib.IMAP4_SSL(*server.services["imaps"], ssl_context=LAX)
    one.login(f"{user}@{DOMAIN}", server.password(user))
    return one


def fill(server, user="bob", count=5):
    for number in range(count):
        assert smtp_send(server, f"{user}@{DOMAIN}", b"Subject: fill %d\r\n\r\nx" % number).startswith(b"250")


@pytest.mark.parametrize("literal", [b"{4294967295}", b"{99999999999999999999}", b"{9000}", b"{-1}", b"{+}", b"{0x10}"])
def test_I1_large_literals_before_login_get_no_continuation(server, literal):
    wire = imap_wire(server, login=False)
    wire.send(b"a LOGIN " + literal + b"\r\n")
    answer = wire.line()
    assert not answer.startswith(b"+") and (answer.startswith((b"a NO", b"a BAD", b"* BYE")) or answer == b"")


def test_I1_a_large_nonsynchronizing_literal_ends_the_connection(server):
    wire = imap_wire(server, login=False)
    wire.send(b"a LOGIN {1073741824+}\r\n")
    assert wire.line().startswith(b"* BYE [TOOBIG]")
    assert wire.closed()


def test_I1_a_hundred_thousand_literals_and_parentheses_are_bounded(server):
    before = server.memory()
    wire = imap_wire(server)
    threading.Thread(target=lambda: quietly(wire.send, b"a SEARCH " + b"SUBJECT {1+}\r\nx " * 100_000 + b"\r\n"), daemon=True).start()
    answer = wire.tagged(b"a")
    assert b"a BAD" in answer or b"BYE" in answer or b"a NO" in answer or answer == b""
    wire = imap_wire(server, login=False)
    quietly(wire.send, b"a SEARCH " + b"(" * 100_000 + b"\r\n")
    assert not wire.line().startswith(b"a OK")
    assert server.memory() < before + 16_384


def quietly(act, *arguments):
    try:
        act(*arguments)
    except OSError:
        pass


@pytest.mark.parametrize("item", [
    b"BODY[" + b"1." * 10_000 + b"1]", b"BODY[]<4294967295.4294967295>", b"BODY[]<99999999999999999999.1>", b"BODY[0]", b"BODY[1",
    b"BODY[HEADER.FIELDS ()]", b"NONSENSE", b"(" * 200 + b"FLAGS" + b")" * 200])
def test_I4_odd_fetches_are_refused_or_empty(server, item):
    fill(server, count=1)
    wire = imap_wire(server)
    wire.send(b"b SELECT INBOX\r\n")
    wire.tagged(b"b")
    wire.send(b"c FETCH 1 " + item + b"\r\n")
    assert re.search(rb"^c (OK|BAD|NO)", wire.tagged(b"c"), re.M)
    wire.send(b"d NOOP\r\n")
    assert b"d OK" in wire.tagged(b"d")


@pytest.mark.parametrize("set_", [b"0", b"4294967296", b"4294967295", b"*", b"1:*,*:1", b"5:1", b"1,,2", b"99999999999999999999"])
def test_I4_odd_sets_are_refused_or_empty(server, set_):
    wire = imap_wire(server)
    wire.send(b"b SELECT INBOX\r\n")
    wire.tagged(b"b")
    for verb in (b"c UID FETCH " + set_ + b" FLAGS\r\n", b"c FETCH " + set_ + b" FLAGS\r\n"):
        wire.send(verb)
        assert re.search(rb"^c (OK|BAD|NO)", wire.tagged(b"c"), re.M)


def test_I4_ten_thousand_keywords_are_refused(server):
    fill(server, count=1)
    wire = imap_wire(server)
    wire.send(b"b SELECT INBOX\r\n")
    wire.tagged(b"b")
    wire.send(b"c STORE 1 +FLAGS (" + b" ".join(b"k%d" % n for n in range(5000)) + b")\r\n")
    assert re.search(rb"^c (BAD|NO)", wire.tagged(b"c"), re.M)


def test_I5_an_append_that_breaks_off_stores_nothing(server):
    with imap(server) as one:
        before = one.select("INBOX")[1][0]
    for part in (0, 1, 50_000, 99_999):
        wire = imap_wire(server)
        wire.send(b"c APPEND INBOX {100000}\r\n")
        assert wire.line().startswith(b"+")
        wire.send(b"x" * part)
        wire.socket.close()
    time.sleep(0.3)
    with imap(server) as one:
        assert one.select("INBOX")[1][0] == before


@pytest.mark.parametrize("literal, text", [(b"{5+}", b"abcdefgh"), (b"{9+}", b"Subject: a\r\n\r\nmore than it says")])
def test_I5_a_message_longer_than_it_says_is_not_stored(server, literal, text):
    with imap(server) as one:
        before = one.select("INBOX")[1][0]
    wire = imap_wire(server)
    wire.send(b"c APPEND INBOX " + literal + b"\r\n" + text + b"\r\nd NOOP\r\n")
    assert re.search(rb"^(c|\*) BAD", wire.tagged(b"d"), re.M)
    with imap(server) as one:
        assert one.select("INBOX")[1][0] == before


def test_I5_P4_a_server_killed_in_the_middle_has_stored_and_removed_nothing(fresh):
    server = fresh()
    fill(server, count=3)
    wires = []
    for part in (0, 1, 70_000, 199_999):
        wires.append(imap_wire(server))
        wires[-1].send(b"c APPEND INBOX {200000}\r\n")
        assert wires[-1].line().startswith(b"+")
        wires[-1].send(b"x" * part)
    one = pop(server)
    before = one.uidl()[1]
    one.dele(1)
    one.dele(3)
    server.kill()
    server.start()
    assert uidl(server) == before
    with imap(server) as box:
        assert box.select("INBOX")[1][0] == b"3"
    server.daybook("verify", "--projections")


def test_I5_append_over_quota(fresh):
    server = fresh(settings=[("limit.mailbox_size", "1", "--user", f"bob@{DOMAIN}")])
    with imap(server) as one:
        assert one.append("INBOX", None, None, b"Subject: a\r\n\r\n" + b"x" * 600_000)[0] == "OK"
        kind, answer = one.append("INBOX", None, None, b"Subject: b\r\n\r\n" + b"x" * 600_000)
        assert kind == "NO" and b"OVERQUOTA" in answer[0]
        assert one.select("INBOX")[1][0] == b"1"


def test_I7_many_sessions_on_one_mailbox_agree(fresh):
    """tools/torture sessions runs the same for an hour."""
    server = fresh()
    crowd = Crowd(server, 6, 10, every=2)
    assert not crowd.run()
    assert crowd.commands > 200 and crowd.checkpoints >= 3
    server.daybook("verify", "--projections")


@pytest.mark.parametrize("told", [
    [b"2 EXISTS", b"1 EXISTS"], [b"2 EXISTS", b"3 FETCH (FLAGS ())"], [b"1 EXISTS", b"1 FETCH (UID 5)", b"1 FETCH (UID 6)"],
    [b"2 EXISTS", b"1 FETCH (UID 5)", b"2 FETCH (UID 4)"], [b"1 EXISTS", b"1 FETCH (UID 5)", b"1 EXPUNGE", b"1 EXISTS", b"1 FETCH (UID 5)"],
    [b"1 EXISTS", b"1 FETCH (FLAGS ())", b"1 FETCH (FLAGS (\\Seen))"], [b"BYE"], ["FETCH", b"1 EXISTS", b"1 EXPUNGE"]])
def test_I7_a_session_notices_what_does_not_fit(told):
    """The negative control of the test above."""
    one = Session(types.SimpleNamespace(seed=1), 0)
    with pytest.raises(Wrong):
        for line in told:
            if isinstance(line, str):
                one.verb = line.encode()
            else:
                one.untagged(line)


def test_I7_a_mailbox_is_renamed_while_it_is_appended_to(fresh):
    """Each append answered OK is in the one mailbox, whatever it was called then."""
    server = fresh()
    with imap(server) as one:
        assert one.create("There")[0] == "OK"
    stop, stored, odd = time.monotonic() + 4, [], []

    def append(seed):
        one = imap(server)
        count = 0
        while time.monotonic() < stop:
            subject = b"r%d.%d" % (seed, count)
            kind, answer = one.append(("There", "Here")[count % 2], None, None, b"Subject: %s\r\n\r\nx" % subject)
            count += 1
            if kind == "OK":
                stored.append(subject)
            elif b"TRYCREATE" not in answer[0]:
                odd.append(answer)
        one.logout()

    threads = [threading.Thread(target=append, args=(seed,)) for seed in range(4)]
    [thread.start() for thread in threads]
    name, renames = "There", 0
    with imap(server) as one:
        while time.monotonic() < stop:
            other = "Here" if name == "There" else "There"
            assert one.rename(name, other)[0] == "OK"
            name, renames = other, renames + 1
        [thread.join(30) for thread in threads]
        one.select(name, readonly=True)
        lines = one.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
    found = [match.group(1) for line in lines if isinstance(line, tuple) and (match := re.search(rb"Subject: (\S+)", line[1]))]
    assert not odd and renames > 20 and len(stored) > 100
    assert sorted(found) == sorted(stored)


def test_I8_a_mailbox_of_another_user_does_not_exist(server):
    with imap(server, "alice") as one:
        assert one.create("Private")[0] == "OK"
    with imap(server, "bob") as one:
        assert one.select("Private")[0] == "NO"
        assert all(b"Private" not in line for line in one.list()[1])


@pytest.mark.parametrize("name", [
    "../../etc", "..\\x", "a/../b", "/abs", "~root", "%2e%2e/x", "x" * 300, "a//b", "con\0", "&AC4ALgAv-x", "&Jjo!", "a\rb"])
def test_S21_mailbox_names_stay_names(server, name):
    wire = imap_wire(server)
    quoted = name.replace("\\", "\\\\").encode()
    wire.send(b'c CREATE "' + quoted + b'"\r\nd NOOP\r\n')
    answer = wire.tagged(b"d")
    assert re.search(rb"^(c (OK|NO|BAD)|\* BAD)", answer, re.M)
    assert not (server.home / "etc").exists()


@pytest.mark.parametrize("service, order, ok, injected", [
    ("imap", b"a STARTTLS\r\n", b"a OK", b"b NOOP\r\n"), ("imap", b"a STARTTLS\r\n", b"a OK", b"b STARTTLS\r\n"),
    ("pop3", b"STLS\r\n", b"+OK", b"CAPA\r\n"), ("pop3", b"STLS\r\n", b"+OK", b"STLS\r\n")])
def test_S3_P7_nothing_behind_starttls_is_answered(server, service, order, ok, injected):
    for at in range(1, len(order) + 1):
        wire = server.connect(service)
        wire.line()
        wire.send(order[:at])
        if at == len(order):
            assert wire.line().startswith(ok)
        wire.send(order[at:] + injected)
        if at < len(order):
            assert wire.line().startswith((b"* BYE", b"-ERR"))
        rest = wire.line()
        assert wire.closed() and (rest == b"" or rest.startswith(b"\x15\x03")), rest


@pytest.mark.parametrize("service, order, clear, secret", [
    ("imap", b"a STARTTLS\r\n", b"b NOOP\r\n", b"c NOOP\r\n"), ("pop3", b"STLS\r\n", b"CAPA\r\n", b"NOOP\r\n")])
def test_S3_P7_clear_text_between_TLS_records_ends_the_session(server, service, order, clear, secret):
    wire = server.connect(service)
    wire.line()
    wire.send(order)
    wire.line()
    descriptor = os.dup(wire.socket.fileno())
    tls = Wire(LAX.wrap_socket(wire.socket))
    tls.send(secret)
    assert tls.line()
    os.write(descriptor, clear)
    os.close(descriptor)
    quietly(tls.send, secret)
    try:
        assert tls.line() == b""
    except ssl.SSLError:
        pass


def pop(server, user="bob"):
    one = poplib.POP3_SSL(*server.services["pop3s"], context=LAX)
    one.user(f"{user}@{DOMAIN}")
    one.pass_(server.password(user))
    return one


@pytest.mark.parametrize("line", [b"USER " + b"x" * 100_000, b"USER a\0b", b"\xff\xfe", b"", b"APOP x y", b"AUTH", b"PASS x"])
def test_P1_odd_lines_before_login(server, line):
    wire = secured(server, "pop3s")
    assert wire.line().startswith(b"+OK")
    quietly(wire.send, line + b"\r\n")
    assert wire.line()[:3] in (b"-ER", b"+OK", b"")
    before = server.memory()
    wire = secured(server, "pop3s")
    quietly(wire.send, b"USER " + b"x" * (10 << 20) + b"\r\n")
    assert server.memory() < before + 8192


@pytest.mark.parametrize("number", [b"0", b"-1", b"2147483648", b"18446744073709551616", b"x", b"", b"1 2 3"])
@pytest.mark.parametrize("verb", [b"TOP", b"RETR", b"DELE", b"LIST", b"UIDL"])
def test_P2_odd_numbers_are_refused(server, verb, number):
    if verb in (b"LIST", b"UIDL") and number == b"":
        return
    one = pop(server)
    one.sock.sendall(verb + b" " + number + b"\r\n")
    assert one.file.readline().startswith(b"-ERR")
    one.quit()


P3 = [b"no end", b".\r\n..\r\n.x\r\n", b".\r\n" * 1000, b"\r\n.", b"bare\nlf\nand\rcr\r\n", b"\n\n\r.\r\n", b"x" * 100_000 + b"\r\n.\r\n"]


def append_raw(server, body):
    """APPEND as the octets are: imaplib would mend the line ends."""
    wire = imap_wire(server)
    wire.send(b"b APPEND INBOX {%d+}\r\n%s\r\nc SELECT INBOX\r\n" % (len(body), body))
    answer = wire.tagged(b"c")
    assert b"b OK" in answer
    return int(re.search(rb"(\d+) EXISTS", answer).group(1))


def raw_retr(server, number):
    """RETR read to its end by the letter of RFC 1939 §3, dots taken off."""
    wire = secured(server, "pop3s")
    wire.line()
    for command in (f"USER bob@{DOMAIN}", f"PASS {server.password('bob')}", f"RETR {number}"):
        wire.send(command.encode() + b"\r\n")
        assert wire.line().startswith(b"+OK")
    octets = b""
    while not octets.endswith(b"\r\n.\r\n"):
        octets += wire.buffer or wire.socket.recv(65536)
        wire.buffer = b""
    return octets[:-3].replace(b"\r\n.", b"\r\n") if not octets.startswith(b".") else octets[1:-3]


@pytest.mark.parametrize("tail", P3)
def test_P3_octets_come_back_as_they_went_in(server, tail, program):
    """By IMAP, by POP3 read raw, and by curl: the same octets; only a missing last line end is added."""
    body = b"Subject: p3\r\n\r\n" + tail
    number = append_raw(server, body)
    with imap(server) as box:
        box.select("INBOX", readonly=True)
        assert box.fetch(str(number), "(BODY.PEEK[])")[1][0][1] == body
    whole = body if body.endswith(b"\r\n") else body + b"\r\n"
    assert raw_retr(server, number) == whole
    done = subprocess.run(
        [program("curl"), "-sSk", "-u", f"bob@{DOMAIN}:{server.password('bob')}",
         f"pop3s://{server.address('pop3s')}/{number}"], capture_output=True, timeout=30)
    assert done.stdout == whole


def test_P3_a_dot_behind_a_bare_line_feed_ends_nothing(server):
    """Clients that end lines at LF, as poplib does, take such a dot off again."""
    number = append_raw(server, b"Subject: p3\n\n.\n..\nlast\n.\r\nthe end\r\n")
    one = pop(server)
    assert one.retr(number)[1] == [b"Subject: p3", b"", b".", b"..", b"last", b".", b"the end"]
    one.quit()


def test_P4_deletion_is_void_without_quit(server):
    fill(server, count=2)
    one = pop(server)
    total = one.stat()[0]
    one.dele(1)
    one.close()
    wait_until(lambda: try_count(server) == total)


def try_count(server):
    try:
        one = pop(server)
        total = one.stat()[0]
        one.quit()
        return total
    except poplib.error_proto:
        return None


def test_P5_uidl_is_stable_across_restart_and_rebuild(fresh):
    server = fresh()
    fill(server, count=5)
    before = uidl(server)
    server.stop()
    server.start()
    assert uidl(server) == before
    server.stop()
    server.daybook("rebuild")
    server.start()
    assert uidl(server) == before


def uidl(server):
    one = pop(server)
    lines = one.uidl()[1]
    one.quit()
    return lines


def test_P6_a_second_session_waits_its_turn(server):
    one = pop(server)
    with pytest.raises(poplib.error_proto, match="IN-USE"):
        pop(server)
    one.close()
    wait_until(lambda: try_count(server) is not None, 1.5, "the lock of a dead client")


@pytest.mark.parametrize("service", ["pop3", "imap", "smtp"])
def test_P6_a_client_that_vanished_without_a_word_is_noticed(server, service):
    """The kernel asks who has been silent for two minutes: its timer for the connection is a keepalive."""
    with server.connect(service) as wire:
        assert wire.line()
        port = wire.socket.getsockname()[1]

        def timer():
            for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
                words = line.split()
                if int(words[2].split(":")[1], 16) == port:
                    kind, ticks = words[5].split(":")
                    return kind, int(ticks, 16) / os.sysconf("SC_CLK_TCK")
            return None

        wait_until(lambda: timer() and timer()[0] == "02")
        assert 60 < timer()[1] <= 120


def test_P8_I6_a_slow_reader_does_not_hurt_others(fresh):
    server = fresh()
    body = b"Subject: big\r\n\r\n" + b"y" * 76 + b"\r\n"
    big = body + (b"x" * 76 + b"\r\n") * 100_000
    for _ in range(6):
        assert smtp_send(server, f"bob@{DOMAIN}", big, timeout=60).startswith(b"250")
    before = server.memory()
    slow = imap_wire(server)
    slow.send(b"b SELECT INBOX\r\n")
    slow.tagged(b"b")
    slow.send(b"c FETCH 1:* BODY.PEEK[]\r\n" * 20)
    drop = pop(server, "bob")
    drop.sock.sendall(b"RETR 1\r\n" * 20)
    time.sleep(1)
    began = time.monotonic()
    for _ in range(20):
        assert smtp_send(server, f"alice@{DOMAIN}", b"Subject: quick\r\n\r\nx").startswith(b"250")
    assert time.monotonic() - began < 5
    assert server.memory() < before + 32_768


def test_sign_in_of_unknown_and_wrong_look_the_same(server):
    answers = set()
    for user, password in ((f"alice@{DOMAIN}", "wrong"), (f"nobody@{DOMAIN}", "wrong"), ("x@nowhere.test", "wrong")):
        wire = imap_wire(server, login=False)
        wire.send(f'a LOGIN {user} "{password}"\r\n'.encode())
        answers.add(wire.tagged(b"a"))
    assert len(answers) == 1 and b"a NO [AUTHENTICATIONFAILED]" in answers.pop()


def test_no_password_lies_in_the_data_directory(server):
    imap(server, "alice").logout()
    secrets = [p.encode() for p in server.users.values()]
    for path in server.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes() if path.stat().st_size < 300 << 20 else b""
            assert not any(secret in content for secret in secrets), path
