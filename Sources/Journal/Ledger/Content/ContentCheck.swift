import Events
import Platform

/// Reads every body that events name, and compares it with the digest in the event.
struct ContentCheck {
  private static let piece = 1 << 20

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
      if let fault = try fault(of: id, digest, size, in: store) {
        tell(.finding(VerificationFinding(position: recorded.position, what: fault)))
      }
    } catch {
      tell(.finding(VerificationFinding(position: recorded.position, what: "\(error)")))
    }
    count += 1
    if count % 64 == 0 { tell(.contents(count)) }
  }

  /// Tells how many bodies were read in all.
  func finish() { tell(.contents(count)) }

  private func fault(
    of id: ContentID, _ digest: Digest, _ size: UInt64, in store: ContentStore
  ) throws -> String? {
    let found = try store.find(id) { file, count, offset in try file.read(count, at: offset) }
    guard let found else { return "the body \(id) is missing or its head is damaged" }
    let place = "the body \(id) at offset \(found.offset) of segment \(found.segment.number)"
    guard found.head.plainLength == size else { return "\(place) has another length" }
    var hash = SHA256Stream()
    var offset = found.offset + UInt64(BodyHead.size)
    var left = found.head.sealedLength
    while left > 0 {
      let bytes = try found.segment.file.read(Int(min(left, UInt64(Self.piece))), at: offset)
      guard !bytes.isEmpty else { return "\(place) is cut off" }
      hash.update(bytes)
      offset += UInt64(bytes.count)
      left -= UInt64(bytes.count)
    }
    return hash.finish() == digest ? nil : "\(place) is damaged"
  }
}
