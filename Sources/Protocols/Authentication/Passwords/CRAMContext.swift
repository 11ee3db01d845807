import Platform

/// What CRAM-MD5 needs of a password: the two states of HMAC-MD5 after its key. RFC 2195 §2
///
/// It is as good as the password for CRAM-MD5 and for nothing else, which is why it exists only
/// where a domain asks for it. The stored form is frozen. 33 octets: version 1 (1), state after the
/// inner key block (16), state after the outer one (16).
public struct CRAMContext: Hashable, Sendable {
  static let version: UInt8 = 1
  let inner: MD5State
  let outer: MD5State

  /// The context of a password, in its prepared form.
  public init(_ password: [UInt8]) throws(PasswordRefusal) {
    guard let prepared = Password.prepared(password) else { throw .unusable }
    let key = prepared.count > 64 ? MD5State().finished(with: prepared, seen: 0) : prepared
    let block = key + [UInt8](repeating: 0, count: 64 - key.count)
    inner = Self.state(after: block, 0x36)
    outer = Self.state(after: block, 0x5c)
  }

  /// The stored form.
  public var coded: [UInt8] { [Self.version] + inner.bytes + outer.bytes }

  /// Reads the stored form; nil for anything else.
  public init?(coded: [UInt8]) {
    guard coded.count == 33, coded[0] == Self.version, let inner = MD5State(bytes: coded[1..<17]),
      let outer = MD5State(bytes: coded[17..<33])
    else { return nil }
    self.inner = inner
    self.outer = outer
  }

  /// HMAC-MD5 of the challenge, 16 octets.
  func response(to challenge: [UInt8]) -> [UInt8] {
    outer.finished(with: inner.finished(with: challenge, seen: 64), seen: 64)
  }

  private static func state(after block: [UInt8], _ pad: UInt8) -> MD5State {
    var state = MD5State()
    state.take(block: block.map { $0 ^ pad }[...])
    return state
  }
}
