/// The commands there are, by their words on the wire.
enum Registry {
  static let commands: [any Command.Type] = [
    Capability.self, Noop.self, Logout.self, Identify.self, Check.self, Namespace.self, Unselect.self,
  ]

  /// A verb of the wire and what it stands for.
  struct Entry: Sendable {
    let command: any Command.Type
    let isUID: Bool
  }

  static func entry(_ verb: Word) -> Entry? { entries[verb] }

  private static let entries: [Word: Entry] = {
    var entries: [Word: Entry] = [:]
    for command in commands {
      for verb in command.verbs {
        let isUID = verb.description.hasPrefix("UID ")
        entries[Word(verb)] = Entry(command: command, isUID: isUID)
      }
    }
    return entries
  }()
}

extension Parser {
  // command = tag SP command-name; "UID" SP command-name counts as one name
  /// Reads the beginning of a command; nil as verb stands for a word that is no command.
  mutating func verb() throws(SyntaxFailure) -> Registry.Entry? {
    let first = try word()
    guard first == Word("UID") else { return Registry.entry(first) }
    try space()
    let second = try word()
    return Registry.entry(Word(uid: second))
  }

  /// Reads the arguments of a command whose verb was read, and the end of the command.
  mutating func arguments(of entry: Registry.Entry) throws(SyntaxFailure) -> any Command {
    let command = try entry.command.init(&self, isUID: entry.isUID)
    if !entry.command.endsAtLiteral { try end() }
    return command
  }
}
