/// Reads the `; name=value` tail of a MIME field. RFC 2045 §5.1
///
///     parameter = attribute "=" value
///     value     = token / quoted-string
///
/// What is not a parameter is passed over up to the next semicolon; a value without quotes may hold
/// blanks and specials, because mailers write such file names.
enum ParameterReader {
  /// The most parameters that are read of one field.
  static let limit = 500

  /// The parameters behind the octet at hand, continuations joined. `isCapped` becomes true if
  /// there were more than `limit`.
  static func read(
    _ lexer: inout FieldLexer, limit: Int, isCapped: inout Bool
  ) -> [Parameter] {
    let limit = min(limit, ParameterReader.limit)
    var parameters: [Parameter] = []
    while skipToSemicolon(&lexer) {
      guard parameters.count < limit else {
        isCapped = true
        break
      }
      if let parameter = parameter(&lexer) { parameters.append(parameter) }
    }
    return ContinuedParameters.join(parameters)
  }

  /// Passes over what is left of a parameter, and the semicolon behind it; false at the end.
  private static func skipToSemicolon(_ lexer: inout FieldLexer) -> Bool {
    while let byte = lexer.peek {
      switch byte {
      case .quote: _ = lexer.quotedString()
      case UInt8(ascii: "("): lexer.skipBlanks()
      default: lexer.advance()
      }
      if byte == .semicolon { return true }
    }
    return false
  }

  private static func parameter(_ lexer: inout FieldLexer) -> Parameter? {
    lexer.skipBlanks()
    let name = lexer.run(where: \.isToken)
    lexer.skipBlanks()
    guard !name.isEmpty, lexer.take(.equals) else { return nil }
    lexer.skipBlanks()
    return Parameter(name: name.lowercased, value: value(&lexer))
  }

  private static func value(_ lexer: inout FieldLexer) -> [UInt8] {
    if lexer.peek == .quote { return Unfolding.sanitize(lexer.quotedString()) }
    var value: [UInt8] = []
    while let byte = lexer.peek, byte != .semicolon {
      let run = lexer.run { !$0.isBlank && $0 != .semicolon }
      if !value.isEmpty, !run.isEmpty { value.append(.space) }
      value += run
      lexer.skipBlanks()
    }
    return value
  }
}
