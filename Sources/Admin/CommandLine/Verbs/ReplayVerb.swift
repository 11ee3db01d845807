import Control
import Events
import Glibc
import Ledger
import Platform
import State

/// `daybook replay`: the story, as an auditor reads it.
enum ReplayVerb: Verb {
  static let usage = Usage(
    "replay", "Tell what happened: who, when, from where, what.",
    options: [
      .init("--after", "N", "begin behind this position (default 0: from the first event)"),
      .init("--until", "N|TIME", "end at this position or RFC 3339 time"),
      .init("--domain", "NAME", "only events of this domain"),
      .init("--type", "T,...", "only events of these types, such as message.filed"),
      .init("--actor", "WHO", "only what this actor did: an id, uid:N, server or an address"),
      .init("--session", "ID", "only events of this session"),
      .init("--follow", nil, "go on as events happen, until Ctrl-C"), Usage.json,
    ],
    detail:
      "Personal fields are shown as far as the keyring can be read. Each reading is journaled.")

  static func run(_ call: Call) async throws -> ExitCode {
    let journal = try Journal(open: call.directory.path, mode: .reader)
    let filter = try ReplayFilter(call, journal)
    let last = try end(call, journal)
    let decoder = journal.reader.decoder()
    var position = Position(try call.invocation.number("--after") ?? 0)
    let first = position.advanced()
    var shown: UInt64 = 0
    repeat {
      let head = min(try journal.reader.head, last)
      while position < head {
        for record in try journal.reader.records(after: position) where record.position <= head {
          position = record.position
          let recorded = try decoder.decode(record)
          guard filter.matches(recorded) else { continue }
          shown += 1
          ReplayLine(recorded, record).show(call.terminal)
        }
      }
      if call.has("--follow") { await record(&shown, first, position, call, pause: true) }
    } while call.has("--follow") && position < last
    await record(&shown, first, position, call, pause: false)
    return .success
  }

  private static func end(_ call: Call, _ journal: Journal) throws -> Position {
    guard let text = call["--until"] else { return Position(.max) }
    if let number = UInt64(text) { return Position(number) }
    guard let time = Timestamp(rfc3339: text) else {
      throw Invocation.Misuse(
        description: "--until takes a position or a time such as 2026-11-23T10:00:00Z")
    }
    let next = try journal.reader.position(
      at: Timestamp(microseconds: time.microseconds + 1_000))
    return next.map { Position($0.rawValue - 1) } ?? Position(.max)
  }

  /// Journals the reading; where that cannot be done, says so loudly.
  private static func record(
    _ shown: inout UInt64, _ first: Position, _ last: Position, _ call: Call, pause: Bool
  ) async {
    if shown > 0 {
      let arguments = Row([
        "what": "replay", "first": .number(first.rawValue), "last": .number(last.rawValue),
        "reads": .number(shown),
      ])
      do {
        try await Act.perform(ControlRequest("reading", arguments), call)
        shown = 0
      } catch {
        call.terminal.warn("daybook: THIS READING COULD NOT BE JOURNALED: \(Self.reason(error))")
      }
    }
    guard pause else { return }
    do { try await Task.sleep(for: .milliseconds(500)) } catch { return }
  }

  private static func reason(_ error: any Error) -> String {
    (error as? Failure)?.message ?? "\(error)"
  }
}

/// Which events a replay shows.
struct ReplayFilter {
  private let domain: DomainID?
  private let types: Set<String>
  private let actor: ActorID?
  private let session: SessionID?

  init(_ call: Call, _ journal: Journal) throws {
    types = Set(call.invocation.list("--type"))
    domain = try call["--domain"].map { try DataView(call).domain($0).id }
    actor = try call["--actor"].map { try Self.actor($0, call) }
    session = try call["--session"].map { text in
      guard let id = ID(text) else {
        throw Invocation.Misuse(description: "--session takes an id, not \"\(text)\"")
      }
      return SessionID(rawValue: id)
    }
    let known = Set(EventCatalogue.all.map(\.type.name))
    if let unknown = types.first(where: { !known.contains($0) }) {
      throw Invocation.Misuse(
        description: "there is no event type \(unknown); docs/events.md lists them")
    }
  }

  private static func actor(_ text: String, _ call: Call) throws -> ActorID {
    if text == "server" { return .server }
    if text.hasPrefix("uid:"), let uid = UInt32(text.dropFirst(4)) { return .operator(uid: uid) }
    if let id = ID(text) { return ActorID(rawValue: id) }
    let data = try DataView(call)
    guard let user = try data.state.read({ try $0.user(signingInAs: text) }) else {
      throw Refusal.notFound(what: "the actor \(text)")
    }
    return .user(user.id)
  }

  func matches(_ recorded: Recorded) -> Bool {
    let header = recorded.header
    return (types.isEmpty || types.contains(header.type.name))
      && (domain == nil || header.domain == domain) && (actor == nil || header.actor == actor)
      && (session == nil || header.session == session)
  }
}

/// One event as it is shown.
struct ReplayLine {
  private let recorded: Recorded
  private let record: RawRecord

  init(_ recorded: Recorded, _ record: RawRecord) {
    self.recorded = recorded
    self.record = record
  }

  func show(_ terminal: Terminal) {
    var json = JSONWriter()
    let leaf = MerkleTree.leafHash(record.bytes)
    recorded.render(to: &json, leaf: leaf, record: record.bytes)
    guard !terminal.isJSON else { return terminal.say(json.text) }
    let header = recorded.header
    terminal.say(
      "\(header.position) \(header.time) \(header.type.name) by \(header.actor)"
        + (header.session.map { " in session \($0)" } ?? "")
        + (header.domain.map { " of domain \($0)" } ?? ""))
    var facts = JSONWriter()
    recorded.render(to: &facts, record: record.bytes)
    terminal.say("    \(Self.tail(of: facts.text))")
    terminal.say("    leaf \(leaf)")
  }

  /// The payload and the personal part of a rendered event.
  private static func tail(of json: String) -> Substring {
    guard let start = json.firstRange(of: "\"payload\":")?.lowerBound else { return "" }
    return json[start...].dropLast()
  }
}
