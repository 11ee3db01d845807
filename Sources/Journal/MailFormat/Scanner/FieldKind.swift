/// The header fields that a scanner looks into.
enum FieldKind: Sendable {
  case date, subject, from, sender, replyTo, to, cc, bcc, inReplyTo, messageID, received
  case contentType, encoding, contentID, description, md5, disposition, language, location

  /// The kind of the field called `name`, in whatever case, or nil for all others.
  init?(name: Span<UInt8>) {
    guard name.count <= FieldKind.longest else { return nil }
    for known in FieldKind.names where known.name.count == name.count {
      var index = 0
      while index < name.count, name[index].lowercased == known.name[index] { index += 1 }
      guard index == name.count else { continue }
      self = known.kind
      return
    }
    return nil
  }

  /// Whether only a message has it, not a part.
  var isOfMessage: Bool {
    switch self {
    case .date, .subject, .from, .sender, .replyTo, .to, .cc, .bcc, .inReplyTo, .messageID,
      .received:
      true
    default: false
    }
  }

  private static let spellings: [(String, FieldKind)] = [
    ("received", .received), ("date", .date), ("subject", .subject), ("from", .from), ("to", .to),
    ("cc", .cc), ("bcc", .bcc), ("sender", .sender), ("reply-to", .replyTo),
    ("in-reply-to", .inReplyTo), ("message-id", .messageID), ("content-type", .contentType),
    ("content-transfer-encoding", .encoding), ("content-id", .contentID),
    ("content-description", .description), ("content-md5", .md5),
    ("content-disposition", .disposition), ("content-language", .language),
    ("content-location", .location),
  ]

  private static let names: [(name: [UInt8], kind: FieldKind)] = spellings.map {
    (Array($0.0.utf8), $0.1)
  }

  private static let longest = 25
}
