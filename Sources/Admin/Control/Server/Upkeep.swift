import Authentication
import Events
import Ledger
import Platform
import State

/// What a server does beside serving: journaling failed sign-ins by the minute, emptying what was
/// deleted, and giving memory back that a storm has left.
enum Upkeep {
  private static let pause = Duration.seconds(2)
  private static let memoryPause = Duration.seconds(1)

  static func start(_ node: Node, _ authenticator: Authenticator) -> Task<Void, Never> {
    Task {
      async let journaling: Void = authenticator.run()
      async let memory: Void = giveBackMemory()
      await purge(node)
      await journaling
      await memory
    }
  }

  private static func giveBackMemory() async {
    while !Task.isCancelled {
      do { try await Task.sleep(for: memoryPause) } catch { return }
      Memory.giveBack()
    }
  }

  /// Empties deleted mailboxes and users, step by step, until the server stops.
  private static func purge(_ node: Node) async {
    while !Task.isCancelled {
      do {
        let outcome = try await node.scribe.perform(
          PurgeDeleted(), origin: Origin(actor: .server))
        if outcome.answer { continue }
      } catch .stopped {
        return
      } catch {
        node.diagnostics.log(.warning, "purge_deferred", [("why", "\(error)")])
      }
      do { try await Task.sleep(for: pause) } catch { return }
    }
  }
}
