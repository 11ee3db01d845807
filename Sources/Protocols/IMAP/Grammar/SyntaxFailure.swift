/// Why bytes are not (yet) a command: the two outcomes of a parser besides a value.
enum SyntaxFailure: Error, Hashable, Sendable {
  /// The bytes end too early; more of them may make a command.
  case incomplete
  /// No continuation of these bytes can be a command. The text is shown to the client and never
  /// quotes what it sent.
  case malformed(String)
}
