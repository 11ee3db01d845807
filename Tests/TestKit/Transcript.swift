/// A conversation between a server and its clients, written down line by line.
///
/// The first line of the text is `#`, then why the transcript exists and which section of which
/// standard asks for it. Each further line is one of these, or empty, or another `#` comment:
/// - `C: text` the client sends `text` and CRLF; consecutive lines of one client go out at once
/// - `C| text` the client sends `text` alone
/// - `S: text` the server says exactly this line; `*` stands for any run of octets in it, except
///   in front of a space at its start, where it is the mark of an untagged IMAP response
/// - `C! word` the client does something else, such as `C! tls`; the peer knows what
/// - `C: <EOF>`, `S: <EOF>` the side hangs up
///
/// A digit in front (`1C:`, `2S:`) names the session; none means session 1. Inside `text`, `<CR>`,
/// `<LF>`, `<NUL>`, `<TAB>` and `<0xHH>` are single octets and `<text*1000>` is a repetition.
public struct Transcript: Sendable {
  /// Something that happens in a transcript.
  public enum Action: Hashable, Sendable {
    case send([UInt8])
    case act(String)
    case hangUp
    case expect(TranscriptPattern)
    case expectEnd
  }

  /// An action, who does it and where it is written.
  public struct Step: Hashable, Sendable {
    public var session: Int
    public var line: Int
    public var action: Action
  }

  /// The text is not a transcript.
  public struct Malformed: Error, CustomStringConvertible {
    public var description: String
  }

  public let name: String
  public let why: String
  public let steps: [Step]

  /// Parses `text`; `name` is the file, for reports.
  public init(name: String, text: String) throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, first.hasPrefix("# "), first.contains("§") else {
      throw Malformed(description: "\(name):1: the first line must say why and which section (§)")
    }
    var steps: [Step] = []
    for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
      let step = try Step(line, number: index + 1, file: name)
      if case .send(let more) = step.action, let last = steps.last, last.session == step.session,
        case .send(let sent) = last.action
      {
        steps[steps.count - 1].action = .send(sent + more)
      } else {
        steps.append(step)
      }
    }
    self.name = name
    why = String(first.dropFirst(2))
    self.steps = steps
  }
}

extension Transcript.Step {
  init(_ line: Substring, number: Int, file: String) throws {
    var rest = line
    var session = 1
    if let digit = rest.first?.wholeNumberValue {
      session = digit
      rest = rest.dropFirst()
    }
    let mark = rest.prefix(2)
    var text = rest.dropFirst(2)
    if text.first == " " { text = text.dropFirst() }
    self.session = session
    self.line = number
    switch (mark, text) {
    case ("C:", "<EOF>"): action = .hangUp
    case ("S:", "<EOF>"): action = .expectEnd
    case ("C:", _): action = .send(TranscriptPattern.octets(of: text) + [13, 10])
    case ("C|", _): action = .send(TranscriptPattern.octets(of: text))
    case ("C!", _): action = .act(String(text))
    case ("S:", _): action = .expect(TranscriptPattern(text))
    default: throw Transcript.Malformed(description: "\(file):\(number): not a step: \(line)")
    }
  }
}
