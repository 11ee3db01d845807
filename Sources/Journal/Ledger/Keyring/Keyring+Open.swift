import Events
import Platform
import Synchronization

/// How a keyring is opened.
public struct KeyringOptions: Sendable {
  /// Whether it may be changed. A reader heals nothing and wipes nothing.
  public var isWritable = true
  /// The slot after the last that the journal names; nil where that is not known.
  public var needed: Slot?
  /// Opens a keyring with damaged slots, which then read as errors; for salvage.
  public var toleratesDamage = false

  public init(isWritable: Bool = true, needed: Slot? = nil, toleratesDamage: Bool = false) {
    self.isWritable = isWritable
    self.needed = needed
    self.toleratesDamage = toleratesDamage
  }
}

extension Keyring {
  /// Makes an empty keyring for a journal. Its first slot is 1.
  ///
  /// - Throws: `KeyringError.exists`; `SystemError`.
  public static func create(
    in directory: String, log: LogID, created: Timestamp, disk: any Disk = SystemDisk(),
    entropy: any Entropy = SystemEntropy()
  ) throws -> Keyring {
    let set = try createSet(
      in: directory, generation: 1, log: log, created: created, disk: disk, entropy: entropy)
    try set.complete()
    return Keyring(
      try KeyScan(set, needed: nil, areBothWhole: true), directory: directory, disk: disk,
      entropy: entropy, isWritable: true, findings: [])
  }

  static func createSet(
    in directory: String, generation: UInt32, log: LogID, created: Timestamp, disk: any Disk,
    entropy: any Entropy
  ) throws -> KeySet {
    try disk.createDirectory(directory)
    guard try generations(in: directory, disk).isEmpty else {
      throw KeyringError.exists(directory: directory)
    }
    return try KeySet.make(
      generation: generation, log: log, created: created, key: entropy.key(), directory: directory,
      disk: disk)
  }

  /// Opens the highest complete set, heals what one copy has lost, and wipes all other sets.
  ///
  /// - Throws: `KeyringError.absent`, `.foreign` where it is not of the journal `log`, `.damaged`,
  ///   `.behind`; `SystemError`.
  public static func open(
    _ directory: String, log: LogID? = nil, options: KeyringOptions = KeyringOptions(),
    disk: any Disk = SystemDisk(), entropy: any Entropy = SystemEntropy()
  ) throws -> Keyring {
    var findings: [KeyringFinding] = []
    let all = try generations(in: directory, disk)
    var loaded: LoadedKeySet?
    for generation in all.reversed() where loaded == nil {
      loaded = try LoadedKeySet(
        generation, directory: directory, disk: disk, heals: options.isWritable,
        findings: &findings)
    }
    guard let loaded else { throw KeyringError.absent(directory: directory) }
    if let log, log != loaded.set.head.log { throw KeyringError.foreign(loaded.set.head.log) }
    let scan = try KeyScan(
      loaded.set, needed: options.needed, areBothWhole: loaded.areBothWhole)
    try check(scan, options)
    if options.isWritable {
      try apply(scan.repairs, to: loaded.set)
      for generation in all where generation != loaded.set.generation {
        try disk.wipeKeySet(generation, in: directory)
        findings.append(.wiped(generation: generation))
      }
    }
    return Keyring(
      scan, directory: directory, disk: disk, entropy: entropy, isWritable: options.isWritable,
      findings: findings + scan.findings)
  }

  /// Reads the files again: for a reader beside a process that writes.
  ///
  /// - Throws: as `open`.
  public func refresh() throws {
    let options = KeyringOptions(isWritable: false, toleratesDamage: !damagedSlots.isEmpty)
    let other = try Keyring.open(
      directory, log: log, options: options, disk: disk, entropy: entropy)
    let fresh = other.held.withLock { $0 }
    held.withLock { $0 = fresh }
  }

  private static func generations(in directory: String, _ disk: any Disk) throws -> [UInt32] {
    guard disk.exists(directory) else { return [] }
    return Set(try disk.list(directory).compactMap(KeySet.generation)).sorted()
  }

  private static func check(_ scan: KeyScan, _ options: KeyringOptions) throws {
    if let needed = options.needed, Slot(scan.end) < needed {
      throw KeyringError.behind(nextSlot: scan.nextSlot, needed: needed)
    }
    guard scan.damaged.isEmpty || options.toleratesDamage else {
      throw KeyringError.damaged(scan.damaged)
    }
  }

  private static func apply(
    _ repairs: [(copy: Int, number: UInt64, bytes: [UInt8])], to set: KeySet
  ) throws {
    guard let last = repairs.map(\.number).max() else { return }
    try set.reserve(before: last)
    for copy in [0, 1] {
      for repair in repairs where repair.copy == copy {
        try set.copies[copy].write(repair.bytes, at: KeySet.offset(repair.number))
      }
      try set.copies[copy].syncData()
    }
  }
}
