import CLMDB

/// One ordered table of an environment: byte keys, each with one value.
///
/// Keys compare as bytes, a shorter one before its extensions. A table belongs to the environment
/// that gave it; the environment's transactions take no other.
public struct Table: Hashable, Sendable {
  /// Its frozen name.
  public let name: String
  let index: MDB_dbi
}
