import Platform
import Synchronization

extension ContentStore {
  /// Makes a segment's file long enough.
  ///
  /// - Throws: `SystemError` where the disk is full, also while the ballast is let go; then nothing
  ///   has changed. `SegmentTail.Unsynced`.
  func reserve(_ needed: UInt64, _ tail: inout SegmentTail) throws {
    guard needed > tail.size else { return }
    let size = try mayGrow.withLock { [tail] mayGrow in
      guard mayGrow else {
        throw SystemError(code: SystemError.noSpace, operation: "reserve", path: tail.segment.path)
      }
      return try tail.allocate(needed, limits.stepBytes)
    }
    try unsynced { [tail] in try tail.file.syncAll() }
    tail.size = size
  }

  /// Keeps the segments from taking what the ballast gives back, or lets them grow again.
  ///
  /// Bodies are received beside the Scribe, who turns away only what comes to it.
  func allowGrowth(_ allowed: Bool) { mayGrow.withLock { $0 = allowed } }
}
