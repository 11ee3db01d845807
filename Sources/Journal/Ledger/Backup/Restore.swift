import Events
import Platform

/// Makes a data directory out of a backup, and proves that it is what was signed before it counts.
public struct Restore {
  /// What was proved.
  public struct Report: Hashable, Sendable {
    public var manifest: BackupManifest
    /// The verification of the restored journal.
    public var verification: VerificationReport
  }

  private let source: String
  private let target: DataDirectory
  private let surroundings: Journal.Surroundings

  /// - Parameters:
  ///   - source: a backup directory.
  ///   - target: a directory that does not exist or is empty.
  public init(from source: String, to target: String, surroundings: Journal.Surroundings) {
    self.source = DataDirectory(source).path
    self.target = DataDirectory(target)
    self.surroundings = surroundings
  }

  /// Restores.
  ///
  /// - Parameters:
  ///   - passphrase: opens the sealed keyring.
  ///   - isHeld: whether a body that is not in the backup is still needed; see `Verifier.Options`.
  ///   - progress: told the bytes copied and how many there are.
  ///   - tell: hears the verification while it runs.
  /// - Throws: `BackupError`; `KeyringError.older` where the keyring is older than the journal
  ///   needs, `.sealed` for a wrong passphrase. The target then still counts as unfinished.
  public func run(
    passphrase: [UInt8], isHeld: (@Sendable (Position, ContentID) throws -> Bool)? = nil,
    progress: (UInt64, UInt64) -> Void = { _, _ in },
    tell: @escaping (VerificationLine) -> Void = { _ in }
  ) throws -> Report {
    guard Directory.exists("\(source)/\(BackupManifest.name)") else {
      throw BackupError.absent(path: source)
    }
    let manifest = try BackupManifest.read(source)
    try checkPassphrase(manifest, passphrase)
    try prepare()
    try copyAll(manifest, progress)
    try openKeyring(manifest, passphrase)
    let report = try prove(manifest, isHeld, tell)
    // So that an observer has something to keep writers out with.
    try Descriptor.open(target.lock, [.write, .create]).fsync()
    try Directory.remove(target.creating)
    try Directory.sync(target.path)
    return Report(manifest: manifest, verification: report)
  }

  private func prepare() throws {
    try Directory.create(target.path, parents: true)
    guard try Directory.list(target.path).isEmpty else {
      throw BackupError.notEmpty(path: target.path)
    }
    try Journal.refuseRemote(target)
    try Journal.mark(target)
    for path in [target.journal, target.content, target.checkpoints] { try Directory.create(path) }
  }

  /// Tells of a wrong passphrase before anything is written.
  private func checkPassphrase(_ manifest: BackupManifest, _ passphrase: [UInt8]) throws {
    try Keyring.check(sealedKeyring(), passphrase: passphrase, log: manifest.log)
  }

  private func sealedKeyring() throws -> [UInt8] {
    let path = "\(source)/\(Backup.keyringName)"
    guard Directory.exists(path) else { throw BackupError.changed(path: path) }
    return try Descriptor.open(path, [.read]).readAll(limit: 1 << 32)
  }

  private func copyAll(
    _ manifest: BackupManifest, _ progress: (UInt64, UInt64) -> Void
  ) throws {
    let total = manifest.files.reduce(0) { $0 + $1.size }
    var copied: UInt64 = 0
    for file in manifest.files where file.path != Backup.keyringName {
      try copy(file)
      copied += file.size
      progress(copied, total)
    }
  }

  private func copy(_ file: BackupManifest.File) throws {
    let path = "\(source)/\(file.path)"
    let to = "\(target.path)/\(file.path)"
    guard Directory.exists(path) else { throw BackupError.changed(path: path) }
    if let parent = Directory.parent(of: to) { try Directory.create(parent, parents: true) }
    let (size, digest) = try FileCopy.copy(path, to: to)
    guard size == file.size, digest == file.digest else { throw BackupError.changed(path: path) }
    if let parent = Directory.parent(of: to) { try Directory.sync(parent) }
  }

  private func openKeyring(_ manifest: BackupManifest, _ passphrase: [UInt8]) throws {
    let epochs = try Epochs(target, limits: surroundings.limits, isWriter: false)
    let needed = try epochs.live.meta().keyring
    epochs.close()
    try Keyring.restore(
      sealedKeyring(), passphrase: passphrase, in: target.keyring, log: manifest.log, needed: needed
    )
  }

  /// Reads everything again: the root must be that of the manifest, the checkpoints must fit, and
  /// the bodies must have their digests.
  private func prove(
    _ manifest: BackupManifest,
    _ isHeld: (@Sendable (Position, ContentID) throws -> Bool)?,
    _ tell: @escaping (VerificationLine) -> Void
  ) throws -> VerificationReport {
    var report = VerificationReport()
    var options = Verifier.Options()
    options.isHeld = isHeld
    Verifier(data: target.path, options: options).run { line in
      report.hear(line)
      tell(line)
    }
    report.hearEnd(signal: nil)
    if let finding = report.firstBad { throw BackupError.unproven("\(finding)") }
    guard report.head == manifest.head, report.root == manifest.root else {
      throw BackupError.unproven("its root is not the one in the manifest")
    }
    return report
  }
}
