/// All event types that this program can read.
public enum EventCatalogue {
  /// Every version of every type.
  public static var all: [Registration] { registrations }

  /// The registration of a type and version, or nil.
  public static func registration(_ name: String, version: UInt64) -> Registration? {
    registrations.first { $0.type.version == version && $0.type.name == name }
  }

  /// The registration whose name is the text in `range`, found without making a string of it.
  static func registration(
    _ range: Range<Int>, version: UInt64, in bytes: Span<UInt8>
  ) -> Registration? {
    guard range.count < byLength.count else { return nil }
    for entry in byLength[range.count] where entry.registration.type.version == version {
      if matches(entry.name, range, in: bytes) { return entry.registration }
    }
    return nil
  }

  private static func matches(_ name: [UInt8], _ range: Range<Int>, in bytes: Span<UInt8>) -> Bool {
    // Names of one length mostly differ at their ends.
    for index in name.indices.reversed()
    where name[index] != bytes[range.lowerBound + index] {
      return false
    }
    return true
  }

  private static let byLength: [[(name: [UInt8], registration: Registration)]] = {
    var table: [[(name: [UInt8], registration: Registration)]] = []
    for registration in registrations {
      let name = Array(registration.type.name.utf8)
      while table.count <= name.count { table.append([]) }
      table[name.count].append((name, registration))
    }
    return table
  }()
}
