/// The commands there are, by their words on the wire.
enum Registry {
  static let commands: [any Command.Type] = [
    Append.self, Authenticate.self, Capability.self, Check.self, Close.self, Copy.self,
    Create.self, Delete.self, Examine.self, Expunge.self, Fetch.self, Identify.self, Idle.self,
    List.self, ListSubscribed.self, Login.self, Logout.self, Move.self, Namespace.self, Noop.self,
    Rename.self, Search.self, Select.self, StartTLS.self, Status.self, Store.self, Subscribe.self,
    Unselect.self, Unsubscribe.self,
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
