import Events
import Network
import State

extension POPSession {
  /// Lines that are written between two looks at how fast the client takes them.
  private static let linesAtOnce = 1_000

  /// LIST and UIDL of all messages. RFC 1939 §5, §7
  func list(_ listing: Listing, _ maildrop: Maildrop) async throws(ConnectionFailure) {
    say(.ok(maildrop.summary))
    for start in stride(from: 0, to: maildrop.entries.count, by: Self.linesAtOnce) {
      var lines: [UInt8] = []
      let end = min(start + Self.linesAtOnce, maildrop.entries.count)
      for index in start..<end where !maildrop.isDeleted(index) {
        let entry = maildrop.entries[index]
        lines += listing.line(UInt64(index) + 1, entry, in: maildrop).utf8
        lines += [13, 10]
      }
      connection.write(lines)
      try await connection.drain()
      if end < maildrop.entries.count { await Task.yield() }
    }
    connection.write(".\r\n")
  }

  /// RETR and TOP. RFC 1939 §5, §7
  ///
  /// The first octets are read before the reply, so that a message that cannot be read is an error;
  /// one that cannot be read to its end breaks the connection, so that no part passes for the whole.
  func retrieve(_ entry: Maildrop.Entry, bodyLines: UInt64?) async throws {
    guard var octets = try octets(of: entry) else { return }
    var piece: [UInt8]?
    do {
      piece = try await octets.next()
    } catch {
      service.report(error)
      return say(.unreadable)
    }
    say(.ok("\(entry.size) octets"))
    var stuffing = DotStuffing(bodyLines: bodyLines)
    while let next = piece {
      connection.write(stuffing.stuff(next))
      try await connection.drain()
      guard !stuffing.isDone else { break }
      await Task.yield()
      piece = try await octets.next()
    }
    connection.write(stuffing.end())
  }

  /// The octets of a message; nil, and the client is told, where there are none.
  private func octets(of entry: Maildrop.Entry) throws -> MessageOctets? {
    guard let user else { throw SessionEnd() }
    let stored: StoredMessage?
    do {
      stored = try service.node.state.read { view in
        try view.message(entry.uid, in: user.mailbox).flatMap { try view.stored($0) }
      }
    } catch {
      service.report(error)
      say(.unreadable)
      return nil
    }
    guard let stored else {
      say(.gone)
      return nil
    }
    let octets = MessageOctets(stored, key: user.key, service.node)
    if octets == nil { say(.lost) }
    return octets
  }
}
