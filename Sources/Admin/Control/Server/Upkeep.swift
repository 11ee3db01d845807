import Authentication
import Events
import Ledger
import Platform
import State

/// What a server does beside serving: journaling failed sign-ins by the minute, emptying what was
/// deleted, taking freed bodies off the disk, and giving memory back that a storm has left.
enum Upkeep {
  private static let pause = Duration.seconds(2)
  private static let memoryPause = Duration.seconds(1)

  static func start(_ node: Node, _ authenticator: Authenticator) -> Task<Void, Never> {
    Task {
      async let journaling: Void = authenticator.run()
      async let draining: Void = drain(node)
      async let memory: Void = giveBackMemory()
      async let spool: Void = purgeSpool(node)
      await purge(node)
      await spool
      await draining
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

  /// Removes entries of the spool that were deleted and cannot be brought back any more.
  private static func purgeSpool(_ node: Node) async {
    while !Task.isCancelled {
      do {
        let now = node.clock.now()
        let entries = try node.state.read { try $0.spoolBeyondRestoring(at: now, limit: 500) }
        if !entries.isEmpty {
          let purge = ChangeSpool(.purge, entries)
          if try await node.scribe.perform(purge, origin: .server).answer.count > 0 { continue }
        }
      } catch ScribeError.stopped {
        return
      } catch {
        node.diagnostics.log(.warning, "spool_purge_deferred", [("why", "\(error)")])
      }
      do { try await Task.sleep(for: pause) } catch { return }
    }
  }

  /// Takes freed bodies off the disk, a thousand rows or a segment at a time, on the pool.
  private static func drain(_ node: Node) async {
    guard !node.isObserver else { return }
    while !Task.isCancelled {
      var isMore = false
      do {
        isMore = try await node.pool.run { try drainOnce(node) }
      } catch {
        node.diagnostics.log(.warning, "freed_bodies_kept", [("why", "\(error)")])
      }
      // Between two segments others get their turn at the disk.
      do { try await Task.sleep(for: isMore ? .milliseconds(100) : pause) } catch { return }
    }
  }

  private static func drainOnce(_ node: Node) throws -> Bool {
    let (share, floor) = try node.state.read { state in
      (
        try state.value(Settings.compactionShare, for: .system),
        try state.value(Settings.compactionFloor, for: .system)
      )
    }
    var wanted = CompactionLimits()
    wanted.deadShare = Double(share) / 100
    wanted.openDeadBytes = UInt64(floor) << 20
    return try node.freed.step(wanted, through: horizon)
  }

  /// Up to where every follower has come that reads bodies. There is none yet: the first one has to
  /// be asked here, or a body is gone before it was read.
  private static let horizon = Position(UInt64.max)
}
