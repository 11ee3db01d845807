/// Why bytes are not a record, or an event cannot become one.
public enum RecordError: Error, Hashable, Sendable {
  /// The record would have `size` octets, more than `Record.maximumSize`.
  case tooLarge(type: String, size: Int)
  /// The bytes do not have the form of a record.
  case malformed(CBORError)
  /// The checksum does not fit the bytes.
  case damaged
  /// The header says what no record says.
  case badHeader(CBORError)
  /// The payload is not what its type and version say.
  case badPayload(type: String, DecodingFailure)
  /// The record is reduced to its leaf hash.
  case redacted
}

extension RecordError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLarge(let type, let size):
      "a \(type) record of \(size) bytes exceeds \(Record.maximumSize)"
    case .malformed(let error): "not a record: \(error)"
    case .damaged: "the checksum of the record does not match"
    case .badHeader(let error): "record header: \(error)"
    case .badPayload(let type, let failure): "\(type): \(failure)"
    case .redacted: "the record is redacted"
    }
  }
}
