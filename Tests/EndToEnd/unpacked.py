"""Foreign programs out of Debian's packages, unpacked into .peers and run there; for tests and tools.

Nothing is installed, for mail servers exclude each other as packages. A program's processes alone
see the packages' files laid over /usr, in a mount namespace of their own, and where a program looks
for fixed files or accounts, files of the caller's laid over /etc. Each is a child that ends with
its owner.
"""
import fcntl
import os
import pathlib
import signal
import socket
import subprocess
import time

PEERS = pathlib.Path(__file__).resolve().parents[2] / ".peers"
ROOT = PEERS / "root"
NAMESPACE = ["unshare", "--mount", "--propagation", "private"]
LAID_OVER = f"mount -t overlay peers -o lowerdir={ROOT}/usr:/usr /usr"


def can_run():
    """Whether this machine lets us lay files over others: it takes root."""
    return os.geteuid() == 0 and subprocess.run([*NAMESPACE, "true"], stderr=subprocess.DEVNULL).returncode == 0


def fetch(packages):
    """Unpacks those packages that are not there yet."""
    debs = PEERS / "deb"
    debs.mkdir(parents=True, exist_ok=True)
    with open(PEERS / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = [name for name in packages if not (PEERS / f"{name}.unpacked").exists()]
        if not missing:
            return
        download = ["apt-get", "-q", "download", *missing]
        done = subprocess.run(download, cwd=debs, capture_output=True, text=True)
        if done.returncode:
            # The list of packages is old, or there is none yet.
            subprocess.run(["apt-get", "-q", "update"], capture_output=True)
            done = subprocess.run(download, cwd=debs, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"apt-get could not download {' '.join(missing)}: {done.stderr.strip()[-300:]}")
        for name in missing:
            for package in debs.glob(f"{name}_*.deb"):
                subprocess.run(["dpkg", "-x", str(package), str(ROOT)], check=True)
            (PEERS / f"{name}.unpacked").touch()


class Peer:
    """A foreign server: its folder, its processes, and what they print."""
    name = "a peer"
    packages = ()

    def __init__(self, home):
        fetch(self.packages)
        self.home = pathlib.Path(home)
        self.home.mkdir(parents=True, exist_ok=True)
        self.processes = []
        self.prepare()
        self.log = open(self.home / "log", "ab")
        try:
            self.start()
        except BaseException:
            self.stop()
            raise

    def prepare(self):
        """Writes what the processes read."""

    def start(self):
        """Runs the processes and waits for their ports."""
        raise NotImplementedError

    def command(self, *words):
        """The words that run a program with the packages' files over /usr, those of the folder
        `etc` over /etc where there is one, and fresh empty folders where programs keep state."""
        steps = [LAID_OVER]
        if (self.home / "etc").exists():
            steps.append(f"mount -t overlay etc -o lowerdir={self.home}/etc:/etc /etc")
            steps += [f"mount -t tmpfs state {place}" for place in ("/run", "/var/lib", "/var/spool")]
            steps.append("mkdir -p /var/lib/opensmtpd/empty /var/spool/exim4")
        return [*NAMESPACE, "sh", "-c", " && ".join(steps) + ' && exec "$@"', "sh", *words]

    def run(self, *words):
        # In a session of its own: Postfix ends the whole process group it leads.
        self.processes.append(subprocess.Popen(
            self.command(*words), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True))

    def wait_for(self, port, address="127.0.0.1", seconds=20):
        end = time.monotonic() + seconds
        while True:
            try:
                socket.create_connection((address, port), timeout=1).close()
                return
            except OSError:
                ended = [process for process in self.processes if process.poll() is not None]
                if time.monotonic() > end or ended:
                    raise RuntimeError(f"{self.name} does not answer on port {port}: {self.tail()}") from None
                time.sleep(0.02)

    def tail(self):
        return (self.home / "log").read_text(errors="replace")[-2000:]

    @property
    def roots(self):
        return [process.pid for process in self.processes]

    def stop(self):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.log.close()


def run(words, stdin="", timeout=60):
    """Runs a program to its end, which must be a good one; what it prints."""
    done = subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=timeout)
    if done.returncode:
        raise AssertionError(f"{words[0]}: exit {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout
