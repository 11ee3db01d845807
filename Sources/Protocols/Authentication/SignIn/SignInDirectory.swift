import Events
import Platform

/// What sign-in asks of the rest of the server.
public protocol SignInDirectory: Sendable {
  /// The form of a name in which two spellings of it are one.
  func canonical(_ name: String) -> String
  /// The account with that full address, whether or not it may sign in.
  func account(named name: String, for service: SignInService) throws -> Account?
  /// The key that decoys are made from: the same for as long as the data directory.
  func decoyKey() throws -> Key
  /// PBKDF2 rounds of verifiers made now.
  func iterations() throws -> Int
  /// Whether any domain takes CRAM-MD5, and whether any takes passwords in clear.
  func offers() throws -> (cramMD5: Bool, plainInClear: Bool)
  /// Journals a sign-in; with a CRAM-MD5 context to keep where there is one.
  ///
  func record(
    _ signedIn: SignedIn, _ context: SignInContext, cram: CRAMContext?
  ) async throws(SignInRecordFailure)
  /// Journals failed sign-ins, at most `RecordTraffic.most` at once. False where it cannot be done now.
  func record(_ refusals: [RefusalSummary]) async -> Bool
}

/// Why a sign-in was not journaled.
public enum SignInRecordFailure: Error, Hashable, Sendable {
  /// The user was deleted or disabled since the password was checked.
  case refused
  /// Nothing can be journaled now; later it can.
  case unavailable
  /// The server is stopping.
  case stopping
}

/// What sign-in needs to know of a user.
public struct Account: Sendable {
  public let user: UserID
  public let domain: DomainID
  /// The full address, canonical.
  public let address: String
  public let isAdministrator: Bool
  /// Neither the user nor the domain is disabled or deleted, and the service is on.
  public let mayUse: Bool
  /// Where the verifier lies; another password has another slot.
  public let verifierSlot: Slot
  /// Nil where the secret is gone.
  public let verifier: PasswordVerifier?
  /// Nil where there is none.
  public let cram: CRAMContext?
  /// Whether the domain takes CRAM-MD5.
  public let takesCRAM: Bool
  /// Whether the domain takes PLAIN, LOGIN and CRAM-MD5 without TLS.
  public let takesPlainInClear: Bool

  public init(
    user: UserID, domain: DomainID, address: String, isAdministrator: Bool, mayUse: Bool,
    verifierSlot: Slot, verifier: PasswordVerifier?, cram: CRAMContext?, takesCRAM: Bool,
    takesPlainInClear: Bool
  ) {
    self.user = user
    self.domain = domain
    self.address = address
    self.isAdministrator = isAdministrator
    self.mayUse = mayUse
    self.verifierSlot = verifierSlot
    self.verifier = verifier
    self.cram = cram
    self.takesCRAM = takesCRAM
    self.takesPlainInClear = takesPlainInClear
  }
}
