import Platform
import State

/// Blacklists and whitelists as one table: the narrowest network that holds an address decides.
struct AccessTable {
  private var actions: [ProtectedService: [IPNetwork: AccessAction]] = [:]
  /// The lengths of prefixes there are, longest first.
  private var bits: [ProtectedService: [Int]] = [:]

  init() {}

  /// - Parameter whitelist: of all services; an entry for the same network wins over it.
  init(_ entries: [AccessEntry], whitelist: [IPNetwork]) {
    for service in ProtectedService.allCases {
      var table = Dictionary(whitelist.map { ($0, AccessAction.allow) }) { $1 }
      for entry in entries where entry.service == service { table[entry.network] = entry.action }
      actions[service] = table
      bits[service] = Set(table.keys.map(\.bits)).sorted(by: >)
    }
  }

  /// What is said about an address; nil where nothing is.
  func action(_ service: ProtectedService, _ address: IPAddress) -> AccessAction? {
    guard let table = actions[service] else { return nil }
    for length in bits[service] ?? [] where !address.isV4 || length <= 32 {
      if let action = table[IPNetwork(address, bits: length)] { return action }
    }
    return nil
  }
}
