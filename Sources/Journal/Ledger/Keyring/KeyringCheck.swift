import Events
import Platform

/// A look at every byte of the keyring's files that means something, in both copies: opening heals
/// one from the other and says little, a verification must tell of each.
struct KeyringCheck {
  private let directory: String
  private let disk: any Disk
  private let needed: Slot
  private var found: [String] = []

  /// What is damaged, file by file, with its offset. A process that writes meanwhile is between its
  /// two copies for a moment, so what is found must still be there a little later.
  ///
  /// - Parameter needed: the slot after the last one that the journal names.
  static func settled(
    _ directory: String, needed: Slot, disk: any Disk = SystemDisk()
  ) throws -> [String] {
    var found: [String] = []
    for attempt in 0..<3 {
      if attempt > 0 { _ = Monitor(()).wait(atMost: .milliseconds(100)) { _ -> Void? in nil } }
      var check = KeyringCheck(directory: directory, disk: disk, needed: needed)
      try check.run()
      found = attempt == 0 ? check.found : found.filter(check.found.contains)
      if found.isEmpty { break }
    }
    return found
  }

  private init(directory: String, disk: any Disk, needed: Slot) {
    self.directory = directory
    self.disk = disk
    self.needed = needed
  }

  /// Checks the highest complete generation; of others a crash may have left anything.
  private mutating func run() throws {
    for generation in try Keyring.generations(in: directory, disk).reversed() {
      let epochs = try KeySet.copyNames.map { copy in
        EpochKeyFile(
          try read(KeySet.name("epoch", generation, copy), 0, EpochKeyFile.byteCount) ?? [])
      }
      guard let epoch = epochs[0] ?? epochs[1] else { continue }
      let pages = try KeySet.copyNames.map { copy in
        try read(KeySet.name("keyring", generation, copy), 0, KeyFileHead.byteCount)
      }
      let heads = pages.map { page in
        KeyFileHead(page ?? []).flatMap { $0.check == KeyFileHead.check(epoch.key) ? $0 : nil }
      }
      guard heads[0] != nil || heads[1] != nil else { continue }
      for (copy, name) in KeySet.copyNames.enumerated() {
        if epochs[copy] == nil { damaged(KeySet.name("epoch", generation, name), 0, "it") }
        // The second head comes last, so a crash leaves none.
        if heads[copy] == nil, pages[copy].map({ !$0.span.isZero }) ?? true {
          damaged(KeySet.name("keyring", generation, name), 0, "its head")
        }
        if heads[copy] != nil {
          try checkCells(KeySet.name("keyring", generation, name), generation)
        }
      }
      return
    }
    found.append("keyring: it holds no complete set of files")
  }

  /// Each cell is valid, or, where the journal names no such slot, anything.
  private mutating func checkCells(_ name: String, _ generation: UInt32) throws {
    var number: UInt64 = 1
    while number < needed.rawValue {
      let count = Int(min(1_024, needed.rawValue - number))
      var cells = try read(name, KeySet.offset(number), count * KeyCell.byteCount) ?? []
      cells.append(
        contentsOf: repeatElement(0, count: count * KeyCell.byteCount - cells.count))
      for index in 0..<count {
        let start = index * KeyCell.byteCount
        let reading = CellReading(
          cells.span.extracting(start..<start + KeyCell.byteCount), number: number,
          generation: generation)
        if case .cell = reading {} else { damaged(name, KeySet.offset(number), "slot \(number)") }
        number += 1
      }
    }
  }

  /// Bytes of a file; nil where it is not there.
  private func read(_ name: String, _ offset: UInt64, _ count: Int) throws -> [UInt8]? {
    let path = "\(directory)/\(name)"
    guard disk.exists(path) else { return nil }
    return try disk.open(path, .read).read(count, at: offset)
  }

  private mutating func damaged(_ name: String, _ offset: UInt64, _ what: String) {
    found.append("keyring/\(name) at offset \(offset): \(what) is not what was written")
  }
}
