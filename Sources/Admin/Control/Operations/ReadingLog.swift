import Events
import Ledger
import Platform
import State
import Synchronization

/// Journals that the journal was read: the first reading of a minute at once, the others of the
/// same actor and kind as one event when the minute is over.
final class ReadingLog: Sendable {
  private struct Reader: Hashable {
    let actor: ActorID
    let what: String
  }

  private struct Minute {
    let window: Timestamp
    /// Readings that are not journaled yet, as one.
    var waiting: AuditRead?
  }

  private struct Contents {
    var minutes: [Reader: Minute] = [:]
    var timer: Task<Void, Never>?
    var isStopped = false
  }

  private let node: Node
  private let contents = Mutex(Contents())

  init(_ node: Node) { self.node = node }

  /// Takes a reading of the positions from `first` to `last`.
  ///
  /// - Throws: what journaling throws; then it counts as not read.
  func record(
    _ what: String, from first: Position, through last: Position, by origin: Origin
  ) async throws(ScribeError) {
    let now = node.clock.now()
    let window = Timestamp(microseconds: now.microseconds - now.microseconds % 60_000_000)
    let reading = AuditRead(last: last, what: what, first: first, reads: 1, window: window)
    let reader = Reader(actor: origin.actor, what: what)
    let (old, isFirst) = contents.withLock { contents -> (AuditRead?, Bool) in
      if let minute = contents.minutes[reader], minute.window == window {
        contents.minutes[reader]?.waiting = minute.waiting?.joined(with: reading) ?? reading
        schedule(window, &contents)
        return (nil, false)
      }
      let old = contents.minutes[reader]?.waiting
      contents.minutes[reader] = Minute(window: window)
      return (old, true)
    }
    if let old { try await journal(old, by: origin.actor) }
    guard isFirst else { return }
    do throws(ScribeError) {
      try await journal(reading, by: origin.actor)
    } catch {
      contents.withLock { $0.minutes[reader] = nil }
      throw error
    }
  }

  /// Journals what waits; what cannot be journaled now waits on.
  func flush() async {
    let waiting = contents.withLock { contents in
      contents.timer = nil
      let waiting = contents.minutes.compactMap { reader, minute in
        minute.waiting.map { (reader, $0) }
      }
      for (reader, _) in waiting { contents.minutes[reader]?.waiting = nil }
      return waiting
    }
    for (reader, reading) in waiting {
      do throws(ScribeError) {
        try await journal(reading, by: reader.actor)
      } catch {
        node.diagnostics.log(
          .warning, "reading_not_journaled",
          [("actor", "\(reader.actor)"), ("reads", "\(reading.reads)"), ("why", "\(error)")])
        keep(reading, of: reader)
      }
    }
  }

  /// Journals what waits and ends the timer.
  func stop() async {
    contents.withLock { $0.isStopped = true }
    contents.withLock { $0.timer }?.cancel()
    await flush()
  }

  private func keep(_ reading: AuditRead, of reader: Reader) {
    contents.withLock { contents in
      let waiting = contents.minutes[reader]?.waiting
      contents.minutes[reader, default: Minute(window: reading.window)].waiting =
        waiting?.joined(with: reading) ?? reading
      schedule(reading.window, &contents)
    }
  }

  private func schedule(_ window: Timestamp, _ contents: inout Contents) {
    guard contents.timer == nil, !contents.isStopped else { return }
    let left = window.adding(seconds: 60).microseconds - node.clock.now().microseconds
    contents.timer = Task { [weak self] in
      do { try await Task.sleep(for: .microseconds(max(left, 1_000_000))) } catch { return }
      await self?.flush()
    }
  }

  private func journal(_ reading: AuditRead, by actor: ActorID) async throws(ScribeError) {
    _ = try await node.scribe.perform(RecordReading(reading), origin: Origin(actor: actor))
  }
}

extension AuditRead {
  /// Both as one reading.
  fileprivate func joined(with other: AuditRead) -> AuditRead {
    AuditRead(
      last: max(last, other.last), what: what, first: min(first, other.first),
      reads: reads + other.reads, window: window)
  }
}
