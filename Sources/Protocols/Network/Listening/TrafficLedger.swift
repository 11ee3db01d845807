/// What came of a connection, for the summaries of traffic.
public struct ConnectionTally: Hashable, Sendable {
  public var commands: UInt64 = 0
  /// Commands that were refused or not understood.
  public var badCommands: UInt64 = 0
  /// Whether somebody signed in or a message was accepted: then events tell of the connection, and
  /// no summary does.
  public var isEventful = false

  public init() {}
}

/// What one address did at one service, over a window of time.
public struct Traffic: Hashable, Sendable {
  public let service: String
  /// Nil for addresses that were too many to tell apart.
  public let client: IPAddress?
  /// Connections that ended without anything an event tells of.
  public internal(set) var connections: UInt64 = 0
  /// Connections hung up on because of a limit.
  public internal(set) var refused: UInt64 = 0
  public internal(set) var commands: UInt64 = 0
  public internal(set) var badCommands: UInt64 = 0
}

/// Sums up traffic per service and address, so that a flood is one event per minute and address.
/// What comes through Unix sockets is the operators' and not counted.
struct TrafficLedger {
  /// Addresses that are told apart in one window; later ones are counted together.
  static let most = 10_000

  private struct Source: Hashable {
    let service: String
    let client: IPAddress?
  }

  private var sums: [Source: Traffic] = [:]

  mutating func ended(_ service: String, _ client: IPAddress?, _ tally: ConnectionTally) {
    guard let client, !tally.isEventful else { return }
    change(service, client) { traffic in
      traffic.connections += 1
      traffic.commands += tally.commands
      traffic.badCommands += tally.badCommands
    }
  }

  mutating func refused(_ service: String, _ client: IPAddress?) {
    guard let client else { return }
    change(service, client) { $0.refused += 1 }
  }

  /// Adds what was taken and could not be journaled.
  mutating func putBack(_ late: [Traffic]) {
    for one in late {
      change(one.service, one.client) { traffic in
        traffic.connections += one.connections
        traffic.refused += one.refused
        traffic.commands += one.commands
        traffic.badCommands += one.badCommands
      }
    }
  }

  mutating func take() -> [Traffic] {
    defer { sums = [:] }
    return Array(sums.values)
  }

  private mutating func change(
    _ service: String, _ client: IPAddress?, _ body: (inout Traffic) -> Void
  ) {
    var source = Source(service: service, client: client)
    if sums[source] == nil, sums.count >= Self.most {
      source = Source(service: service, client: nil)
    }
    body(&sums[source, default: Traffic(service: service, client: source.client)])
  }
}
