@testable import IMAP

/// A response read strictly, as a client has to: strings, atoms and lists, nothing between.
enum FetchResponse {
  indirect enum Value: Hashable {
    case atom(String)
    case string([UInt8])
    case list([Value])
  }

  struct Malformed: Error {
    let octets: [UInt8]
  }

  /// The items of each FETCH response in `octets`; other responses must be one line each.
  static func items(of octets: [UInt8]) throws -> [[Value]] {
    var parser = Parser(octets)
    var found: [[Value]] = []
    do {
      while !parser.isAtEnd {
        try parser.expect(OctetClass.star, "untagged")
        try parser.space()
        let isNumber = OctetClass.isDigit(try parser.peek())
        let first = try parser.run("word") { OctetClass.isAtom($0) }
        try parser.space()
        if isNumber, try parser.takeWord("FETCH") {
          try parser.space()
          guard case .list(let items) = try value(&parser) else { throw Malformed(octets: octets) }
          found.append(items)
          try parser.expect(13, "CR")
          try parser.expect(10, "LF")
        } else {
          _ = first
          while try parser.next() != 10 {}
        }
      }
    } catch {
      throw Malformed(octets: octets)
    }
    return found
  }

  private static func value(_ parser: inout Parser) throws(SyntaxFailure) -> Value {
    switch try parser.peek() {
    case OctetClass.openList:
      _ = try parser.next()
      var values: [Value] = []
      while try parser.peek() != OctetClass.closeList {
        // Addresses and body parts follow each other without a space.
        if !values.isEmpty, try parser.peek() != OctetClass.openList { try parser.space() }
        values.append(try value(&parser))
        if try parser.peek() == OctetClass.space, try isSpaceBeforeList(parser) {
          try parser.space()
        }
      }
      _ = try parser.next()
      return .list(values)
    case OctetClass.quote, OctetClass.openLiteral: return .string(try parser.string())
    default: return .atom(try atom(&parser))
    }
  }

  private static func isSpaceBeforeList(_ parser: Parser) throws(SyntaxFailure) -> Bool {
    var ahead = parser
    try ahead.space()
    return try ahead.peek() == OctetClass.openList
  }

  /// An atom, of which `BODY[...]` may hold spaces, lists and strings.
  private static func atom(_ parser: inout Parser) throws(SyntaxFailure) -> String {
    var text: [UInt8] = []
    var isSection = false
    while true {
      let octet = try parser.peek()
      if octet == OctetClass.openSection { isSection = true }
      if octet == OctetClass.closeSection { isSection = false }
      let goesOn = isSection ? octet >= 0x20 : OctetClass.isAString(octet) || octet == 0x5C
      guard goesOn else { break }
      text.append(try parser.next())
    }
    guard !text.isEmpty else { throw .malformed("no atom") }
    return String(decoding: text, as: UTF8.self)
  }
}
