import Events
import Platform
import Synchronization

/// A body that is being received: sealed chunk by chunk into a leased segment.
///
/// Its head is written when it is whole, so a body that was given up, or that a crash cut off, is
/// nothing but room that the next one takes. One thread at a time may use it.
public final class LargeBody: Sendable {
  /// What is known of a body that is stored.
  public struct Stored: Hashable, Sendable {
    public let id: ContentID
    /// Bytes of the body itself.
    public let plainLength: UInt64
    /// SHA-256 of the sealed bytes.
    public let sha256: Digest
  }

  private struct State: ~Copyable {
    let seal: ChunkSeal
    var hash: SHA256Stream? = SHA256Stream()
    var pending: [UInt8] = []
    var chunk: UInt64 = 0
    var plainLength: UInt64 = 0
    var end: UInt64
    var isOver = false
  }

  private let store: ContentStore
  private let segment: Segment
  private let start: UInt64
  private let id: ContentID
  private let prefix: [UInt8]
  private let state: Mutex<State>

  init(
    _ store: ContentStore, _ segment: Segment, at start: UInt64, dataKey: Key, id: ContentID,
    prefix: [UInt8]
  ) {
    self.store = store
    self.segment = segment
    self.start = start
    self.id = id
    self.prefix = prefix
    let seal = ChunkSeal(
      key: ContentSealer.key(dataKey), prefix: prefix, aad: id.rawValue.bytes)
    state = Mutex(State(seal: seal, end: start + UInt64(BodyHead.size)))
  }

  /// Takes the next octets of the body; full chunks are sealed and written, not yet synced.
  public func append(_ octets: [UInt8]) throws {
    try state.withLock { state in
      precondition(!state.isOver, "a body that is over takes nothing more")
      state.pending += octets
      state.plainLength += UInt64(octets.count)
      // The last chunk is marked as such, so one that is full waits until more comes.
      while state.pending.count > ChunkSeal.chunkSize { try write(&state, isLast: false) }
    }
  }

  private func write(_ state: inout State, isLast: Bool) throws {
    let count = min(state.pending.count, ChunkSeal.chunkSize)
    var sealed: [UInt8] = []
    sealed.reserveCapacity(count + ChunkSeal.tagSize)
    state.seal.seal(
      state.pending.span.extracting(0..<count), chunk: state.chunk, isLast: isLast, to: &sealed)
    state.pending.removeFirst(count)
    state.chunk += 1
    state.hash?.update(sealed)
    try segment.reserve(state.end + UInt64(sealed.count))
    try segment.file.write(sealed, at: state.end)
    state.end += UInt64(sealed.count)
  }

  /// Ends the body. It is on the disk, whole, when this returns.
  public func finish() throws -> Stored {
    try state.withLock { state in
      try write(&state, isLast: true)
      let head = BodyHead(
        segment: segment.number, content: id, plainLength: state.plainLength, prefix: prefix)
      try segment.reserve(start + head.span)
      try segment.file.write(head.bytes, at: start)
      // A sync that fails is not repeated: the segment is not given back, nothing more goes there.
      state.isOver = true
      try segment.file.syncData()
      store.stored(id, BodyLocation(segment: segment.number, offset: start))
      store.release(segment, end: start + head.span)
      guard let hash = state.hash.take() else {
        preconditionFailure("a body is finished once")
      }
      return Stored(id: id, plainLength: state.plainLength, sha256: hash.finish())
    }
  }

  /// Gives the body up; its room is taken by the next one.
  public func abandon() {
    let isOpen = state.withLock { state in
      defer { state.isOver = true }
      return !state.isOver
    }
    if isOpen { store.release(segment, end: start) }
  }

  deinit { abandon() }
}
