import Events
import Platform

/// Reads every body that events name, and compares it with the digest in the event.
struct ContentCheck {
  private let store: ContentStore?
  private let tell: (VerificationLine) -> Void
  private var count: UInt64 = 0

  init(_ directory: DataDirectory, log: LogID, tell: @escaping (VerificationLine) -> Void) {
    self.tell = tell
    do {
      store = try ContentStore(directory.content, log: log, isWriter: false)
    } catch {
      store = nil
      tell(.finding(VerificationFinding(position: nil, what: "the content: \(error)")))
    }
  }

  /// Checks the body of an event, if it brought one.
  mutating func check(_ recorded: Recorded) {
    guard let store, let id = recorded.header.contents.first else { return }
    let expected: (Digest, UInt64)? =
      switch recorded.event {
      case .messageAccepted(let accepted): (accepted.sha256, accepted.size)
      case .messageAppended(let appended): (appended.sha256, appended.size)
      default: nil
      }
    guard let (digest, size) = expected else { return }
    do {
      if let damage = try store.check(id, (sha256: digest, plainLength: size)) {
        tell(.finding(VerificationFinding(position: recorded.position, what: "\(damage)")))
      }
    } catch {
      tell(.finding(VerificationFinding(position: recorded.position, what: "\(error)")))
    }
    count += 1
    if count % 64 == 0 { tell(.contents(count)) }
  }

  /// Tells how many bodies were read in all.
  func finish() { tell(.contents(count)) }
}
