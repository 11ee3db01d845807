import Platform
import TestKit
import Testing

@testable import Events

/// A record of one type, filled from a seed, with its personal part in clear beside it.
struct SampleRecord {
  let header: EventHeader
  let event: Event
  /// Sealed under `key`.
  let bytes: [UInt8]
  /// The personal map; nil where there is nothing personal.
  let personal: [UInt8]?

  /// The key under which samples are sealed: the octets 0 to 31.
  static let key = Key(bytes: (0..<32).map { UInt8($0) })!
  static let cipher = Cipher(HKDF.expand(key, info: Sealing.eventLabel))

  init(_ registration: Registration, seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var sampler = SampleVisitor(random)
    registration.blank.accept(&sampler)
    let personal = sampler.personal.bytes.isEmpty ? nil : sampler.personal.bytes
    event = try registration.decode(sampler.open.bytes, 0, personal ?? [0xA0])
    header = EventHeader.sample(registration.type, &random)
    let nonce = random.bytes(Sealing.nonceCount)
    let parts = RecordParts(header, event)
    check(parts.personal, personal ?? [], "\(registration.type) codes its personal part again")
    bytes = try parts.record(nonce: nonce) { plain, nonce, aad in
      Self.cipher.seal([UInt8](copying: plain), nonce: nonce, aad: [UInt8](copying: aad))
    }
    self.personal = personal
  }

  /// The personal map of a sealed record, or nil where nothing is sealed.
  static func open(_ view: RecordView, _ record: [UInt8]) throws -> [UInt8]? {
    guard !view.sealed.isEmpty else { return nil }
    let (nonce, body) = try #require(Sealing.parts(of: view.sealed))
    let plain = cipher.open(
      Array(record[body]), nonce: Array(record[nonce]), aad: Array(record[view.aad]))
    check(plain != nil, "the sealed part does not open")
    return plain
  }
}

extension EventHeader {
  static func sample(_ type: EventType, _ random: inout SeededRandom) -> EventHeader {
    EventHeader(
      position: .sample(&random), time: .sample(&random), type: type, id: .sample(&random),
      domain: random.maybe(), feed: random.maybe(), actor: random.maybe() ?? .server,
      session: random.maybe(), correlation: random.maybe(), causation: random.maybe(),
      contents: random.list(), slot: random.maybe(), wraps: random.list())
  }
}

/// Fills a blank payload and codes it.
private struct SampleVisitor: PayloadVisitor {
  var walk: SampleWalk
  var open = CBORWriter()
  var personal = CBORWriter()

  init(_ random: SeededRandom) {
    walk = SampleWalk(random: random)
  }

  mutating func visit<Payload: EventPayload>(_ payload: Payload) {
    var copy = payload
    do { try copy.walk(&walk) } catch { Issue.record(error) }
    var encoder = EncodingWalk()
    encoder.begin()
    do { try copy.walk(&encoder) } catch { Issue.record(error) }
    encoder.finish()
    open = encoder.open
    personal = encoder.personal
  }
}

/// Puts a sample into every field.
private struct SampleWalk: FieldWalker {
  var random: SeededRandom

  mutating func `public`<Value: FieldValue>(_ name: StaticString, _ value: inout Value) {
    sample(name, &value)
  }

  mutating func `public`<Value: FieldValue>(_ name: StaticString, _ value: inout Value?) {
    value = nil
    if Bool.random(using: &random) { value = sampled(name) }
  }

  mutating func personal<Value: FieldValue>(_ name: StaticString, _ value: inout Personal<Value>) {
    value = .absent
    if random.next() % 4 > 0 { value = Personal(sampled(name)) }
  }

  mutating func secret(_ name: StaticString, _ slot: inout Slot) { sample(name, &slot) }

  mutating func secret(_ name: StaticString, _ slot: inout Slot?) { slot = random.maybe() }

  private mutating func sample<Value: FieldValue>(_ name: StaticString, _ value: inout Value) {
    if let sampled: Value = sampled(name) { value = sampled }
  }

  private mutating func sampled<Value: FieldValue>(_ name: StaticString) -> Value? {
    guard let type = Value.self as? any Sampled.Type, let value = type.sample(&random) as? Value
    else {
      Issue.record("no sample of \(Value.self) for \(name)")
      return nil
    }
    return value
  }
}
