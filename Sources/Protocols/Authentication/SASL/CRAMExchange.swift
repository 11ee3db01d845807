import Platform

/// CRAM-MD5: a keyed hash of a challenge that is never used twice. RFC 2195 §2
struct CRAMExchange: SASLExchange {
  let challenge: [UInt8]
  private var digest: [UInt8] = []

  /// - Parameter hostName: of this server, for the form of the challenge only.
  init(entropy: some Entropy, now: Timestamp, hostName: String) {
    let random = Hex.encode(entropy.bytes(16))
    self.init(challenge: Array("<\(random).\(now.seconds)@\(hostName)>".utf8))
  }

  init(challenge: [UInt8]) { self.challenge = challenge }

  mutating func start(_ initial: [UInt8]?) -> SASLAction {
    initial == nil ? .challenge(challenge) : .refuse(.malformed)
  }

  // response = user name SP 32 lower-case hexadecimal digits
  mutating func step(_ response: [UInt8]) -> SASLAction {
    guard let space = response.lastIndex(of: UInt8(ascii: " ")), space > 0,
      response.count - space == 33,
      let digest = Hex.decode(String(decoding: response[(space + 1)...], as: UTF8.self))
    else { return .refuse(.malformed) }
    self.digest = digest
    return .find(name: Array(response[..<space]))
  }

  mutating func found(_ credentials: SASLCredentials) -> SASLAction {
    guard let context = credentials.cram,
      ConstantTime.equal(context.response(to: challenge), digest)
    else { return .refuse(.refused) }
    return .accept
  }
}
