import Events
import Platform

/// Turns records into events, as far as the keyring can open them.
///
/// What cannot be opened, because its key is destroyed or is not there, reads as `erased`; nothing
/// of that is an error. It keeps ciphers and data keys, so it is for one thread and many records.
public final class RecordDecoder {
  private static let cacheLimit = 4_096

  private let reader: JournalReader
  private let keyring: Keyring
  private let opens: Bool
  /// Ciphers by slot; nil is remembered too.
  private var slots: [Slot: Cipher?] = [:]
  /// Ciphers of messages by the position of the record that wraps their data key.
  private var messages: [Position: Cipher?] = [:]
  private var personal: [UInt8] = []

  init(_ reader: JournalReader, keyring: Keyring, opens: Bool) {
    self.reader = reader
    self.keyring = keyring
    self.opens = opens
  }

  /// Decodes one record.
  ///
  /// - Throws: `LedgerError.damaged` where the bytes are not what was written.
  public func decode(_ record: RawRecord) throws -> Recorded {
    do {
      let view = try RecordView(record.bytes.span)
      guard !view.isRedacted else { return Self.redacted(record.position) }
      let recorded = try view.recorded(in: record.bytes, personal: try open(view, record))
      guard recorded.position == record.position else {
        throw LedgerError.damaged(
          position: record.position,
          what: "the record says that its position is "
            + "\(recorded.position)")
      }
      return recorded
    } catch let error as RecordError {
      throw LedgerError.damaged(position: record.position, what: "\(error)")
    }
  }

  /// Forgets every key, so that the keyring is asked again.
  public func forget() {
    slots = [:]
    messages = [:]
  }

  /// The opened personal part; nil where there is none or it stays sealed.
  private func open(_ view: RecordView, _ record: RawRecord) throws -> [UInt8]? {
    guard opens, let (nonce, body) = Sealing.parts(of: view.sealed) else { return nil }
    let bytes = record.bytes.span
    let header = try view.header(in: bytes)
    guard let cipher = try cipher(header, view, record) else { return nil }
    personal.removeAll(keepingCapacity: true)
    let isOpen = unsafe cipher.open(
      bytes.extracting(body).bytes, nonce: bytes.extracting(nonce).bytes,
      aad: bytes.extracting(view.aad).bytes, appendingTo: &personal)
    return isOpen ? personal : nil
  }

  private func cipher(
    _ header: EventHeader, _ view: RecordView, _ record: RawRecord
  ) throws -> Cipher? {
    if let slot = header.slot { return cipher(slot) }
    if !header.wraps.isEmpty { return cipher(header.wraps, at: record.position) }
    guard let origin = try view.origin(in: record.bytes.span) else { return nil }
    if let known = messages[origin] { return known }
    guard let source = try reader.record(at: origin) else { return nil }
    let sourceView = try RecordView(source.bytes.span)
    guard !sourceView.isRedacted else { return nil }
    return cipher(try sourceView.header(in: source.bytes.span).wraps, at: origin)
  }

  private func cipher(_ slot: Slot) -> Cipher? {
    if let known = slots[slot] { return known }
    refresh(for: slot)
    let cipher = keyring.key(slot).map { Cipher(HKDF.expand($0, info: Sealing.eventLabel)) }
    if slots.count >= Self.cacheLimit { slots.removeAll(keepingCapacity: true) }
    slots[slot] = .some(cipher)
    return cipher
  }

  /// The cipher of a message, by any of the wraps of its data key.
  private func cipher(_ wraps: [Wrap], at position: Position) -> Cipher? {
    if let known = messages[position] { return known }
    var cipher: Cipher?
    for wrap in wraps {
      refresh(for: wrap.slot)
      guard let key = keyring.unwrap(wrap) else { continue }
      cipher = Cipher(HKDF.expand(key, info: Sealing.eventLabel))
      break
    }
    if messages.count >= Self.cacheLimit { messages.removeAll(keepingCapacity: true) }
    messages[position] = .some(cipher)
    return cipher
  }

  /// Reads the keyring's files again where a slot is newer than they were: beside a server.
  private func refresh(for slot: Slot) {
    guard !keyring.isWritable, slot >= keyring.nextSlot else { return }
    do { try keyring.refresh() } catch {
      // Then it reads as erased, as if it had not been there yet.
      return
    }
  }

  /// What is left of a redacted record: its place.
  private static func redacted(_ position: Position) -> Recorded {
    Recorded(
      header: EventHeader(
        position: position, time: .zero, type: .redacted, id: .zero),
      event: .redacted)
  }
}
