import Platform
import TestKit
import Testing

@testable import Events

@Suite struct CatalogueTests {
  private static let folder = GoldenFiles.folder + "/Events"

  @Test func namesAreUniqueAndFieldsAreDeclaredInKeyOrder() {
    var seen: Set<EventType> = []
    for registration in EventCatalogue.all {
      let type = registration.type
      check(seen.insert(type).inserted, "\(type) is registered twice")
      check(registration.fields.count < 24, "\(type) has too many fields")
      check(!registration.about.isEmpty, "\(type) says nothing about itself")
      for isPersonal in [false, true] {
        let names = registration.fields.filter { ($0.fieldClass == .personal) == isPersonal }
          .map(\.name)
        let sorted = names.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
        check(names, sorted, "\(type)")
        check(Set(names).count, names.count, "\(type) declares a field twice")
      }
      check(EventCatalogue.registration(type.name, version: type.version)?.type, type)
    }
  }

  @Test func goldenBytesDecodeForEverAndEncodeTheSame() throws {
    for registration in EventCatalogue.all {
      let type = registration.type
      guard let bytes = try golden(type, registration) else {
        Issue.record("the golden file of \(type) is damaged")
        continue
      }
      let view = try RecordView(bytes.span)
      let personal = try SampleRecord.open(view, bytes)
      let read = try view.recorded(in: bytes, personal: personal)
      check(read.header.type, type)
      guard read.event.type == type else { continue }
      let nonce = Sealing.parts(of: view.sealed).map { Array(bytes[$0.nonce]) } ?? []
      let again = try RecordParts(read.header, read.event).record(nonce: nonce) {
        plain, nonce, aad in
        SampleRecord.cipher.seal([UInt8](copying: plain), nonce: nonce, aad: [UInt8](copying: aad))
      }
      check(Hex.encode(again), Hex.encode(bytes), "\(type)")
    }
  }

  @Test func everyGoldenFileIsOfAKnownType() {
    let names = Set(EventCatalogue.all.map { "\($0.type.name)-\($0.type.version).hex" })
    for path in RepositoryFiles.list(Self.folder) where path.hasSuffix(".hex") {
      let name = String(path.split(separator: "/").last ?? "")
      check(names.contains(name), "\(name) cannot be read any more")
    }
  }

  /// The bytes in the file; nil where it is damaged. It is made from the first seed that fills
  /// every field.
  private func golden(_ type: EventType, _ registration: Registration) throws -> [UInt8]? {
    let text = try GoldenFiles.read("Events/\(type.name)-\(type.version).hex") {
      let digits = Array(Hex.encode(try fullest(registration).bytes))
      let lines = stride(from: 0, to: digits.count, by: 96).map { start in
        String(digits[start..<min(start + 96, digits.count)])
      }
      return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
    return Hex.decode(String(decoding: text, as: UTF8.self).filter { !$0.isWhitespace })
  }

  /// The sample with the most fields in it, of two hundred.
  private func fullest(_ registration: Registration) throws -> SampleRecord {
    var best: (score: Int, sample: SampleRecord)?
    for seed in 0..<200 as Range<UInt64> {
      let sample = try SampleRecord(registration, seed: seed)
      var json = JSONWriter()
      Recorded(header: sample.header, event: sample.event).render(to: &json)
      // Many fields, few octets.
      let score = json.text.count { $0 == ":" } * 1000 - sample.bytes.count
      if score > best?.score ?? Int.min { best = (score, sample) }
    }
    return try #require(best).sample
  }

  @Test func theCatalogueIsADocument() {
    let text = EventCatalogue.markdown
    check(text.contains("## message.filed, version 1, published\n"), "heading")
    check(text.contains("| `verifier` | uint | secret |"), "secret")
    check(text.contains("| `name`? | text | personal |"), "personal")
  }

  @Test func entitiesAreThePublicIDs() {
    let (one, two) = (ID(high: 9, low: 1), ID(high: 9, low: 2))
    let event = Event.mailboxCreated(
      MailboxCreated(
        use: "", user: UserID(rawValue: one), mailbox: MailboxID(rawValue: two), uidValidity: 1,
        name: "INBOX"))
    check(event.entities, [one, two])
  }
}
