import Network
import Platform

/// One connection to a server, on which transactions follow one another.
///
/// Confined to the connection's loop. A cancelled task closes the connection. Whoever has a session
/// must `quit`, `close` or park it.
public struct OutboundSession: Sendable {
  public let endpoint: Endpoint
  public let terms: OutboundTerms
  public let features: ServerFeatures
  /// Whether TLS was tried and the session went on in clear, by another connection.
  public private(set) var hasFallenBack = false
  /// Transactions begun on it.
  public private(set) var transactions = 0
  let connection: Connection
  private var needsReset = false

  /// What was agreed on; nil in clear.
  public var tls: TLSFacts? { connection.tls }

  /// What one transaction came to.
  public struct Result: Sendable {
    /// One for each recipient of the envelope.
    public let outcomes: [RecipientOutcome]
    /// Why the conversation ended, where it did not end with a reply.
    public let failure: SessionFailure?
    /// Whether another transaction can follow on the session.
    public let canContinue: Bool
  }

  /// Connects and speaks until a transaction can begin. On the loop.
  public static func open(
    to endpoint: Endpoint, _ terms: OutboundTerms, _ means: OutboundMeans
  ) async throws(SessionFailure) -> OutboundSession {
    do throws(SessionFailure) {
      return try await start(endpoint, terms, means)
    } catch .encryption(let reason) where terms.security == .opportunistic {
      var clear = terms
      clear.security = .never
      do throws(SessionFailure) {
        var session = try await start(endpoint, clear, means)
        session.hasFallenBack = true
        return session
      } catch {
        throw error.stage == .connect ? .encryption(reason) : error
      }
    }
  }

  private static func start(
    _ endpoint: Endpoint, _ terms: OutboundTerms, _ means: OutboundMeans
  ) async throws(SessionFailure) -> OutboundSession {
    let connection: Connection
    do throws(ConnectionFailure) {
      let source = terms.sources.first { $0.isV4 == endpoint.address.ip?.isV4 }
      connection = try await .connect(
        to: endpoint.address, from: source, on: means.loop, within: terms.times.connect)
    } catch {
      throw .connection(error, .connect)
    }
    connection.writeTimeout = terms.times.block
    let wire = ServerWire(connection: connection, endpoint: endpoint, terms: terms, means: means)
    do throws(SessionFailure) {
      let features = try await wire.whileOpen { () async throws(SessionFailure) in
        try await wire.begin()
      }
      return OutboundSession(
        endpoint: endpoint, terms: terms, features: features, connection: connection)
    } catch {
      connection.close()
      throw error
    }
  }

  private init(
    endpoint: Endpoint, terms: OutboundTerms, features: ServerFeatures, connection: Connection
  ) {
    self.endpoint = endpoint
    self.terms = terms
    self.features = features
    self.connection = connection
  }

  /// Sends one message. On the loop. The session is closed where it cannot continue.
  ///
  /// - Parameter beforeFinalDot: called when a recipient was accepted and the whole message is
  ///   ready to be ended; what it journals is on disk before the server can take responsibility.
  ///   Where it throws, the message is not ended and the connection is closed.
  public mutating func deliver(
    _ envelope: OutboundEnvelope, _ body: some OutboundBody,
    beforeFinalDot: () async throws -> Void
  ) async -> Result {
    transactions += 1
    var transaction = ClientTransaction(
      envelope, features, isLocal: terms.isLocal, needsReset: needsReset)
    let wire = ServerWire(connection: connection, endpoint: endpoint, terms: terms, means: nil)
    let canContinue = await wire.whileOpen {
      do throws(SessionFailure) {
        return try await wire.run(&transaction, body, beforeFinalDot)
      } catch {
        _ = transaction.lost(error)
        return false
      }
    }
    needsReset = transaction.needsReset
    if !canContinue { connection.close() }
    let missing = RecipientOutcome(.connection(.closed, .mail))
    return Result(
      outcomes: transaction.outcomes.map { $0 ?? missing }, failure: transaction.failure,
      canContinue: canContinue)
  }

  /// Whether the server has kept still since the last transaction, so that another can begin.
  func isQuiet() -> Bool {
    do throws(ConnectionFailure) {
      return try !connection.hasHeard()
    } catch {
      return false
    }
  }

  /// Takes leave and closes. On the loop. Never throws: there is nothing left to lose.
  public func quit() async {
    let wire = ServerWire(connection: connection, endpoint: endpoint, terms: terms, means: nil)
    connection.write("QUIT\r\n")
    do throws(SessionFailure) {
      _ = try await wire.hear(.quit)
    } catch {
      connection.close()
    }
    connection.close()
  }

  /// Closes at once. From any thread.
  public func close() {
    connection.loop.submit { [connection] in connection.close() }
  }
}
