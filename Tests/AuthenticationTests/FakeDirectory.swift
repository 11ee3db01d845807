import Events
import Platform
import Synchronization

@testable import Authentication

/// A few users in memory.
final class FakeDirectory: SignInDirectory {
  struct State {
    var accounts: [String: Account] = [:]
    var cramMD5 = false
    var plainInClear = false
    var failure: SignInRecordFailure?
    var signedIn: [SignedIn] = []
    var cram: [CRAMContext?] = []
    var refusals: [RefusalSummary] = []
  }

  let state = Mutex(State())

  func add(
    _ address: String, password: String = "pencil", slot: UInt64 = 1, mayUse: Bool = true,
    cram: Bool = false, takesCRAM: Bool = false, takesPlainInClear: Bool = false
  ) throws {
    let verifier = try PasswordVerifier.make(
      Array(password.utf8), iterations: 4, entropy: SeededEntropy(seed: slot))
    let context = try CRAMContext(Array(password.utf8))
    let account = Account(
      user: UserID(rawValue: ID(high: 9, low: slot)),
      domain: DomainID(rawValue: ID(high: 8, low: 1)),
      address: address, isAdministrator: false, mayUse: mayUse, verifierSlot: Slot(slot),
      verifier: verifier, cram: cram ? context : nil, takesCRAM: takesCRAM,
      takesPlainInClear: takesPlainInClear)
    state.withLock { state in
      state.accounts[address] = account
      state.cramMD5 = state.cramMD5 || takesCRAM
      state.plainInClear = state.plainInClear || takesPlainInClear
    }
  }

  func canonical(_ name: String) -> String { name.lowercased() }

  func account(named name: String, for service: SignInService) throws -> Account? {
    state.withLock { $0.accounts[canonical(name)] }
  }

  func decoyKey() throws -> Key { SeededEntropy(seed: 77).key() }

  func iterations() throws -> Int { 4 }

  func offers() throws -> (cramMD5: Bool, plainInClear: Bool) {
    state.withLock { ($0.cramMD5, $0.plainInClear) }
  }

  func record(
    _ signedIn: SignedIn, _ context: SignInContext, cram: CRAMContext?
  ) async throws(SignInRecordFailure) {
    let failure = state.withLock { state in
      if state.failure == nil {
        state.signedIn.append(signedIn)
        state.cram.append(cram)
      }
      return state.failure
    }
    if let failure { throw failure }
  }

  func record(_ refusals: [RefusalSummary]) async -> Bool {
    state.withLock { state in
      guard state.failure == nil else { return false }
      state.refusals += refusals
      return true
    }
  }
}
