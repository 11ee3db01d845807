import Events
import Ledger
import Platform

extension Node {
  private static let label = "daybook/srs/1"

  /// How senders of mail that is passed on are rewritten to addresses in a domain; nil where the
  /// server has no key yet. The key comes from the server's own, so a restored server knows it.
  public func senderRewriting(in domain: String) throws -> SenderRewriting? {
    guard let slot = try state.read({ try $0.serverKey() }), let key = journal.keyring.key(slot)
    else { return nil }
    return SenderRewriting(key: HKDF.expand(key, info: Self.label), domain: domain)
  }

  /// The reverse path of an entry as it goes out: mail of strangers goes out under an address of the
  /// domain that passes it on, so that the next server's check of the sender finds this one.
  public func reversePath(of entry: SpoolEntry) throws -> [UInt8] {
    guard let sender = entry.sender, let at = sender.lastIndex(of: UInt8(ascii: "@")) else {
      return entry.sender ?? []
    }
    let host = String(decoding: sender[(at + 1)...], as: UTF8.self)
    let (isOwn, name) = try state.read { view in
      (try view.domain(named: host) != nil, try view.domain(entry.domain)?.name?.text)
    }
    guard !isOwn, let name, let rewriting = try senderRewriting(in: name) else { return sender }
    return rewriting.rewrite(sender, at: clock.now()) ?? []
  }

  /// The sender that a rewritten address of a domain here stands for; nil for any other address.
  public func originalSender(_ localPart: [UInt8], domain: String) throws -> [UInt8]? {
    guard SenderRewriting.isRewritten(localPart),
      try state.read({ try $0.domain(named: domain) != nil })
    else { return nil }
    return try senderRewriting(in: domain)?.reverse(localPart, at: clock.now())
  }
}
