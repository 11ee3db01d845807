import Platform

/// One cell of a keyring file: 256 bytes that hold a slot's value, or a part of it.
///
/// A cell lies at a multiple of 256, so it never straddles a sector and is written whole or not at
/// all. The layout is in docs/formats.md, "Keyring"; it is frozen.
struct KeyCell: Hashable, Sendable {
  /// Bytes of a cell.
  static let byteCount = 256
  /// Bytes of a value that one cell holds.
  static let capacity = byteCount - valueStart - Cipher.tagCount
  static let nonceStart = 44
  static let valueStart = 56

  enum State: UInt8 {
    case live = 1
    case destroyed = 2
  }

  var state: State
  var kind: SlotKind
  /// Which part of the value this is, from 0, and how many there are.
  var part: UInt8
  var parts: UInt8
  /// Bytes of the value in this cell; 0 when destroyed.
  var length: UInt16
  /// The generation of the file set.
  var generation: UInt32
  /// The slot, which is the number of the cell with part 0.
  var slot: UInt64
  var subject: ID
  var detail: UInt32

  /// The 40 bytes that are authenticated with the value and lie in the cell from byte 4 on.
  var header: [UInt8] {
    var bytes: [UInt8] = [state.rawValue, kind.rawValue, part, parts]
    bytes.reserveCapacity(40)
    bytes.append(bigEndian: length)
    bytes.append(bigEndian: UInt16(0))
    bytes.append(bigEndian: generation)
    bytes.append(bigEndian: slot)
    subject.append(to: &bytes)
    bytes.append(bigEndian: detail)
    return bytes
  }

  /// Appends the cell with `value` sealed in it.
  func append(_ value: Span<UInt8>, cipher: Cipher, nonce: [UInt8], to bytes: inout [UInt8]) {
    var body = header
    let aad = body
    body.append(contentsOf: nonce)
    unsafe cipher.seal(
      value.bytes, nonce: nonce.span.bytes, aad: aad.span.bytes, appendingTo: &body)
    finish(&body, to: &bytes)
  }

  /// Appends the cell as a destroyed mark, without any trace of value or subject.
  func appendDestroyed(to bytes: inout [UInt8]) {
    var mark = self
    mark.state = .destroyed
    mark.length = 0
    mark.subject = .zero
    mark.detail = 0
    var body = mark.header
    finish(&body, to: &bytes)
  }

  /// The mark of a destroyed cell of which nothing else is known.
  static func destroyed(_ number: UInt64, generation: UInt32) -> KeyCell {
    KeyCell(
      state: .destroyed, kind: .secret, part: 0, parts: 1, length: 0, generation: generation,
      slot: number, subject: .zero, detail: 0)
  }

  /// The value; nil where it does not open.
  func value(in cell: Span<UInt8>, cipher: Cipher) -> [UInt8]? {
    var value: [UInt8] = []
    let aad = header
    let end = KeyCell.valueStart + Int(length) + Cipher.tagCount
    let isOpen = unsafe cipher.open(
      cell.extracting(KeyCell.valueStart..<end).bytes,
      nonce: cell.extracting(KeyCell.nonceStart..<KeyCell.valueStart).bytes, aad: aad.span.bytes,
      appendingTo: &value)
    return isOpen ? value : nil
  }

  private func finish(_ body: inout [UInt8], to bytes: inout [UInt8]) {
    body.append(contentsOf: repeatElement(0, count: KeyCell.byteCount - 4 - body.count))
    bytes.append(bigEndian: CRC32C.of(body))
    bytes.append(contentsOf: body)
  }
}

/// What a copy of the keyring has at the place of one cell.
enum CellReading: Hashable {
  case empty
  case cell(KeyCell)
  case damaged

  /// Reads 256 bytes that should be cell `number` of a set of `generation`.
  init(_ bytes: Span<UInt8>, number: UInt64, generation: UInt32) {
    guard let cell = KeyCell(checked: bytes) else {
      self = bytes.isZero ? .empty : .damaged
      return
    }
    let isAtHome = cell.slot + UInt64(cell.part) == number && cell.generation == generation
    self = isAtHome ? .cell(cell) : .damaged
  }
}

extension KeyCell {
  /// Reads a cell; nil where its checksum or a field is wrong.
  init?(checked bytes: Span<UInt8>) {
    guard bytes.count == KeyCell.byteCount,
      CRC32C.of(bytes.extracting(4...)) == bytes.bigEndian(UInt32.self, at: 0),
      let state = State(rawValue: bytes[4]), let kind = SlotKind(rawValue: bytes[5])
    else { return nil }
    self.state = state
    self.kind = kind
    part = bytes[6]
    parts = bytes[7]
    length = bytes.bigEndian(UInt16.self, at: 8)
    generation = bytes.bigEndian(UInt32.self, at: 12)
    slot = bytes.bigEndian(UInt64.self, at: 16)
    subject = bytes.id(at: 24)
    detail = bytes.bigEndian(UInt32.self, at: 40)
    guard part < parts, Int(length) <= KeyCell.capacity, slot < UInt64.max - 256 else { return nil }
  }
}
