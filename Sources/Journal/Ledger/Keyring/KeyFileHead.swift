import Events
import Platform

/// The first page of a keyring file. Valid only once every cell behind it is synced.
struct KeyFileHead: Hashable {
  /// Bytes before the first cell.
  static let byteCount = 4096
  static let magic = Array("DBKEYRNG".utf8)
  static let format: UInt32 = 1

  let log: LogID
  let generation: UInt32
  let created: Timestamp
  /// Shows that an epoch key belongs to the file.
  let check: Key

  init(log: LogID, generation: UInt32, created: Timestamp, key: Key) {
    self.log = log
    self.generation = generation
    self.created = created
    check = KeyFileHead.check(key)
  }

  static func check(_ key: Key) -> Key { HKDF.expand(key, info: "daybook/keyring/check/1") }

  var bytes: [UInt8] {
    var bytes = KeyFileHead.magic + [0, 0, 0, 0]
    bytes.append(bigEndian: KeyFileHead.format)
    bytes.append(bigEndian: generation)
    bytes.append(bigEndian: UInt32(KeyCell.byteCount))
    log.rawValue.append(to: &bytes)
    bytes.append(bigEndian: created.microseconds)
    bytes.append(contentsOf: check.secretBytes)
    bytes.append(contentsOf: repeatElement(0, count: KeyFileHead.byteCount - bytes.count))
    bytes.put(bigEndian: CRC32C.of(bytes.span.extracting(12...)), at: 8)
    return bytes
  }

  /// Reads a page; nil where it is not wholly valid.
  init?(_ bytes: [UInt8]) {
    let span = bytes.span
    guard bytes.count == KeyFileHead.byteCount, bytes.starts(with: KeyFileHead.magic),
      span.bigEndian(UInt32.self, at: 8) == CRC32C.of(span.extracting(12...)),
      span.bigEndian(UInt32.self, at: 12) == KeyFileHead.format,
      span.bigEndian(UInt32.self, at: 20) == UInt32(KeyCell.byteCount),
      let check = Key(bytes: span.extracting(48..<80))
    else { return nil }
    generation = span.bigEndian(UInt32.self, at: 16)
    log = LogID(rawValue: span.id(at: 24))
    created = Timestamp(microseconds: span.bigEndian(Int64.self, at: 40))
    self.check = check
  }
}

/// The file that holds the key of one generation: 512 bytes, one sector.
struct EpochKeyFile {
  static let byteCount = 512
  static let magic = Array("DBKEYEPO".utf8)
  static let format: UInt32 = 1
  /// The key lies in clear; the directory's permissions guard it.
  static let unprotected: UInt32 = 0

  let log: LogID
  let generation: UInt32
  let key: Key

  var bytes: [UInt8] {
    var bytes = EpochKeyFile.magic + [0, 0, 0, 0]
    bytes.append(bigEndian: EpochKeyFile.format)
    bytes.append(bigEndian: generation)
    bytes.append(bigEndian: EpochKeyFile.unprotected)
    log.rawValue.append(to: &bytes)
    bytes.append(contentsOf: key.secretBytes)
    bytes.append(contentsOf: repeatElement(0, count: EpochKeyFile.byteCount - bytes.count))
    bytes.put(bigEndian: CRC32C.of(bytes.span.extracting(12...)), at: 8)
    return bytes
  }
}

extension EpochKeyFile {
  /// Reads the file's bytes; nil where they are not wholly valid.
  init?(_ bytes: [UInt8]) {
    let span = bytes.span
    guard bytes.count == EpochKeyFile.byteCount, bytes.starts(with: EpochKeyFile.magic),
      span.bigEndian(UInt32.self, at: 8) == CRC32C.of(span.extracting(12...)),
      span.bigEndian(UInt32.self, at: 12) == EpochKeyFile.format,
      span.bigEndian(UInt32.self, at: 20) == EpochKeyFile.unprotected,
      let key = Key(bytes: span.extracting(40..<72))
    else { return nil }
    self.init(
      log: LogID(rawValue: span.id(at: 24)), generation: span.bigEndian(UInt32.self, at: 16),
      key: key)
  }
}
