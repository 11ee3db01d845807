import MailFormat

extension MessageFacts {
  /// How many octets of a record envelope and structure may take together.
  public static let codedLimit = 32_768

  /// Envelope and structure as an event carries them; what has no room within `limit` octets is
  /// nil, the structure first, and is then computed from the body where it is asked for.
  public func coded(
    limit: Int = MessageFacts.codedLimit
  ) -> (envelope: EncodedEnvelope?, structure: EncodedStructure?) {
    let envelope = EncodedEnvelope(self.envelope)
    guard envelope.bytes.count <= limit else { return (nil, nil) }
    let structure = EncodedStructure(self.structure)
    let fits = envelope.bytes.count + structure.bytes.count <= limit
    return (envelope, fits ? structure : nil)
  }
}
