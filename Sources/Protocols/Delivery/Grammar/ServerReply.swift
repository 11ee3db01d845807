/// What a server said to one command. RFC 5321 §4.2
public struct ServerReply: Hashable, Sendable, CustomStringConvertible {
  /// 200 to 599.
  public let code: Int
  /// The enhanced status the text began with, where there was one that fits the code. RFC 2034 §4
  public let status: EnhancedStatus?
  /// The text of each line, behind code and status.
  public let lines: [[UInt8]]

  public init(_ code: Int, _ status: EnhancedStatus? = nil, lines: [[UInt8]] = []) {
    self.code = code
    self.status = status
    self.lines = lines
  }

  public var isPositive: Bool { code < 300 }
  public var isIntermediate: Bool { (300..<400).contains(code) }
  public var isTemporary: Bool { (400..<500).contains(code) }
  public var isPermanent: Bool { code >= 500 }

  /// The lines as one text: what is not printable US-ASCII or valid UTF-8 is replaced, as it is
  /// shown to people and put into reports.
  public var text: String {
    let texts = lines.map { line in
      String(
        String(decoding: line, as: UTF8.self).unicodeScalars.map { scalar in
          scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? "?" : Character(scalar)
        })
    }
    return texts.joined(separator: " ")
  }

  public var description: String {
    [String(code), status.map { "\($0)" } ?? "", text].filter { !$0.isEmpty }.joined(separator: " ")
  }
}
