/// One part of a message, what its MIME header says, and where in the message its octets are.
///
/// The root stands for the message itself. Offsets count octets from the start of the message that
/// was scanned, so a part's header and body are byte ranges of it. The header range includes the
/// empty line that ends it; the body range excludes the line ending that belongs to the boundary
/// line after it (RFC 2046 §5.1.1). `headerStart <= bodyStart <= bodyEnd` always holds, and every
/// child lies inside its parent's body.
public struct BodyStructure: Hashable, Sendable {
  /// What a part holds.
  public indirect enum Content: Hashable, Sendable {
    /// Octets that were not looked into.
    case leaf
    /// At least one part.
    case multipart([BodyStructure])
    /// A message; its header starts where the body of the part that holds it does.
    case message(Envelope, BodyStructure)
  }

  public var media: MediaType
  /// `Content-ID`.
  public var id: [UInt8]?
  /// `Content-Description`.
  public var description: [UInt8]?
  /// `Content-Transfer-Encoding` in lower case; `7bit` where there is none. RFC 2045 §6.1
  public var encoding: [UInt8]
  /// `Content-MD5`. RFC 1864 §2
  public var md5: [UInt8]?
  public var disposition: Disposition?
  /// The tags of `Content-Language`. RFC 3282 §2
  public var languages: [[UInt8]]
  /// `Content-Location`. RFC 2557 §4.2
  public var location: [UInt8]?
  /// The offset of the first octet of the part's header.
  public var headerStart: UInt64
  /// The offset of the first octet after the header and its empty line.
  public var bodyStart: UInt64
  /// The offset of the first octet after the body.
  public var bodyEnd: UInt64
  /// The line feeds in the body, transfer encoding left as it is.
  public var lines: UInt64
  public var content: Content

  public init(
    media: MediaType = .plainText, id: [UInt8]? = nil, description: [UInt8]? = nil,
    encoding: [UInt8] = BodyStructure.sevenBit, md5: [UInt8]? = nil,
    disposition: Disposition? = nil, languages: [[UInt8]] = [], location: [UInt8]? = nil,
    headerStart: UInt64 = 0, bodyStart: UInt64 = 0, bodyEnd: UInt64 = 0, lines: UInt64 = 0,
    content: Content = .leaf
  ) {
    self.media = media
    self.id = id
    self.description = description
    self.encoding = encoding
    self.md5 = md5
    self.disposition = disposition
    self.languages = languages
    self.location = location
    self.headerStart = headerStart
    self.bodyStart = bodyStart
    self.bodyEnd = bodyEnd
    self.lines = lines
    self.content = content
  }

  /// The encoding of a part that does not say: `7bit`.
  public static let sevenBit = Array("7bit".utf8)

  /// The octets of the body, transfer encoding left as it is.
  public var size: UInt64 { bodyEnd - bodyStart }

  /// The parts of a multipart; empty for every other.
  public var children: [BodyStructure] {
    if case .multipart(let parts) = content { parts } else { [] }
  }
}
