import Glibc
import Ledger
import Network
import Platform
import Synchronization
import TestKit
import Testing

@testable import Control

@Suite struct ControlSessionTests {
  /// A control socket that hears some uids and answers each request with rows.
  private static func withSocket(
    operators: Set<UInt32>, _ body: @escaping @Sendable (String) async throws -> Void
  ) async throws {
    let scratch = try ScratchDirectory()
    let path = scratch.path("control.sock")
    let loops = try EventLoops(count: 1)
    let listeners = Listeners(loops: loops)
    try listeners.open(
      .unix(path: path),
      Service(name: "control") { connection in
        await ControlSession(connection: connection, operators: operators) { request, uid, reply in
          await reply(.progress(what: "p", done: 1, total: 2))
          await reply(
            .row(Row(["operation": .text(request.operation), "uid": .number(UInt64(uid))])))
          await reply(request.operation == "fail" ? .refused("because") : .finished)
        }.run()
      })
    let result: Result<Void, any Error>
    do { result = .success(try await body(path)) } catch { result = .failure(error) }
    await listeners.stop(grace: .zero)
    loops.stop()
    try result.get()
  }

  @Test func anOperatorIsHeardByTheUidOfItsProcess() async throws {
    try await Self.withSocket(operators: [getuid()]) { path in
      let heard = Mutex<[ControlReply]>([])
      let last = try await ControlClient.ask(ControlRequest("do"), at: path) { reply in
        heard.withLock { $0.append(reply) }
      }
      check(last, .finished)
      check(
        heard.withLock { $0 },
        [
          .progress(what: "p", done: 1, total: 2),
          .row(Row(["operation": "do", "uid": .number(UInt64(getuid()))])),
        ])
      check(
        try await ControlClient.ask(ControlRequest("fail"), at: path) { _ in }, .refused("because"))
    }
  }

  @Test func anybodyElseIsRefused() async throws {
    try await Self.withSocket(operators: [getuid() &+ 1]) { path in
      let heard = Mutex(0)
      let last = try await ControlClient.ask(ControlRequest("do"), at: path) { _ in
        heard.withLock { $0 += 1 }
      }
      check(last, .refused("only root and the server's own user may use the control socket"))
      check(heard.withLock { $0 }, 0)
    }
  }

  @Test func whatIsNoRequestIsRefused() async throws {
    try await Self.withSocket(operators: [getuid()]) { path in
      let wrong: [[UInt8]] = [
        ControlCoding.frame([0xFF, 0xFF]), ControlCoding.frame([]), [0x7F, 0xFF, 0xFF, 0xFF, 1],
        ControlCoding.frame([0x83, 0x01, 0x02, 0x03]),
      ]
      let loops = try EventLoops(count: 1)
      defer { loops.stop() }
      let loop = loops.next()
      for octets in wrong {
        let reply = try await Task(executorPreference: loop) {
          let connection = try await Connection.connect(
            to: .unix(path: path), on: loop, within: .seconds(5))
          return try await connection.whileOpen {
            connection.write(octets)
            try await connection.flush()
            let head = try await connection.readExactly(4, within: .seconds(10))
            return try ControlCoding.reply(
              try await connection.readExactly(ControlCoding.length(head), within: .seconds(10)))
          }
        }.value
        check(reply, .refused("the request is not understood"))
      }
    }
  }

  @Test func whereNobodyListensThatIsSaid() async throws {
    let scratch = try ScratchDirectory()
    await #expect(throws: ControlClient.Absent.self) {
      try await ControlClient.ask(ControlRequest("do"), at: scratch.path("none")) { _ in }
    }
  }
}
