/// Why a command is not carried out. Nothing has changed and nothing is journaled.
public enum Refusal: Error, Hashable, Sendable {
  case notFound(what: String)
  case alreadyExists(what: String)
  /// Octets.
  case overQuota(limit: UInt64, used: UInt64)
  /// The setting that would have to be raised, its value, and what is in use.
  case limitReached(setting: String, limit: UInt64, used: UInt64)
  case disabled(what: String)
  case forbidden(what: String)
  case invalid(what: String, why: String)
  /// What is declared already waits for a feature that is not built yet.
  case awaits(what: String, feature: String)
  /// Octets.
  case tooLarge(what: String, limit: UInt64)
  /// Something else has changed it in the meantime.
  case conflict(what: String)
  case inUse(what: String)
}

extension Refusal: CustomStringConvertible {
  /// One line for people.
  public var description: String {
    switch self {
    case .notFound(let what): "\(what) does not exist"
    case .alreadyExists(let what): "\(what) exists already"
    case .overQuota(let limit, let used): "over quota: \(used) of \(limit) bytes in use"
    case .limitReached(let setting, let limit, let used):
      "the limit \(setting) is reached: \(used) of \(limit) in use"
    case .disabled(let what): "\(what) is disabled"
    case .forbidden(let what): "\(what) is not allowed"
    case .invalid(let what, let why): "\(what) is not valid: \(why)"
    case .awaits(let what, let feature): "\(what) awaits \(feature), which is not available yet"
    case .tooLarge(let what, let limit): "\(what) is larger than \(limit) bytes"
    case .conflict(let what): "\(what) was changed at the same time"
    case .inUse(let what): "\(what) is in use"
    }
  }
}
