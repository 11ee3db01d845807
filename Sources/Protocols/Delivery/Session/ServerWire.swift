import Network
import Platform

/// Carries out what the dialogues say, on one connection.
struct ServerWire: Sendable {
  let connection: Connection
  let endpoint: Endpoint
  let terms: OutboundTerms
  let means: OutboundMeans?

  /// Runs `body`; a cancelled task closes the connection, whatever waits on it then.
  func whileOpen<R, Failure: Error>(
    _ body: () async throws(Failure) -> R
  ) async throws(Failure) -> R {
    let outcome: Result<R, Failure> = await withTaskCancellationHandler {
      do throws(Failure) {
        return .success(try await body())
      } catch {
        return .failure(error)
      }
    } onCancel: {
      connection.loop.submit { connection.close() }
    }
    return try outcome.get()
  }

  /// Speaks from the first octet until a transaction can begin.
  func begin() async throws(SessionFailure) -> ServerFeatures {
    guard let means else { throw .connection(.closed, .connect) }
    var isEncrypted = false
    if case .implicit = terms.security {
      try await encrypt(means)
      isEncrypted = true
    }
    var handshake = ClientHandshake(terms, isEncrypted: isEncrypted, nonce: means.nonce())
    var action = handshake.hear(try await hear(.greeting))
    while true {
      switch action {
      case .say(let line):
        connection.write(line)
        action = handshake.hear(try await hear(handshake.stage))
      case .encrypt:
        try await encrypt(means)
        action = handshake.secured()
      case .derive(let salt, let iterations):
        action = handshake.derived(try await derive(means, salt, iterations))
      case .ready(let features): return features
      case .fail(let failure): throw failure
      }
    }
  }

  private func encrypt(_ means: OutboundMeans) async throws(SessionFailure) {
    let verifies = terms.security.verifies
    do throws(ConnectionFailure) {
      try await connection.startTLS(
        verifies ? means.verifying : means.anyone, serverName: endpoint.host,
        within: terms.times.hello)
    } catch {
      switch error {
      case .plaintextBeforeTLS: throw .injection
      case .tls(let reason): throw .encryption(reason)
      case .endOfInput, .lost: throw .encryption("the server hung up")
      default: throw .connection(error, .encryption)
      }
    }
  }

  private func derive(
    _ means: OutboundMeans, _ salt: [UInt8], _ iterations: Int
  ) async throws(SessionFailure) -> Digest {
    guard let password = terms.credentials?.password else { throw .noMechanism }
    do {
      return try await means.workers.run {
        PBKDF2.sha256(password: password, salt: salt, iterations: iterations)
      }
    } catch {
      throw .source("\(error)")
    }
  }

  /// The next reply. What was written is sent first.
  func hear(_ stage: ClientStage) async throws(SessionFailure) -> ServerReply {
    var reader = ReplyReader()
    let deadline = connection.loop.deadline(after: terms.times.time(for: stage))
    while true {
      let outcome: ReplyReader.Outcome?
      do throws(ConnectionFailure) {
        let left = Int64(clamping: deadline - min(deadline, connection.loop.now))
        outcome = try await connection.withLine(
          limit: ReplyReader.lineLimit, within: .nanoseconds(left)
        ) { line in reader.feed(line) }
      } catch {
        throw error.isRecoverable || error == .flooded
          ? .malformed(stage) : .connection(error, stage)
      }
      switch outcome {
      case .reply(let reply): return reply
      case .more: continue
      case .fault: throw .malformed(stage)
      case nil: throw .connection(.endOfInput, stage)
      }
    }
  }

  /// Runs one transaction to its end. Returns whether another can follow.
  func run(
    _ transaction: inout ClientTransaction, _ body: some OutboundBody,
    _ beforeFinalDot: () async throws -> Void
  ) async throws(SessionFailure) -> Bool {
    var action = transaction.start()
    while true {
      switch action {
      case .say(let group):
        connection.write(group)
        action = transaction.hear(try await hear(transaction.stage))
      case .listen:
        action = transaction.hear(try await hear(transaction.stage))
      case .sendBody:
        action = try await send(body, &transaction, beforeFinalDot)
      case .done(let canContinue): return canContinue
      }
    }
  }

  private func send(
    _ body: some OutboundBody, _ transaction: inout ClientTransaction,
    _ beforeFinalDot: () async throws -> Void
  ) async throws(SessionFailure) -> ClientTransaction.Action {
    var body = body
    var wire = WireBody(terms.bareLineEnds)
    while let chunk = try await Self.next(&body) {
      guard wire.feed(chunk.span, { connection.write($0) }) else { throw .bareLineEnd }
      if try await hasSpokenEarly() { return transaction.hearEarly(try await hear(.body)) }
    }
    guard wire.finish({ connection.write($0) }) else { throw .bareLineEnd }
    do {
      try await beforeFinalDot()
    } catch {
      throw .hook("\(error)")
    }
    // The hook may have taken long: a server that has gone meanwhile leaves no doubt.
    if try await hasSpokenEarly() { return transaction.hearEarly(try await hear(.body)) }
    wire.end { connection.write($0) }
    return transaction.ended()
  }

  /// Sends where much waits to be sent; whether the server answers before the message has ended.
  private func hasSpokenEarly() async throws(SessionFailure) -> Bool {
    do throws(ConnectionFailure) {
      try await connection.drain()
      return try connection.hasHeard()
    } catch {
      throw .connection(error, .body)
    }
  }

  private static func next(
    _ body: inout some OutboundBody
  ) async throws(SessionFailure) -> [UInt8]? {
    do {
      return try await body.next()
    } catch {
      throw .source("\(error)")
    }
  }
}
