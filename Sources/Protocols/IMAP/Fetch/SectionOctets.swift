import MailFormat

/// Where the octets of a section are.
///
/// A stored message is the lines put before it for its mailbox (the prefix) and the body that all
/// its copies share; offsets of the structure count from the start of the latter.
enum SectionOctets: Hashable, Sendable {
  /// The whole prefix or none of it, and a range of the shared body.
  case stored(hasPrefix: Bool, body: Range<UInt64>)
  /// Fields picked out of the header that is stored there.
  case fields(hasPrefix: Bool, header: Range<UInt64>, names: [[UInt8]], areExcluded: Bool)
  /// There is no such section: NIL.
  case none

  /// Where `section` is in a message of `length` octets without its prefix. `structure` is nil
  /// where it is not needed: for the whole message.
  static func locate(
    _ section: Section, structure: BodyStructure?, length: UInt64
  ) -> SectionOctets {
    let isMessage = section.part.isEmpty
    switch section.text {
    case .whole where isMessage: return .stored(hasPrefix: true, body: 0..<length)
    case .whole: return stored(structure, section, .whole, hasPrefix: false)
    case .header: return stored(structure, section, .header, hasPrefix: isMessage)
    case .text: return stored(structure, section, .text, hasPrefix: false)
    case .mime: return stored(structure, section, .mime, hasPrefix: false)
    case .headerFields(let names): return fields(structure, section, names, areExcluded: false)
    case .headerFieldsNot(let names): return fields(structure, section, names, areExcluded: true)
    }
  }

  private static func stored(
    _ structure: BodyStructure?, _ section: Section, _ piece: BodyStructure.Piece, hasPrefix: Bool
  ) -> SectionOctets {
    guard let range = structure?.octets(path: section.part, piece) else { return .none }
    return .stored(hasPrefix: hasPrefix, body: range)
  }

  private static func fields(
    _ structure: BodyStructure?, _ section: Section, _ names: [[UInt8]], areExcluded: Bool
  ) -> SectionOctets {
    guard let range = structure?.octets(path: section.part, .header) else { return .none }
    return .fields(
      hasPrefix: section.part.isEmpty, header: range, names: names, areExcluded: areExcluded)
  }
}

extension HeaderBlock {
  /// The fields with (or, `areExcluded`, without) these names as they stand, and the empty line.
  /// RFC 3501 §6.4.5
  func picked(_ names: [[UInt8]], areExcluded: Bool) -> [UInt8] {
    var wanted: Set<[UInt8]> = []
    for name in names { wanted.insert(name.map(FoldedText.lower)) }
    var octets: [UInt8] = []
    for field in fields {
      let name = bytes[field.name].map(FoldedText.lower)
      guard wanted.contains(name) != areExcluded else { continue }
      octets += bytes[field.lines]
    }
    if let last = octets.last, last != OctetClass.lineFeed {
      octets += [OctetClass.carriageReturn, OctetClass.lineFeed]
    }
    return octets + [OctetClass.carriageReturn, OctetClass.lineFeed]
  }
}
