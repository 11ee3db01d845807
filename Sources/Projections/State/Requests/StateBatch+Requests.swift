import Events
import Platform

// Idempotency keys: an administrative request that carries a correlation is remembered, so that a
// client that lost the answer can ask again. `request` correlation -> position of its first event;
// `request_order` position -> correlation, by which the oldest are forgotten.
extension StateBatch {
  /// So many requests are remembered.
  static let rememberedRequests = 100_000

  func rememberRequest(_ header: EventHeader) throws {
    guard let correlation = header.correlation, Self.isAdministrative(header.type.name),
      try withRow(.request, correlation.bytes, { _ in true }) == nil
    else { return }
    var position = RowWriter(capacity: 8)
    position.uint64(header.position.rawValue)
    try put(.request, correlation.bytes, position.bytes)
    try put(.requestOrder, position.bytes, correlation.bytes)
    while try count(.requestOrder) > Self.rememberedRequests, let oldest = try first(.requestOrder)
    {
      try delete(.requestOrder, oldest.key)
      try delete(.request, oldest.value)
    }
  }

  private static func isAdministrative(_ type: String) -> Bool {
    type.hasPrefix("domain.") || type.hasPrefix("user.") || type.hasPrefix("setting.")
  }
}

extension StateView {
  /// The first event of the administrative request with this correlation, where it was carried out.
  public func request(_ correlation: ID) throws -> Position? {
    try withRow(.request, correlation.bytes) { row in
      var cursor = RowCursor()
      return Position(try cursor.uint64(row))
    }
  }
}
