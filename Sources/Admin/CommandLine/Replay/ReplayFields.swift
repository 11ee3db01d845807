/// The members of an object of JSON, one `key value` each, for people: nested keys joined by dots.
///
/// Nothing is lost and nothing is told that a terminal would obey: a text with anything but visible
/// characters, or with a quote, a backslash or a comma, stays a JSON string with its quotes.
struct ReplayFields {
  private(set) var pairs: [(key: String, value: String)] = []
  private let bytes: [UInt8]
  private var at = 0

  /// - Parameter json: one object as `JSONWriter` writes it, without blanks.
  init(_ json: String) {
    bytes = Array(json.utf8)
    value("")
  }

  private var next: UInt8 { at < bytes.count ? bytes[at] : 0 }

  private mutating func value(_ path: String) {
    switch next {
    case UInt8(ascii: "{"): object(path)
    case UInt8(ascii: "["): array(path)
    default: pairs.append((path, scalar()))
    }
  }

  private mutating func object(_ path: String) {
    if isEmpty(UInt8(ascii: "}")) { return pairs.append((path, "{}")) }
    repeat {
      at += 1
      let name = string()
      at += 1
      value(path.isEmpty ? Self.shown(name) : path + "." + Self.shown(name))
    } while next == UInt8(ascii: ",")
    at += 1
  }

  /// A list of texts and numbers is one value; the elements of any other are numbered from 1.
  private mutating func array(_ path: String) {
    if isEmpty(UInt8(ascii: "]")) { return pairs.append((path, "[]")) }
    var scalars: [String] = []
    var number = 0
    repeat {
      at += 1
      number += 1
      if next == UInt8(ascii: "{") || next == UInt8(ascii: "[") {
        value("\(path).\(number)")
      } else {
        scalars.append(scalar())
      }
    } while next == UInt8(ascii: ",")
    at += 1
    if !scalars.isEmpty { pairs.append((path, scalars.joined(separator: ", "))) }
  }

  /// Steps over an object or list without members.
  private mutating func isEmpty(_ end: UInt8) -> Bool {
    guard at + 1 < bytes.count, bytes[at + 1] == end else { return false }
    at += 2
    return true
  }

  private mutating func scalar() -> String {
    if next == UInt8(ascii: "\"") { return Self.shown(string()) }
    let start = at
    while at < bytes.count, !Self.ends.contains(next) { at += 1 }
    return text(start..<at)
  }

  /// A string with its quotes.
  private mutating func string() -> String {
    let start = at
    at += 1
    while at < bytes.count, next != UInt8(ascii: "\"") {
      at += next == UInt8(ascii: "\\") ? 2 : 1
    }
    at += 1
    return text(start..<min(at, bytes.count))
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private static let ends = Set(",]}".utf8)

  /// A string without its quotes where nothing in it asks for them.
  private static func shown(_ quoted: String) -> String {
    let inner = quoted.dropFirst().dropLast()
    let isPlain = inner.unicodeScalars.allSatisfy {
      $0.properties.generalCategory != .format && !$0.properties.isWhitespace
        && $0 != "\\" && $0 != "," && $0 != "\""
    }
    return isPlain && !inner.isEmpty ? String(inner) : quoted
  }
}
