"""Ways other than the DNS: LMTP, gateways, aliases and forwards to elsewhere, sender rewriting."""
import re
import shutil

import pytest

from harness import DOMAIN, Server, smtp_send, wait_until
from outbound import ALICE, Sender, settings
from world import remote


@pytest.fixture(scope="module")
def sender(world):
    server = Server(settings=settings(world, ("host.name", "day.test")))
    yield Sender(server.start())
    server.stop()
    shutil.rmtree(server.home, ignore_errors=True)


@pytest.fixture
def changed(sender):
    """Sets system settings for a test."""
    keys = []

    def change(key, value):
        keys.append(key)
        sender.daybook("set", key, value)

    yield change
    for key in keys:
        sender.daybook("set", key, "")
    sender.daybook("spool", "delete", "--all")


def place(host):
    return f"{host.address}:{host.port}"


def test_lmtp_is_spoken_where_a_route_says_so(world, sender, changed):
    """Each recipient has an answer of its own. RFC 2033 §4.2"""
    name = world.unique("box")
    host = world.remote(is_lmtp=True, on={"dot": remote.by_recipient({f"b@{name}": "452 4.2.2 full", f"c@{name}": "550 5.2.1 off"})})
    changed("delivery.routes", f"{name}=lmtp:{place(host)}")
    subject = sender.submit(*[f"{who}@{name}" for who in "abc"])
    report = sender.report(subject).check()
    assert [block["Final-Recipient"].split(";")[1].strip() for block in report.of_recipients] == [f"c@{name}"]
    assert host.recipients() == [f"a@{name}"]
    assert host.sessions[0].commands[0].startswith(b"LHLO ")
    host.on.clear()
    sender.force()
    wait_until(lambda: host.recipients() == [f"a@{name}", f"b@{name}"], 20, "the one that was full")
    sender.wait_empty()


def test_the_closest_route_wins(world, sender, changed):
    exact, below, rest = world.remote(), world.remote(), world.remote()
    name = world.unique("routed")
    changed("delivery.routes", f"{name}=smtp:{place(exact)},.{name}=smtp:{place(below)},*=smtp:{place(rest)}")
    sender.submit(f"a@{name}", f"b@deep.down.{name}", f"c@{world.unique('other')}")
    wait_until(lambda: exact.letters and below.letters and rest.letters, 20, "three messages")
    assert [host.recipients()[0][0] for host in (exact, below, rest)] == ["a", "b", "c"]


@pytest.mark.parametrize("is_right", [True, False], ids=["right", "wrong"])
def test_a_gateway_with_tls_and_a_password(world, sender, changed, tmp_path, is_right):
    host = world.remote(context=world.context("gateway.test"), users={"day": "secret"})
    password = tmp_path / "password"
    password.write_text("secret\n" if is_right else "guess\n")
    password.chmod(0o600)
    changed("delivery.gateways", f"{place(host)} priority=1-10 tls=must user=day password-file={password}")
    sender.submit(f"a@{world.unique('anywhere')}")
    if is_right:
        wait_until(lambda: host.letters, 20, "the message at the gateway")
        (letter,) = host.letters
        assert letter.session.is_secured and letter.session.user == "day"
    else:
        sender.wait_deferred()
        assert not host.letters and "535" in str(sender.entry())


def test_no_password_leaves_in_clear(world, sender, changed, tmp_path):
    host = world.remote(users={"day": "secret"})
    password = tmp_path / "password"
    password.write_text("secret\n")
    password.chmod(0o600)
    changed("delivery.gateways", f"{place(host)} priority=1-10 tls=may user=day password-file={password}")
    sender.submit(f"a@{world.unique('anywhere')}")
    sender.wait_deferred()
    assert not host.letters and not any(command.startswith(b"AUTH") for session in host.sessions for command in session.commands)


@pytest.mark.parametrize("options", [{}, {"on": {"starttls": remote.reply("454 4.7.0 not now")}},
                                     {"on": {"starttls": remote.raw(b"220 go\r\n250 injected\r\n")}}],
                         ids=["not offered", "refused", "lines injected"])
def test_where_tls_is_a_must_nothing_goes_in_clear(world, sender, changed, options):
    host = world.remote(context=world.context("must.test") if options else None, **options)
    name = world.unique("must")
    changed("delivery.routes", f"{name}=smtp:{place(host)} tls=must")
    sender.submit(f"a@{name}")
    sender.wait_deferred()
    assert not host.letters and not any(command.startswith(b"MAIL") for session in host.sessions for command in session.commands)


def test_gateways_by_priority(world, sender, changed):
    low, high = world.remote(), world.remote()
    changed("delivery.gateways", f"{place(low)} priority=1-4,{place(high)} priority=5-10")
    name = world.unique("anywhere")
    sender.submit(f"a@{name}")
    wait_until(lambda: high.letters, 20, "standard priority is 5")
    sender.daybook("set", "priority.standard", "2", "--domain", DOMAIN)
    try:
        sender.submit(f"b@{name}")
        wait_until(lambda: low.letters, 20, "a low priority")
    finally:
        sender.daybook("set", "priority.standard", "5", "--domain", DOMAIN)


def test_several_gateways_take_turns(world, sender, changed):
    hosts = [world.remote() for _ in range(2)]
    changed("delivery.gateways", ",".join(f"{place(host)} priority=1-10" for host in hosts))
    for number in range(6):
        sender.submit(f"{number}@{world.unique('anywhere')}")
        wait_until(lambda: sum(len(host.letters) for host in hosts) == number + 1, 20, "the next message")
    assert all(host.letters for host in hosts)


def test_an_alias_sends_on_to_elsewhere_and_here(world, sender):
    host = world.remote()
    name = world.domain(host)
    sender.daybook("alias", "add", f"team@{DOMAIN}", f"bob@{DOMAIN}", f"far@{name}")
    assert smtp_send(sender.server, f"team@{DOMAIN}", b"Subject: to the team\r\n\r\nx").startswith(b"250")
    wait_until(lambda: host.letters, 20, "the copy elsewhere")
    assert host.recipients() == [f"far@{name}"]
    assert [m["Subject"] for m in sender.inbox("bob")].count("to the team") == 1


SRS = re.compile(rf"SRS0=[\w+/-]+=\w\w=there\.test=ann@{re.escape(DOMAIN)}")


def test_a_forward_rewrites_the_sender_and_a_bounce_finds_back(world, sender):
    """The receiver's SPF sees this server's domain; a bounce goes back the way it came."""
    host, origin = world.remote(), world.remote()
    name = world.domain(host)
    world.domain(origin, name="there.test")
    sender.daybook("set", "forward.targets", f"far@{name}", "--user", f"bob@{DOMAIN}")
    try:
        assert smtp_send(sender.server, f"bob@{DOMAIN}", b"Subject: forwarded\r\n\r\nx", sender="ann@there.test").startswith(b"250")
        wait_until(lambda: host.letters, 20, "the forward")
        (letter,) = host.letters
        assert SRS.fullmatch(letter.sender), letter.sender
        assert "forwarded" in [m["Subject"] for m in sender.inbox("bob")]
        wire = sender.server.connect("smtp", 20)
        wire.reply()
        for line in (b"EHLO c.test\r\n", b"MAIL FROM:<>\r\n", f"RCPT TO:<{letter.sender}>\r\n".encode()):
            answer = wire.ask(line)
            assert answer.startswith(b"250"), answer
        wire.ask(b"DATA\r\n")
        assert wire.ask(b"Subject: came back\r\n\r\nx\r\n.\r\n").startswith(b"250")
        wait_until(lambda: origin.letters, 20, "the bounce at its origin")
        assert origin.recipients() == ["ann@there.test"] and origin.letters[0].sender == ""
        forged = letter.sender.replace("ann@", "eve@")
        assert smtp_send(sender.server, forged, b"Subject: forged\r\n\r\nx", sender="").startswith(b"5")
    finally:
        sender.daybook("set", "forward.targets", "", "--user", f"bob@{DOMAIN}")


def test_delete_on_forward_keeps_no_copy(world, sender):
    host = world.remote()
    user = ("--user", f"bob@{DOMAIN}")
    sender.daybook("set", "forward.targets", f"far@{world.domain(host)}", *user)
    sender.daybook("set", "forward.delete", "on", *user)
    try:
        assert smtp_send(sender.server, f"bob@{DOMAIN}", b"Subject: only there\r\n\r\nx").startswith(b"250")
        wait_until(lambda: host.letters, 20, "the forward")
        assert "only there" not in [m["Subject"] for m in sender.inbox("bob")]
    finally:
        sender.daybook("set", "forward.delete", "off", *user)
        sender.daybook("set", "forward.targets", "", *user)


def test_each_step_of_the_way_is_told(world, sender):
    host = world.remote(on={"rcpt": remote.reply("450 4.2.1 later")})
    name = world.domain(host)
    sender.daybook("alias", "add", f"first@{DOMAIN}", f"second@{DOMAIN}")
    sender.daybook("alias", "add", f"second@{DOMAIN}", f"far@{name}")
    assert smtp_send(sender.server, f"first@{DOMAIN}", b"Subject: why\r\n\r\nx").startswith(b"250")
    sender.wait_deferred()
    text = sender.daybook("spool", "show", str(sender.spool()[0]["id"]))
    assert all(word in text for word in (f"far@{name}", f"first@{DOMAIN}", f"second@{DOMAIN}", "450 4.2.1 later"))
    sender.daybook("spool", "delete", "--all")
