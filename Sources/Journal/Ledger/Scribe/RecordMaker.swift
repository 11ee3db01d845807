import Events
import Platform

/// Makes records of drafts: gives them position, id, feed number and seal.
///
/// It belongs to the Scribe's thread. Ciphers are kept by slot, for a schedule costs more than a
/// small seal.
struct RecordMaker {
  /// Ciphers kept at most; then all are dropped.
  private static let cipherLimit = 4_096

  private let keyring: Keyring
  private let entropy: any Entropy
  private var ids: EventIDMint
  private let decisionBytes: Int
  private var keys: [Slot: SlotKey] = [:]
  private var messageCipher: (key: Key, cipher: Cipher)?
  // Memory that is used again for each record.
  private var parts = RecordParts()
  private var sealed: [UInt8] = []

  /// A slot's key, and what is derived from it.
  private struct SlotKey {
    let wrapKey: Key
    let cipher: Cipher

    init(_ key: Key) {
      wrapKey = Keyring.wrapKey(key)
      cipher = Cipher(HKDF.expand(key, info: Sealing.eventLabel))
    }
  }

  init(keyring: Keyring, entropy: any Entropy, ids: EventIDMint, decisionBytes: Int) {
    self.keyring = keyring
    self.entropy = entropy
    self.ids = ids
    self.decisionBytes = decisionBytes
  }

  /// Adds the records of one decision to a batch, all or none.
  ///
  /// - Returns: the events as they are to be folded.
  /// - Throws: `Refusal.tooLarge` where a record or the decision is too large, `LedgerError` where
  ///   a key is absent or a personal part has no seal.
  mutating func make<State: FoldingState>(
    _ plan: Plan, _ moment: Moment, into batch: inout Batch<State>
  ) throws -> [Recorded] {
    let count = batch.records.count
    let bytes = batch.records.bytes.count
    let feeds = batch.feeds
    do {
      try admit(plan.slots, after: batch.nextSlot)
      var recorded: [Recorded] = []
      recorded.reserveCapacity(plan.drafts.count)
      for draft in plan.drafts {
        let header = try header(draft, moment, batch.records.next, &batch.feeds)
        recorded.append(try append(draft, header, to: &batch.records))
      }
      guard batch.records.bytes.count - bytes <= decisionBytes else {
        throw Refusal.tooLarge(what: "the decision", limit: UInt64(decisionBytes))
      }
      return recorded
    } catch {
      batch.records.truncate(to: count)
      batch.feeds = feeds
      forget(plan.slots)
      throw error
    }
  }

  /// Drops what is known of slots whose decision did not come about.
  mutating func forget(_ slots: [NewSlot]) {
    for slot in slots { keys[slot.slot] = nil }
  }

  /// Drops what is known of slots that are destroyed.
  mutating func forget(_ slots: [Slot]) {
    for slot in slots { keys[slot] = nil }
  }

  /// Takes in the keys of new slots, so that events of the same decision can be sealed with them.
  private mutating func admit(_ slots: [NewSlot], after next: Slot) throws {
    var expected = next
    for slot in slots {
      guard slot.slot == expected else { throw LedgerError.slotOutOfOrder(slot.slot) }
      if slot.kind.isKey, let key = Key(bytes: slot.value) { keys[slot.slot] = SlotKey(key) }
      expected = slot.next
    }
  }

  private mutating func header(
    _ draft: Draft, _ moment: Moment, _ position: Position, _ feeds: inout [DomainID: UInt64]
  ) throws -> EventHeader {
    let origin = moment.origin
    var header = EventHeader(
      position: position, time: moment.time, type: draft.event.type,
      id: ids.next(at: moment.time, random: entropy.uint64()), domain: draft.domain,
      actor: origin.actor, session: origin.session,
      correlation: draft.correlation ?? origin.correlation, causation: origin.causation,
      contents: draft.contents)
    if header.type.isPublished, let domain = draft.domain, let next = feeds[domain] {
      header.feed = next
      feeds[domain] = next + 1
    }
    switch draft.seal {
    case .none: break
    case .slot(let slot): header.slot = slot
    case .message(let key, let holders):
      header.wraps = try holders.map { slot in
        guard let wrap = Wrap(slot: slot, bytes: KeyWrap.wrap(key, under: try self[slot].wrapKey))
        else { throw LedgerError.keyAbsent(slot) }
        return wrap
      }
    }
    return header
  }

  private mutating func append(
    _ draft: Draft, _ header: EventHeader, to records: inout RecordBatch
  ) throws -> Recorded {
    var header = header
    parts.code(header, draft.event)
    if parts.personal.isEmpty, header.slot != nil {
      header.slot = nil
      parts.code(header, draft.event)
    }
    do {
      try seal(draft)
      try parts.complete(sealed: sealed)
      records.append(parts.open)
    } catch RecordError.tooLarge(let type, _) {
      throw Refusal.tooLarge(what: type, limit: UInt64(Record.maximumSize))
    }
    return Recorded(header: header, event: draft.event)
  }

  /// Seals the personal part, if there is one, into `sealed`.
  private mutating func seal(_ draft: Draft) throws {
    sealed.removeAll(keepingCapacity: true)
    guard !parts.personal.isEmpty else { return }
    let cipher: Cipher
    switch draft.seal {
    case .none: throw LedgerError.unsealed(type: draft.event.type.description)
    case .slot(let slot): cipher = try self[slot].cipher
    case .message(let key, _): cipher = self.cipher(of: key)
    }
    let nonce = entropy.bytes(Sealing.nonceCount)
    sealed.append(contentsOf: nonce)
    let personal = parts.personal
    parts.withAAD { aad in
      unsafe cipher.seal(
        personal.span.bytes, nonce: nonce.span.bytes, aad: aad.bytes, appendingTo: &sealed)
    }
  }

  /// The key in a slot.
  private subscript(slot: Slot) -> SlotKey {
    mutating get throws {
      if let known = keys[slot] { return known }
      guard let key = keyring.key(slot) else { throw LedgerError.keyAbsent(slot) }
      if keys.count >= Self.cipherLimit { keys.removeAll(keepingCapacity: true) }
      let made = SlotKey(key)
      keys[slot] = made
      return made
    }
  }

  /// The cipher of a message's data key. The events of one message follow each other.
  private mutating func cipher(of key: Key) -> Cipher {
    if let messageCipher, messageCipher.key == key { return messageCipher.cipher }
    let cipher = Cipher(HKDF.expand(key, info: Sealing.eventLabel))
    messageCipher = (key, cipher)
    return cipher
  }
}
