/// Something that waits for a time on a loop.
protocol TimerTarget: AnyObject {
  /// Called on the loop's thread when the time has come. Returns when to call again, or nil.
  func timeIsUp(now: UInt64) -> UInt64?
}

/// A place in a `TimerWheel` and its generation.
struct TimerHandle: Hashable, Sendable {
  var index: Int32
  var generation: UInt32
}

/// The timers of one loop, in slots of about 17 ms over the next 17 seconds.
///
/// Adding, moving and removing are O(1). A timer that is further away is placed near the horizon
/// and looked at again when its slot comes round. Timers never fire early, and at most one slot late.
struct TimerWheel {
  /// One slot is 2^24 ns.
  static let shift: UInt64 = 24
  static let slotCount = 1_024
  private static let none: Int32 = -1

  private struct Node {
    var due: UInt64 = 0
    var previous = TimerWheel.none
    var next = TimerWheel.none
    /// The slot the node is linked into, or `none` while it is being fired or free.
    var slot = TimerWheel.none
    var generation: UInt32 = 0
    var target: (any TimerTarget)?
  }

  private var nodes: [Node] = []
  private var free: [Int32] = []
  private var heads = [Int32](repeating: TimerWheel.none, count: TimerWheel.slotCount)
  /// One bit per slot that holds a node.
  private var occupied = [UInt64](repeating: 0, count: TimerWheel.slotCount / 64)
  /// The last tick whose slot has been taken.
  private var tick: UInt64
  private(set) var count = 0

  init(now: UInt64) { tick = now >> Self.shift }

  mutating func add(_ target: any TimerTarget, due: UInt64) -> TimerHandle {
    let index: Int32
    if let reused = free.popLast() {
      index = reused
    } else {
      index = Int32(nodes.count)
      nodes.append(Node())
    }
    nodes[Int(index)].target = target
    count += 1
    let handle = TimerHandle(index: index, generation: nodes[Int(index)].generation)
    place(handle, due: due)
    return handle
  }

  /// Who waits behind `handle`, or nil when it was removed.
  func target(_ handle: TimerHandle) -> (any TimerTarget)? {
    let node = nodes[Int(handle.index)]
    return node.generation == handle.generation ? node.target : nil
  }

  /// Sets or changes when the timer fires.
  mutating func place(_ handle: TimerHandle, due: UInt64) {
    guard nodes[Int(handle.index)].generation == handle.generation else { return }
    unlink(handle.index)
    nodes[Int(handle.index)].due = due
    link(handle.index)
  }

  mutating func remove(_ handle: TimerHandle) {
    let index = Int(handle.index)
    guard nodes[index].generation == handle.generation else { return }
    unlink(handle.index)
    nodes[index].target = nil
    nodes[index].generation &+= 1
    free.append(handle.index)
    count -= 1
  }

  /// The timers due at `now`. Each is unlinked: it must then be placed again or removed.
  mutating func takeExpired(now: UInt64) -> [TimerHandle] {
    let end = now >> Self.shift
    guard end > tick else { return [] }
    let steps = min(end - tick, UInt64(Self.slotCount))
    let first = tick + 1
    tick = end
    guard count > 0 else { return [] }
    var expired: [TimerHandle] = []
    for step in 0..<steps {
      takeSlot(Int((first + step) % UInt64(Self.slotCount)), now: now, into: &expired)
    }
    return expired
  }

  /// When the next slot that holds a timer comes round, in nanoseconds; nil without timers.
  var next: UInt64? {
    guard count > 0 else { return nil }
    var ahead = 1
    while ahead <= Self.slotCount {
      let slot = Int((tick + UInt64(ahead)) % UInt64(Self.slotCount))
      let bits = occupied[slot >> 6] >> UInt64(slot & 63)
      if bits != 0 {
        return (tick + UInt64(ahead + bits.trailingZeroBitCount)) << Self.shift
      }
      ahead += 64 - (slot & 63)
    }
    return nil
  }

  private mutating func takeSlot(_ slot: Int, now: UInt64, into expired: inout [TimerHandle]) {
    var index = heads[slot]
    while index != Self.none {
      let next = nodes[Int(index)].next
      unlink(index)
      if nodes[Int(index)].due <= now {
        expired.append(TimerHandle(index: index, generation: nodes[Int(index)].generation))
      } else {
        link(index)
      }
      index = next
    }
  }

  private mutating func link(_ index: Int32) {
    let due = nodes[Int(index)].due
    // The slot after the due time, so that nothing fires early.
    let wanted = due >= UInt64.max - 1 << Self.shift ? UInt64.max : (due >> Self.shift) + 1
    let horizon = UInt64(Self.slotCount - 1)
    var at = max(wanted, tick + 1)
    // What is far away is looked at on few common ticks, so that an idle loop wakes seldom.
    if at - tick > horizon { at = (tick + horizon) & ~63 }
    let slot = Int32(at % UInt64(Self.slotCount))
    let head = heads[Int(slot)]
    nodes[Int(index)].slot = slot
    nodes[Int(index)].previous = Self.none
    nodes[Int(index)].next = head
    if head != Self.none { nodes[Int(head)].previous = index }
    heads[Int(slot)] = index
    occupied[Int(slot) >> 6] |= 1 << UInt64(slot & 63)
  }

  private mutating func unlink(_ index: Int32) {
    let node = nodes[Int(index)]
    guard node.slot != Self.none else { return }
    if node.previous != Self.none {
      nodes[Int(node.previous)].next = node.next
    } else {
      heads[Int(node.slot)] = node.next
      if node.next == Self.none { occupied[Int(node.slot) >> 6] &= ~(1 << UInt64(node.slot & 63)) }
    }
    if node.next != Self.none { nodes[Int(node.next)].previous = node.previous }
    nodes[Int(index)].slot = Self.none
  }
}
