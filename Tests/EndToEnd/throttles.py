"""A limit of the hour, a kill before it is reached, and a clock that is set: who waits until when?"""
import time

from clocks import Clock
from fairness import queue
from harness import DOMAIN, wait_until
from outbound import sending

HOUR = 3600


def hold_and_resume(world, home, limit):
    """Killed after all but one of an hour's messages: the next goes, the one after it is held, and
    neither force, a clock that goes back nor a restart lets it out before the next hour. A11, A12"""
    clock = Clock(home / "clock", seconds=(600 - time.time()) % HOUR)
    limits = [("throttle.messages_per_hour", str(limit), "--domain", DOMAIN),
              ("throttle.messages_per_hour_action", "delay", "--domain", DOMAIN)]
    with sending(home / "server", world, *limits, environment=clock.environment) as sender:
        host = world.remote()
        domain = world.domain(host)
        queue(sender, [domain] * (limit - 1))
        wait_until(lambda: len(host.letters) == limit - 1, 30 + limit / 50, "all but one of the hour")
        sender.restart()
        sender.submit(f"last@{domain}")
        wait_until(lambda: len(host.letters) == limit, 20, "the last of the hour")
        sender.submit(f"late@{domain}")
        wait_until(lambda: sender.types("domain.throttled"), 20, "the throttle")
        (line,) = sender.spool()
        assert line["attempts"] == 0 and len(host.letters) == limit
        # A forced entry is no way around a limit, nor is a clock that goes back.
        sender.force()
        clock.step(-300)
        sender.restart()
        time.sleep(0.5)
        assert len(host.letters) == limit
        sender.server.stop()
        clock.step(300 + HOUR)
        sender.server.start()
        wait_until(lambda: len(host.letters) == limit + 1, 20, "the next hour")
        sender.wait_empty()
        return len(host.letters)
