/// A type that a setting's text stands for. Printing and reading again gives the same value.
public protocol SettingValue: Sendable, Hashable {
  /// Reads canonical text; nil only for text that the declaration would have refused.
  init?(settingText: String)
  var settingText: String { get }
}

extension Bool: SettingValue {
  public init?(settingText: String) {
    switch settingText {
    case "on": self = true
    case "off": self = false
    default: return nil
    }
  }

  public var settingText: String { self ? "on" : "off" }
}

extension Int: SettingValue {
  public init?(settingText: String) { self.init(settingText) }
  public var settingText: String { String(self) }
}

extension String: SettingValue {
  public init?(settingText: String) { self = settingText }
  public var settingText: String { self }
}

extension [String]: SettingValue {
  public init?(settingText: String) {
    self = settingText.isEmpty ? [] : settingText.split(separator: ",").map(String.init)
  }

  public var settingText: String { joined(separator: ",") }
}

/// The oldest TLS version that is spoken. RFC 8996 rules out 1.0 and 1.1.
public enum TLSFloor: String, SettingValue, CaseIterable {
  case tls12 = "1.2"
  case tls13 = "1.3"
}

/// What VRFY answers. RFC 5321 §7.3
public enum VerifyPolicy: String, SettingValue, CaseIterable {
  /// 252 to everybody: nothing is said about addresses.
  case decline
  /// The truth to users who signed in, 252 to others.
  case users
  /// The truth to everybody.
  case everyone
}

/// The least important line that is written to the log.
public enum LogLevel: String, SettingValue, CaseIterable {
  case error, warning, info, debug
}

extension SettingValue where Self: RawRepresentable<String> {
  public init?(settingText: String) { self.init(rawValue: settingText) }
  public var settingText: String { rawValue }
}
