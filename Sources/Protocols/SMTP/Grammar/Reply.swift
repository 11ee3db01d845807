/// An SMTP reply: a code, an enhanced status and one or more lines. RFC 5321 §4.2, RFC 2034
public struct Reply: Hashable, Sendable {
  public let code: Int
  /// `class.subject.detail`; empty where a reply carries none (greeting, EHLO, 354). RFC 3463
  public let status: String
  public let lines: [String]

  public init(_ code: Int, _ status: String, _ lines: String...) {
    self.init(code, status, lines: lines)
  }

  public init(_ code: Int, _ status: String, lines: [String]) {
    self.code = code
    self.status = status
    self.lines = lines
  }

  public var isPositive: Bool { code < 400 }

  /// The reply as sent, each line with its CRLF.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for (index, line) in lines.enumerated() {
      let mark = index == lines.count - 1 ? " " : "-"
      bytes += "\(code)\(mark)\(status)\(status.isEmpty ? "" : " ")\(line)\r\n".utf8
    }
    return bytes
  }
}
