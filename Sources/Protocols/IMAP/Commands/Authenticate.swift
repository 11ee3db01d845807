/// AUTHENTICATE: signs in by a SASL mechanism. RFC 3501 §6.2.2, RFC 4959 §3
struct Authenticate: Command {
  static let verbs: [StaticString] = ["AUTHENTICATE"]
  static let stages = Stages.notAuthenticated

  /// In upper case.
  let mechanism: String
  /// The initial response in base64; `=` is one without octets.
  let initialResponse: [UInt8]?

  // authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp] *(CRLF base64)
  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    mechanism = try parser.word().description
    guard try !parser.isAtLineEnd() else {
      initialResponse = nil
      return
    }
    try parser.space()
    initialResponse = Array(
      try parser.run("bad initial response") { OctetClass.isAtom($0) || $0 == OctetClass.plus })
  }
}
