import Events
import Network

/// One client of the control socket: one request, its answers, the end.
struct ControlSession: Sendable {
  /// Performs a request for an operator's uid and gives its replies as they come.
  typealias Perform =
    @Sendable (
      ControlRequest, _ uid: UInt32, _ reply: @escaping @Sendable (ControlReply) async -> Void
    )
    async -> Void

  private static let patience = Duration.seconds(30)

  let connection: Connection
  /// The uids that are heard: root and the server's own.
  let operators: Set<UInt32>
  let perform: Perform

  func run() async {
    do {
      guard let peer = connection.peerCredentials, operators.contains(peer.userID) else {
        try await send(.refused("only root and the server's own user may use the control socket"))
        return await connection.hangUp()
      }
      let request = try await readRequest()
      let connection = connection
      await perform(request, peer.userID) { reply in
        connection.write(ControlCoding.encode(reply))
        // A client that has gone does not stop what it asked for.
        try? await connection.flush()
      }
    } catch {
      connection.write(ControlCoding.encode(.refused("the request is not understood")))
    }
    await connection.hangUp()
  }

  private func readRequest() async throws -> ControlRequest {
    let head = try await connection.readExactly(4, within: Self.patience)
    let length = ControlCoding.length(head)
    guard length <= ControlCoding.limit else { throw CBORError.truncated(at: 0) }
    return try ControlCoding.request(
      try await connection.readExactly(length, within: Self.patience))
  }

  private func send(_ reply: ControlReply) async throws(ConnectionFailure) {
    connection.write(ControlCoding.encode(reply))
    try await connection.flush()
  }
}
