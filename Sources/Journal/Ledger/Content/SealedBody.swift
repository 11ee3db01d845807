import Events
import Platform

/// A body that was sealed by its session and waits to be stored.
public struct SealedBody: Hashable, Sendable {
  public let id: ContentID
  /// The sealed chunks one after another, each with its tag.
  public let bytes: [UInt8]
  /// Bytes of the body itself.
  public let plainLength: UInt64
  /// SHA-256 of `bytes`, which the event tells.
  public let sha256: Digest
  /// The random part of the chunks' nonces.
  let prefix: [UInt8]
  /// A CRC32C of each chunk.
  let checks: [UInt8]
}

/// Seals bodies. Pure: the same arguments give the same bytes.
public enum ContentSealer {
  /// Bodies up to this length, in bytes, travel with the request; larger ones are streamed.
  public static let smallLimit = ChunkSeal.chunkSize

  /// The key that seals the body of a message with `dataKey`.
  static func key(_ dataKey: Key) -> Key { HKDF.expand(dataKey, info: "daybook/content/1") }

  /// Seals `plain` under a message's data key. `id` is random, `noncePrefix` 7 random bytes; neither
  /// may be used for another body.
  public static func seal(
    _ plain: [UInt8], dataKey: Key, id: ContentID, noncePrefix: [UInt8]
  ) -> SealedBody {
    let seal = ChunkSeal(key: key(dataKey), prefix: noncePrefix, aad: id.rawValue.bytes)
    let bytes = seal.seal(plain.span)
    return SealedBody(
      id: id, bytes: bytes, plainLength: UInt64(plain.count), sha256: SHA256.digest(bytes),
      prefix: noncePrefix, checks: ChunkSeal.checks(of: bytes.span))
  }

  /// Seals `plain` with an id and a nonce prefix from `entropy`.
  public static func seal(
    _ plain: [UInt8], dataKey: Key, entropy: some Entropy
  ) -> SealedBody {
    seal(
      plain, dataKey: dataKey, id: ContentID(rawValue: entropy.id()),
      noncePrefix: entropy.bytes(ChunkSeal.prefixSize))
  }
}
