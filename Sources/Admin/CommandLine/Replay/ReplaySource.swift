import Control
import Events
import Followers
import Ledger
import Platform
import State
import Store
import Synchronization

/// What a replay reads: the journal, and where they can be read State and the Chronicle.
final class ReplaySource: Sendable {
  private struct Opened {
    let journal: Journal
    let state: StateEnvironment?
    let chronicle: ChronicleIndex?
  }

  private let directory: DataDirectory
  private let opened: Mutex<Opened>

  init(_ call: Call) throws {
    directory = call.directory
    opened = Mutex(try Self.open(call.directory))
  }

  private static func open(_ directory: DataDirectory) throws -> Opened {
    var surroundings = Journal.Surroundings()
    surroundings.diagnostics = Diagnostics(least: .warning)
    let journal = try Journal(open: directory.path, mode: .reader, surroundings: surroundings)
    return Opened(
      journal: journal, state: optional { try StateEnvironment(directory.state, isWriter: false) },
      chronicle: optional { try ChronicleIndex.open(journal) } ?? nil)
  }

  /// Names and a shorter way are a help, not a need: the journal alone tells the story.
  private static func optional<R>(_ open: () throws -> R) -> R? {
    do { return try open() } catch { return nil }
  }

  /// The last position there is to show; nothing stays open.
  static func last(_ call: Call, _ end: ReplayEnd) throws -> Position {
    let journal = try Journal(open: call.directory.path, mode: .reader)
    defer { journal.close() }
    return try end.last(journal.reader)
  }

  var journal: Journal { opened.withLock { $0.journal } }
  var state: StateEnvironment? { opened.withLock { $0.state } }
  var chronicle: ChronicleIndex? { opened.withLock { $0.chronicle } }

  /// Says that everything personal stays hidden, where it does.
  func tellOfKeys(_ terminal: Terminal) {
    guard let why = journal.keyringRefusal else { return }
    terminal.warn(
      "daybook: the keyring cannot be read, so personal fields are shown as erased: \(why)")
  }

  /// Closes everything while `work` needs the directory in this process, and opens it again.
  func stepAside(_ work: () async throws -> Void) async throws {
    opened.withLock { opened in
      opened.journal.close()
      opened.state?.close()
      opened.chronicle?.close()
    }
    let result: Result<Void, any Error>
    do { result = .success(try await work()) } catch { result = .failure(error) }
    let fresh = try Self.open(directory)
    opened.withLock { $0 = fresh }
    try result.get()
  }
}
