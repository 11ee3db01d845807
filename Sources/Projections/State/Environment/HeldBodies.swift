import Events
import Ledger
import Platform
import Store
import Synchronization

/// Tells a verification which bodies are still needed, for those that are not on the disk.
///
/// Nothing is opened before somebody asks. The live State answers where it can be trusted; else, as
/// after a restore, the journal is folded anew into a scratch directory.
public final class HeldBodies: Sendable {
  private let journal: @Sendable () throws -> Journal
  private let live: String
  private let scratch: String
  private let state = Mutex<StateEnvironment?>(nil)

  /// - Parameters:
  ///   - live: the directory of the live State, which need not be there.
  ///   - scratch: a directory that does not exist; `close` removes it.
  ///   - journal: opens the journal, to be folded.
  public init(
    live: String, scratch: String, journal: @escaping @Sendable () throws -> Journal
  ) {
    self.live = live
    self.scratch = scratch
    self.journal = journal
  }

  /// Whether a message refers to the body that the event at `origin` brought.
  public func isHeld(_ origin: Position) throws -> Bool {
    let state = try state.withLock { state in
      if let state { return state }
      let opened = try openLive() ?? fold()
      state = opened
      return opened
    }
    return try state.read { try $0.content(origin) != nil }
  }

  private func openLive() throws -> StateEnvironment? {
    guard Directory.exists(live + "/data.mdb") else { return nil }
    do { return try StateEnvironment(live, isWriter: false) } catch let error as StoreError
      where error.isDamage
    {
      return nil
    }
  }

  private func fold() throws -> StateEnvironment {
    let journal = try journal()
    defer { journal.close() }
    try Directory.removeTree(scratch)
    return try StateRebuild.fold(journal, through: try journal.reader.head, into: scratch)
  }

  /// Ends the use and removes what was folded.
  public func close() {
    state.withLock { state in
      state?.close()
      state = nil
    }
    do { try Directory.removeTree(scratch) } catch {
      Diagnostics().log(.warning, "scratch_left", [("error", "\(error)")])
    }
  }
}
