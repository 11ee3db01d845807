import Events
import Platform

/// What a verification says while it runs, one line each, so that it can be said through a pipe.
///
/// The child process that verifies may be killed by a signal, for damaged pages of a memory map can
/// lead anywhere; what it said before stands.
public enum VerificationLine: Hashable, Sendable {
  /// Up to where it will go.
  case head(Position)
  /// Everything up to here was gone through.
  case at(Position)
  /// So many bodies were read.
  case contents(UInt64)
  case finding(VerificationFinding)
  /// It is through; the root of the tree at the head.
  case done(Digest)

  /// The line without its line feed.
  public var text: String {
    switch self {
    case .head(let position): "head \(position)"
    case .at(let position): "at \(position)"
    case .contents(let count): "contents \(count)"
    case .finding(let finding):
      "finding \(finding.position?.description ?? "-") \(Self.oneLine(finding.what))"
    case .done(let root): "done \(root)"
    }
  }

  /// Reads a line; nil for anything that `text` does not give.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    let number = UInt64(parts[1])
    switch (parts[0], number) {
    case ("head", let number?): self = .head(Position(number))
    case ("at", let number?): self = .at(Position(number))
    case ("contents", let number?): self = .contents(number)
    case ("finding", _):
      let halves = parts[1].split(separator: " ", maxSplits: 1)
      guard halves.count == 2 else { return nil }
      let position = UInt64(halves[0]).map { Position($0) }
      guard position != nil || halves[0] == "-" else { return nil }
      self = .finding(VerificationFinding(position: position, what: String(halves[1])))
    case ("done", _):
      guard let root = Hex.decode(parts[1]).flatMap({ Digest(bytes: $0) }) else { return nil }
      self = .done(root)
    default: return nil
    }
  }

  private static func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }
}
