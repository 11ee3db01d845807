/// When an epoch is full, and how its environment is opened.
public struct EpochLimits: Hashable, Sendable {
  /// Events after which the next epoch begins: 64 Mi.
  public var events: UInt64 = 1 << 26
  /// Bytes in use after which the next epoch begins: 32 GiB, half of the map.
  public var bytes: UInt64 = 32 << 30
  /// The size of the memory map of each environment, in bytes: 64 GiB of address space.
  public var mapSize: Int = 64 << 30
  /// Readers over all processes.
  public var readers: Int = 4_096

  public init() {}
}
