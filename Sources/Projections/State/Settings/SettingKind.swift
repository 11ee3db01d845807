/// What a setting may hold, with the text form that is journaled.
public enum SettingKind: Sendable, Hashable {
  /// `on` or `off`.
  case toggle
  /// A whole number in the range; 0 beside the range where it means *unlimited* or *none*.
  case number(ClosedRange<Int>, zero: String?)
  case choice([String])
  /// Text of one line, at most so many octets.
  case text(SettingText, longest: Int)
  /// Items separated by commas, at most so many.
  case list(SettingText, most: Int)

  /// Why a text is no value of this kind: completes "refused because".
  struct Failure: Error { let reason: String }

  func canonical(_ raw: String) throws(Failure) -> String {
    let text = Self.trimmed(raw)
    switch self {
    case .toggle: return try Self.toggle(text)
    case .number(let range, let zero): return try Self.number(text, range, zero: zero)
    case .choice(let choices):
      let lower = text.lowercased()
      guard choices.contains(lower) else {
        throw Failure(reason: "it is one of \(choices.joined(separator: ", "))")
      }
      return lower
    case .text(let shape, let longest):
      guard text.utf8.count <= longest else {
        throw Failure(reason: "it is longer than \(longest) octets")
      }
      return text.isEmpty ? "" : try shape.canonical(text)
    case .list(let shape, let most):
      return try Self.list(text, shape, most: most)
    }
  }

  private static func trimmed(_ raw: String) -> String {
    var scalars = Substring(raw).unicodeScalars
    while let first = scalars.first, first == " " || first == "\t" { scalars.removeFirst() }
    while let last = scalars.last, last == " " || last == "\t" { scalars.removeLast() }
    return String(scalars)
  }

  private static func toggle(_ text: String) throws(Failure) -> String {
    switch text.lowercased() {
    case "on", "yes", "true", "1": return "on"
    case "off", "no", "false", "0": return "off"
    default: throw Failure(reason: "it is on or off")
    }
  }

  private static func number(
    _ text: String, _ range: ClosedRange<Int>, zero: String?
  ) throws(Failure) -> String {
    let digits = text.filter { $0 != "," && $0 != "_" }
    let zeroNote = zero.map { ", or 0 for \($0)" } ?? ""
    let wanted = "it is a number from \(range.lowerBound) to \(range.upperBound)\(zeroNote)"
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2D }),
      let value = Int(digits), range.contains(value) || (value == 0 && zero != nil)
    else { throw Failure(reason: wanted) }
    return String(value)
  }

  private static func list(
    _ text: String, _ shape: SettingText, most: Int
  ) throws(Failure) -> String {
    guard !text.isEmpty else { return "" }
    let items = text.split(separator: ",", omittingEmptySubsequences: false)
    guard items.count <= most else { throw Failure(reason: "it has more than \(most) items") }
    var canonical: [String] = []
    for item in items {
      let item = trimmed(String(item))
      guard !item.isEmpty else { throw Failure(reason: "an item is empty") }
      canonical.append(try shape.canonical(item))
    }
    return canonical.joined(separator: ",")
  }

  /// The range or choices as one cell of the documentation table.
  var range: String {
    switch self {
    case .toggle: return "on, off"
    case .number(let range, let zero):
      let bounds = "\(range.lowerBound) to \(range.upperBound)"
      return zero.map { "\(bounds); 0 = \($0)" } ?? bounds
    case .choice(let choices): return choices.joined(separator: ", ")
    case .text(let shape, let longest): return "\(shape.rawValue), at most \(longest) octets"
    case .list(let shape, let most): return "list of \(shape.rawValue), at most \(most)"
    }
  }
}
