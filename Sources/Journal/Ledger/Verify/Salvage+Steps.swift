import Events
import Platform

extension Salvage {
  /// The epochs of the hurt journal that have a file, and its first event.
  struct Rescued {
    let paths: [(number: UInt64, path: String)]
    let created: JournalCreated
  }

  /// Finds the epochs and the first event.
  func rescuedEpochs() throws -> Rescued {
    let names = try Directory.list(source.journal)
    let paths = names.compactMap { name in
      UInt64(name).map { (number: $0, path: "\(source.journal)/\(name)/data.mdb") }
    }.filter { Directory.exists($0.path) }.sorted { $0.number < $1.number }
    guard let first = paths.first, first.number == 0 else {
      throw LedgerError.absent(path: source.path)
    }
    var created: JournalCreated?
    let rescue = try EpochRescue(first.path)
    try rescue.each(from: 1) { _, bytes in
      let recorded = try RecordView(bytes.span).recorded(in: bytes)
      if case .journalCreated(let event) = recorded.event { created = event }
      return false
    }
    guard let created else { throw LedgerError.absent(path: source.path) }
    return Rescued(paths: paths, created: created)
  }

  /// Makes the target's directories, marked as unfinished.
  func prepareTarget() throws {
    try Directory.create(target.path, parents: true)
    guard try Directory.list(target.path).isEmpty else {
      throw LedgerError.exists(path: target.path)
    }
    try Journal.refuseRemote(target)
    try Journal.mark(target)
    for path in [target.journal, target.checkpoints] { try Directory.create(path) }
  }

  /// Copies the files of a part; a file that cannot be read is remarked and left out.
  func copy(_ part: KeyPath<DataDirectory, String>, _ report: inout Report) {
    let from = source[keyPath: part]
    let to = target[keyPath: part]
    do {
      try Directory.create(to)
      guard Directory.exists(from) else { return }
      for name in try Directory.list(from) {
        do { try FileCopy.copy("\(from)/\(name)", to: "\(to)/\(name)") } catch {
          report.remarks.append("\(from)/\(name): \(error)")
        }
      }
      try Directory.sync(to)
    } catch {
      report.remarks.append("\(from): \(error)")
    }
  }

  /// Begins the new journal; without a readable keyring it has no checkpoint of its own.
  func writer(for created: JournalCreated, _ report: inout Report) throws -> JournalWriter {
    var signer: NoteSigner?
    var age = KeyringAge(generation: 1, nextSlot: Slot(1), destroyed: 0)
    do {
      let keyring = try Keyring.open(
        target.keyring, log: created.log, options: KeyringOptions(toleratesDamage: true))
      age = keyring.age
      if let seed = keyring.key(Journal.signingSlot) {
        signer = try NoteSigner(name: created.origin, seed: seed)
      }
    } catch {
      report.remarks.append("the keyring: \(error)")
    }
    try Epoch.create(
      EpochMeta(
        log: created.log, epoch: 0, first: Position(1), frontier: Frontier(), tip: Frontier(),
        keyring: age),
      unfinished: target.unfinishedEpoch(0), at: target.epoch(0), in: target.journal,
      limits: surroundings.limits)
    return JournalWriter(
      try Epochs(target, limits: surroundings.limits, isWriter: true),
      tip: Tip(keyring: age), signer: signer, origin: created.origin)
  }

  /// Appends what each epoch still holds, up to the first gap.
  ///
  /// - Returns: the first position lost.
  func append(
    _ epochs: Rescued, to writer: JournalWriter, _ report: inout Report,
    _ progress: (Position) -> Void
  ) throws -> Position? {
    let signed = try signedSize(epochs.created)
    var known = signed
    for (index, epoch) in epochs.paths.enumerated() {
      guard epoch.number == UInt64(index) else {
        report.remarks.append("epoch \(index) is missing")
        return writer.next
      }
      let rescue = try EpochRescue(epoch.path)
      report.greatestSeen = max(report.greatestSeen, Position(rescue.greatest))
      known = max(known, rescue.statedSize)
      if index > 0 {
        // An epoch in which nothing is left cannot say where it begins.
        guard rescue.greatest > 0 else { continue }
        if let first = rescue.facts.first, first != writer.next.rawValue { return writer.next }
        if writer.canSign { _ = try writer.sign() }
        _ = try writer.beginEpoch()
      }
      let bound = index == epochs.paths.count - 1 ? rescue.bound(signed: signed) : .max
      try append(rescue, through: bound, to: writer, progress)
    }
    let isLost = writer.head.rawValue < known
    if isLost { report.remarks.append("the records from \(writer.next) on are damaged or missing") }
    return isLost ? writer.next : nil
  }

  private func append(
    _ rescue: EpochRescue, through bound: UInt64, to writer: JournalWriter,
    _ progress: (Position) -> Void
  ) throws {
    var batch = RecordBatch(first: writer.next)
    let remarks = JournalWriter.Remarks(keyring: writer.tip.keyring)
    try rescue.each(from: writer.next.rawValue) { position, bytes in
      guard position <= bound else { return false }
      batch.append(bytes)
      if batch.count == 4_096 || batch.bytes.count > 4 << 20 {
        _ = try writer.append(batch, remarks)
        batch = RecordBatch(first: writer.next)
        progress(writer.head)
      }
      return true
    }
    if !batch.isEmpty { _ = try writer.append(batch, remarks) }
    progress(writer.head)
  }

  /// The size of the greatest tree that was ever signed, as far as the files tell.
  private func signedSize(_ created: JournalCreated) throws -> UInt64 {
    let files = CheckpointFiles(directory: source.checkpoints, outside: nil)
    let key = try VerifierKey(created.verifierKey)
    do {
      guard let note = try files.newest() else { return 0 }
      return try Checkpoint(note, origin: created.origin, keys: [key]).size
    } catch {
      return 0
    }
  }

  /// Copies the notes that the saved records fulfil.
  func keepCheckpoints(
    _ writer: JournalWriter, _ created: JournalCreated, _ report: inout Report
  ) throws {
    let files = CheckpointFiles(directory: source.checkpoints, outside: nil)
    let key = try VerifierKey(created.verifierKey)
    for name in try files.names() {
      var kept: [UInt8] = []
      do {
        for note in try files.notes(in: name) {
          let head = try Checkpoint(note, origin: created.origin, keys: [key])
          let isKept =
            try head.size <= writer.head.rawValue && writer.root(at: head.size) == head.root
          if isKept {
            kept += Array((note.description + "\n").utf8)
            report.checkpointsKept += 1
          } else {
            report.checkpointsLost += 1
          }
        }
      } catch {
        report.remarks.append("checkpoints/\(name): \(error)")
      }
      guard !kept.isEmpty else { continue }
      let file = try Descriptor.open(
        "\(target.checkpoints)/\(name)", [.write, .create, .exclusive])
      try file.write(kept)
      try file.fsync()
    }
    try Directory.sync(target.checkpoints)
  }

  /// Signs what was saved.
  func sign(_ writer: JournalWriter) throws {
    guard writer.canSign else { return }
    let files = CheckpointFiles(
      directory: target.checkpoints, outside: surroundings.outsideNotes)
    _ = try files.publish(try writer.sign(), at: surroundings.clock.now())
  }
}

extension EpochRescue {
  /// The greatest size that anything in the file states for the tree.
  var statedSize: UInt64 {
    max(committed?.size ?? 0, areMetasIntact && committed != nil ? 0 : tips.map(\.size).max() ?? 0)
  }

  /// The last position that was committed, as far as can be told: what lies behind it was written
  /// and never committed, and nobody was told of it.
  func bound(signed: UInt64) -> UInt64 {
    if areMetasIntact, let committed { return committed.size }
    let stated = max(statedSize, signed)
    return stated > 0 ? stated : .max
  }
}
