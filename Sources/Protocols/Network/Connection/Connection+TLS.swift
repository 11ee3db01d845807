extension Connection {
  /// Whether what is read and written is encrypted.
  public var isEncrypted: Bool { tlsSession != nil }

  /// What was agreed on; nil on a connection in clear.
  public var tls: TLSFacts? { tlsSession?.facts }

  /// The binding of this connection; nil in clear, or where its TLS has none of the kind.
  public func channelBinding(_ kind: ChannelBinding) -> [UInt8]? { tlsSession?.binding(kind) }

  /// Makes the connection encrypted, as the side that `context` is for.
  ///
  /// What was written is flushed in clear first, so a server writes its go-ahead, calls this, and
  /// then forgets what the client said in clear. RFC 3207 §4.2
  /// - Parameter serverName: for a client: the name or address of the server it means to reach.
  /// - Throws: `.plaintextBeforeTLS` where octets in clear wait already, which nobody must ever
  ///   answer (RFC 3207 §6): nothing was sent and the connection goes on in clear, to be told so
  ///   and closed. `.tls` when the handshake fails and `.timedOut` after `time`: it is closed then.
  public func startTLS(
    _ context: TLSContext, serverName: String? = nil, within time: Duration = .seconds(30)
  ) async throws(ConnectionFailure) {
    precondition(loop.isCurrent, "a connection is used on its loop")
    precondition(tlsSession == nil, "TLS is started once")
    guard input.isEmpty else { throw .plaintextBeforeTLS }
    let deadline = loop.deadline(after: time)
    try await flush()
    guard let session = TLSSession(context: context, descriptor: descriptor),
      serverName.map(session.expect) ?? !context.verifies
    else {
      fail(.tls("no session can be made"))
      throw .tls("no session can be made")
    }
    try await handshake(session, by: deadline)
    tlsSession = session
    isReadable = true
    isWritable = true
  }

  private func handshake(
    _ session: TLSSession, by deadline: UInt64
  ) async throws(ConnectionFailure) {
    while true {
      switch try handshakeNow(session, by: deadline) {
      case .done, .flush: return
      case .waitToRead: await waitToRead(by: deadline)
      case .waitToWrite: await waitToWrite(by: deadline)
      }
    }
  }

  private func handshakeNow(
    _ session: TLSSession, by deadline: UInt64
  ) throws(ConnectionFailure) -> NextStep<Void> {
    if let failure { throw failure }
    var next = NextStep<Void>.done(())
    switch session.handshake() {
    case .moved: return next
    case .wantsRead:
      isReadable = false
      next = .waitToRead
    case .wantsWrite:
      isWritable = false
      next = .waitToWrite
    case .ended: fail(.endOfInput)
    case .failed(let failure): fail(failure)
    }
    if loop.now >= deadline { fail(.timedOut) }
    if let failure { throw failure }
    return next
  }
}
