extension SMTPParser {
  /// `*(SP esmtp-keyword ["=" esmtp-value])` behind a reverse-path. RFC 5321 §4.1.2
  mutating func mailParameters() throws(SyntaxFault) -> MailParameters {
    var parameters = MailParameters()
    while let (keyword, value) = try nextParameter() {
      switch keyword {
      case "SIZE":
        guard let value, let size = number(value), parameters.size == nil else { throw .arguments }
        parameters.size = size
      case "BODY":
        guard let value, parameters.body == nil, let body = body(value) else { throw .arguments }
        parameters.body = body
      case "SMTPUTF8":
        guard value == nil else { throw .arguments }
        parameters.isInternationalized = true
      case "RET":
        guard let value, parameters.returning == nil, let returning = returning(value)
        else { throw .arguments }
        parameters.returning = returning
      case "ENVID":
        guard let value, parameters.envelopeID == nil, value.count <= 100,
          let decoded = decodedXtext(value)
        else { throw .arguments }
        parameters.envelopeID = decoded
      case "AUTH":
        // The identity a relay vouches for; we trust nobody's word for it. RFC 4954 §5
        guard let value, decodedXtext(value) != nil else { throw .arguments }
      default:
        throw .unknownParameter
      }
    }
    return parameters
  }

  mutating func recipientParameters() throws(SyntaxFault) -> RecipientParameters {
    var parameters = RecipientParameters()
    while let (keyword, value) = try nextParameter() {
      switch keyword {
      case "NOTIFY":
        guard let value, parameters.notify == nil, let notify = notify(value)
        else { throw .arguments }
        parameters.notify = notify
      case "ORCPT":
        guard let value, parameters.originalRecipient == nil, value.count <= 500,
          let semicolon = value.firstIndex(of: UInt8(ascii: ";")), semicolon > 0,
          let decoded = decodedXtext(value)
        else { throw .arguments }
        parameters.originalRecipient = decoded
      default:
        throw .unknownParameter
      }
    }
    return parameters
  }

  private mutating func nextParameter() throws(SyntaxFault) -> (String, [UInt8]?)? {
    if isAtEnd { return nil }
    guard take(0x20) else { throw .arguments }
    skipSpaces()
    if isAtEnd { return nil }
    let word = takeWord()
    let equals = word.firstIndex(of: UInt8(ascii: "="))
    let keyword = word[..<(equals ?? word.count)]
    let isKeyword = keyword.allSatisfy {
      Octet.isLetter($0) || Octet.isDigit($0) || $0 == UInt8(ascii: "-")
    }
    guard !keyword.isEmpty, isKeyword else { throw .arguments }
    let value = equals.map { Array(word[($0 + 1)...]) }
    if let value, value.isEmpty || !value.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) {
      throw .arguments
    }
    return (String(decoding: keyword.map(Octet.uppercased), as: UTF8.self), value)
  }

  private func number(_ value: [UInt8]) -> UInt64? {
    var parser = SMTPParser(value)
    guard let number = parser.takeNumber(), parser.isAtEnd else { return nil }
    return number
  }

  private func body(_ value: [UInt8]) -> MailParameters.Body? {
    switch String(decoding: value.map(Octet.uppercased), as: UTF8.self) {
    case "7BIT": .sevenBit
    case "8BITMIME": .eightBitMIME
    case "BINARYMIME": .binaryMIME
    default: nil
    }
  }

  private func returning(_ value: [UInt8]) -> MailParameters.Return? {
    switch String(decoding: value.map(Octet.uppercased), as: UTF8.self) {
    case "FULL": .full
    case "HDRS": .headers
    default: nil
    }
  }

  /// `NEVER` alone, or a list of the others. RFC 3461 §4.1
  private func notify(_ value: [UInt8]) -> RecipientParameters.Notify? {
    let words = value.map(Octet.uppercased).split(
      separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    if words == [ArraySlice("NEVER".utf8)] { return .never }
    var notify: RecipientParameters.Notify = []
    for word in words {
      switch String(decoding: word, as: UTF8.self) {
      case "SUCCESS": notify.insert(.success)
      case "FAILURE": notify.insert(.failure)
      case "DELAY": notify.insert(.delay)
      default: return nil
      }
    }
    return notify
  }

  /// Decodes `xtext`. Controls are refused even when encoded: decoded values reach the header
  /// of a notification. RFC 3461 §4
  private func decodedXtext(_ value: [UInt8]) -> [UInt8]? {
    var decoded: [UInt8] = []
    var place = 0
    while place < value.count {
      var octet = value[place]
      place += 1
      if octet == UInt8(ascii: "=") { return nil }
      if octet == UInt8(ascii: "+") {
        guard place + 1 < value.count, let high = Octet.hexValue(value[place]),
          let low = Octet.hexValue(value[place + 1])
        else { return nil }
        octet = high << 4 | low
        place += 2
      }
      guard octet >= 0x20, octet != 0x7F else { return nil }
      decoded.append(octet)
    }
    return decoded
  }
}
