import Events
import Platform

/// The files of one generation as found, with whole files healed from their copies.
struct LoadedKeySet {
  let set: KeySet
  /// False where one of the files with cells was missing or had no valid head.
  let areBothWhole: Bool

  /// Nil where the generation is not complete: no valid epoch key, or no valid head for it.
  init?(
    _ generation: UInt32, directory: String, disk: any Disk, heals: Bool,
    findings: inout [KeyringFinding]
  ) throws {
    let path = { (kind: String, copy: Int) in
      directory + "/" + KeySet.name(kind, generation, KeySet.copyNames[copy])
    }
    let epochs = try [0, 1].map { try LoadedKeySet.epoch(path("epoch", $0), generation, disk) }
    guard let epoch = epochs[0] ?? epochs[1] else { return nil }
    let access: DiskAccess = heals ? .write : .read
    var files: [(any DiskFile)?] = []
    var heads: [KeyFileHead?] = []
    for copy in [0, 1] {
      let exists = disk.exists(path("keyring", copy))
      let file = exists ? try disk.open(path("keyring", copy), access) : nil
      files.append(file)
      heads.append(try LoadedKeySet.head(file, of: epoch))
    }
    guard let head = heads[0] ?? heads[1], let good = heads[0] != nil ? files[0] : files[1] else {
      return nil
    }
    areBothWhole = heads[0] == heads[1]
    if heals {
      for copy in [0, 1] where epochs[copy] == nil {
        try LoadedKeySet.rewrite(path("epoch", copy), epoch, directory, disk)
        findings.append(.rebuilt(copy: KeySet.copyNames[copy]))
      }
      for copy in [0, 1] where heads[copy] == nil {
        files[copy] = try KeySet.rebuild(
          copy, of: generation, from: good, head: head, directory: directory, disk: disk)
        findings.append(.rebuilt(copy: KeySet.copyNames[copy]))
      }
    }
    set = KeySet(
      head: head, key: epoch.key,
      copies: [0, 1].map { heads[$0] != nil || heals ? files[$0] ?? good : good })
  }

  private static func epoch(
    _ path: String, _ generation: UInt32, _ disk: any Disk
  ) throws -> EpochKeyFile? {
    guard disk.exists(path) else { return nil }
    let bytes = try disk.open(path, .read).read(EpochKeyFile.byteCount, at: 0)
    let epoch = EpochKeyFile(bytes)
    return epoch?.generation == generation ? epoch : nil
  }

  private static func head(
    _ file: (any DiskFile)?, of epoch: EpochKeyFile
  ) throws -> KeyFileHead? {
    guard let head = KeyFileHead(try file?.read(KeyFileHead.byteCount, at: 0) ?? []) else {
      return nil
    }
    let fits =
      head.generation == epoch.generation && head.log == epoch.log
      && head.check == KeyFileHead.check(epoch.key)
    return fits ? head : nil
  }

  private static func rewrite(
    _ path: String, _ epoch: EpochKeyFile, _ directory: String, _ disk: any Disk
  ) throws {
    if disk.exists(path) { try disk.remove(path) }
    let file = try disk.open(path, .create)
    try file.write(epoch.bytes, at: 0)
    try file.syncAll()
    try disk.sync(directory)
  }
}
