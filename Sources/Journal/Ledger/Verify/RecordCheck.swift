import Events
import Platform

/// Checks of one record after another: checksum, coding, order, seals and wraps.
struct RecordCheck {
  private let keyring: Keyring?
  private let tell: (VerificationLine) -> Void
  private var lastID = ID.zero
  /// The last number of each domain's feed.
  private var feeds: [DomainID: UInt64] = [:]
  private var ciphers: [Slot: Cipher] = [:]

  init(_ keyring: Keyring?, tell: @escaping (VerificationLine) -> Void) {
    self.keyring = keyring
    self.tell = tell
  }

  /// Checks a record and gives its event; nil where it cannot be read as one.
  mutating func check(_ record: RawRecord) -> Recorded? {
    do {
      let view = try RecordView(record.bytes.span)
      guard !view.isRedacted else { return nil }
      try CBORCursor.validate(record.bytes.span)
      let recorded = try view.recorded(in: record.bytes)
      checkPlace(recorded.header, record.position)
      checkFeed(recorded.header)
      checkSeal(view, recorded.header, record)
      return recorded
    } catch {
      fail(record.position, "\(error)")
      return nil
    }
  }

  private mutating func checkPlace(_ header: EventHeader, _ position: Position) {
    if header.position != position {
      fail(position, "the record says that its position is \(header.position)")
    }
    if header.id.rawValue <= lastID {
      fail(position, "the event id is not greater than the one before")
    }
    lastID = max(lastID, header.id.rawValue)
  }

  private mutating func checkFeed(_ header: EventHeader) {
    guard let domain = header.domain, let number = header.feed else { return }
    let expected = (feeds[domain] ?? 0) + 1
    if number != expected {
      fail(header.position, "feed number \(number) where \(expected) is the next of the domain")
    }
    feeds[domain] = number
  }

  /// Where the keyring holds the key, the personal part must open and the wraps unwrap.
  private mutating func checkSeal(_ view: RecordView, _ header: EventHeader, _ record: RawRecord) {
    guard let keyring else { return }
    var dataKey: Key?
    for wrap in header.wraps where keyring.key(wrap.slot) != nil {
      guard let key = keyring.unwrap(wrap) else {
        fail(record.position, "the wrap for slot \(wrap.slot) does not open")
        continue
      }
      if let dataKey, dataKey != key { fail(record.position, "wraps of different keys") }
      dataKey = key
    }
    guard let (nonce, body) = Sealing.parts(of: view.sealed) else {
      if !view.sealed.isEmpty { fail(record.position, "the sealed part is too short") }
      return
    }
    guard let cipher = cipher(header.slot, dataKey, keyring) else { return }
    let bytes = record.bytes.span
    var plain: [UInt8] = []
    let isOpen = unsafe cipher.open(
      bytes.extracting(body).bytes, nonce: bytes.extracting(nonce).bytes,
      aad: bytes.extracting(view.aad).bytes, appendingTo: &plain)
    if !isOpen { fail(record.position, "the sealed part does not open") }
  }

  private mutating func cipher(_ slot: Slot?, _ dataKey: Key?, _ keyring: Keyring) -> Cipher? {
    guard let slot else {
      return dataKey.map { Cipher(HKDF.expand($0, info: Sealing.eventLabel)) }
    }
    if let known = ciphers[slot] { return known }
    guard let key = keyring.key(slot) else { return nil }
    if ciphers.count >= 4_096 { ciphers.removeAll(keepingCapacity: true) }
    let cipher = Cipher(HKDF.expand(key, info: Sealing.eventLabel))
    ciphers[slot] = cipher
    return cipher
  }

  private func fail(_ position: Position, _ what: String) {
    tell(.finding(VerificationFinding(position: position, what: what)))
  }
}
