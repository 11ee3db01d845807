/// The declaration of one verb of `daybook`: its words, operands, options and help.
///
/// Parsing, help texts and bash completion all come from it.
public struct Usage: Sendable {
  /// A word that follows the verb by position.
  public struct Operand: Sendable {
    let name: String
    let isRequired: Bool
    let repeats: Bool

    static func required(_ name: String) -> Operand {
      Operand(name: name, isRequired: true, repeats: false)
    }

    static func optional(_ name: String, repeats: Bool = false) -> Operand {
      Operand(name: name, isRequired: false, repeats: repeats)
    }
  }

  /// A word that begins with `--`; without a value name it is a switch.
  public struct Option: Sendable {
    let name: String
    let value: String?
    let help: String

    init(_ name: String, _ value: String? = nil, _ help: String) {
      self.name = name
      self.value = value
      self.help = help
    }
  }

  public let words: [String]
  let summary: String
  let operands: [Operand]
  let options: [Option]
  let detail: String
  /// Whether the words behind the verb are for it alone to read; only `--help` is understood.
  let takesWords: Bool

  init(
    _ words: String, _ summary: String, operands: [Operand] = [], options: [Option] = [],
    detail: String = "", takesWords: Bool = false
  ) {
    self.takesWords = takesWords
    self.words = words.split(separator: " ").map(String.init)
    self.summary = summary
    self.operands = operands
    self.options = takesWords ? [Usage.everywhere[1]] : options + Usage.everywhere
    self.detail = detail
  }

  /// Options that every verb takes.
  static let everywhere = [
    Option("--data", "DIR", "the data directory (default: $DAYBOOK_DATA or ./data)"),
    Option("--help", nil, "print this help"),
  ]

  static let json = Option("--json", nil, "print one JSON object per line")

  /// One line that shows how the verb is called.
  var synopsis: String {
    var parts = ["daybook"] + words
    for operand in operands {
      let name = operand.repeats ? operand.name + "..." : operand.name
      parts.append(operand.isRequired ? name : "[\(name)]")
    }
    if !options.isEmpty { parts.append("[options]") }
    return parts.joined(separator: " ")
  }

  /// The help text of the verb.
  var help: String {
    var text = "usage: \(synopsis)\n\n\(summary)\n"
    if !detail.isEmpty { text += "\n\(detail)\n" }
    let width = options.map { Usage.left($0).count }.max() ?? 0
    text += "\noptions:\n"
    for option in options {
      let left = Usage.left(option)
      text += "  \(left)\(String(repeating: " ", count: width - left.count))  \(option.help)\n"
    }
    return text
  }

  private static func left(_ option: Option) -> String {
    option.value.map { "\(option.name) \($0)" } ?? option.name
  }
}
