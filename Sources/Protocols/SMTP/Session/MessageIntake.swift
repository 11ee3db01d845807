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
  /// Octets after which a piece of a larger message goes to the content store.
  private static let piece = 131_072

  /// Why a message cannot be taken; the rest of it is read and dropped.
  private(set) var fault: Reply?
  /// Octets received, without what is added to the header.
  private(set) var received: UInt64 = 0
  /// Whose auto-responders may answer it, and for them the header as it came.
  let responders: [Responder]
  private(set) var header: [UInt8]?

  private let node: Node
  private let limit: UInt64
  private let rules: HeaderRules
  private let message: MessageID
  private let dataKey: Key
  private var buffer: [UInt8] = []
  private var scanner = MessageScanner()
  private var isHeaderComplete = false
  /// How much of the buffer is known to hold no end of the header.
  private var searched = 0
  private var stream: PieceStream?

  /// - Parameter limit: octets of the message; 0 is unlimited.
  init(_ node: Node, limit: UInt64, responders: [Responder], _ rules: HeaderRules) {
    self.responders = responders
    self.node = node
    self.limit = limit
    self.rules = rules
    message = MessageID(rawValue: node.entropy.timedID(at: node.clock.now()))
    dataKey = node.entropy.key()
  }

  func fail(_ reply: Reply) {
    if fault == nil { fault = reply }
    buffer = []
  }

  /// Takes the octets that `add` appends. Call `settle` before more come.
  func take(_ add: (inout [UInt8]) -> Void) throws {
    let before = buffer.count
    add(&buffer)
    received += UInt64(buffer.count - before)
    if limit > 0, received > limit { fail(.tooBig) }
    guard fault == nil else {
      buffer = []
      return
    }
    if !isHeaderComplete { try findHeaderEnd() }
  }

  /// Hands over what is enough for a piece; a disk that takes no more refuses the message, at its
  /// true end.
  func settle() async {
    guard isHeaderComplete, buffer.count >= Self.piece else { return }
    await spill()
  }

  /// Completes the header once it is all there. RFC 5322 §2.1
  private func findHeaderEnd() throws {
    let end = headerEnd()
    if end ?? buffer.count > SMTPService.largestHeader { return fail(.headerTooLarge) }
    if let end { try begin(header: end) }
  }

  private func begin(header end: Int) throws {
    let tally = FieldTally(header: buffer.span.extracting(0..<end))
    if tally.received > FieldTally.mostReceived { return fail(.loop) }
    let header = Array(buffer[..<end])
    if let fault = try rules.fault(of: header, node) { return fail(fault) }
    if !responders.isEmpty { self.header = header }
    buffer.replaceSubrange(..<end, with: rules.completed(header, tally, message, node))
    isHeaderComplete = true
  }

  /// Where the body starts; nil while the empty line has not come.
  private func headerEnd() -> Int? {
    let end = Self.headerEnd(in: buffer.span, searched: max(0, searched - 3))
    searched = buffer.count
    return end
  }

  private static func headerEnd(in octets: Span<UInt8>, searched: Int) -> Int? {
    if octets.count >= 2, octets[0] == 13, octets[1] == 10 { return 2 }
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
  func finish() async throws -> (parcel: MessageParcel, bodies: [SealedBody])? {
    if fault == nil, !isHeaderComplete { try begin(header: buffer.count) }
    guard fault == nil else { return nil }
    if stream != nil || buffer.count > ContentSealer.smallLimit {
      if !buffer.isEmpty { await spill() }
      guard fault == nil else { return nil }
      return await finishStream().map { ($0, []) }
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

  private func finishStream() async -> MessageParcel? {
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
