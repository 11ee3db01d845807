extension Environment {
  /// How an environment is opened.
  public struct Options: Sendable {
    /// What a commit promises.
    public enum Durability: Sendable {
      /// Committed data outlive the machine's power.
      case synced
      /// Committed data outlive the process; `sync` is needed for more.
      case unsynced
    }

    /// Whether the environment may be changed.
    public enum Access: Sendable {
      case readWrite, readOnly
      /// Read without a trace: no file is written, not even LMDB's table of readers. Whoever opens
      /// it so sees to it that nobody writes meanwhile.
      case observing
    }

    /// Bytes of address space, and so the greatest size of the file.
    public var mapSize: Int
    /// How many tables there can be.
    public var maxTables: Int
    /// How many read transactions there can be, over all processes.
    public var maxReaders: Int
    public var durability: Durability
    public var access: Access

    public init(
      mapSize: Int = 64 << 30, maxTables: Int = 64, maxReaders: Int = 4096,
      durability: Durability = .synced, access: Access = .readWrite
    ) {
      self.mapSize = mapSize
      self.maxTables = maxTables
      self.maxReaders = maxReaders
      self.durability = durability
      self.access = access
    }
  }
}
