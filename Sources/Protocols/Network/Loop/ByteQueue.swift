/// Octets that wait: appended at the end, consumed at the start, in memory of a `BufferPool`.
///
/// Confined to a loop. The owner must `release` it; it is a plain value without a deinit.
struct ByteQueue {
  private var memory: UnsafeMutableRawPointer?
  private var capacity = 0
  private var start = 0
  private var end = 0

  var count: Int { end - start }
  var isEmpty: Bool { end == start }
  /// The octets that wait. Valid until the queue changes.
  var bytes: UnsafeRawBufferPointer {
    guard let memory else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: memory + start, count: count)
  }

  /// Free room at the end, at least `least` octets of it.
  mutating func room(_ least: Int, from pool: BufferPool) -> UnsafeMutableRawBufferPointer {
    if capacity - end < least { makeRoom(least, from: pool) }
    guard let memory else { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
    return UnsafeMutableRawBufferPointer(start: memory + end, count: capacity - end)
  }

  /// Says that `count` octets were put into the room.
  mutating func filled(_ count: Int) { end += count }

  mutating func consume(_ count: Int) {
    start += min(count, self.count)
    if start == end {
      start = 0
      end = 0
    }
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer, from pool: BufferPool) {
    guard !bytes.isEmpty else { return }
    room(bytes.count, from: pool).copyMemory(from: bytes)
    end += bytes.count
  }

  /// Gives the memory back and forgets what it held.
  mutating func release(to pool: BufferPool) {
    if let memory { pool.give(memory, capacity: capacity) }
    memory = nil
    capacity = 0
    start = 0
    end = 0
  }

  /// Frees the memory where no pool can be reached any more.
  mutating func deallocate() {
    memory?.deallocate()
    memory = nil
  }

  private mutating func makeRoom(_ least: Int, from pool: BufferPool) {
    let held = count
    if let memory, capacity - held >= least, held <= capacity / 2 {
      memory.copyMemory(from: memory + start, byteCount: held)
    } else if memory == nil, least <= BufferPool.size {
      memory = pool.take()
      capacity = BufferPool.size
    } else {
      var larger = max(BufferPool.size, capacity * 2)
      while larger - held < least { larger *= 2 }
      let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
      if let memory {
        moved.copyMemory(from: memory + start, byteCount: held)
        pool.give(memory, capacity: capacity)
      }
      memory = moved
      capacity = larger
    }
    start = 0
    end = held
  }
}
