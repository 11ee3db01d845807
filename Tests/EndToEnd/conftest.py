import os
import shutil

import pytest

from harness import Server


@pytest.fixture
def fresh():
    """A factory of servers with a data directory of their own, stopped and removed at the end."""
    made = []

    def make(*options, **arguments):
        server = Server(**arguments)
        made.append(server)
        return server.start(*options)

    yield make
    for server in made:
        if server.process and server.process.poll() is None:
            server.stop()
        shutil.rmtree(server.home, ignore_errors=True)


@pytest.fixture(scope="module")
def server():
    """One server for all tests of a file."""
    server = Server().start()
    yield server
    server.stop()
    shutil.rmtree(server.home, ignore_errors=True)


@pytest.fixture
def program():
    """Finds a real client; absent, the test is skipped by hand and fails in CI."""

    def find(name):
        path = shutil.which(name)
        if path is None and os.environ.get("CI"):
            pytest.fail(f"{name} is not installed")
        if path is None:
            pytest.skip(f"{name} is not installed")
        return path

    return find
