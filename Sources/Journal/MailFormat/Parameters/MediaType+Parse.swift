extension MediaType {
  /// Parses the value of a `Content-Type` field, folded or not; nil if it has no valid
  /// `type "/" subtype`. RFC 2045 §5.1
  public init?(field value: [UInt8]) {
    var isCapped = false
    self.init(
      unfolded: Unfolding.unfold(value), parameters: ParameterReader.limit, isCapped: &isCapped)
  }

  init?(unfolded value: [UInt8], parameters limit: Int, isCapped: inout Bool) {
    var lexer = FieldLexer(value)
    lexer.skipBlanks()
    let type = lexer.run(where: \.isToken)
    lexer.skipBlanks()
    guard !type.isEmpty, lexer.take(UInt8(ascii: "/")) else { return nil }
    lexer.skipBlanks()
    let subtype = lexer.run(where: \.isToken)
    guard !subtype.isEmpty else { return nil }
    let parameters = ParameterReader.read(&lexer, limit: limit, isCapped: &isCapped)
    self.init(type: type.lowercased, subtype: subtype.lowercased, parameters: parameters)
  }
}
