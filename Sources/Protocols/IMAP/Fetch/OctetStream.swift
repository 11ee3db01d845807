/// The octets of one section, piece by piece.
struct OctetStream {
  /// How many octets there are in all.
  let length: UInt64
  private var ready: [UInt8]
  private var body: Range<UInt64>
  private let octets: MessageOctets?

  /// Octets that are at hand, or of them what `partial` asks for.
  init(_ octets: [UInt8], _ partial: FetchContent.Partial?) {
    let wanted = OctetStream.wanted(UInt64(octets.count), partial)
    ready = Array(octets[Int(wanted.lowerBound)..<Int(wanted.upperBound)])
    length = UInt64(ready.count)
    body = 0..<0
    self.octets = nil
  }

  /// The prefix of a message, or none of it, and a range of its body, or of both what `partial`
  /// asks for.
  init(
    _ octets: MessageOctets, hasPrefix: Bool, body: Range<UInt64>, _ partial: FetchContent.Partial?
  ) {
    let prefix = hasPrefix ? octets.prefix : []
    let inFront = UInt64(prefix.count)
    let wanted = OctetStream.wanted(inFront + UInt64(body.count), partial)
    let first = min(wanted.lowerBound, inFront)
    let last = min(wanted.upperBound, inFront)
    ready = Array(prefix[Int(first)..<Int(last)])
    self.body =
      body.lowerBound + (wanted.lowerBound - first)..<body.lowerBound + (wanted.upperBound - last)
    length = UInt64(wanted.count)
    self.octets = octets
  }

  /// The next piece; empty at the end.
  mutating func next() async throws -> [UInt8] {
    if !ready.isEmpty {
      defer { ready = [] }
      return ready
    }
    guard let octets, !body.isEmpty else { return [] }
    let piece = try await octets.piece(body)
    body = body.lowerBound + UInt64(piece.count)..<body.upperBound
    return piece
  }

  /// Which of `count` octets a partial range names: none where it begins behind them.
  /// RFC 3501 §6.4.5
  private static func wanted(_ count: UInt64, _ partial: FetchContent.Partial?) -> Range<UInt64> {
    guard let partial else { return 0..<count }
    let first = min(UInt64(partial.origin), count)
    return first..<min(first + UInt64(partial.count), count)
  }
}
