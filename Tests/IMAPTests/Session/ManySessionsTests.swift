import Events
import State
import TestKit
import Testing

@testable import IMAP

/// I7: many sessions change one mailbox at random; afterwards all agree.
@Suite struct ManySessionsTests {
  @Test(arguments: [1, 2, 3]) func `every view, State and a rebuild agree`(
    _ seed: UInt64
  ) async throws {
    try await Cell.run { cell in
      var restless: [Restless] = []
      for number in 0..<4 {
        restless.append(try await Restless(cell, seed: seed &* 100 &+ UInt64(number)))
      }
      let started = restless
      let sessions = try await withThrowingTaskGroup(of: Restless.self) { group in
        for session in started {
          group.addTask(executorPreference: cell.clientLoop) {
            var session = session
            for _ in 0..<150 { try await session.step() }
            return session
          }
        }
        var ended: [Restless] = []
        for try await session in group { ended.append(session) }
        return ended
      }
      for var session in sessions { try await session.settle(cell) }
      let compared = try StateRebuild.compare(
        cell.node.journal, live: cell.node.state, scratch: cell.scratch.path("rebuild"))
      check(compared.live, compared.rebuilt, "seed \(seed)")
    }
  }
}

/// A client that does whatever comes to its mind, and keeps account of what it is told.
private struct Restless: Sendable {
  private static let flags = [
    "\\Seen", "\\Flagged", "\\Answered", "\\Draft", "\\Deleted", "\\Deleted", "$A", "$B",
  ]

  private let client: Client
  private var mirror = Mirror()
  private var random: Seeded

  init(_ cell: Cell, seed: UInt64) async throws {
    client = try await cell.connect()
    random = Seeded(seed)
    try await client.act("login")
    try await client.act("mail simple")
    try await select()
  }

  private mutating func select() async throws {
    mirror = Mirror()
    try await say("SELECT INBOX")
    try await say("UID FETCH 1:* FLAGS")
  }

  /// Sends a command and hears its responses; answers how it ended.
  @discardableResult
  private mutating func say(_ text: String) async throws -> String {
    let (untagged, tagged) = try await client.exchange(text)
    let verb = text.prefix { $0 != " " }
    for line in untagged {
      do {
        try mirror.hear(line, mayExpunge: !["FETCH", "STORE", "SEARCH"].contains(verb))
      } catch {
        throw Mirror.Confused(description: "\(text) -> \(untagged): \(error)")
      }
    }
    guard !tagged.hasPrefix("BAD") else {
      throw Mirror.Confused(description: "\(text) -> \(tagged)")
    }
    return tagged
  }

  private mutating func number() -> Int {
    Int.random(in: 1...max(mirror.messages.count, 1), using: &random)
  }

  mutating func step() async throws {
    guard !mirror.messages.isEmpty else { return try await append() }
    let (low, high) = (number(), number())
    let set = "\(min(low, high)):\(max(low, high))"
    switch Int.random(in: 0..<16, using: &random) {
    case 0...4: try await store(min(low, high)...max(low, high))
    case 5: try await say("EXPUNGE")
    case 6: try await say("UID EXPUNGE 1:\(low)")
    case 7: try await say("COPY \(low) INBOX")
    case 8: try await say("UID MOVE \(mirror.messages[low - 1].uid ?? 1) Trash")
    case 9: try await say("SEARCH \(set) UNSEEN")
    case 10: try await say("UID SEARCH KEYWORD $A")
    case 11: try await say("FETCH \(set) (UID FLAGS)")
    case 12: try await say("FETCH \(low) (UID BODY[TEXT])")
    case 13: try await append()
    case 14: try await say("UID FETCH 1:* FLAGS")
    default: try await idleOrSelect()
    }
  }

  private mutating func append() async throws {
    let mail = SampleMail.named("simple")
    try await say(
      "APPEND INBOX (\\Flagged) {\(mail.count)+}\r\n" + String(decoding: mail, as: UTF8.self))
  }

  private mutating func idleOrSelect() async throws {
    if Bool.random(using: &random) {
      try await say("IDLE\r\nDONE")
    } else {
      try await select()
    }
  }

  private mutating func store(_ range: ClosedRange<Int>) async throws {
    let mode = ["+", "-", ""].randomElement(using: &random) ?? ""
    let count = Int.random(in: mode.isEmpty ? 0...3 : 1...3, using: &random)
    let flags = Set((0..<count).compactMap { _ in Restless.flags.randomElement(using: &random) })
    let list = flags.sorted().joined(separator: " ")
    guard Bool.random(using: &random) else {
      try await say("STORE \(range.lowerBound):\(range.upperBound) \(mode)FLAGS (\(list))")
      return
    }
    // What was asked for comes first, then what the server says besides.
    for number in range { mirror.assume(number - 1, mode, flags) }
    try await say("STORE \(range.lowerBound):\(range.upperBound) \(mode)FLAGS.SILENT (\(list))")
  }

  /// Lets the last updates in, and holds what the client knows against State and a fresh FETCH.
  mutating func settle(_ cell: Cell) async throws {
    try await say("NOOP")
    let known = mirror.messages
    var fresh = Mirror()
    for line in try await client.command("SELECT INBOX") { try fresh.hear(line, mayExpunge: true) }
    for line in try await client.command("UID FETCH 1:* FLAGS") {
      try fresh.hear(line, mayExpunge: false)
    }
    check(known.count, fresh.messages.count, "messages")
    for (old, new) in zip(known, fresh.messages) {
      check(old.uid ?? new.uid, new.uid, "UID")
      check(old.flags ?? new.flags, new.flags, "flags of UID \(new.uid ?? 0)")
    }
    let stored = try cell.node.state.read { state -> [UInt32] in
      let inbox = try state.mailbox(named: .inbox, of: cell.users[0])
      var uids: [UInt32] = []
      try state.eachUID(in: inbox?.id ?? .zero) { uids.append($0.rawValue) }
      return uids
    }
    check(fresh.messages.map { $0.uid ?? 0 }, stored, "State")
  }
}
