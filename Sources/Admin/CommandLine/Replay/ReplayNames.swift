import Events
import Followers
import Ledger
import Platform
import State

/// Tells people who an actor is and where a session came from, as far as that can be read.
final class ReplayNames {
  private static let limit = 10_000

  private let source: ReplaySource
  private var actors: [ActorID: String] = [:]
  private var places: [SessionID: String?] = [:]
  private var domains: [DomainID: String] = [:]

  init(_ source: ReplaySource) { self.source = source }

  /// The address of a user; the id where it is not known (any more).
  func who(_ actor: ActorID) -> String {
    guard let user = actor.user else { return actor.description }
    if let known = actors[actor] { return known }
    let address = lookUp { view in
      try view.user(user).flatMap { try view.address(of: $0) }
    }
    return remember(address ?? actor.description, for: actor, in: &actors)
  }

  func domain(_ id: DomainID) -> String {
    if let known = domains[id] { return known }
    let name = lookUp { try $0.domain(id)?.name?.text }
    return remember(name ?? id.description, for: id, in: &domains)
  }

  /// The client's address and the service of a session; nil where it cannot be told.
  func place(_ session: SessionID) -> String? {
    if let known = places[session] { return known }
    return remember(signIn(session), for: session, in: &places)
  }

  /// Takes note of a sign-in that is shown itself.
  func learn(_ recorded: Recorded) {
    guard case .sessionSignedIn(let event) = recorded.event, let session = recorded.header.session
    else { return }
    _ = remember(Self.place(event), for: session, in: &places)
  }

  private func signIn(_ session: SessionID) -> String? {
    do {
      let first = try source.chronicle?.positions(ofEntity: session.rawValue, limit: 1).first
      guard let first, let record = try source.journal.reader.record(at: first),
        case .sessionSignedIn(let event) = try source.journal.reader.decode(record).event
      else { return nil }
      return Self.place(event)
    } catch { return nil }
  }

  private static func place(_ event: SessionSignedIn) -> String? {
    event.client.value.map { "\($0) (\(event.service))" }
  }

  private func lookUp<R>(_ read: (borrowing StateView) throws -> R?) -> R? {
    do { return try source.state?.read(read) ?? nil } catch { return nil }
  }

  private func remember<K: Hashable, V>(_ value: V, for key: K, in known: inout [K: V]) -> V {
    if known.count >= Self.limit { known = [:] }
    known[key] = value
    return value
  }
}
