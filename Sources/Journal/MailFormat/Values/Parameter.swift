/// One `name=value` of a MIME field. RFC 2045 §5.1
///
/// The name is in lower case, the value without quoting. Pieces of a value that was continued over
/// several parameters are joined; if any piece was percent-encoded, the name ends in `*` and the
/// value is in the encoded form `charset'language'text`. RFC 2231 §4
public struct Parameter: Hashable, Sendable {
  public var name: [UInt8]
  public var value: [UInt8]

  public init(name: [UInt8], value: [UInt8]) {
    self.name = name
    self.value = value
  }
}
