import Ledger
import Platform
import Synchronization
import TestKit

/// A disk in memory that can stop at any operation, forget what was not synced, and fail.
///
/// Stricter than POSIX asks: a name needs a sync of its directory, `syncData` brings no new size to
/// the disk, and of writes that were not synced each sector may be there or not.
final class SimulatedDisk: Disk {
  /// What happens at the operation `at`, counted from 1.
  struct Fault: Sendable {
    enum Kind: Sendable {
      case crash
      case error(Int32)
    }
    var at: Int
    var kind: Kind
  }

  /// What a crash leaves of what was not synced.
  enum Remains: Sendable {
    case nothing, everything
    case some(seed: UInt64)
  }

  struct Crashed: Error {}

  struct Node {
    var now: [UInt8] = []
    var durable: [UInt8] = []
    var durableSize = 0
    var pending: [Change] = []
  }

  enum Change {
    case write(offset: Int, bytes: [UInt8])
    case size(Int)
  }

  enum NameChange {
    case set(String, Int)
    case remove(String)
  }

  struct State {
    var nodes: [Int: Node] = [:]
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    var pendingNames: [NameChange] = []
    var operations = 0
    var hasCrashed = false
    /// Bytes that all files may reserve together; nil where there is no end.
    var room: Int?

    var used: Int { nodes.values.reduce(0) { $0 + $1.now.count } }
  }

  let state: Mutex<State>
  private let fault: Fault?
  private let ignoresSyncs: Bool

  init(fault: Fault? = nil, ignoresSyncs: Bool = false) {
    state = Mutex(State())
    self.fault = fault
    self.ignoresSyncs = ignoresSyncs
  }

  private init(_ state: State, fault: Fault?) {
    self.state = Mutex(state)
    self.fault = fault
    ignoresSyncs = false
  }

  /// How many operations that change something there were.
  var operations: Int { state.withLock { $0.operations } }

  /// Lets all files together reserve so many bytes from now on.
  func limit(to room: Int?) { state.withLock { $0.room = room } }

  /// The disk as it is found after a crash.
  func afterCrash(_ remains: Remains, fault: Fault? = nil) -> SimulatedDisk {
    state.withLock { state in
      var random = SeededRandom(seed: 0)
      if case .some(let seed) = remains { random = SeededRandom(seed: seed) }
      var left = State()
      left.nodes = state.nodes.mapValues { $0.afterCrash(remains, &random) }
      left.names = state.durableNames
      let kept: Int =
        switch remains {
        case .nothing: 0
        case .everything: state.pendingNames.count
        case .some: Int.random(in: 0...state.pendingNames.count, using: &random)
        }
      for change in state.pendingNames[..<kept] { left.names.apply(change) }
      left.durableNames = left.names
      return SimulatedDisk(left, fault: fault)
    }
  }

  /// Runs a change, or the fault that is due at it. Before a fault `change` is asked for what it
  /// leaves half done, which is something for writes only.
  func operate<R>(
    _ what: String, _ path: String, isTearable: Bool = false,
    _ change: (inout State, _ isTorn: Bool) throws -> R
  ) throws -> R {
    try state.withLock { state in
      guard !state.hasCrashed else { throw Crashed() }
      state.operations += 1
      if let fault, fault.at == state.operations {
        if isTearable { _ = try change(&state, true) }
        if case .error(let code) = fault.kind {
          throw SystemError(code: code, operation: what, path: path)
        }
        state.hasCrashed = true
        throw Crashed()
      }
      return try change(&state, false)
    }
  }

  func look<R>(_ body: (State) throws -> R) throws -> R {
    try state.withLock { state in
      guard !state.hasCrashed else { throw Crashed() }
      return try body(state)
    }
  }

  /// Whether a sync does anything.
  var syncs: Bool { !ignoresSyncs }
}

extension SimulatedDisk.Node {
  func afterCrash(
    _ remains: SimulatedDisk.Remains, _ random: inout SeededRandom
  ) -> SimulatedDisk.Node {
    var bytes = durable
    var size = durableSize
    for change in pending {
      switch (change, remains) {
      case (_, .nothing): break
      case (.size(let new), .everything): size = new
      case (.size(let new), .some): if Bool.random(using: &random) { size = new }
      case (.write(let offset, let data), .everything): bytes.overlay(data, at: offset)
      case (.write(let offset, let data), .some):
        bytes.overlay(data, at: offset, sectors: &random)
      }
    }
    bytes.resize(to: size)
    return SimulatedDisk.Node(now: bytes, durable: bytes, durableSize: size)
  }
}

extension [String: Int] {
  mutating func apply(_ change: SimulatedDisk.NameChange) {
    switch change {
    case .set(let name, let node): self[name] = node
    case .remove(let name): self[name] = nil
    }
  }
}

extension [UInt8] {
  mutating func resize(to size: Int) {
    if count > size { removeLast(count - size) }
    append(contentsOf: repeatElement(0, count: size - count))
  }

  mutating func overlay(_ bytes: [UInt8], at offset: Int) {
    if count < offset + bytes.count { resize(to: offset + bytes.count) }
    replaceSubrange(offset..<offset + bytes.count, with: bytes)
  }

  /// Each sector of 512 bytes is written or not.
  mutating func overlay(_ bytes: [UInt8], at offset: Int, sectors random: inout SeededRandom) {
    var start = 0
    let tears = Int.random(in: 0..<4, using: &random)
    while start < bytes.count {
      let end = Swift.min((offset + start) / 512 * 512 + 512 - offset, bytes.count)
      let isKept = tears == 0 || (tears > 1 && Bool.random(using: &random))
      if isKept { overlay(Array(bytes[start..<end]), at: offset + start) }
      start = end
    }
  }
}
