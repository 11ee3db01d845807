/// Puts one command together from the lines and literals in which it arrives.
///
/// It holds the limits: nothing is asked for that would exceed them, so the memory of a command is
/// bounded before the client has signed in and after.
struct CommandAssembler {
  enum Step: Hashable {
    /// The command is whole.
    case complete
    /// The command goes on behind a literal of so many octets, which are within the limits.
    case literal(LiteralHeader)
    /// The announced literal exceeds the limits. The client waits for leave to send it, or sends it
    /// anyway and cannot be followed any further.
    case tooBig(LiteralHeader)
  }

  let limits: CommandLimits
  /// What has arrived, with line ends and literals as on the wire.
  private(set) var bytes: [UInt8] = []
  private var literals = 0

  init(limits: CommandLimits) { self.limits = limits }

  /// How long the next line may be, without its end.
  var lineLimit: Int { max(limits.octets - bytes.count, 0) }

  /// Takes a line without its CRLF.
  mutating func hear(line: [UInt8]) -> Step {
    let header = LiteralHeader(endOf: line)
    if bytes.isEmpty { bytes = line } else { bytes.append(contentsOf: line) }
    bytes.append(OctetClass.carriageReturn)
    bytes.append(OctetClass.lineFeed)
    guard let header else { return .complete }
    literals += 1
    guard literals <= limits.literals, header.octets <= UInt64(lineLimit) else {
      return .tooBig(header)
    }
    return .literal(header)
  }

  /// Takes the octets of the literal that was asked for.
  mutating func hear(literal: [UInt8]) { bytes.append(contentsOf: literal) }
}
