import Events
import Ledger
import MailFormat
import Platform
import State

/// One message on its way in: gathered, looked at and sealed while its octets come.
///
/// A small one stays in memory until it is decided; a larger one is streamed into the content store
/// off the loop, so that a session never holds more than a few chunks of it.
final class MessageIntake {
  /// Why a message cannot be taken; the rest of it is read and dropped.
  private(set) var fault: Reply?
  /// Octets received, without what is added to the header.
  private(set) var received: UInt64 = 0

  private let node: Node
  private let limit: UInt64
  private let rules: HeaderRules
  private let message: MessageID
  private let dataKey: Key
  private var buffer: [UInt8] = []
  private var scanner = MessageScanner()
  private var isHeaderComplete = false
  private var searched = 0
  private var stream: LargeBody?

  /// - Parameter limit: octets of the message; 0 is unlimited.
  init(_ node: Node, limit: UInt64, _ rules: HeaderRules) {
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

  /// Takes the next octets.
  func take(_ octets: [UInt8]) async throws {
    received += UInt64(octets.count)
    if limit > 0, received > limit { fail(.tooBig) }
    guard fault == nil else { return }
    if buffer.isEmpty { buffer = octets } else { buffer += octets }
    if !isHeaderComplete { try findHeaderEnd() }
    if isHeaderComplete, stream != nil || buffer.count >= ContentSealer.smallLimit {
      await spillOrFail()
    }
  }

  /// A disk that takes no more refuses the message, at its true end.
  private func spillOrFail() async {
    do {
      try await spill()
    } catch {
      node.diagnostics.log(.warning, "body_not_stored", [("error", "\(type(of: error))")])
      fail(.storageFull)
    }
  }

  /// Completes the header once it is all there. RFC 5322 §2.1
  private func findHeaderEnd() throws {
    let end = headerEnd()
    if end ?? buffer.count > SMTPService.largestHeader { return fail(.headerTooLarge) }
    if let end { try begin(header: end) }
  }

  private func begin(header end: Int) throws {
    var probe = MessageScanner()
    probe.feed(buffer.span.extracting(0..<end))
    let tally = probe.finish().tally
    if tally.received > SMTPService.mostReceived { return fail(.loop) }
    let header = Array(buffer[..<end])
    if let fault = try rules.fault(of: header, node) { return fail(fault) }
    buffer = rules.completed(header, tally, message, node) + buffer[end...]
    isHeaderComplete = true
  }

  /// Where the body starts; nil while the empty line has not come.
  private func headerEnd() -> Int? {
    if buffer.starts(with: [13, 10]) { return 2 }
    var place = max(0, searched - 3)
    while place + 3 < buffer.count {
      if buffer[place + 1] != 10 {
        place += 1
        continue
      }
      if buffer[place] == 13, buffer[place + 2] == 13, buffer[place + 3] == 10 { return place + 4 }
      place += 1
    }
    searched = buffer.count
    return nil
  }

  /// Hands what is gathered to the content store.
  private func spill() async throws {
    let octets = buffer
    buffer = []
    scanner.feed(octets)
    let (content, key, entropy) = (node.journal.content, dataKey, node.entropy)
    let open = stream
    stream = try await node.pool.run {
      let body = try open ?? content.receive(dataKey: key, entropy: entropy)
      try body.append(octets)
      return body
    }
  }

  /// The message, whole: a parcel for the decision, and its sealed body where that travels along.
  func finish() async throws -> (parcel: MessageParcel, bodies: [SealedBody])? {
    if fault == nil, !isHeaderComplete { try begin(header: buffer.count) }
    guard fault == nil else { return nil }
    if stream != nil {
      if !buffer.isEmpty { await spillOrFail() }
      guard fault == nil else { return nil }
      return try await finishStream().map { ($0, []) }
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

  private func finishStream() async throws -> MessageParcel? {
    guard let stream else { return nil }
    self.stream = nil
    let sealed: LargeBody.Stored
    do {
      sealed = try await node.pool.run { try stream.finish() }
    } catch {
      node.diagnostics.log(.warning, "body_not_stored", [("error", "\(type(of: error))")])
      fail(.storageFull)
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
      try await node.pool.run { stream.abandon() }
    } catch {
      node.diagnostics.log(.warning, "body_not_abandoned", [("error", "\(type(of: error))")])
    }
  }
}

extension Reply {
  static let headerTooLarge = Reply(552, "5.3.4", "The header exceeds 256 KiB")
}
