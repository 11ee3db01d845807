import Synchronization

/// What the server calls itself, as the setting `host.name` has it now.
final class ServerName: Sendable {
  private let name: Mutex<String>

  init(_ name: String) { self.name = Mutex(name) }

  var current: String { name.withLock { $0 } }

  func change(to name: String) { self.name.withLock { $0 = name } }
}
