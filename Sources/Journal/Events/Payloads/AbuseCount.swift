/// How far one source has come towards the threshold of an abuse rule.
public struct AbuseCount: Hashable, Sendable {
  /// Such as `brute_force`.
  public var rule: String
  /// Whom a rule about users counts.
  public var user: UserID?
  /// In the rule's window, when it was journaled.
  public var count: UInt64
  /// The address or IPv6 network that a rule about clients counts.
  public var source: String?
  /// Such as `imap`.
  public var service: String

  public init(rule: String, user: UserID? = nil, count: UInt64, source: String?, service: String) {
    self.rule = rule
    self.user = user
    self.count = count
    self.source = source
    self.service = service
  }
}

extension AbuseCount: FieldValue {
  public static var shape: String {
    "{rule text, user? id, count uint, source? text, service text}"
  }

  public func encode(to writer: inout CBORWriter) {
    writer.map { map in
      map.pair("rule", rule)
      map.pair("user", user)
      map.pair("count", count)
      map.pair("source", source)
      map.pair("service", service)
    }
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    var map = try CBORMap(cursor, in: bytes)
    rule = try map.required("rule", in: bytes)
    user = try map.optional("user", in: bytes)
    count = try map.required("count", in: bytes)
    source = try map.optional("source", in: bytes)
    service = try map.required("service", in: bytes)
    try map.finish(in: bytes)
    cursor = map.cursor
  }

  public func render(to json: inout JSONWriter) {
    json.object { json in
      json.member("rule", rule)
      json.member("user", ifAny: user)
      json.key("count")
      json.number(count)
      json.member("source", ifAny: source)
      json.member("service", service)
    }
  }
}
