/// The identifier of a message, without the angle brackets around it. RFC 5322 §3.6.4
public struct MessageIdentifier: Hashable, Sendable {
  /// `id-left "@" id-right`; printable octets only.
  public let octets: [UInt8]

  /// A new identifier: `time` in microseconds since 1970 and 64 random bits make it unique on
  /// `host`, a domain name; octets that no domain has become dashes.
  public init(time: UInt64, random: UInt64, host: [UInt8]) {
    var octets: [UInt8] = []
    MessageIdentifier.append(time, to: &octets)
    octets.append(.dot)
    MessageIdentifier.append(random, to: &octets)
    octets.append(.at)
    for byte in host {
      let isPlain = byte.isDigit || byte.isLetter || byte == .dot || byte == .dash
      octets.append(isPlain || byte > 127 ? byte : .dash)
    }
    self.octets = octets
  }

  init(octets: [UInt8]) {
    self.octets = octets
  }

  /// With the angle brackets, as fields carry it.
  public var bracketed: [UInt8] { [UInt8(ascii: "<")] + octets + [UInt8(ascii: ">")] }

  /// The identifiers in the value of `Message-ID`, `In-Reply-To` or `References`, in order and at
  /// most `limit` of them. Comments and words between them are passed over; blanks inside one are
  /// dropped. RFC 5322 §3.6.4, §4.5.4
  public static func list(_ value: [UInt8], limit: Int = 1000) -> [MessageIdentifier] {
    var lexer = FieldLexer(value)
    var found: [MessageIdentifier] = []
    while found.count < limit {
      lexer.skipBlanks()
      guard let byte = lexer.peek else { break }
      if byte == .quote {
        _ = lexer.quotedString()
        continue
      }
      lexer.advance()
      guard byte == UInt8(ascii: "<") else { continue }
      let run = lexer.run { $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
      guard lexer.peek == UInt8(ascii: ">") else { continue }
      let octets = run.filter { $0.isPrintable || $0 > 127 }
      if !octets.isEmpty { found.append(MessageIdentifier(octets: octets)) }
    }
    return found
  }

  private static func append(_ number: UInt64, to octets: inout [UInt8]) {
    var shift: UInt64 = 64
    while shift > 0 {
      shift -= 4
      octets.append(.hexDigit(UInt8(truncatingIfNeeded: number >> shift & 15)) | 32)
    }
  }
}
