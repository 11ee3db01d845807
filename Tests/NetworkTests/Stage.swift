import Network
import Platform

/// A loop or two with listeners on the loopback address, taken down at the end of the test.
struct Stage {
  let loops: EventLoops
  let listeners: Listeners
  var loop: EventLoop { loops.all[0] }

  static let home = SocketAddress.ip(.loopbackV4, port: 0)

  /// Runs `body` on the first loop, then stops everything.
  static func run(
    loops count: Int = 1, connections: Int = 4_096, clock: any Clock = SystemClock(),
    _ body: @escaping @Sendable (Stage) async throws -> Void
  ) async throws {
    let loops = try EventLoops(count: count, clock: clock)
    let stage = Stage(loops: loops, listeners: Listeners(loops: loops, connections: connections))
    let task = Task(executorPreference: loops.all[0]) { try await body(stage) }
    let result = await task.result
    await stage.listeners.stop(grace: .zero)
    loops.stop()
    try result.get()
  }

  func open(
    _ name: String = "test", limits: Service.Limits = .init(perAddress: 0, total: 0),
    refusal: String = "", serve: @escaping @Sendable (Connection) async -> Void
  ) throws -> SocketAddress {
    try listeners.open(
      Self.home,
      Service(name: name, limits: limits, refusal: Array(refusal.utf8), serve: serve))
  }

  func connect(_ address: SocketAddress) async throws -> Connection {
    try await .connect(to: address, on: loop, within: .seconds(20))
  }

  /// Waits for a few turns of the loop: what was sent to a connection of it has been read then.
  func turns(_ count: Int = 3) async {
    for _ in 0..<count {
      await withUnsafeContinuation { continuation in loop.submit { continuation.resume() } }
    }
  }
}

extension Connection {
  func line() async throws -> String? {
    try await readLine(limit: 65_536, within: .seconds(20)).map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}

/// Answers each line with itself until QUIT; a faulty line with `! fault`.
@Sendable func echo(_ connection: Connection) async {
  while true {
    do {
      guard let line = try await connection.readCommand(limit: 512, within: .seconds(30)) else {
        return
      }
      connection.write(line)
      connection.write("\r\n")
      if line.elementsEqual("QUIT".utf8) { return }
    } catch let failure where failure.isRecoverable {
      connection.write("! \(failure)\r\n")
    } catch {
      connection.write("- \(error)\r\n")
      return
    }
  }
}
