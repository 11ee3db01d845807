import Events
import Platform
import Synchronization

/// Reads every body that events name, and compares it with the digest in the event.
struct ContentCheck {
  private let store: ContentStore
  private let tell: (VerificationLine) -> Void
  private var count: UInt64 = 0

  /// Bodies that are not there; those that nobody holds any more may be gone.
  private(set) var absent: [(position: Position, content: ContentID)] = []

  init(_ store: ContentStore, tell: @escaping (VerificationLine) -> Void) {
    self.store = store
    self.tell = tell
    for damage in store.findings.withLock({ $0 }) { fail(nil, "\(damage)") }
  }

  /// Checks the body of an event, if it brought one.
  ///
  /// - Returns: how many bytes were read for it.
  mutating func check(_ recorded: Recorded) -> UInt64 {
    guard let id = recorded.header.contents.first else { return 0 }
    let expected: (Digest, UInt64)? =
      switch recorded.event {
      case .messageAccepted(let accepted): (accepted.sha256, accepted.size)
      case .messageAppended(let appended): (appended.sha256, appended.size)
      default: nil
      }
    guard let (digest, size) = expected else { return 0 }
    var bytes: UInt64 = 0
    do {
      let found = try store.check(id, (sha256: digest, plainLength: size))
      bytes = found.bytes
      if let damage = found.damage { fail(recorded.position, "\(damage)") }
    } catch ContentError.absent {
      absent.append((recorded.position, id))
    } catch {
      fail(recorded.position, "\(error)")
    }
    count += 1
    if count % 64 == 0 { tell(.contents(count)) }
    return bytes
  }

  private func fail(_ position: Position?, _ what: String) {
    tell(.finding(VerificationFinding(position: position, what: what)))
  }

  /// Tells how many bodies were read in all.
  func finish() { tell(.contents(count)) }
}
