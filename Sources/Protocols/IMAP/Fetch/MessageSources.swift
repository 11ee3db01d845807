import Events
import MailFormat
import Platform
import State

/// Where the items of one message come from, each looked up once.
///
/// The facts are those of the event that brought the message. Where it held none, or they are
/// erased, they are worked out from the body; where that is erased too, the message is empty.
struct MessageSources {
  private let message: FetchMessage
  private let access: MessageAccess
  private var octets: MessageOctets??
  private var facts: MessageFacts?
  private var decodedStructure: BodyStructure?

  init(_ message: FetchMessage, _ access: MessageAccess) {
    self.message = message
    self.access = access
  }

  mutating func envelope() async throws -> Envelope {
    if let envelope = message.stored?.content.envelope { return try envelope.decoded() }
    return try await computed().envelope
  }

  mutating func structure() async throws -> BodyStructure {
    if let decodedStructure { return decodedStructure }
    let structure: BodyStructure
    if let stored = message.stored?.content.structure {
      structure = try stored.decoded()
    } else {
      structure = try await computed().structure
    }
    decodedStructure = structure
    return structure
  }

  /// Where a section of the message is.
  mutating func locate(_ section: Section) async throws -> SectionOctets {
    guard let octets = opened() else { return .none }
    let structure = section == .message ? nil : try await structure()
    return SectionOctets.locate(section, structure: structure, length: octets.length)
  }

  /// The octets of a located section; nil where there are none to be had.
  func stream(
    _ section: SectionOctets, _ partial: FetchContent.Partial?
  ) async throws -> OctetStream? {
    guard case .some(.some(let octets)) = octets else { return nil }
    switch section {
    case .none: return nil
    case .stored(let hasPrefix, let body):
      return OctetStream(octets, hasPrefix: hasPrefix, body: body, partial)
    case .fields(let hasPrefix, let header, let names, let areExcluded):
      let header = try await octets.header(hasPrefix: hasPrefix, in: header)
      return OctetStream(HeaderBlock(header).picked(names, areExcluded: areExcluded), partial)
    }
  }

  private mutating func opened() -> MessageOctets? {
    if let octets { return octets }
    let opened = message.stored.flatMap { access.octets(of: $0) }
    octets = .some(opened)
    return opened
  }

  private mutating func computed() async throws -> MessageFacts {
    if let facts { return facts }
    let computed: MessageFacts
    if let octets = opened() {
      computed = try await access.node.pool.run { try octets.facts() }
    } else {
      computed = MessageFacts(envelope: Envelope(), structure: BodyStructure())
    }
    facts = computed
    return computed
  }
}
