/// PLAIN: name and password in one message. RFC 4616 §2
struct PlainExchange: SASLExchange {
  mutating func start(_ initial: [UInt8]?) -> SASLAction {
    initial.map { step($0) } ?? .challenge([])
  }

  // message = [authzid] UTF8NUL authcid UTF8NUL passwd
  mutating func step(_ response: [UInt8]) -> SASLAction {
    let parts = response.split(separator: 0, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[1].isEmpty, !parts[2].isEmpty else { return .refuse(.malformed) }
    return .check(name: Array(parts[1]), password: Array(parts[2]), actor: Array(parts[0]))
  }
}

/// LOGIN: asks for the name, then for the password.
struct LoginExchange: SASLExchange {
  private var name: [UInt8]?

  mutating func start(_ initial: [UInt8]?) -> SASLAction {
    initial.map { step($0) } ?? .challenge(Array("Username:".utf8))
  }

  mutating func step(_ response: [UInt8]) -> SASLAction {
    guard !response.isEmpty, !response.contains(0) else { return .refuse(.malformed) }
    if let name { return .check(name: name, password: response, actor: []) }
    name = response
    return .challenge(Array("Password:".utf8))
  }
}
