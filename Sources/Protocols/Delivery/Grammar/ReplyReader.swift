/// Puts a reply together from its lines. RFC 5321 §4.2.1
///
/// Strict, because a server that is misread may be told that mail has arrived where it has not;
/// bounded, because it may be hostile.
struct ReplyReader: Sendable {
  /// Octets of a line with its CRLF. RFC 5321 §4.5.3.1.5 says 512; some tell more.
  static let lineLimit = 2_048
  /// Lines of one reply.
  static let mostLines = 128
  /// Lines whose text is kept.
  static let linesKept = 64

  /// Why a line is none of a reply.
  enum Fault: Hashable, Sendable {
    case notAReply
    case anotherCode
    case tooManyLines
  }

  enum Outcome: Hashable, Sendable {
    case more
    case reply(ServerReply)
    case fault(Fault)
  }

  private var code = 0
  private var status: EnhancedStatus?
  private var count = 0
  private var lines: [[UInt8]] = []

  // Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
  // Reply-code = %x32-35 %x30-35 %x30-39
  mutating func feed(_ line: RawSpan) -> Outcome {
    guard let code = Self.code(of: line) else { return .fault(.notAReply) }
    if count == 0 { self.code = code }
    guard code == self.code else { return .fault(.anotherCode) }
    count += 1
    guard count <= Self.mostLines else { return .fault(.tooManyLines) }
    let mark: UInt8 = line.byteCount > 3 ? line.octet(3) : 0x20
    guard mark == 0x20 || mark == 0x2d else { return .fault(.notAReply) }
    keep(line.octets(from: min(4, line.byteCount)))
    return mark == 0x2d ? .more : .reply(ServerReply(code, status, lines: lines))
  }

  private mutating func keep(_ text: [UInt8]) {
    guard lines.count < Self.linesKept else { return }
    let found = EnhancedStatus.read(text[...], code: code)
    if count == 1 { status = found?.status }
    if let found, found.status == status {
      lines.append(Array(text.dropFirst(found.length).drop { $0 == 0x20 }))
    } else {
      lines.append(text)
    }
  }

  private static func code(of line: RawSpan) -> Int? {
    guard line.byteCount >= 3 else { return nil }
    let (first, second, third) = (line.octet(0), line.octet(1), line.octet(2))
    guard (0x32...0x35).contains(first), (0x30...0x35).contains(second),
      (0x30...0x39).contains(third)
    else { return nil }
    return Int(first - 0x30) * 100 + Int(second - 0x30) * 10 + Int(third - 0x30)
  }
}

extension RawSpan {
  func octet(_ index: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self) }

  func octets(from start: Int) -> [UInt8] {
    unsafe extracting(start..<byteCount).withUnsafeBytes { unsafe Array($0) }
  }
}
