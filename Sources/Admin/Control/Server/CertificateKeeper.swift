import Ledger
import Network
import Platform

/// The certificates that are shown: those of the settings, read again when their files change, or
/// one the server makes for itself where none can be had.
///
/// A file that cannot be used changes nothing: what was shown is shown on, and the log says why.
struct CertificateKeeper {
  private struct Kept {
    var stamp: [FileStatus]?
    var identity: TLSIdentity?
    /// Why the files as they are cannot be used; said once.
    var trouble: String?
  }

  private let folder: String
  private let writes: Bool
  private let clock: any Clock
  private let diagnostics: Diagnostics
  private var files: [CertificateFiles] = []
  private var kept: [CertificateFiles: Kept] = [:]
  private var own: TLSIdentity?

  /// - Parameter writes: whether the own certificate may be kept in the data directory.
  init(
    _ directory: DataDirectory, clock: any Clock, _ diagnostics: Diagnostics, writes: Bool = true
  ) {
    folder = directory.path + "/tls"
    self.writes = writes
    self.clock = clock
    self.diagnostics = diagnostics
  }

  /// Looks at the files and says what is to be shown; nil where nothing has changed.
  ///
  /// - Parameter again: reads also files that look unchanged.
  /// - Throws: what making the server's own certificate throws, where that is needed.
  mutating func look(
    at files: [CertificateFiles], hostName: String, again: Bool = false
  ) throws -> (identities: [TLSIdentity], named: [String: TLSIdentity])? {
    var hasChanged = files != self.files
    self.files = files
    kept = kept.filter { files.contains($0.key) }
    for one in files where refresh(one, again) { hasChanged = true }
    let given = files.compactMap { kept[$0]?.identity }
    if given.isEmpty, try refreshOwn(hostName) { hasChanged = true }
    guard hasChanged else { return nil }
    let named = files.compactMap { one in kept[one]?.identity.map { (one.name, $0) } }
    let host = given.filter { $0.hostNames.contains(hostName) }
    return (
      given.isEmpty ? own.map { [$0] } ?? [] : host + given,
      Dictionary(named, uniquingKeysWith: { first, _ in first })
    )
  }

  /// Reads one entry where its files changed. Whether there is a new certificate.
  private mutating func refresh(_ files: CertificateFiles, _ again: Bool) -> Bool {
    var one = kept[files] ?? Kept()
    defer { kept[files] = one }
    do {
      let stamp = try files.stamp()
      guard again || one.identity == nil || stamp != one.stamp else { return false }
      let identity = try files.identity()
      let isNew = identity.fingerprint != one.identity?.fingerprint
      one = Kept(stamp: stamp, identity: isNew ? identity : one.identity)
      if isNew {
        let until = identity.validUntil.description
        diagnostics.log(.info, "certificate_read", [("name", files.name), ("valid_until", until)])
      }
      return isNew
    } catch {
      report("\(error)", files.name, &one)
      return false
    }
  }

  private func report(_ trouble: String, _ name: String, _ one: inout Kept) {
    guard trouble != one.trouble else { return }
    one.trouble = trouble
    let shown = one.identity == nil ? "another" : "the one before"
    diagnostics.log(
      .error, "certificate_unusable", [("name", name), ("why", trouble), ("shown", shown)])
  }

  /// Makes or renews the server's own certificate. Whether it is a new one.
  private mutating func refreshOwn(_ hostName: String) throws -> Bool {
    let now = clock.now()
    if let own, own.hostNames.contains(hostName.lowercased()),
      own.validUntil.seconds - now.seconds > SelfSignedCertificate.renewal
    {
      return false
    }
    if writes { try Directory.create(folder, parents: true) }
    own = try SelfSignedCertificate.identity(
      in: folder, hostNames: [hostName], now: now, stores: writes)
    return true
  }
}
