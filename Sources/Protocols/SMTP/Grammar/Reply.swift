/// An SMTP reply: a code, an enhanced status and one or more lines. RFC 5321 §4.2, RFC 2034
///
/// Whatever the lines hold, they leave as lines: visible US-ASCII, and at most 512 octets with
/// their CRLF. RFC 5321 §4.5.3.1.5
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
      let text = "\(code)\(mark)\(status)\(status.isEmpty ? "" : " ")\(line)".utf8
      bytes += text.prefix(510).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
      bytes += [0x0D, 0x0A]
    }
    return bytes
  }
}
