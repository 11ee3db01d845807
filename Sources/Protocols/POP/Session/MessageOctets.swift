import Events
import Ledger
import Platform
import State

/// The octets of one stored message in order: the lines that stand before the body, then the body,
/// one chunk at a time. Only verified plaintext comes out.
struct MessageOctets: Sendable {
  /// Octets of the body that are read at once: one chunk as it is sealed.
  private static let chunk: UInt64 = 65_536

  private let node: Node
  private let body: ContentID
  private let dataKey: Key
  private let length: UInt64
  private var prefix: [UInt8]
  private var offset: UInt64 = 0
  private var hasBegun = false

  /// Nil where the key of the slot opens nothing of it.
  init?(_ stored: StoredMessage, key: Slot, _ node: Node) {
    guard let body = stored.content.body,
      let wrap = stored.content.wraps.first(where: { $0.slot == key }),
      let dataKey = node.journal.keyring.unwrap(wrap)
    else { return nil }
    self.node = node
    self.body = body
    self.dataKey = dataKey
    length = stored.content.bodyLength
    prefix = stored.prefix
  }

  /// The next octets; nil at the end. Read on the loop where they are in memory, else in the pool.
  mutating func next() async throws -> [UInt8]? {
    guard offset < length || !hasBegun else { return nil }
    hasBegun = true
    let range = offset..<min(offset + Self.chunk, length)
    guard !range.isEmpty else { return prefix }
    let octets = try await read(range)
    guard !octets.isEmpty else { throw ContentError.absent(body) }
    offset += UInt64(octets.count)
    guard !prefix.isEmpty else { return octets }
    defer { prefix = [] }
    return prefix + octets
  }

  private func read(_ range: Range<UInt64>) async throws -> [UInt8] {
    let (content, body, dataKey) = (node.journal.content, body, dataKey)
    if let octets = try content.readIfCached(body, dataKey: dataKey, range) { return octets }
    return try await node.pool.run { try content.read(body, dataKey: dataKey, range) }
  }
}
