import Events
import Platform

/// The head of an exported keyring: 128 bytes in clear, authenticated with everything sealed.
struct KeyringExport: Hashable {
  static let byteCount = 128
  private static let magic = Array("DBKEYEXP".utf8)
  private static let format: UInt32 = 1
  /// PBKDF2 with HMAC-SHA-256.
  private static let derivation: UInt32 = 1
  static let saltCount = 32
  /// What an attacker may make a reader compute, at most.
  static let maximumIterations: UInt32 = 100_000_000

  let iterations: UInt32
  let salt: [UInt8]
  let log: LogID
  let age: KeyringAge
  let created: Timestamp
  let prefix: [UInt8]

  /// magic 8, format 4, derivation 4, iterations 4, salt 32, log 16, generation 4, next slot 8,
  /// destroyed 8, created 8, nonce prefix 7, zeros.
  var bytes: [UInt8] {
    var bytes = Self.magic
    bytes.append(bigEndian: Self.format)
    bytes.append(bigEndian: Self.derivation)
    bytes.append(bigEndian: iterations)
    bytes += salt
    log.rawValue.append(to: &bytes)
    bytes.append(bigEndian: age.generation)
    bytes.append(bigEndian: age.nextSlot.rawValue)
    bytes.append(bigEndian: age.destroyed)
    bytes.append(bigEndian: created.microseconds)
    bytes += prefix
    return bytes + [UInt8](repeating: 0, count: Self.byteCount - bytes.count)
  }

  /// What seals the slots: a key from the passphrase, with the head authenticated.
  func seal(_ passphrase: [UInt8]) -> ChunkSeal? {
    let derived = PBKDF2.sha256(password: passphrase, salt: salt, iterations: Int(iterations))
    guard let key = Key(bytes: derived.bytes) else { return nil }
    return ChunkSeal(
      key: HKDF.expand(key, info: "daybook/keyring/export/1"), prefix: prefix, aad: bytes)
  }
}

extension KeyringExport {
  /// Reads a head; nil where it is not one of this format.
  init?(_ bytes: Span<UInt8>) {
    guard bytes.count == Self.byteCount, Array(copying: bytes.extracting(..<8)) == Self.magic,
      bytes.bigEndian(UInt32.self, at: 8) == Self.format,
      bytes.bigEndian(UInt32.self, at: 12) == Self.derivation,
      1...Self.maximumIterations ~= bytes.bigEndian(UInt32.self, at: 16)
    else { return nil }
    iterations = bytes.bigEndian(UInt32.self, at: 16)
    salt = Array(copying: bytes.extracting(20..<52))
    log = LogID(rawValue: bytes.id(at: 52))
    age = KeyringAge(
      generation: bytes.bigEndian(UInt32.self, at: 68),
      nextSlot: Slot(bytes.bigEndian(UInt64.self, at: 72)),
      destroyed: bytes.bigEndian(UInt64.self, at: 80))
    created = Timestamp(microseconds: bytes.bigEndian(Int64.self, at: 88))
    prefix = Array(copying: bytes.extracting(96..<103))
    guard age.nextSlot > .zero, bytes.extracting(103...).isZero else { return nil }
  }
}

extension NewSlot {
  private static let entrySize = 31

  /// Appends the slot to an export: slot 8, kind 1, detail 4, subject 16, length 2, value.
  func appendEntry(to bytes: inout [UInt8]) {
    bytes.append(bigEndian: slot.rawValue)
    bytes.append(kind.rawValue)
    bytes.append(bigEndian: detail)
    subject.append(to: &bytes)
    bytes.append(bigEndian: UInt16(value.count))
    bytes += value
  }

  /// Reads the slot at `offset`, and moves behind it; nil where there is no valid one.
  static func entry(in bytes: Span<UInt8>, at offset: inout Int) -> NewSlot? {
    let start = offset
    guard start + entrySize <= bytes.count, let kind = SlotKind(rawValue: bytes[start + 8]) else {
      return nil
    }
    let length = Int(bytes.bigEndian(UInt16.self, at: start + 29))
    offset = start + entrySize + length
    let fits = kind.isKey ? 32...32 : 1...maximumByteCount
    guard fits ~= length, offset <= bytes.count else { return nil }
    return NewSlot(
      slot: Slot(bytes.bigEndian(UInt64.self, at: start)), kind: kind,
      subject: bytes.id(at: start + 13), detail: bytes.bigEndian(UInt32.self, at: start + 9),
      value: Array(copying: bytes.extracting(start + entrySize..<offset)))
  }
}
