/// The value of a `Content-Type` field. RFC 2045 §5
///
/// Type and subtype are in lower case.
public struct MediaType: Hashable, Sendable {
  public var type: [UInt8]
  public var subtype: [UInt8]
  public var parameters: [Parameter]

  public init(type: [UInt8], subtype: [UInt8], parameters: [Parameter] = []) {
    self.type = type
    self.subtype = subtype
    self.parameters = parameters
  }

  /// `text/plain; charset=us-ascii`, what a part is that does not say. RFC 2045 §5.2
  public static let plainText = MediaType(
    type: Array("text".utf8), subtype: Array("plain".utf8),
    parameters: [Parameter(name: Array("charset".utf8), value: Array("us-ascii".utf8))])

  /// `message/rfc822`, what a part of a digest is that does not say. RFC 2046 §5.1.5
  public static let message = MediaType(type: Array("message".utf8), subtype: Array("rfc822".utf8))

  /// `application/octet-stream`, what a part is shown as that was not looked into.
  public static let opaque = MediaType(
    type: Array("application".utf8), subtype: Array("octet-stream".utf8))

  public var isText: Bool { type.elementsEqual("text".utf8) }
  public var isMultipart: Bool { type.elementsEqual("multipart".utf8) }
  public var isMessage: Bool {
    type.elementsEqual("message".utf8) && subtype.elementsEqual("rfc822".utf8)
  }
  public var isDigest: Bool { isMultipart && subtype.elementsEqual("digest".utf8) }

  /// The raw value of the first parameter called `name` (lower case), or nil.
  public func parameter(_ name: StaticString) -> [UInt8]? {
    parameters.first { $0.name.elementsEqual(name.description.utf8) }?.value
  }
}
