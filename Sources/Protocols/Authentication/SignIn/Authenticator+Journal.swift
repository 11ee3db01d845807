import Platform
import State

extension Authenticator {
  /// Journals the failures of the last minute, and sign-ins that could not be journaled then.
  ///
  /// Called once a minute (`run`) and at the end.
  public func journal() async {
    await journalBacklog()
    var summaries = refusals.take(now: clock.sinceBoot())[...]
    while !summaries.isEmpty {
      let batch = Array(summaries.prefix(RecordTraffic.most))
      guard await directory.record(batch) else { return refusals.putBack(Array(summaries)) }
      summaries = summaries.dropFirst(batch.count)
    }
  }

  private func journalBacklog() async {
    var late = backlog.take()[...]
    while let entry = late.first {
      do throws(SignInRecordFailure) {
        try await directory.record(entry.signedIn, entry.context, cram: nil)
      } catch {
        // A user who was deleted since then is no longer there to be named.
        guard error == .refused else { return backlog.putBack(Array(late)) }
      }
      late = late.dropFirst()
    }
  }

  /// Journals once a minute until the task is cancelled, and once more then.
  public func run() async {
    while !Task.isCancelled {
      do { try await Task.sleep(for: .seconds(60)) } catch { break }
      await journal()
    }
    await journal()
  }
}
