import CPlatform
import Glibc
import Platform

extension Connection {
  /// Connects to `address`, from `source` where given. On the loop.
  ///
  /// The caller must `close` (or `hangUp`) the connection: the loop holds it until then.
  /// - Throws: `.timedOut`, `.cancelled`, or `.lost` with the kernel's reason.
  public static func connect(
    to address: SocketAddress, from source: IPAddress? = nil, on loop: EventLoop,
    within time: Duration
  ) async throws(ConnectionFailure) -> Connection {
    precondition(loop.isCurrent, "a connection is made on its loop")
    let descriptor = try open(to: address, from: source)
    let connection = Connection(
      descriptor: descriptor, loop: loop, peer: address, local: boundAddress(of: descriptor))
    connection.isWritable = false
    try connection.attach()
    await withTaskCancellationHandler {
      await connection.waitToWrite(by: loop.deadline(after: time))
    } onCancel: {
      loop.submit { connection.fail(.cancelled) }
    }
    if connection.failure == nil, !connection.isWritable { connection.fail(.timedOut) }
    if connection.failure == nil {
      let outcome = daybook_connect_outcome(connection.descriptor)
      if outcome < 0 {
        connection.fail(
          .lost(SystemError(code: -outcome, operation: "connect", path: "\(address)")))
      }
    }
    if let failure = connection.failure { throw failure }
    return connection
  }

  /// Runs `body` with the connection's task cancellable: when the task that runs it is cancelled,
  /// the connection is closed and whatever waits on it throws `.cancelled`. Closes at the end.
  public func whileOpen<R>(_ body: () async throws -> R) async rethrows -> R {
    defer { close() }
    return try await withTaskCancellationHandler {
      try await body()
    } onCancel: {
      loop.submit { [self] in fail(.cancelled) }
    }
  }

  /// Who is at the other end of a Unix socket; nil on any other.
  public var peerCredentials: PeerCredentials? {
    guard case .unix = peer else { return nil }
    var process: Int32 = 0
    var user: UInt32 = 0
    var group: UInt32 = 0
    guard daybook_peer_credentials(descriptor, &process, &user, &group) == 0 else { return nil }
    return PeerCredentials(processID: process, userID: user, groupID: group)
  }

  static func boundAddress(of descriptor: Int32) -> SocketAddress {
    var end = daybook_endpoint()
    guard daybook_local_endpoint(descriptor, &end) == 0 else { return .unix(path: "") }
    return SocketAddress(end)
  }

  private static func open(
    to address: SocketAddress, from source: IPAddress?
  ) throws(ConnectionFailure) -> Int32 {
    let result: Int32
    switch address {
    case .unix(let path): result = daybook_connect_unix(path)
    case .ip:
      var end = address.endpoint ?? daybook_endpoint()
      if let source, var from = SocketAddress.ip(source, port: 0).endpoint {
        result = daybook_connect(&end, &from)
      } else {
        result = daybook_connect(&end, nil)
      }
    }
    guard result >= 0 else {
      throw .lost(SystemError(code: -result, operation: "connect", path: "\(address)"))
    }
    return result
  }
}

/// The process at the other end of a Unix socket, as the kernel recorded it at connect.
public struct PeerCredentials: Hashable, Sendable {
  public let processID: Int32
  public let userID: UInt32
  public let groupID: UInt32
}
