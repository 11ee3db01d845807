import Events
import Ledger
import Platform
import State
import Synchronization

/// Asks senders that nobody knows yet to come again, which programs that only spray mail do not do.
///
/// A triplet is a digest of the client's network, the sender and the recipient under the server's
/// key. What is new is journaled within half a second, many at once, and is bounded by the minute: of
/// more the sender is refused, and not remembered.
public final class Greylist: Sendable {
  private struct Contents {
    var times: GreylistTimes
    var pending = GreylistPending()
  }

  private let node: Node
  private let key: Key?
  private let contents: Mutex<Contents>

  /// - Throws: what reading State throws.
  init(_ node: Node) throws {
    self.node = node
    key = try node.state.read { try $0.serverKey() }.flatMap { node.journal.keyring.key($0) }
      .map { HKDF.expand($0, info: "daybook/greylist/1") }
    contents = Mutex(Contents(times: try node.state.read { try $0.greylistTimes() }))
  }

  /// Takes over the settings.
  func follow() throws {
    let times = try node.state.read { try $0.greylistTimes() }
    contents.withLock { $0.times = times }
  }

  /// Whether a sender is to come again later.
  ///
  /// - Parameters:
  ///   - sender: the reverse path without brackets; - recipient: the forward path.
  func delays(_ client: IPAddress, sender: [UInt8], recipient: [UInt8]) throws -> Bool {
    let network = client.network(bits: client.isV4 ? 24 : 64)
    guard let triplet = triplet(network, sender, recipient) else { return false }
    let known = try node.state.read { try $0.greylistEntry(triplet) }
    let now = ClockMark(node.clock)
    return contents.withLock { contents in
      guard contents.times.delay > .zero else { return false }
      let entry = contents.pending.entry(triplet) ?? known
      switch contents.times.verdict(on: entry, at: now) {
      case .early: return true
      case .unknown:
        contents.pending.see(triplet, from: network, at: now)
        return true
      case .passes(let isNews):
        if isNews { contents.pending.pass(triplet, at: now) }
        return false
      }
    }
  }

  /// Upper and lower case make no difference, and every part has its length before it.
  private func triplet(
    _ network: IPAddress, _ sender: [UInt8], _ recipient: [UInt8]
  ) -> Triplet? {
    guard let key else { return nil }
    var octets: [UInt8] = []
    for part in [Array("\(network)".utf8), sender, recipient] {
      octets.append(UInt8(truncatingIfNeeded: part.count >> 8))
      octets.append(UInt8(truncatingIfNeeded: part.count))
      octets += part.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
    let digest = HMAC.sha256(key: key, octets).bytes
    return ID(bytes: Array(digest.prefix(16))).map { Triplet(rawValue: $0) }
  }

  /// Journals what came since the last time. What cannot be journaled now is kept.
  func journal() async {
    while let due = contents.withLock({ $0.pending.take(at: ClockMark(node.clock)) }) {
      do {
        _ = try await node.scribe.perform(due, origin: .server)
        contents.withLock { $0.pending.settle(due) }
      } catch {
        contents.withLock { $0.pending.putBack(due) }
        node.diagnostics.log(.warning, "greylist_not_journaled", [("why", "\(error)")])
        return
      }
    }
  }
}
