import Delivery
import Events
import Ledger
import MailFormat
import Platform
import State

/// A spooled message as it is brought out: its entry, the recipients that are attempted, its octets.
struct SpooledMessage: Sendable {
  let entry: SpoolEntry
  var recipients: [SpoolRecipient]
  /// Nil where it is no longer there.
  let body: SpooledBody?
  /// Whether a doubtful outcome holds the entry.
  let holdsDoubt: Bool

  /// The number of the attempt that comes.
  var attempt: Int { (recipients.map(\.attempts).max() ?? 0) + 1 }

  /// - Parameter sender: the reverse path it goes out with.
  func envelope(from sender: [UInt8]) -> OutboundEnvelope {
    var envelope = OutboundEnvelope(
      from: sender, to: recipients.map { OutboundRecipient($0) },
      size: body?.length)
    envelope.hasEightBit =
      entry.body == "8BITMIME" || entry.body == "BINARYMIME" || entry.isUTF8
    envelope.isInternationalized = entry.isUTF8
    envelope.returns = entry.dsn?.ret.flatMap { OutboundEnvelope.Return(rawValue: $0.uppercased()) }
    envelope.identifier = entry.dsn?.envelopeID
    return envelope
  }

  /// The message of a job as it stands now: without recipients that are not to be attempted; nil
  /// where none is left.
  static func load(_ job: SpoolJob, _ node: Node) throws -> SpooledMessage? {
    let now = node.clock.now()
    let found = try node.state.read {
      view -> (SpoolEntry, [SpoolRecipient], Content?, Bool)? in
      guard let entry = try view.spoolEntry(job.entry), entry.isLive, entry.sender != nil else {
        return nil
      }
      var recipients: [SpoolRecipient] = []
      for index in job.recipients {
        guard let recipient = try view.spoolRecipient(index, of: entry.id), !recipient.isFinal,
          recipient.due <= now
        else { continue }
        recipients.append(recipient)
      }
      guard !recipients.isEmpty else { return nil }
      let holds = try view.value(Settings.inDoubt, for: .domain(entry.domain)) == .hold
      return (entry, recipients, try view.content(entry.origin), holds)
    }
    guard let (entry, recipients, content, holds) = found else { return nil }
    return SpooledMessage(
      entry: entry, recipients: recipients, body: content.flatMap { SpooledBody($0, node) },
      holdsDoubt: holds)
  }
}

extension OutboundRecipient {
  init(_ recipient: SpoolRecipient) {
    var notify: Notify?
    if let text = recipient.notify {
      var wanted: Notify = []
      for word in text.uppercased().split(separator: ",") {
        switch word {
        case "SUCCESS": wanted.insert(.success)
        case "FAILURE": wanted.insert(.failure)
        case "DELAY": wanted.insert(.delay)
        default: break
        }
      }
      notify = wanted
    }
    var original: Original?
    if let text = recipient.original, let mark = text.firstIndex(of: UInt8(ascii: ";")) {
      original = Original(
        type: String(decoding: text[..<mark], as: UTF8.self), address: Array(text[(mark + 1)...]))
    }
    self.init(recipient.address, notify: notify, original: original)
  }
}

/// The octets of a stored message, chunk by chunk; only verified plaintext comes out.
struct SpooledBody: OutboundBody {
  /// Octets read at once: one chunk as it is sealed.
  private static let chunk: UInt64 = 65_536

  let length: UInt64
  let dataKey: Key
  private let node: Node
  private let body: ContentID
  private var offset: UInt64 = 0

  /// Nil where no key opens it, or the body is gone.
  init?(_ content: Content, _ node: Node) {
    guard let body = content.body,
      let dataKey = content.wraps.lazy.compactMap({ node.journal.keyring.unwrap($0) }).first
    else { return nil }
    (self.node, self.body, self.dataKey) = (node, body, dataKey)
    length = content.bodyLength
  }

  /// The first octets: all of them where the message is small.
  func head() async throws -> [UInt8] { try await read(0..<min(Self.chunk, length)) }

  mutating func next() async throws -> [UInt8]? {
    guard offset < length else { return nil }
    let octets = try await read(offset..<min(offset + Self.chunk, length))
    guard !octets.isEmpty else { throw ContentError.absent(body) }
    offset += UInt64(octets.count)
    return octets
  }

  private func read(_ range: Range<UInt64>) async throws -> [UInt8] {
    guard !range.isEmpty else { return [] }
    let content = node.journal.content
    if let octets = try content.readIfCached(body, dataKey: dataKey, range) { return octets }
    return try await node.pool.run { [body, dataKey] in
      try content.read(body, dataKey: dataKey, range)
    }
  }
}
