import Events
import Ledger
import MailFormat
import Platform
import State

/// One message on its way in: gathered, looked at and sealed while its octets come.
///
/// A small one stays in memory until it is decided; a larger one is streamed into the content store
/// off the loop while more of it comes, so that a session never holds more than two pieces of it.
final class MessageIntake {
  /// What goes before a message.
  struct Trace {
    /// Header fields that every message gets.
    let lead: [UInt8]
    /// Header fields for what the message's own header lacks.
    let completion: (FieldTally) -> [UInt8]
  }

  /// Octets after which a piece of a larger message goes to the content store.
  private static let piece = 131_072

  /// Why a message cannot be taken; the rest of it is read and dropped.
  private(set) var fault: Reply?
  /// Octets received, without what is added to the header.
  private(set) var received: UInt64 = 0

  private let node: Node
  private let limit: UInt64
  private let trace: Trace
  private let dataKey: Key
  private var buffer: [UInt8]
  private var scanner = MessageScanner()
  private var isHeaderComplete = false
  /// How much of the buffer is known to hold no end of the header.
  private var searched: Int
  private var stream: PieceStream?

  /// - Parameter limit: octets of the message; 0 is unlimited.
  init(_ node: Node, limit: UInt64, trace: Trace) {
    self.node = node
    self.limit = limit
    self.trace = trace
    dataKey = node.entropy.key()
    buffer = trace.lead
    searched = buffer.count
  }

  func fail(_ reply: Reply) {
    if fault == nil { fault = reply }
    buffer = []
  }

  /// Takes the octets that `add` appends. Call `settle` before more come.
  func take(_ add: (inout [UInt8]) -> Void) {
    let before = buffer.count
    add(&buffer)
    received += UInt64(buffer.count - before)
    if limit > 0, received > limit { fail(.tooBig) }
    guard fault == nil else {
      buffer = []
      return
    }
    if !isHeaderComplete { findHeaderEnd() }
  }

  /// Hands over what is enough for a piece; a disk that takes no more refuses the message, at its
  /// true end.
  func settle() async {
    guard isHeaderComplete, buffer.count >= Self.piece else { return }
    await spill()
  }

  /// Completes the header once it is all there. RFC 5322 §2.1
  private func findHeaderEnd() {
    guard let end = headerEnd() else {
      if buffer.count - trace.lead.count > SMTPService.largestHeader { fail(.headerTooLarge) }
      return
    }
    begin(header: end)
  }

  private func begin(header end: Int) {
    let tally = FieldTally(header: buffer.span.extracting(trace.lead.count..<end))
    if tally.received > SMTPService.mostReceived { return fail(.loop) }
    buffer.insert(contentsOf: trace.completion(tally), at: trace.lead.count)
    isHeaderComplete = true
  }

  /// Where the body starts; nil while the empty line has not come.
  private func headerEnd() -> Int? {
    let start = trace.lead.count
    let end = Self.headerEnd(in: buffer.span, from: start, searched: max(start, searched - 3))
    searched = buffer.count
    return end
  }

  private static func headerEnd(in octets: Span<UInt8>, from start: Int, searched: Int) -> Int? {
    if octets.count >= start + 2, octets[start] == 13, octets[start + 1] == 10 { return start + 2 }
    var place = searched
    while true {
      place = octets.lineControl(from: place)
      guard place + 3 < octets.count else { return nil }
      if octets[place] == 13, octets[place + 1] == 10, octets[place + 2] == 13,
        octets[place + 3] == 10
      {
        return place + 4
      }
      place += 1
    }
  }

  /// Hands what is gathered to the content store.
  private func spill() async {
    let octets = buffer
    buffer = []
    buffer.reserveCapacity(Self.piece + 65_536)
    scanner.feed(octets)
    let stream = stream ?? PieceStream(node.journal.content, dataKey, node.entropy)
    self.stream = stream
    do {
      try await stream.append(octets, on: node.pool)
    } catch {
      notStored(error)
    }
  }

  private func notStored(_ error: any Error) {
    node.diagnostics.log(.warning, "body_not_stored", [("error", "\(type(of: error))")])
    fail(.storageFull)
  }

  /// The message, whole: a parcel for the decision, and its sealed body where that travels along.
  func finish() async -> (parcel: MessageParcel, bodies: [SealedBody])? {
    if fault == nil, !isHeaderComplete { begin(header: buffer.count) }
    guard fault == nil else { return nil }
    let message = MessageID(rawValue: node.entropy.timedID(at: node.clock.now()))
    if stream != nil || buffer.count > ContentSealer.smallLimit {
      if !buffer.isEmpty { await spill() }
      guard fault == nil else { return nil }
      return await finishStream(message).map { ($0, []) }
    }
    scanner.feed(buffer)
    let facts = scanner.finish()
    let body = ContentSealer.seal(buffer, dataKey: dataKey, entropy: node.entropy)
    buffer = []
    let parcel = MessageParcel(
      message: message, content: body.id, key: dataKey, size: body.plainLength, sha256: body.sha256,
      travels: true, envelope: EncodedEnvelope(facts.envelope),
      structure: EncodedStructure(facts.structure))
    return (parcel, [body])
  }

  private func finishStream(_ message: MessageID) async -> MessageParcel? {
    guard let stream else { return nil }
    self.stream = nil
    let sealed: LargeBody.Stored
    do {
      sealed = try await stream.finish(on: node.pool)
    } catch {
      notStored(error)
      return nil
    }
    let facts = scanner.finish()
    return MessageParcel(
      message: message, content: sealed.id, key: dataKey, size: sealed.plainLength,
      sha256: sealed.sha256, travels: false, envelope: EncodedEnvelope(facts.envelope),
      structure: EncodedStructure(facts.structure))
  }

  /// Gives up; what was streamed is left to compaction.
  func abandon() async {
    guard let stream else { return }
    self.stream = nil
    do {
      try await stream.abandon(on: node.pool)
    } catch {
      node.diagnostics.log(.warning, "body_not_abandoned", [("error", "\(type(of: error))")])
    }
  }
}

extension Reply {
  static let headerTooLarge = Reply(552, "5.3.4", "The header exceeds 256 KiB")
}
