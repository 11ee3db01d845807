import Glibc
import Network
import Platform
import TestKit
import Testing

@Suite struct UnixSocketTests {
  @Test func theControlSocketTellsWhoCalls() async throws {
    let scratch = try ScratchDirectory()
    let address = SocketAddress.unix(path: scratch.path("control"))
    try await Stage.run { stage in
      let service = Service(name: "control") { connection in
        let caller = connection.peerCredentials
        check(caller?.userID, getuid())
        check(caller?.processID, getpid())
        await echo(connection)
      }
      try stage.listeners.open(address, service)
      check(try Directory.status(scratch.path("control")).permissions & 0o777, 0o600)
      let client = try await stage.connect(address)
      client.write("hello\r\n")
      check(try await client.line(), "hello")
      client.close()
      check(await stage.listeners.close(address, grace: .zero), "it was open")
      check(!Directory.exists(scratch.path("control")), "the socket file is gone")
    }
  }

  @Test func theFileOfADeadServerIsReplacedAndALiveOneIsNot() async throws {
    let scratch = try ScratchDirectory()
    let path = scratch.path("control")
    let address = SocketAddress.unix(path: path)
    try await Stage.run { stage in
      let service = Service(name: "control", serve: echo)
      let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var name = sockaddr_un()
      name.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
      let bound = withUnsafePointer(to: &name) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(dead, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      check(bound, 0)
      Glibc.close(dead)
      try stage.listeners.open(address, service)
      do {
        try Listeners(loops: stage.loops).open(address, service)
        Issue.record("a live socket was replaced")
      } catch {
        check("\(error)", "cannot listen: bind \(path): Address already in use (EADDRINUSE)")
      }
      let client = try await stage.connect(address)
      client.write("hello\r\n")
      check(try await client.line(), "hello")
      client.close()
    }
  }
}
