import os
import shutil

import pytest

import unpacked
from harness import Server
from world import World


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


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """The mail world outside, for all tests of a run."""
    if not unpacked.can_run():
        absent("foreign mail servers run as root only, in mount namespaces")
    home = tmp_path_factory.mktemp("world")
    # Programs with other accounts go through here.
    for folder in (home, *home.parents[:2]):
        folder.chmod(0o755)
    world = World(home)
    yield world
    world.stop()


def absent(reason):
    """By hand the test is skipped, in CI it fails."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@pytest.fixture
def program():
    """Finds a real client; absent, the test is skipped by hand and fails in CI."""

    def find(name):
        path = shutil.which(name)
        if path is None:
            absent(f"{name} is not installed")
        return path

    return find
