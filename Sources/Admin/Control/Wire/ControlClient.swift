import Network

/// Asks a running server, through the control socket in its data directory.
public enum ControlClient {
  /// No server listens on the socket.
  public struct Absent: Error {}

  /// How long an answer may take; a rebuild of a large State sends progress long before.
  private static let patience = Duration.seconds(600)

  /// Sends the request and gives each row and sign of progress to `hear`; the last reply.
  ///
  /// - Throws: `Absent` where no server runs on this data directory.
  public static func ask(
    _ request: ControlRequest, at socket: String,
    hear: @escaping @Sendable (ControlReply) -> Void
  ) async throws -> ControlReply {
    let loops = try EventLoops(count: 1)
    defer { loops.stop() }
    let loop = loops.next()
    return try await Task(executorPreference: loop) {
      let connection: Connection
      do {
        connection = try await Connection.connect(
          to: .unix(path: socket), on: loop, within: .seconds(5))
      } catch {
        throw Absent()
      }
      return try await connection.whileOpen {
        connection.write(ControlCoding.encode(request))
        while true {
          let head = try await connection.readExactly(4, within: patience)
          let reply = try ControlCoding.reply(
            try await connection.readExactly(ControlCoding.length(head), within: patience))
          switch reply {
          case .row, .progress: hear(reply)
          case .finished, .refused, .unavailable: return reply
          }
        }
      }
    }.value
  }
}
