import Glibc
import Network
import Platform
import TestKit
import Testing

@testable import Delivery

/// Plays the transcripts of `Tests/Transcripts/delivery`, in which Daybook is the client `C:` and
/// the test the server `S:`.
///
/// Comments tell the client what to do and what must come of it, transaction by transaction:
/// - `# terms lmtp auth never opportunistic required refuse` words that change how it speaks
/// - `# send <sender> <recipient> ... [size=N] [8bit] [utf8] [ret=HDRS] [envid=X] [notify=NEVER]`
/// - `# body text` its body; `\r`, `\n` as in Swift; without it a line of words
/// - `# hook fails` the hook before the final dot throws
/// - `# outcome delivered 250 2.0.0, refused - 5.1.3` one for each recipient; `-` is no code
/// - `# fails 4.4.1` the session is not opened, with this status
@Suite struct TranscriptTests {
  @Test(arguments: TranscriptFiles.paths(in: "delivery"))
  func conversation(path: String) async throws {
    let text = String(decoding: try RepositoryFiles.read(path), as: UTF8.self)
    // The player of transcripts is a client; here it is the server.
    let mirrored = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      line -> String in
      switch line.prefix(2) {
      case "C:": "S:" + line.dropFirst(2)
      case "S:": "C:" + line.dropFirst(2)
      case "S|": "C|" + line.dropFirst(2)
      default: String(line)
      }
    }
    let name = String(path.split(separator: "/").last ?? "")
    let transcript = try Transcript(name: name, text: mirrored.joined(separator: "\n"))
    let script = ClientScript(text)
    let listener = try LoopbackListener()
    try await Stage.run { stage in
      let client = Task(executorPreference: stage.loop) {
        try await script.play(stage, Endpoint(host: "mx.test", address: listener.address))
      }
      try await transcript.run { _ in SocketPeer(socket: await listener.accept()) }
      let told = try await client.value
      check(told, script.expected, name)
    }
  }
}

/// What the comments of a transcript ask the client to do.
struct ClientScript: Sendable {
  struct Message: Sendable {
    var envelope: OutboundEnvelope
    var body = Array("Subject: x\r\n\r\nhello\r\n".utf8)
    var hookFails = false
  }

  struct Refused: Error {}

  var terms = Stage.terms()
  var messages: [Message] = []
  var expected: [String] = []

  init(_ text: String) {
    for line in text.split(separator: "\n") where line.hasPrefix("# ") {
      let words = line.dropFirst(2).split(separator: " ")
      let rest = words.dropFirst().joined(separator: " ")
      switch words[0] {
      case "terms": for word in words.dropFirst() { note(String(word)) }
      case "send": messages.append(Message(envelope: Self.envelope(words.dropFirst())))
      case "body":
        let body = rest.replacing("\\r", with: "\r").replacing("\\n", with: "\n")
        messages[messages.count - 1].body = Array(body.utf8)
      case "hook": messages[messages.count - 1].hookFails = true
      case "outcome", "fails": expected.append(rest)
      default: break
      }
    }
  }

  private mutating func note(_ word: String) {
    switch word {
    case "lmtp": terms.isLocal = true
    case "opportunistic": terms.security = .opportunistic
    case "required": terms.security = .required(verified: false)
    case "refuse": terms.bareLineEnds = .refuse
    case "short": terms.times = OutboundTimes(all: .milliseconds(200))
    case "own": terms.ownNames = ["src.test"]
    case "auth":
      terms.credentials = OutboundCredentials(
        name: "user", password: Array("secret".utf8), allowsClearText: true)
    default: Issue.record("no such term: \(word)")
    }
  }

  private static func envelope(_ words: ArraySlice<Substring>) -> OutboundEnvelope {
    let paths = words.filter { $0.hasPrefix("<") }.map { Array($0.dropFirst().dropLast().utf8) }
    var envelope = OutboundEnvelope(
      from: paths[0], to: paths.dropFirst().map { OutboundRecipient($0) })
    for word in words where !word.hasPrefix("<") {
      let parts = word.split(separator: "=")
      switch parts[0] {
      case "size": envelope.size = UInt64(parts[1])
      case "8bit": envelope.hasEightBit = true
      case "utf8": envelope.isInternationalized = true
      case "ret": envelope.returns = .init(rawValue: String(parts[1]))
      case "envid": envelope.identifier = Array(parts[1].utf8)
      case "notify":
        envelope.recipients[0].notify = parts[1] == "NEVER" ? [] : [.success, .failure]
      case "orcpt": envelope.recipients[0].original = .init(address: Array(parts[1].utf8))
      default: Issue.record("no such parameter: \(word)")
      }
    }
    return envelope
  }

  /// Speaks to the server and tells what came of it.
  func play(_ stage: Stage, _ endpoint: Endpoint) async throws -> [String] {
    var told: [String] = []
    let means = try stage.means()
    do throws(SessionFailure) {
      var session = try await OutboundSession.open(to: endpoint, terms, means)
      var canContinue = true
      for message in messages where canContinue {
        let result = await session.deliver(message.envelope, OctetBody(message.body)) {
          if message.hookFails { throw Refused() }
        }
        told.append(
          result.outcomes.map { outcome in
            "\(outcome.verdict) \(outcome.code.map { "\($0)" } ?? "-") \(outcome.status)"
          }.joined(separator: ", "))
        canContinue = result.canContinue
      }
      if canContinue { await session.quit() }
    } catch {
      told.append("\(RecipientOutcome(error).status)")
    }
    return told
  }
}

/// A socket that listens on the loopback address, accepted from by hand.
final class LoopbackListener: Sendable {
  let address: SocketAddress
  private let socket: Int32

  init() throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var end = sockaddr_in()
    end.sin_family = sa_family_t(AF_INET)
    end.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = socket
    let outcome = withUnsafeMutablePointer(to: &end) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { end in
        bind(descriptor, end, length) | listen(descriptor, 8)
          | getsockname(descriptor, end, &length)
      }
    }
    precondition(outcome == 0, "nothing listens")
    address = .ip(.loopbackV4, port: UInt16(bigEndian: end.sin_port))
  }

  deinit { _ = Glibc.close(socket) }

  func accept() async -> Int32 {
    let descriptor = socket
    return await Blocking.run { Glibc.accept(descriptor, nil, nil) }
  }
}
