/// What a server offers in its answer to EHLO or LHLO. RFC 5321 §4.1.1.1
public struct ServerFeatures: Hashable, Sendable {
  /// How it calls itself, in lower case.
  public var name = ""
  /// RFC 2920
  public var pipelining = false
  /// RFC 6152
  public var eightBit = false
  /// RFC 6531
  public var internationalized = false
  /// RFC 3461
  public var deliveryReports = false
  /// RFC 2034
  public var enhancedStatus = false
  /// RFC 3207
  public var startTLS = false
  /// RFC 1870
  public var size = false
  /// The largest message it takes, in octets; nil where it does not say.
  public var largest: UInt64?
  /// SASL mechanisms, in upper case. RFC 4954 §3
  public var mechanisms: Set<String> = []

  public init() {}

  /// Reads the answer to EHLO. One to HELO has a name only.
  init(_ reply: ServerReply) {
    for (index, line) in reply.lines.enumerated() {
      let words = String(decoding: line, as: UTF8.self).split(separator: " ")
      guard let first = words.first else { continue }
      if index == 0 {
        name = first.lowercased()
      } else {
        note(first.uppercased(), words.dropFirst())
      }
    }
  }

  private mutating func note(_ keyword: String, _ parameters: ArraySlice<Substring>) {
    switch keyword {
    case "PIPELINING": pipelining = true
    case "8BITMIME": eightBit = true
    case "SMTPUTF8": internationalized = true
    case "DSN": deliveryReports = true
    case "ENHANCEDSTATUSCODES": enhancedStatus = true
    case "STARTTLS": startTLS = true
    case "SIZE":
      size = true
      largest = parameters.first.flatMap { UInt64($0) }.flatMap { $0 == 0 ? nil : $0 }
    case "AUTH": mechanisms.formUnion(parameters.map { $0.uppercased() })
    default:
      // Old Exchange servers write "AUTH=LOGIN".
      if keyword.hasPrefix("AUTH=") { mechanisms.insert(String(keyword.dropFirst(5))) }
    }
  }
}
