import Platform

/// The bytes of records: one deterministic CBOR array each.
///
/// `[1, header, payload, sealed, crc]` is an event, `[0, leaf hash, crc]` one that was redacted.
/// The checksum is CRC32C over everything before its own item, four octets, big-endian.
public enum Record {
  /// Octets.
  public static let maximumSize = 61_440

  /// Octets of the last item: its head and the checksum.
  static let checksumCount = 5
  static let eventForm: UInt64 = 1
  static let redactedForm: UInt64 = 0

  /// The hash of a record's leaf: SHA-256 of a zero octet and the stored bytes. RFC 6962 §2.1
  public static func leaf(of record: Span<UInt8>) -> Digest {
    SHA256.digest(prefix: 0, record)
  }

  /// What takes the place of a record of which only the leaf hash may stay.
  public static func redacted(leaf: Digest) -> [UInt8] {
    var writer = CBORWriter(capacity: 48)
    writer.array(count: 3)
    writer.unsigned(redactedForm)
    writer.octets(leaf.bytes)
    return finished(&writer)
  }

  /// Appends the checksum of what was written.
  @discardableResult
  static func finished(_ writer: inout CBORWriter) -> [UInt8] {
    writer.checksum(CRC32C.of(writer.bytes.span))
    return writer.bytes
  }
}
