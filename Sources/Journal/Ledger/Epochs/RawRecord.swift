import Events
import Platform

/// One record as stored, copied out of the journal.
public struct RawRecord: Hashable, Sendable {
  /// Where it stands; the first is 1.
  public let position: Position
  /// The record's bytes, checksum included.
  public let bytes: [UInt8]

  public init(position: Position, bytes: [UInt8]) {
    self.position = position
    self.bytes = bytes
  }
}

extension RawRecord {
  /// The header; nil where the record was redacted. The checksum is checked.
  public func header() throws -> EventHeader? {
    do {
      let view = try RecordView(bytes.span)
      return view.isRedacted ? nil : try view.header(in: bytes.span)
    } catch {
      throw LedgerError.damaged(position: position, what: "\(error)")
    }
  }

  /// The hash of its leaf. The checksum is checked.
  public func leaf() throws -> Digest {
    do { return try RecordView(bytes.span).leaf(in: bytes.span) } catch {
      throw LedgerError.damaged(position: position, what: "\(error)")
    }
  }
}

extension RawRecord {
  /// The hash of its leaf; nil where the record is not intact.
  var intactLeaf: Digest? {
    do { return try leaf() } catch { return nil }
  }
}
