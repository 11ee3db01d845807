/// A command of the protocol: how its arguments read, when it is legal, and what it does.
///
/// Each command is one file that holds one such type; `Registry` lists them.
protocol Command: Sendable {
  /// The words on the wire; those of a UID command begin with `UID `.
  static var verbs: [StaticString] { get }
  static var stages: Stages { get }
  /// Whether the arguments end at a literal that the command reads itself.
  static var endsAtLiteral: Bool { get }

  /// Which updates may stand before the tagged response.
  var updates: UpdatePolicy { get }

  /// Reads the arguments, from the space before the first of them up to the end of the line.
  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure)

  /// Carries the command out. Untagged responses go to the session; what is returned is the tagged
  /// one, or nil where it has been sent already. Errors are mapped to a reply by the session.
  func run(in session: Session) async throws -> Reply?
}

extension Command {
  static var stages: Stages { .signedIn }
  static var endsAtLiteral: Bool { false }

  var updates: UpdatePolicy { .all }
}
