import Platform

/// One attempt to sign in by a SASL mechanism, as the lines of a protocol carry it. RFC 4422 §3
///
/// A session calls `start`, then `hear` with each line the client answers a challenge with, until
/// the step is not a challenge. The value belongs to the session's task.
public struct SignInAttempt {
  /// The longest line of an exchange in octets, without its CRLF. RFC 4954 §4
  public static let longestLine = 12_288

  /// What a session does next.
  public enum Step: Hashable, Sendable {
    /// Send this base64 text after `334 ` or `+ `.
    case challenge([UInt8])
    case signedIn(SignedIn)
    case failed(SignInFailure)
  }

  private let authenticator: Authenticator
  private let mechanism: SASLMechanism
  private let context: SignInContext
  private var exchange: any SASLExchange
  private var account: Account?

  init(
    _ authenticator: Authenticator, _ mechanism: SASLMechanism, _ context: SignInContext,
    _ exchange: any SASLExchange
  ) {
    self.authenticator = authenticator
    self.mechanism = mechanism
    self.context = context
    self.exchange = exchange
  }

  /// - Parameter initialResponse: base64 as the client sent it, `=` for an empty one; nil where it
  ///   sent none.
  public mutating func start(_ initialResponse: [UInt8]?) async -> Step {
    guard let line = initialResponse else { return await settle(exchange.start(nil)) }
    guard line.count <= Self.longestLine else { return .failed(.malformed) }
    if line.elementsEqual("=".utf8) { return await settle(exchange.start([])) }
    guard !line.isEmpty, let response = Base64.decode(line) else { return .failed(.malformed) }
    return await settle(exchange.start(response))
  }

  /// - Parameter line: base64 as the client sent it, without CRLF; `*` cancels.
  public mutating func hear(_ line: [UInt8]) async -> Step {
    if line.elementsEqual("*".utf8) { return .failed(.cancelled) }
    guard line.count <= Self.longestLine, let response = Base64.decode(line) else {
      return .failed(.malformed)
    }
    return await settle(exchange.step(response))
  }

  private mutating func settle(_ first: SASLAction) async -> Step {
    var action = first
    do throws(SignInFailure) {
      while true {
        switch action {
        case .challenge(let octets): return .challenge(Base64.encode(octets))
        case .find(let name):
          let (account, credentials) = try authenticator.find(name, context)
          if mechanism == .cramMD5, let account, !context.isEncrypted,
            !account.takesPlainInClear
          {
            throw .needsEncryption
          }
          self.account = account
          action = exchange.found(credentials)
        case .check(let name, let password, let actor):
          return .signedIn(
            try await authenticator.check(
              name: name, password: password, actor: actor, mechanism, context))
        case .accept:
          guard let account, account.verifier != nil else { throw .refused }
          return .signedIn(try await authenticator.accept(account, mechanism, context))
        case .refuse(let failure):
          if failure == .refused { authenticator.refusals.note(context, user: account?.user) }
          return .failed(failure)
        }
      }
    } catch {
      return .failed(error)
    }
  }
}
