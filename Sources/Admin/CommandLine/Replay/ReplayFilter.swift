import Control
import Events
import Ledger
import Platform
import State

/// Which events a replay shows.
struct ReplayFilter {
  private let types: Set<String>
  let domain: DomainID?
  let actor: ActorID?
  let session: SessionID?

  init(_ call: Call, _ source: ReplaySource, _ types: Set<String>) throws {
    self.types = types
    domain = try call["--domain"].map { try Self.domain($0, source) }
    actor = try call["--actor"].map { try Self.actor($0, source) }
    session = try call["--session"].map { text in
      guard let id = ID(text) else {
        throw Invocation.Misuse(description: "--session takes an id, not \"\(text)\"")
      }
      return SessionID(rawValue: id)
    }
  }

  /// The types asked for; empty for all.
  static func types(_ call: Call) throws(Invocation.Misuse) -> Set<String> {
    let types = Set(call.invocation.list("--type"))
    let known = Set(EventCatalogue.all.map(\.type.name))
    if let unknown = types.subtracting(known).min() {
      throw Invocation.Misuse(
        description: "there is no event type \(unknown); docs/events.md lists them")
    }
    return types
  }

  private static func domain(_ text: String, _ source: ReplaySource) throws -> DomainID {
    if let id = ID(text) { return DomainID(rawValue: id) }
    let name = try DomainName(given: text)
    guard let domain = try state(source, text).read({ try $0.domain(named: name) }) else {
      throw Refusal.notFound(what: "the domain \(name)")
    }
    return domain.id
  }

  static func actor(_ text: String, _ source: ReplaySource) throws -> ActorID {
    if text == "server" { return .server }
    if text == "peer" { return .peer }
    for prefix in ["uid:", "operator:"] where text.hasPrefix(prefix) {
      if let uid = UInt32(text.dropFirst(prefix.count)) { return .operator(uid: uid) }
    }
    if let id = ID(text) { return ActorID(rawValue: id) }
    guard let user = try state(source, text).read({ try $0.user(signingInAs: text) }) else {
      throw Refusal.notFound(what: "the actor \(text)")
    }
    return .user(user.id)
  }

  /// State, which knows names.
  private static func state(_ source: ReplaySource, _ name: String) throws -> StateEnvironment {
    guard let state = source.state else {
      throw Failure(
        code: .unavailable,
        message: "State cannot be read, so \"\(name)\" is unknown: give an id, or start the server")
    }
    return state
  }

  func matches(_ recorded: Recorded) -> Bool {
    let header = recorded.header
    return (types.isEmpty || types.contains(header.type.name))
      && (domain == nil || header.domain == domain) && (actor == nil || header.actor == actor)
      && (session == nil || header.session == session)
  }
}
