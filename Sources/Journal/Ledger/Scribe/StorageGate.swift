import Platform

/// Whether the node may write, and since when and why it may not.
struct StorageGate: Hashable {
  /// Why only decisions that free space are let through; nil while everything is.
  private(set) var cause: String?
  /// When the gate was closed.
  private(set) var since = Timestamp.zero
  /// How many requests were turned away since.
  private(set) var refused: UInt64 = 0

  var isClosed: Bool { cause != nil }

  /// Closes the gate; a closed one keeps its first cause and time.
  mutating func close(_ cause: String, at time: Timestamp) {
    guard !isClosed else { return }
    self.cause = cause
    since = time
    refused = 0
  }

  mutating func countRefused() { refused += 1 }

  mutating func open() { self = StorageGate() }
}
