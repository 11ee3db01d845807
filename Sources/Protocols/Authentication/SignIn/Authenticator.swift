import Events
import Platform
import Synchronization

/// Decides who somebody is, for every protocol.
///
/// Passwords are hashed on threads of its own, so that a flood of guesses delays neither the loops
/// nor the reading of mail. What is asked for an unknown name takes the same time and gives the
/// same answers as for a known one. Each sign-in is journaled before it succeeds; failures are
/// journaled once a minute per service and address.
public final class Authenticator: Sendable {
  /// Password checks that wait at most; further ones are `unavailable` at once.
  static let mostWaiting = 512
  /// How long what is offered is taken to stand, in nanoseconds.
  static let offerLifetime: UInt64 = 1_000_000_000

  private struct Offer {
    var mechanisms: OfferedMechanisms
    var until: UInt64
  }

  let directory: any SignInDirectory
  let clock: any Clock
  let entropy: any Entropy
  let hostName: @Sendable () -> String
  let refusals: RefusalLedger
  let backlog = SignInBacklog()
  private let pool: WorkerPool
  private let cache: PasswordCache
  private let waiting = Atomic<Int>(0)
  private let offer = Mutex<Offer?>(nil)

  /// - Parameters:
  ///   - hostName: of this server, shown in CRAM-MD5 challenges.
  ///   - workers: threads that hash passwords; one hash takes about 15 ms of one.
  public init(
    directory: any SignInDirectory, clock: any Clock, entropy: any Entropy,
    hostName: @autoclosure @escaping @Sendable () -> String,
    workers: Int = 2
  ) {
    self.directory = directory
    self.clock = clock
    self.entropy = entropy
    self.hostName = hostName
    refusals = RefusalLedger(now: clock.sinceBoot())
    pool = WorkerPool(threads: workers, name: "passwords")
    cache = PasswordCache(entropy: entropy)
  }

  /// Ends the threads; sign-ins are `unavailable` from then on. Blocks; not for tasks.
  public func stop() { pool.stop() }

  /// The mechanisms to offer. A changed setting shows within a second.
  public func mechanisms() throws -> OfferedMechanisms {
    let now = clock.sinceBoot()
    if let held = offer.withLock({ $0 }), now < held.until { return held.mechanisms }
    let (cramMD5, plainInClear) = try directory.offers()
    let mechanisms = OfferedMechanisms(cramMD5: cramMD5, plainInClear: plainInClear)
    offer.withLock { $0 = Offer(mechanisms: mechanisms, until: now + Self.offerLifetime) }
    return mechanisms
  }

  /// Begins to sign in by a SASL mechanism, in whatever case it is written.
  ///
  /// - Throws: `SignInFailure.unknownMechanism` for one that is not offered at all,
  ///   `.needsEncryption` for one that is not offered in clear.
  public func begin(
    _ mechanism: String, _ context: SignInContext
  ) throws(SignInFailure) -> SignInAttempt {
    let offered: OfferedMechanisms
    do { offered = try mechanisms() } catch { throw .unavailable }
    let name = mechanism.uppercased()
    guard let mechanism = SASLMechanism(rawValue: name), offered.encrypted.contains(name) else {
      throw .unknownMechanism
    }
    guard offered.offered(isEncrypted: context.isEncrypted).contains(name) else {
      throw .needsEncryption
    }
    return SignInAttempt(self, mechanism, context, exchange(mechanism, context))
  }

  private func exchange(
    _ mechanism: SASLMechanism, _ context: SignInContext
  ) -> any SASLExchange {
    switch mechanism {
    case .plain: return PlainExchange()
    case .login: return LoginExchange()
    case .cramMD5:
      return CRAMExchange(entropy: entropy, now: clock.now(), hostName: hostName())
    case .scramSHA256, .scramSHA256Plus:
      return SCRAMExchange(
        isPlus: mechanism == .scramSHA256Plus, offersPlus: context.isEncrypted,
        bindings: context.bindings, nonce: Base64.encode(entropy.bytes(18)))
    }
  }

  /// Signs in with a name and a password that were sent as they are (IMAP LOGIN, POP USER and PASS).
  public func signIn(
    name: [UInt8], password: [UInt8], _ context: SignInContext
  ) async throws(SignInFailure) -> SignedIn {
    let offered: OfferedMechanisms
    do { offered = try mechanisms() } catch { throw .unavailable }
    let isOpen = offered.offered(isEncrypted: context.isEncrypted)
      .contains(SASLMechanism.plain.rawValue)
    guard isOpen else { throw .needsEncryption }
    return try await check(name: name, password: password, actor: [], .login, context)
  }

  /// Checks a password that was seen, and signs in.
  func check(
    name: [UInt8], password: [UInt8], actor: [UInt8], _ mechanism: SASLMechanism,
    _ context: SignInContext
  ) async throws(SignInFailure) -> SignedIn {
    let (account, credentials) = try find(name, context)
    if let account, !context.isEncrypted, !account.takesPlainInClear { throw .needsEncryption }
    let isRight = try await matches(password, account, credentials.verifier)
    guard let account, isRight, actor.isEmpty || actor == name else {
      refusals.note(context, user: account?.user)
      throw .refused
    }
    let wanted = account.takesCRAM && account.cram == nil
    let cram = wanted ? try? CRAMContext(password) : nil
    return try await accept(account, mechanism, context, cram: cram)
  }

  /// The account behind a name, and what is kept of it; of nobody's name, a decoy.
  func find(
    _ name: [UInt8], _ context: SignInContext
  ) throws(SignInFailure) -> (account: Account?, credentials: SASLCredentials) {
    do {
      let text = String(decoding: name, as: UTF8.self)
      let account = try directory.account(named: text, for: context.service)
      let decoy = PasswordVerifier.decoy(
        for: Array(directory.canonical(text).utf8), key: try directory.decoyKey(),
        iterations: try directory.iterations())
      let credentials = SASLCredentials(
        verifier: account?.verifier ?? decoy,
        cram: account.flatMap { $0.takesCRAM ? $0.cram : nil })
      return (account, credentials)
    } catch {
      throw .unavailable
    }
  }

  private func matches(
    _ password: [UInt8], _ account: Account?, _ verifier: PasswordVerifier
  ) async throws(SignInFailure) -> Bool {
    // Only for who may sign in: a quick no would tell that the password was right.
    if let account, account.mayUse,
      cache.holds(password, of: account.verifierSlot, now: clock.sinceBoot())
    {
      return true
    }
    guard waiting.add(1, ordering: .relaxed).newValue <= Self.mostWaiting else {
      waiting.subtract(1, ordering: .relaxed)
      throw .unavailable
    }
    defer { waiting.subtract(1, ordering: .relaxed) }
    let isRight: Bool
    do {
      isRight = try await pool.run { verifier.matches(password) }
    } catch {
      throw .unavailable
    }
    guard let account, isRight, account.verifier != nil else { return false }
    if account.mayUse { cache.keep(password, of: account.verifierSlot, now: clock.sinceBoot()) }
    return true
  }

  /// Lets someone in who has proved who they are: unless they may not, and not before it is
  /// journaled.
  func accept(
    _ account: Account, _ mechanism: SASLMechanism, _ context: SignInContext,
    cram: CRAMContext? = nil
  ) async throws(SignInFailure) -> SignedIn {
    guard account.mayUse else {
      refusals.note(context, user: account.user)
      throw .refused
    }
    let signedIn = SignedIn(
      user: account.user, domain: account.domain, address: account.address,
      isAdministrator: account.isAdministrator, mechanism: mechanism.rawValue)
    do throws(SignInRecordFailure) {
      try await directory.record(signedIn, context, cram: cram)
    } catch .refused {
      refusals.note(context, user: account.user)
      throw .refused
    } catch {
      // On a full disk mail can still be read, and the event follows when there is room.
      guard error == .unavailable, backlog.add(signedIn, context) else { throw .unavailable }
    }
    return signedIn
  }
}
