"""HAProxy in front of the server under test."""
from unpacked import Peer

HEAD = """global
  maxconn 500
defaults
  mode tcp
  timeout connect 10s
  timeout client 1m
  timeout server 1m
"""
LISTEN = """listen {name}
  bind {address}:{port}
  server one {host}:{port} source {source} {options} check inter 100ms
"""


class HAProxy(Peer):
    """Passes each of a server's services on, from ports of the same numbers, and looks every tenth of a
    second whether the server is there."""
    name = "HAProxy"
    packages = ("haproxy", "liblua5.3-0", "libopentracing-c-wrapper0", "libopentracing1")

    def __init__(self, home, address, source, services, options):
        self.address, self.source, self.services, self.options = address, source, services, options
        super().__init__(home)

    def prepare(self):
        parts = [LISTEN.format(name=name, address=self.address, host=host, port=port, source=self.source,
                               options=self.options) for name, (host, port) in self.services.items()]
        (self.home / "haproxy.cfg").write_text(HEAD + "".join(parts))

    def start(self):
        self.run("haproxy", "-db", "-f", str(self.home / "haproxy.cfg"))
        for _, port in self.services.values():
            self.wait_for(port, self.address)
