"""The spool under kills, dead destinations and limits: nothing is silently gone, nobody waits for another."""
import asyncio
import itertools
import threading
import time

import pytest

import fairness
import throttles
from harness import DOMAIN, wait_until
from outbound import sending
from world import remote

STATES = ["connect", "ehlo", "mail", "rcpt", "data", "half", "before the 250", "after the 250 was due"]


def kill_at(host, state, kill):
    """Makes the remote kill its client in this state of their dialogue, once."""
    end = remote.call(kill, remote.close)
    if state == "after the 250 was due":
        end = remote.after_taking(end)
    host.on["dot" if "250" in state else state] = remote.at_first(end)
    host.reads_half = 50 if state == "half" else 0


@pytest.fixture(scope="module")
def killed(world, tmp_path_factory):
    """A server that is killed again and again."""
    with sending(tmp_path_factory.mktemp("killed"), world) as sender:
        yield sender


@pytest.mark.parametrize("state", STATES)
def test_kill_9_in_each_state_of_the_dialogue_loses_nothing(world, killed, tmp_path, state):
    """A13: twice only what was in doubt, and shown as such."""
    host = world.remote(record=tmp_path / "record")
    domain = world.domain(host)
    kill_at(host, state, killed.server.kill)
    killed.submit(f"a@{domain}")
    killed.server.process.wait(30)
    killed.server.start()
    doubtful = len(killed.spool("--status", "doubtful"))
    # In the middle of a message the client may have sent all of it already, or not.
    assert state == "half" or doubtful == ("250" in state), killed.spool()
    killed.force()
    killed.wait_empty(30)
    assert host.recipients() == [f"a@{domain}"] * (2 if state == "after the 250 was due" else 1)
    assert len((tmp_path / "record").read_text().splitlines()) == len(host.letters)
    assert not killed.reports()


def test_what_is_in_doubt_can_be_held_confirmed_or_deleted(world, tmp_path):
    with sending(tmp_path / "home", world, ("retry.in_doubt", "hold", "--domain", DOMAIN)) as sender:
        host = world.remote()
        domain = world.domain(host)
        kill_at(host, "after the 250 was due", sender.server.kill)
        sender.submit(f"a@{domain}")
        sender.server.process.wait(30)
        sender.server.start()
        (line,) = sender.spool("--status", "doubtful")
        assert len(host.letters) == 1
        sender.daybook("spool", "confirm", str(line["id"]))
        sender.wait_empty()
        assert len(host.letters) == 1 and "message.sent" in sender.types("message.sent")


def test_kills_under_load_lose_nothing(world, tmp_path):
    """Every message is there; there twice only if its outcome was open when the server died."""
    with sending(tmp_path / "home", world) as sender:
        hosts = [world.remote(record=tmp_path / f"record{n}") for n in range(5)]
        domains = [world.domain(host) for host in hosts]
        sent, doubtful = [], set()
        for number in range(3):
            for index in range(20):
                recipient = f"r{number}-{index}@{domains[index % 5]}"
                sender.submit(recipient)
                sent.append(recipient)
            for _ in range(20):
                recipients = [f"r{number}-m{next(fairness.COUNT)}@{domain}" for domain in domains]
                sender.submit(*recipients)
                sent += recipients
            sender.restart()
            for line in sender.spool("--status", "doubtful"):
                doubtful |= {one["recipient"] for one in sender.recipients(line["id"], check=False) if one["status"] == "in doubt"}
        sender.force()
        sender.wait_empty(60)
        got = list(itertools.chain.from_iterable(host.recipients() for host in hosts))
        assert set(got) == set(sent)
        twice = {recipient for recipient in got if got.count(recipient) > 1}
        assert twice <= doubtful, twice - doubtful


def test_dead_destinations_keep_nobody_waiting(world, tmp_path):
    """What never answers, drops every packet, or has a name nobody knows: how long the living one
    takes is printed; that it does not wait for the dead is the test."""
    with sending(tmp_path / "home", world, ("throttle.messages_per_hour", "0", "--domain", DOMAIN)) as sender:
        found = fairness.measure(sender, world, 1_500)
        print(found)
        assert found.delivered_of_dead == 0


def test_a_throttle_holds_over_a_kill_and_resumes_with_the_hour(world, tmp_path):
    """Twenty an hour; `tools/torture throttle` does it with 5,000."""
    assert throttles.hold_and_resume(world, tmp_path, 20) == 21


def test_people_work_on_the_spool(world, tmp_path):
    with sending(tmp_path / "home", world) as sender:
        host = world.remote(on={"rcpt": remote.reply("450 4.2.1 later")})
        domain = world.domain(host)
        subjects = [sender.submit(f"{name}@{domain}") for name in "abc"]
        sender.wait_deferred(entries=3)
        first, second, third = [str(line["id"]) for line in sender.spool("--sort", "time")]
        assert len(sender.spool("--recipient", f"b@{domain}")) == 1 and len(sender.spool("--limit", "2")) == 2
        assert [str(line["id"]) for line in sender.spool("--after", first)] == [second, third]
        assert f"Subject: {subjects[1]}" in sender.daybook("spool", "view", second)
        sender.daybook("spool", "hold", first)
        sender.daybook("spool", "delete", second)
        sender.daybook("spool", "priority", "9", third)
        host.on.clear()
        sender.force()
        wait_until(lambda: host.recipients() == [f"c@{domain}"], 20, "the one that is neither held nor deleted")
        assert {str(line["id"]) for line in sender.spool("--status", "held")} == {first}
        sender.daybook("spool", "restore", second)
        sender.daybook("spool", "release", first)
        sender.force()
        wait_until(lambda: sorted(host.recipients()) == [f"{name}@{domain}" for name in "abc"], 20, "all three")
        sender.wait_empty()
        assert {"spool.changed"} == set(sender.types("spool.changed"))


def test_a_stop_waits_for_what_is_under_way(world, tmp_path):
    """SIGINT in the middle of a message: it is delivered once, and nothing is in doubt afterwards."""
    with sending(tmp_path / "home", world) as sender:
        started = []

        async def slowly(session):
            started.append(session)
            await asyncio.sleep(1)

        host = world.remote(on={"dot": slowly})
        sender.submit(f"a@{world.domain(host)}")
        wait_until(lambda: started, 20, "the end of data")
        assert sender.server.stop() == 0
        sender.server.start()
        assert not sender.spool() and len(host.letters) == 1


def test_who_has_the_higher_priority_goes_first_and_why_is_told(world, tmp_path):
    classes = [("priority.standard", "4"), ("priority.over_size", "9"), ("priority.over_size_threshold", "4")]
    limits = [("worker.deliveries_per_destination", "1"), *[(*words, "--domain", DOMAIN) for words in classes]]
    with sending(tmp_path / "home", world, *limits) as sender:
        busy, entered = threading.Event(), []

        async def wait(session):
            entered.append(session)
            while len(entered) == 1 and not busy.is_set():
                await asyncio.sleep(0.01)

        host = world.remote(on={"dot": wait})
        domain = world.domain(host)
        sender.submit(f"first@{domain}")
        wait_until(lambda: entered, 20, "the message that keeps the only place")
        sender.submit(f"standard@{domain}")
        sender.submit(f"large@{domain}", text="x" * 70 + "\r\n" + ("y" * 70 + "\r\n") * 100)
        sender.submit(f"hand@{domain}")
        (line,) = sender.spool("--recipient", "hand@")
        sender.daybook("spool", "priority", "10", str(line["id"]))
        found = {(line["priority"], line["reason"]) for line in sender.spool()}
        assert found == {(4, "standard"), (9, "over_size"), (10, "hand")}
        busy.set()
        wait_until(lambda: len(host.letters) == 4, 20, "all four")
        assert [recipient.split("@")[0] for recipient in host.recipients()] == ["first", "hand", "large", "standard"]
