import Events
import Ledger
import MailFormat
import Network
import Platform
import State

/// A message as it was received: sealed, parsed, and not decided about.
struct ReceivedMessage: Sendable {
  let parcel: MessageParcel
  /// The sealed body where it travels with the request.
  let bodies: [SealedBody]
}

extension Session {
  /// Refuses a message that would not be taken, before its octets are asked for. The decision asks
  /// again: there may be less room by then.
  func requireRoom(for octets: UInt64) async throws {
    let user = try signedInUser()
    if let cause = service.node.scribe.status.readOnlyCause { throw ScribeError.unavailable(cause) }
    guard octets > 0 else { throw CommandRefused(.no("A message cannot be empty", .cannot)) }
    let (limit, room) = try service.node.state.read { state in
      (try state.messageLimit(of: user.domain), try state.room(of: user.id))
    }
    guard limit == 0 || octets <= limit else {
      throw Refusal.tooLarge(what: "the message", limit: limit)
    }
    guard octets <= room.left else {
      try await service.node.tellNoRoom(for: octets, user.id)
      throw Refusal.overQuota(limit: room.limit, used: room.used)
    }
  }

  /// Receives exactly so many octets. A small message is held; a large one is streamed into the
  /// content store off the loop, a piece at a time, and is nothing until it is decided about.
  func receiveMessage(octets: UInt64) async throws -> ReceivedMessage {
    let node = service.node
    let key = node.entropy.key()
    guard octets > UInt64(ContentSealer.smallLimit) else {
      let plain = try await connection.readExactly(Int(octets), within: patience)
      var scanner = MessageScanner()
      scanner.feed(plain)
      let body = ContentSealer.seal(plain, dataKey: key, entropy: node.entropy)
      let parcel = parcel(
        body.id, key, size: body.plainLength, body.sha256, travels: true, scanner.finish())
      return ReceivedMessage(parcel: parcel, bodies: [body])
    }
    var scanner = MessageScanner()
    let stored = try await stream(octets, key, &scanner)
    let parcel = parcel(
      stored.id, key, size: stored.plainLength, stored.sha256, travels: false, scanner.finish())
    return ReceivedMessage(parcel: parcel, bodies: [])
  }

  private func stream(
    _ octets: UInt64, _ key: Key, _ scanner: inout MessageScanner
  ) async throws -> LargeBody.Stored {
    let node = service.node
    let body = try await node.pool.run {
      try node.journal.content.receive(dataKey: key, entropy: node.entropy)
    }
    var left = octets
    while left > 0 {
      let wanted = Int(min(left, UInt64(ContentSealer.smallLimit)))
      guard let piece = try await connection.read(upTo: wanted, within: patience) else {
        throw ConnectionFailure.endOfInput
      }
      left -= UInt64(piece.count)
      scanner.feed(piece)
      try await node.pool.run { try body.append(piece) }
    }
    return try await node.pool.run { try body.finish() }
  }

  private func parcel(
    _ content: ContentID, _ key: Key, size: UInt64, _ sha256: Digest, travels: Bool,
    _ facts: MessageFacts
  ) -> MessageParcel {
    let node = service.node
    let coded = facts.coded()
    return MessageParcel(
      message: MessageID(rawValue: node.entropy.timedID(at: node.clock.now())), content: content,
      key: key, size: size, sha256: sha256, travels: travels, envelope: coded.envelope,
      structure: coded.structure)
  }
}
