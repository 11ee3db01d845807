import Events
import Platform

// Stands in for what the parts of this room will bring. Whoever lands ContentStore or the keyring's
// export deletes the matching declarations here, and the file with the last of them.

public final class ContentStore: Sendable {
  init(_ directory: String) throws {}
  static func create(_ directory: String) throws {}
  func append(_ bodies: [SealedBody]) throws {}
}

extension Keyring {
  func export(passphrase: [UInt8]) throws -> [UInt8] { throw KeyringError.readOnly }

  static func restore(
    _ sealed: [UInt8], passphrase: [UInt8], in directory: String, log: LogID, needed: KeyringAge
  ) throws {
    throw KeyringError.sealed
  }
}

struct ContentCheck {
  init(_ directory: DataDirectory, tell: @escaping (VerificationLine) -> Void) {}
  mutating func check(_ recorded: Recorded) {}
}
