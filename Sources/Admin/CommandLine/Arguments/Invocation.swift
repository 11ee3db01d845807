/// One parsed command line: which verb, its operands and its options.
public struct Invocation: Sendable {
  /// What is wrong with a command line, and what to do.
  public struct Misuse: Error, CustomStringConvertible {
    public let description: String
  }

  public let usage: Usage
  public let operands: [String]
  private let values: [String: [String]]

  /// Reads the words behind the verb.
  ///
  /// Options stand anywhere, as `--name value` or `--name=value`; `--` ends them.
  init(_ usage: Usage, _ words: some Sequence<String>) throws(Misuse) {
    var operands: [String] = []
    var values: [String: [String]] = [:]
    var rest = Array(words)[...]
    var optionsEnded = false
    if usage.takesWords, rest != ["--help"] {
      operands = Array(rest)
      rest = []
    }
    while let word = rest.popFirst() {
      if optionsEnded || !word.hasPrefix("--") {
        operands.append(word)
      } else if word == "--" {
        optionsEnded = true
      } else {
        let (option, value) = try Invocation.option(word, in: usage, taking: &rest)
        values[option.name, default: []].append(value)
      }
    }
    self.usage = usage
    self.operands = operands
    self.values = values
    if !has("--help") { try checkOperandCount() }
  }

  func has(_ name: String) -> Bool { values[name] != nil }

  /// The last value given for an option.
  subscript(name: String) -> String? { values[name]?.last }

  /// The value of an option that is a whole number.
  func number(_ name: String) throws(Misuse) -> UInt64? {
    guard let text = self[name] else { return nil }
    guard let number = UInt64(text) else {
      throw Misuse(description: "\(name) takes a whole number, not \"\(text)\"")
    }
    return number
  }

  /// The values of an option that may be repeated or hold a comma-separated list.
  func list(_ name: String) -> [String] {
    (values[name] ?? []).flatMap { $0.split(separator: ",").map(String.init) }
  }

  private static func option(
    _ word: String, in usage: Usage, taking rest: inout ArraySlice<String>
  ) throws(Misuse) -> (Usage.Option, String) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let option = usage.options.first(where: { $0.name == name }) else {
      throw Misuse(
        description:
          "\(usage.words.joined(separator: " ")) has no option \(name); see --help")
    }
    guard option.value != nil else {
      if parts.count > 1 { throw Misuse(description: "\(name) takes no value") }
      return (option, "")
    }
    if parts.count > 1 { return (option, String(parts[1])) }
    guard let value = rest.popFirst() else {
      throw Misuse(description: "\(name) needs a value (\(option.value ?? ""))")
    }
    return (option, value)
  }

  private func checkOperandCount() throws(Misuse) {
    let required = usage.operands.filter(\.isRequired)
    if operands.count < required.count {
      throw Misuse(
        description: "\(required[operands.count].name) is missing; usage: \(usage.synopsis)")
    }
    let mayRepeat = usage.operands.last?.repeats ?? false
    if operands.count > usage.operands.count && !mayRepeat {
      throw Misuse(
        description:
          "\"\(operands[usage.operands.count])\" is one word too many; usage: \(usage.synopsis)")
    }
  }
}
