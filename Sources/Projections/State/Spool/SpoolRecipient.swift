import Events
import Platform

/// One recipient of a spool entry, and what is known of the attempts.
public struct SpoolRecipient: Hashable, Sendable {
  public enum Status: UInt8, Sendable {
    case waiting
    /// The end of the message was about to be sent. Without a worker at it: in doubt. RFC 1047
    case begun
    case delivered
    case failed
    /// It waits for another attempt, and may have the message already. RFC 1047
    case doubtful
  }

  /// Its number in the entry.
  public let index: Int
  /// The forward path without brackets.
  public let address: [UInt8]
  /// NOTIFY and ORCPT. RFC 3461 §4.1, §4.2
  public let notify: String?
  public let original: [UInt8]?
  /// The steps from the address that the client named.
  public let via: [RouteStep]
  public internal(set) var status = Status.waiting
  public internal(set) var attempts = 0
  /// When the next attempt is to be made.
  public internal(set) var due: Timestamp
  /// Whether it has been counted against the limits of an hour.
  public internal(set) var isAdmitted = false
  /// Whether the sender was told of the delay.
  public internal(set) var isDelayTold = false
  /// Whether somebody wants it to be next.
  public internal(set) var isForced = false
  /// The last reply: 0 where there was none.
  public internal(set) var code = 0
  /// RFC 3463
  public internal(set) var enhanced = ""
  public internal(set) var reply: [UInt8] = []
  public internal(set) var host = ""

  public var isFinal: Bool { status == .delivered || status == .failed }

  /// The domain of the address in lower case; empty where it has none.
  public var destination: [UInt8] { Self.destination(of: address) }

  static func destination(of address: [UInt8]) -> [UInt8] {
    guard let at = address.lastIndex(of: UInt8(ascii: "@")) else { return [] }
    return address[(at + 1)...].map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
  }
}

/// Row of `spool_recipient`, key: entry (8), number (2).
/// status 1, flags 1, attempts 2, code 2, due 8, number of steps 2, then each 2 + n: enhanced, host,
/// reply, address, notify, original, of each step kind and address.
extension SpoolRecipient {
  private struct Flags: OptionSet {
    let rawValue: UInt8
    static let admitted = Flags(rawValue: 1)
    static let delayTold = Flags(rawValue: 2)
    static let forced = Flags(rawValue: 4)
    static let notify = Flags(rawValue: 8)
    static let original = Flags(rawValue: 16)
  }

  static func key(_ entry: Position, _ index: Int) -> [UInt8] {
    var key = RowWriter(capacity: 10)
    key.uint64(entry.rawValue)
    key.uint16(UInt16(clamping: index))
    return key.bytes
  }

  var row: [UInt8] {
    var flags: Flags = []
    if isAdmitted { flags.insert(.admitted) }
    if isDelayTold { flags.insert(.delayTold) }
    if isForced { flags.insert(.forced) }
    if notify != nil { flags.insert(.notify) }
    if original != nil { flags.insert(.original) }
    var row = RowWriter(capacity: 96 + address.count + reply.count)
    row.uint8(status.rawValue)
    row.uint8(flags.rawValue)
    row.uint16(UInt16(clamping: attempts))
    row.uint16(UInt16(clamping: code))
    row.time(due)
    row.uint16(UInt16(clamping: via.count))
    row.short(enhanced.utf8)
    row.short(host.utf8)
    row.short(reply)
    row.short(address)
    row.short((notify ?? "").utf8)
    row.short(original ?? [])
    for step in via.prefix(Int(UInt16.max)) {
      row.short(step.kind.rawValue.utf8)
      row.short(step.address)
    }
    return row.bytes
  }

  init(_ index: Int, _ row: RawSpan) throws {
    var cursor = RowCursor()
    self.index = index
    status = Status(rawValue: try cursor.uint8(row)) ?? .waiting
    let flags = Flags(rawValue: try cursor.uint8(row))
    attempts = Int(try cursor.uint16(row))
    code = Int(try cursor.uint16(row))
    due = try cursor.time(row)
    let steps = try cursor.uint16(row)
    enhanced = try cursor.shortText(row)
    host = try cursor.shortText(row)
    reply = try cursor.short(row)
    address = try cursor.short(row)
    let notify = try cursor.shortText(row)
    self.notify = flags.contains(.notify) ? notify : nil
    let original = try cursor.short(row)
    self.original = flags.contains(.original) ? original : nil
    isAdmitted = flags.contains(.admitted)
    isDelayTold = flags.contains(.delayTold)
    isForced = flags.contains(.forced)
    var via: [RouteStep] = []
    for _ in 0..<steps {
      let kind = RouteStep.Kind(rawValue: try cursor.shortText(row))
      via.append(RouteStep(kind, try cursor.short(row)))
    }
    self.via = via
  }
}
