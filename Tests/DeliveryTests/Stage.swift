import Network
import Platform
import Synchronization
import TestKit
import Testing

@testable import Delivery

/// A loop with listeners and the means for sessions, taken down at the end of the test.
struct Stage {
  let loops: EventLoops
  let listeners: Listeners
  let workers: WorkerPool
  var loop: EventLoop { loops.all[0] }

  static func run(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
    let loops = try EventLoops(count: 1)
    let stage = Stage(
      loops: loops, listeners: Listeners(loops: loops),
      workers: WorkerPool(threads: 1, name: "salt"))
    let task = Task(executorPreference: loops.all[0]) { try await body(stage) }
    let result = await task.result
    await stage.listeners.stop(grace: .zero)
    loops.stop()
    stage.workers.stop()
    try result.get()
  }

  func means(trust: TLSContext.Trust = .anyone) throws -> OutboundMeans {
    try OutboundMeans(loop: loop, workers: workers, trust: trust)
  }

  /// A server that runs `serve` for each connection.
  func open(_ serve: @escaping @Sendable (Connection) async throws -> Void) throws -> Endpoint {
    let address = try listeners.open(
      .ip(.loopbackV4, port: 0),
      Service(name: "peer", limits: .init(perAddress: 0, total: 0)) { connection in
        // What the client does to the server is seen at the client.
        _ = try? await serve(connection)
      })
    return Endpoint(host: "mx.test", address: address)
  }

  /// Waits for a few turns of the loop.
  func turns(_ count: Int = 3) async {
    for _ in 0..<count {
      await withUnsafeContinuation { continuation in loop.submit { continuation.resume() } }
    }
  }

  static func terms(_ security: OutboundTerms.Security = .never) -> OutboundTerms {
    var terms = OutboundTerms(helloName: "src.test")
    terms.security = security
    terms.times = OutboundTimes(all: .seconds(20))
    return terms
  }

  static func identity(_ names: String...) throws -> (identity: TLSIdentity, chain: [UInt8]) {
    let files = try SelfSignedCertificate.make(hostNames: names, now: SystemClock().now())
    return (
      try TLSIdentity(chain: files.certificate, key: files.key), files.certificate
    )
  }
}

extension Courier {
  /// Delivers with nothing to do but before the final dot.
  func deliver(
    _ envelope: OutboundEnvelope, _ body: some OutboundBody, to route: [Endpoint],
    _ terms: OutboundTerms, beforeFinalDot: @escaping (Endpoint) async throws -> Void
  ) async -> Report {
    await deliver(envelope, body, to: route, terms, Hooks(beforeFinalDot: beforeFinalDot))
  }
}

let letter = OutboundEnvelope(
  from: Array("a@src.test".utf8), to: [OutboundRecipient(Array("b@dst.test".utf8))])
let words = OctetBody(Array("Subject: x\r\n\r\nhello\r\n".utf8))

/// A server that keeps a log of what it took, and says what a script wants instead of the usual.
final class Sink: Sendable {
  /// What a command gets for an answer; nil for the usual.
  typealias Script = @Sendable (_ command: String, _ connection: Connection) async throws -> String?

  struct Taken: Sendable {
    var connections = 0
    var commands: [String] = []
    var messages: [String] = []
  }

  private let log = Mutex(Taken())
  var taken: Taken { log.withLock { $0 } }
  let features: [String]
  let tls: TLSContext?
  let script: Script

  init(
    _ features: [String] = ["PIPELINING"], tls: TLSContext? = nil,
    script: @escaping Script = { _, _ in nil }
  ) {
    self.features = features
    self.tls = tls
    self.script = script
  }

  @Sendable func serve(_ connection: Connection) async throws {
    log.withLock { $0.connections += 1 }
    guard try await say("220 mx.test", for: "connect", connection) else { return }
    while let line = try await connection.readLine(limit: 2_048, within: .seconds(20)) {
      let command = String(decoding: line, as: UTF8.self)
      log.withLock { $0.commands.append(command) }
      let verb = command.prefix { $0 != " " && $0 != ":" }.uppercased()
      guard try await say(usual(verb), for: command, connection) else { return }
      if verb == "QUIT" { return }
      if verb == "STARTTLS", let tls { try await connection.startTLS(tls) }
      if verb == "DATA" {
        guard let message = try await message(connection) else { return }
        log.withLock { $0.messages.append(message) }
        guard try await say("250 2.0.0 taken", for: ".", connection) else { return }
      }
    }
  }

  private func usual(_ verb: String) -> String {
    switch verb {
    case "EHLO", "LHLO":
      (["250-mx.test"] + features.map { "250-\($0)" }).joined(separator: "\r\n") + "\r\n250 HELP"
    case "DATA": "354 go"
    case "QUIT": "221 bye"
    case "STARTTLS": "220 go"
    default: "250 2.1.0 fine"
    }
  }

  /// False where the script wants the server to hang up.
  private func say(_ usual: String, for command: String, _ connection: Connection) async throws
    -> Bool
  {
    let answer = try await script(command, connection) ?? usual
    if answer == "hang up" { return false }
    connection.write(answer.isEmpty ? "" : answer + "\r\n")
    try await connection.flush()
    return !answer.hasPrefix("421")
  }

  private func message(_ connection: Connection) async throws -> String? {
    var message = ""
    while let line = try await connection.readLine(limit: 65_536, within: .seconds(20)) {
      if line == [UInt8(ascii: ".")] { return message }
      message +=
        String(decoding: line.first == UInt8(ascii: ".") ? line[1...] : line[...], as: UTF8.self)
        + "\r\n"
    }
    return nil
  }
}
