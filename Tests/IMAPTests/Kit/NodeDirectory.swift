import Authentication
import Events
import Ledger
import Platform
import State

/// Sign-in by what a node's State and keyring hold.
struct NodeDirectory: SignInDirectory {
  let node: Node
  let plainInClear: Bool

  func canonical(_ name: String) -> String { name.lowercased() }

  func account(named name: String, for service: SignInService) throws -> Account? {
    try node.state.read { state in
      guard let user = try state.user(signingInAs: name) else { return nil }
      let verifier = try node.journal.keyring.secret(user.verifier)
      return Account(
        user: user.id, domain: user.domain, address: name, isAdministrator: user.isAdministrator,
        mayUse: try state.mayUse(Settings.imapService, user), verifierSlot: user.verifier,
        verifier: verifier.flatMap { PasswordVerifier(coded: $0) }, cram: nil, takesCRAM: false,
        takesPlainInClear: plainInClear)
    }
  }

  func decoyKey() throws -> Key { SeededEntropy(seed: 7).key() }

  func iterations() throws -> Int { 4 }

  func offers() throws -> (cramMD5: Bool, plainInClear: Bool) { (false, plainInClear) }

  func record(
    _ signedIn: SignedIn, _ context: SignInContext, cram: CRAMContext?
  ) async throws(SignInFailure) {
    let decision = RecordSignIn(
      signedIn.user, service: context.service.rawValue, mechanism: signedIn.mechanism,
      client: context.client)
    do {
      _ = try await node.scribe.perform(
        decision, origin: Origin(actor: .user(signedIn.user), session: context.session))
    } catch {
      throw .refused
    }
  }

  func record(_ refusals: [RefusalSummary]) async -> Bool { true }
}
