/// One step from the address that a client named to where its mail goes: which rule took which
/// address further.
public struct RouteStep: Hashable, Sendable {
  /// Why an address stood for something else. A kind that a later version brings is kept as it is.
  public struct Kind: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// `user+folder@`.
    public static let plus = Kind(rawValue: "plus")
    /// `postmaster@` or `abuse@`. RFC 5321 §4.5.1, RFC 2142 §4
    public static let role = Kind(rawValue: "role")
    public static let alias = Kind(rawValue: "alias")
    /// The domain is another name of the one that is meant.
    public static let domainAlias = Kind(rawValue: "domain_alias")
    /// Nobody has the address, and the domain wants such mail.
    public static let catchAll = Kind(rawValue: "catch_all")
    /// The user passes mail on.
    public static let forward = Kind(rawValue: "forward")
    /// The address stands for the sender of mail that was passed on.
    public static let rewrittenSender = Kind(rawValue: "rewritten_sender")
  }

  public var kind: Kind
  /// The address that the rule was applied to, without brackets.
  public var address: [UInt8]

  public init(_ kind: Kind, _ address: [UInt8]) {
    self.kind = kind
    self.address = address
  }
}

extension RouteStep: FieldValue {
  public static var shape: String { "[kind text, address bytes]" }

  public func encode(to writer: inout CBORWriter) {
    writer.array(count: 2)
    kind.rawValue.encode(to: &writer)
    address.encode(to: &writer)
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    guard try cursor.enterArray(in: bytes) == 2 else { throw .outOfRange(at: start) }
    kind = Kind(rawValue: try String(from: &cursor, in: bytes))
    address = try [UInt8](from: &cursor, in: bytes)
    cursor.leave()
  }

  public func render(to json: inout JSONWriter) {
    json.array { json in
      kind.rawValue.render(to: &json)
      json.octets(address)
    }
  }
}
