import Platform
import TestKit
import Testing

@testable import Events

@Suite struct RecordTests {
  @Test func everyPayloadReadsBackAsItWasWritten() throws {
    for registration in EventCatalogue.all {
      for seed in 0..<40 as Range<UInt64> {
        let sample = try SampleRecord(registration, seed: seed)
        let what = "\(registration.type) seed \(seed)"
        let view = try RecordView(sample.bytes.span)
        let opened = try SampleRecord.open(view, sample.bytes)
        check(opened, sample.personal, what)
        let read = try view.recorded(in: sample.bytes, personal: opened)
        check(read.header, sample.header, what)
        check(read.event, sample.event, what)
        check(sample.event.type, registration.type, what)
        check(fails(CBORError.self) { try CBORCursor.validate(sample.bytes.span) }, false, what)
        if let opened {
          check(fails(CBORError.self) { try CBORCursor.validate(opened.span) }, false, what)
        }
      }
    }
  }

  @Test func withoutTheKeyPersonalFieldsAreErasedAndPublicOnesStay() throws {
    let event = Event.mailboxRenamed(
      MailboxRenamed(user: .zero, mailbox: .zero, name: "Caf\u{e9}"))
    let bytes = try record(event)
    let view = try RecordView(bytes.span)
    guard case .mailboxRenamed(let read) = try view.recorded(in: bytes).event else {
      Issue.record("another event")
      return
    }
    check(read.name, .erased)
    check(read.name.value, nil)
    let unsealed = try RecordParts(header(event), .userDeleted(UserDeleted(user: .zero))).record()
    let plain = try RecordView(unsealed.span)
    check(plain.sealed.isEmpty, "nothing personal, nothing sealed")
  }

  @Test func everyChangedByteIsDamage() throws {
    let bytes = try record(.serverStopped(ServerStopped(reason: "asked")))
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << UInt8(bit)
        check(
          fails(RecordError.self) { _ = try RecordView(changed.span) }, "bit \(bit) of \(index)")
      }
    }
    for count in bytes.indices {
      let cut = Array(bytes[..<count])
      check(fails(RecordError.self) { _ = try RecordView(cut.span) }, "cut to \(count)")
    }
    check(fails(RecordError.self) { _ = try RecordView((bytes + [0]).span) }, "one byte more")
  }

  @Test func aRecordHasAtMostSixtyKibibytes() throws {
    let empty = try record(.serverStopped(ServerStopped(reason: "")))
    // A longer text has two octets more in its head.
    let room = Record.maximumSize - empty.count - 2
    let largest = try record(
      .serverStopped(ServerStopped(reason: String(repeating: "x", count: room))))
    check(largest.count, Record.maximumSize)
    let view = try RecordView(largest.span)
    check(try view.recorded(in: largest).position, Position(7))
    let more = Event.serverStopped(ServerStopped(reason: String(repeating: "x", count: room + 1)))
    do {
      _ = try record(more)
      Issue.record("was taken")
    } catch {
      let expected = RecordError.tooLarge(type: "server.stopped", size: Record.maximumSize + 1)
      check(error as? RecordError, expected)
    }
  }

  @Test func aRedactedRecordKeepsItsLeaf() throws {
    let bytes = try record(.userDeleted(UserDeleted(user: .zero)))
    let leaf = try RecordView(bytes.span).leaf(in: bytes.span)
    check(leaf, SHA256.digest([0] + bytes))
    let redacted = Record.redacted(leaf: leaf)
    check(Hex.encode(redacted).hasPrefix("83005820\(leaf)44"), "layout")
    let view = try RecordView(redacted.span)
    check(view.isRedacted, "form")
    check(view.leaf(in: redacted.span), leaf)
    check(fails(RecordError.self) { _ = try view.recorded(in: redacted) }, "has no event")
    check(Recorded.redacted(at: Position(9)).position, Position(9))
  }

  @Test func unknownTypesAndVersionsAndFieldsDoNoHarm() throws {
    for type in [EventType("spool.queued"), EventType("user.deleted", version: 9)] {
      var parts = header(.serverStopped(ServerStopped(reason: "")))
      parts.type = type
      let bytes = try RecordParts(parts, .userDeleted(UserDeleted(user: .zero))).record()
      let view = try RecordView(bytes.span)
      let read = try view.recorded(in: bytes)
      check(read.event, .unknown(type))
      check(read.header.type, type)
    }
    var writer = CBORWriter()
    writer.map { map in
      map.pair("aa", "new")
      map.pair("user", UserID.zero)
      map.pair("zzzzzzzz", [UInt64(1)])
    }
    let registration = try #require(EventCatalogue.registration("user.deleted", version: 1))
    let event = try registration.decode(writer.bytes, 0, nil)
    check(event, .userDeleted(UserDeleted(user: .zero)))
  }

  @Test func aMissingFieldIsNamed() throws {
    let registration = try #require(EventCatalogue.registration("user.deleted", version: 1))
    do {
      _ = try registration.decode([0xA0], 0, nil)
      Issue.record("was taken")
    } catch {
      check(error, .missing(field: "user"))
    }
  }

  @Test func theRecordThatWrapsTheKeyIsFoundWithoutKnowingTheType() throws {
    let filed = MessageFiled(
      uid: .first, size: 1, flags: .seen, origin: Position(41), mailbox: .zero, message: .zero,
      keywords: [], internalDate: .zero, prefix: [1], address: [2])
    let bytes = try record(.messageFiled(filed))
    check(try RecordView(bytes.span).origin(in: bytes.span), Position(41))
    let other = try record(.userDeleted(UserDeleted(user: .zero)))
    check(try RecordView(other.span).origin(in: other.span), nil)
  }

  private func header(_ event: Event) -> EventHeader {
    EventHeader(position: Position(7), time: .zero, type: event.type, id: .zero)
  }

  private func record(_ event: Event) throws -> [UInt8] {
    let nonce = [UInt8](repeating: 7, count: Sealing.nonceCount)
    return try RecordParts(header(event), event).record(nonce: nonce) { plain, nonce, aad in
      SampleRecord.cipher.seal([UInt8](copying: plain), nonce: nonce, aad: [UInt8](copying: aad))
    }
  }
}
