/// The value of a `Content-Disposition` field. RFC 2183 §2
///
/// The kind (`inline`, `attachment`) is in lower case.
public struct Disposition: Hashable, Sendable {
  public var kind: [UInt8]
  public var parameters: [Parameter]

  public init(kind: [UInt8], parameters: [Parameter] = []) {
    self.kind = kind
    self.parameters = parameters
  }
}
