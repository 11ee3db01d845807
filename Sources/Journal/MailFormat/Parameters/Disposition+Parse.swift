extension Disposition {
  /// Parses the value of a `Content-Disposition` field, folded or not; nil if it names no kind.
  /// RFC 2183 §2
  public init?(field value: [UInt8]) {
    var isCapped = false
    self.init(
      unfolded: Unfolding.unfold(value), parameters: ParameterReader.limit, isCapped: &isCapped)
  }

  init?(unfolded value: [UInt8], parameters limit: Int, isCapped: inout Bool) {
    var lexer = FieldLexer(value)
    lexer.skipBlanks()
    let kind = lexer.run(where: \.isToken)
    guard !kind.isEmpty else { return nil }
    let parameters = ParameterReader.read(&lexer, limit: limit, isCapped: &isCapped)
    self.init(kind: kind.lowercased, parameters: parameters)
  }
}
