import Platform

/// What stands in brackets in a status response, for programs to read. RFC 3501 §7.1, RFC 5530 §3
enum ResponseCode: Hashable, Sendable {
  case plain(Plain)
  /// The capabilities, as one line of atoms.
  case capability(String)
  case permanentFlags(FlagList)
  case uidNext(UInt32)
  case uidValidity(UInt32)
  case unseen(UInt32)
  case badCharset
  case appendUID(validity: UInt32, uid: UInt32)
  case copyUID(validity: UInt32, from: [ClosedRange<UInt32>], to: [ClosedRange<UInt32>])

  /// Codes that are one atom.
  enum Plain: String, Sendable {
    case alreadyExists = "ALREADYEXISTS"
    case authenticationFailed = "AUTHENTICATIONFAILED"
    case authorizationFailed = "AUTHORIZATIONFAILED"
    case cannot = "CANNOT"
    case clientBug = "CLIENTBUG"
    case expungeIssued = "EXPUNGEISSUED"
    case inUse = "INUSE"
    case limit = "LIMIT"
    case nonExistent = "NONEXISTENT"
    case noPermission = "NOPERM"
    case overQuota = "OVERQUOTA"
    case privacyRequired = "PRIVACYREQUIRED"
    case readOnly = "READ-ONLY"
    case readWrite = "READ-WRITE"
    case serverBug = "SERVERBUG"
    case tooBig = "TOOBIG"
    case tryCreate = "TRYCREATE"
    case unavailable = "UNAVAILABLE"
  }

  static let alreadyExists = plain(.alreadyExists)
  static let cannot = plain(.cannot)
  static let limit = plain(.limit)
  static let nonExistent = plain(.nonExistent)
  static let tryCreate = plain(.tryCreate)
  static let tooBig = plain(.tooBig)
  static let unavailable = plain(.unavailable)
}

extension ResponseWriter {
  // resp-text-code, with its brackets and the space behind them
  mutating func code(_ code: ResponseCode) {
    raw("[")
    switch code {
    case .plain(let plain): text(plain.rawValue)
    case .capability(let names):
      raw("CAPABILITY ")
      text(names)
    case .permanentFlags(let flags):
      raw("PERMANENTFLAGS ")
      self.flags(flags)
    case .uidNext(let uid): numbered("UIDNEXT ", uid)
    case .uidValidity(let validity): numbered("UIDVALIDITY ", validity)
    case .unseen(let number): numbered("UNSEEN ", number)
    case .badCharset: raw("BADCHARSET (US-ASCII UTF-8)")
    case .appendUID(let validity, let uid):
      numbered("APPENDUID ", validity)
      numbered(" ", uid)
    case .copyUID(let validity, let from, let to):
      numbered("COPYUID ", validity)
      space()
      ranges(from)
      space()
      ranges(to)
    }
    raw("] ")
  }

  private mutating func numbered(_ name: StaticString, _ value: UInt32) {
    raw(name)
    number(value)
  }
}
