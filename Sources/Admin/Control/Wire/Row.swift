/// One line of an answer: named values in the order in which they are shown.
public struct Row: Hashable, Sendable {
  /// A value that a table, a line of JSON and the control socket can carry.
  public indirect enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(UInt64)
    case text(String)
    case list([Value])
    case row(Row)
  }

  public private(set) var names: [String] = []
  public private(set) var values: [Value] = []

  public init() {}

  public init(_ cells: KeyValuePairs<String, Value>) {
    for (name, value) in cells { self[name] = value }
  }

  /// The value of that name; setting one that is new appends it.
  public subscript(name: String) -> Value? {
    get { names.firstIndex(of: name).map { values[$0] } }
    set {
      guard let newValue else { return }
      if let index = names.firstIndex(of: name) {
        values[index] = newValue
      } else {
        names.append(name)
        values.append(newValue)
      }
    }
  }

  /// The text of that name, where it is one.
  public func text(_ name: String) -> String? {
    guard case .text(let text) = self[name] else { return nil }
    return text
  }

  /// The number of that name, where it is one.
  public func number(_ name: String) -> UInt64? {
    guard case .number(let number) = self[name] else { return nil }
    return number
  }

  /// The truth of that name; false where it is absent.
  public func bool(_ name: String) -> Bool { self[name] == .bool(true) }
}

extension Row.Value: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  public static func optional(_ text: String?) -> Row.Value { text.map(Row.Value.text) ?? .null }
}
