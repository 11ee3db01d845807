import Events
import Platform

extension KeySet {
  /// Makes the files of a new generation, without a valid head. Remains of an attempt before are
  /// removed.
  static func make(
    generation: UInt32, log: LogID, created: Timestamp, key: Key, directory: String,
    disk: any Disk
  ) throws -> KeySet {
    try disk.wipeKeySet(generation, in: directory)
    let epoch = EpochKeyFile(log: log, generation: generation, key: key)
    for copy in copyNames {
      let file = try disk.open(directory + "/" + name("epoch", generation, copy), .create)
      try file.write(epoch.bytes, at: 0)
      try file.syncAll()
    }
    let copies = try copyNames.map {
      try disk.open(directory + "/" + name("keyring", generation, $0), .create)
    }
    let head = KeyFileHead(log: log, generation: generation, created: created, key: key)
    let set = KeySet(head: head, key: key, copies: copies)
    try set.reserve(before: 1)
    try disk.sync(directory)
    return set
  }

  /// Writes the heads, which makes the set complete: the first of them decides.
  func complete() throws {
    for copy in copies {
      try copy.write(head.bytes, at: 0)
      try copy.syncData()
    }
  }

  /// Writes a copy anew from the other, which has a valid head.
  static func rebuild(
    _ copy: Int, of generation: UInt32, from other: any DiskFile, head: KeyFileHead,
    directory: String, disk: any Disk
  ) throws -> any DiskFile {
    let path = directory + "/" + name("keyring", generation, copyNames[copy])
    if disk.exists(path) { try disk.remove(path) }
    let file = try disk.open(path, .create)
    try file.allocate(try other.size())
    var offset = UInt64(KeyFileHead.byteCount)
    while true {
      let bytes = try other.read(1 << 20, at: offset)
      guard !bytes.isEmpty else { break }
      try file.write(bytes, at: offset)
      offset += UInt64(bytes.count)
    }
    try file.syncAll()
    try file.write(head.bytes, at: 0)
    try file.syncAll()
    try disk.sync(directory)
    return file
  }
}

extension Disk {
  /// Overwrites, syncs and removes every file of a generation, the epoch key first.
  func wipeKeySet(_ generation: UInt32, in directory: String) throws {
    for kind in ["epoch", "keyring"] {
      for copy in KeySet.copyNames {
        let path = directory + "/" + KeySet.name(kind, generation, copy)
        guard exists(path) else { continue }
        try open(path, .write).wipe()
        try remove(path)
      }
      try sync(directory)
    }
  }
}
