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
    /// What has come and is not yet written, at most a chunk.
    var pending: [UInt8] = []
    var plainLength: UInt64 = 0
    var progress: Progress
  }

  /// What is written.
  private struct Progress: ~Copyable {
    /// Where the body goes; nil once it is stored or given up.
    var tail: SegmentTail?
    var hash: SHA256Stream? = SHA256Stream()
    var checks: [UInt8] = []
    var chunk: UInt64 = 0
    var end: UInt64

    init(_ tail: SegmentTail) {
      self.tail = tail
      end = tail.end + UInt64(BodyHead.size)
    }
  }

  private let store: ContentStore
  private let id: ContentID
  private let prefix: [UInt8]
  private let seal: ChunkSeal
  private let state: Mutex<State>

  init(
    _ store: ContentStore, _ tail: SegmentTail, dataKey: Key, id: ContentID, prefix: [UInt8]
  ) {
    self.store = store
    self.id = id
    self.prefix = prefix
    seal = ChunkSeal(key: ContentSealer.key(dataKey), prefix: prefix, aad: id.rawValue.bytes)
    state = Mutex(State(progress: Progress(tail)))
  }

  /// Takes the next octets of the body; full chunks are sealed and written, not yet synced.
  ///
  /// - Throws: `SystemError` where the disk is full, `ContentError`; then give the body up.
  public func append(_ octets: [UInt8]) throws {
    try state.withLock { state in
      precondition(state.progress.tail != nil, "a body that is over takes nothing more")
      state.plainLength += UInt64(octets.count)
      guard state.plainLength <= ChunkSeal.maximumByteCount else {
        throw ContentError.tooLarge(limit: ChunkSeal.maximumByteCount)
      }
      var start = 0
      if !state.pending.isEmpty {
        start = min(octets.count, ChunkSeal.chunkSize - state.pending.count)
        state.pending += octets[..<start]
      }
      // The last chunk is marked as such, so one that is full waits until more comes.
      guard start < octets.count else { return }
      if !state.pending.isEmpty {
        try write(&state.pending, &state.progress)
      }
      while octets.count - start > ChunkSeal.chunkSize {
        let chunk = start..<start + ChunkSeal.chunkSize
        try write(octets.span.extracting(chunk), &state.progress, isLast: false)
        start = chunk.upperBound
      }
      state.pending += octets[start...]
    }
  }

  /// Seals and writes what is pending, and keeps its room.
  private func write(
    _ pending: inout [UInt8], _ progress: inout Progress, isLast: Bool = false
  ) throws {
    try write(pending.span, &progress, isLast: isLast)
    pending.removeAll(keepingCapacity: true)
  }

  /// Seals and writes one chunk.
  private func write(_ plain: Span<UInt8>, _ state: inout Progress, isLast: Bool) throws {
    var sealed: [UInt8] = []
    sealed.reserveCapacity(plain.count + ChunkSeal.tagSize)
    seal.seal(plain, chunk: state.chunk, isLast: isLast, to: &sealed)
    state.hash?.update(sealed)
    state.checks.append(bigEndian: CRC32C.of(sealed))
    try put(sealed, &state)
    state.chunk += 1
  }

  private func put(_ bytes: [UInt8], _ state: inout Progress) throws {
    let end = state.end + UInt64(bytes.count)
    try store.guarding {
      guard var tail = state.tail else { throw ContentError.closed }
      try store.reserve(end, &tail)
      try tail.file.write(bytes, at: state.end)
      tail.file.startWriteback(bytes.count, at: state.end)
      state.tail = tail
    }
    state.end = end
  }

  /// Ends the body. It is on the disk, whole, when this returns.
  public func finish() throws -> Stored {
    try state.withLock { state in
      guard state.progress.tail != nil else { throw ContentError.closed }
      try write(&state.pending, &state.progress, isLast: true)
      try put(state.progress.checks, &state.progress)
      guard let hash = state.progress.hash.take(), var tail = state.progress.tail else {
        throw ContentError.closed
      }
      let head = BodyHead(
        segment: tail.segment.number, content: id, plainLength: state.plainLength, prefix: prefix)
      let offset = tail.end
      try store.guarding {
        try store.reserve(offset + head.span, &tail)
        try store.unsynced {
          try tail.file.write(head.bytes, at: offset)
          try tail.file.syncData()
        }
      }
      state.progress.tail = nil
      tail.end += head.span
      tail.written = max(tail.written, tail.end)
      store.add([BodyEntry(head, at: offset)], end: tail.end, to: tail.segment)
      try store.release(tail)
      return Stored(id: id, plainLength: state.plainLength, sha256: hash.finish())
    }
  }

  /// Gives the body up; its room is taken by the next one.
  public func abandon() {
    let tail = state.withLock { state in state.progress.tail.take() }
    if let tail { store.giveBack(tail) }
  }

  deinit { abandon() }
}

extension ContentStore {
  /// Begins to receive a body of any length, in a segment that nobody else appends to meanwhile.
  ///
  /// It works with the disk: call it, and everything of the `LargeBody`, off the event loops.
  public func receive(dataKey: Key, entropy: some Entropy) throws -> LargeBody {
    LargeBody(
      self, try lease(), dataKey: dataKey, id: ContentID(rawValue: entropy.id()),
      prefix: entropy.bytes(ChunkSeal.prefixSize))
  }

  /// Takes back a segment to which nothing was added.
  func giveBack(_ tail: SegmentTail) {
    segments.withLock { segments in
      if !segments.isBroken, !segments.isClosed { segments.idle.append(tail) }
    }
  }
}
