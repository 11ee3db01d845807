import Events
import Platform
import Store

/// A message in a mailbox: what FETCH FLAGS, SEARCH by flag and STATUS need, and where the rest is.
///
/// Small and of fixed size, so that 100,000 of them are one scan.
public struct MessageRow: Hashable, Sendable {
  public internal(set) var flags: SystemFlags
  /// Bit n is the keyword with number n in this mailbox.
  public internal(set) var keywords: UInt64
  /// The position of the last change. RFC 7162 §3.1
  public internal(set) var modseq: Position
  /// Octets of prefix and body together: RFC822.SIZE.
  public let size: UInt64
  /// Octets of the lines before the body.
  public let prefixLength: UInt16
  public let internalDate: Timestamp
  /// The event that accepted or appended the message: key of its `Content`.
  public let origin: Position
  /// The event that filed it first: with `origin` the key of its prefix. A copy keeps it.
  public let filed: Position
}

/// Row of `message`, key: mailbox id (16), UID (4).
/// flags 1, reserved 1, prefix length 2, size 8, keywords 8, modseq 8, date 8, origin 8, filed 8.
extension MessageRow {
  static let rowLength = 52

  var row: [UInt8] {
    var row = RowWriter(capacity: Self.rowLength)
    row.uint8(flags.rawValue)
    row.uint8(0)
    row.uint16(prefixLength)
    row.uint64(size)
    row.uint64(keywords)
    row.uint64(modseq.rawValue)
    row.time(internalDate)
    row.uint64(origin.rawValue)
    row.uint64(filed.rawValue)
    return row.bytes
  }

  init(_ row: RawSpan) throws {
    guard row.byteCount == Self.rowLength else {
      throw StoreError.damaged(
        "a message row has the wrong length; `daybook rebuild` folds it anew")
    }
    flags = SystemFlags(rawValue: row.big8(0))
    prefixLength = row.big16(2)
    size = row.big64(4)
    keywords = row.big64(12)
    modseq = Position(row.big64(20))
    internalDate = Timestamp(microseconds: Int64(bitPattern: row.big64(28)))
    origin = Position(row.big64(36))
    filed = Position(row.big64(44))
  }

  static func key(_ mailbox: MailboxID, _ uid: UID) -> [UInt8] {
    var key = RowWriter(capacity: 20)
    key.id(mailbox.rawValue)
    key.uint32(uid.rawValue)
    return key.bytes
  }

  /// The UID in a key of the table.
  static func uid(_ key: RawSpan) -> UID { UID(key.byteCount == 20 ? key.big32(16) : 0) }
}

/// Loads without checks of its own: the caller has compared the length of the row.
extension RawSpan {
  @inline(__always) func big8(_ offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  @inline(__always) func big16(_ offset: Int) -> UInt16 {
    unsafe UInt16(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  @inline(__always) func big32(_ offset: Int) -> UInt32 {
    unsafe UInt32(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  @inline(__always) func big64(_ offset: Int) -> UInt64 {
    unsafe UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
