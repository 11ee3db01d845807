import Events
import Ledger
import Platform
import State

/// Sign-in's questions, answered by a running node.
public struct NodeDirectory: SignInDirectory {
  private let node: Node

  public init(_ node: Node) { self.node = node }

  public func canonical(_ name: String) -> String {
    guard let at = name.lastIndex(of: "@"), let local = LocalPart(String(name[..<at])) else {
      return name.lowercased()
    }
    let domain = name[name.index(after: at)...]
    do {
      return "\(local)@\(try DomainName(domain))"
    } catch {
      return "\(local)@\(domain.lowercased())"
    }
  }

  public func account(named name: String, for service: SignInService) throws -> Account? {
    try node.state.read { view in
      guard let user = try view.user(signingInAs: name), let address = try view.address(of: user)
      else { return nil }
      let domain = SettingTarget.domain(user.domain)
      let secrets = node.journal.keyring
      return Account(
        user: user.id, domain: user.domain, address: address,
        isAdministrator: user.isAdministrator,
        mayUse: try view.mayUse(service.setting, user), verifierSlot: user.verifier,
        verifier: try secrets.secret(user.verifier).flatMap { PasswordVerifier(coded: $0) },
        cram: try user.cram.flatMap { try secrets.secret($0) }.flatMap { CRAMContext(coded: $0) },
        takesCRAM: try view.value(Settings.cramMD5, for: domain),
        takesPlainInClear: try view.value(Settings.plainWithoutTLS, for: domain))
    }
  }

  public func decoyKey() throws -> Key {
    guard let slot = try node.state.read({ try $0.serverKey() }),
      let key = node.journal.keyring.key(slot)
    else { throw Refusal.notFound(what: "the server's key") }
    return HKDF.expand(key, info: "daybook/decoy/1")
  }

  public func iterations() throws -> Int {
    try node.state.read { try $0.value(Settings.passwordIterations, for: .system) }
  }

  public func offers() throws -> (cramMD5: Bool, plainInClear: Bool) {
    try node.state.read { view in
      (try view.isOnAnywhere(Settings.cramMD5), try view.isOnAnywhere(Settings.plainWithoutTLS))
    }
  }

  public func record(
    _ signedIn: SignedIn, _ context: SignInContext, cram: CRAMContext?
  ) async throws(SignInRecordFailure) {
    // An observer lets people look; `daybook serve --read-only` says that it journals nothing.
    if node.isObserver { return }
    let decision = RecordSignIn(
      signedIn.user, service: context.service.rawValue, mechanism: signedIn.mechanism,
      client: context.client, cram: cram?.coded)
    let origin = Origin(actor: .user(signedIn.user), session: context.session)
    do {
      _ = try await node.scribe.perform(decision, origin: origin)
    } catch {
      switch error {
      case .refused: throw .refused
      case .unavailable: throw .unavailable
      case .stopped: throw .stopping
      }
    }
  }

  public func record(_ refusals: [RefusalSummary]) async -> Bool {
    if node.isObserver { return true }
    let events = refusals.map { refusal in
      SessionRefused(
        user: refusal.user, reason: "credentials", service: refusal.service.rawValue,
        failures: refusal.failures, windowSeconds: refusal.windowSeconds, client: refusal.client)
    }
    do {
      _ = try await node.scribe.perform(
        RecordTraffic(traffic: [], refused: events), origin: Origin(actor: .server))
      return true
    } catch {
      let lost = "\(refusals.count)"
      node.diagnostics.log(.warning, "refusals_not_journaled", [("addresses", lost)])
      return false
    }
  }
}

extension SignInService {
  /// The switch that lets a user use the service.
  var setting: Setting<Bool> {
    switch self {
    case .smtp: Settings.smtpService
    case .imap: Settings.imapService
    case .pop: Settings.popService
    }
  }
}

extension Authenticator {
  /// The authenticator of a running node.
  public convenience init(
    _ node: Node, hostName: @autoclosure @escaping @Sendable () -> String, workers: Int = 2
  ) {
    self.init(
      directory: NodeDirectory(node), clock: node.clock, entropy: node.entropy,
      hostName: hostName(), workers: workers)
  }
}
