import Events

/// What the command line asks of a node.
public struct ControlRequest: Sendable, Hashable {
  /// The operation's name, such as `user.add`.
  public let operation: String
  public let arguments: Row
  /// A password or passphrase, never part of the arguments and never shown.
  public let secret: [UInt8]

  public init(_ operation: String, _ arguments: Row = Row(), secret: [UInt8] = []) {
    self.operation = operation
    self.arguments = arguments
    self.secret = secret
  }
}

/// What a node answers: any number of rows and signs of progress, then an end.
public enum ControlReply: Sendable, Hashable {
  case row(Row)
  case progress(what: String, done: UInt64, total: UInt64)
  case finished
  case refused(String)
  case unavailable(String)
}

/// The coding of the control socket: four octets of length, big endian, then CBOR.
enum ControlCoding {
  /// Octets of one message at the most.
  static let limit = 1 << 20

  static func frame(_ body: [UInt8]) -> [UInt8] {
    let count = UInt32(body.count)
    return [
      UInt8(count >> 24), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255),
    ]
      + body
  }

  static func length(_ head: [UInt8]) -> Int { head.reduce(0) { $0 << 8 | Int($1) } }

  static func encode(_ request: ControlRequest) -> [UInt8] {
    var writer = CBORWriter()
    writer.array(count: 3)
    writer.text(request.operation)
    request.arguments.write(to: &writer)
    writer.octets(request.secret)
    return frame(writer.bytes)
  }

  static func request(_ bytes: [UInt8]) throws(CBORError) -> ControlRequest {
    let span = bytes.span
    var cursor = CBORCursor()
    guard try cursor.enterArray(in: span) == 3 else { throw .unexpected(at: 0) }
    let operation = String(copying: try cursor.text(in: span), of: span)
    let arguments = try Row(&cursor, in: span)
    let secret = [UInt8](copying: try cursor.octets(in: span), of: span)
    return ControlRequest(operation, arguments, secret: secret)
  }

  static func encode(_ reply: ControlReply) -> [UInt8] {
    let row: Row =
      switch reply {
      case .row(let row): Row(["kind": "row", "row": .row(row)])
      case .progress(let what, let done, let total):
        Row([
          "kind": "progress", "what": .text(what), "done": .number(done), "total": .number(total),
        ])
      case .finished: Row(["kind": "finished"])
      case .refused(let why): Row(["kind": "refused", "why": .text(why)])
      case .unavailable(let why): Row(["kind": "unavailable", "why": .text(why)])
      }
    var writer = CBORWriter()
    row.write(to: &writer)
    return frame(writer.bytes)
  }

  static func reply(_ bytes: [UInt8]) throws(CBORError) -> ControlReply {
    var cursor = CBORCursor()
    let row = try Row(&cursor, in: bytes.span)
    switch row.text("kind") {
    case "row":
      guard case .row(let inner) = row["row"] else { throw .unexpected(at: 0) }
      return .row(inner)
    case "progress":
      return .progress(
        what: row.text("what") ?? "", done: row.number("done") ?? 0, total: row.number("total") ?? 0
      )
    case "finished": return .finished
    case "refused": return .refused(row.text("why") ?? "")
    case "unavailable": return .unavailable(row.text("why") ?? "")
    default: throw .unexpected(at: 0)
    }
  }
}
