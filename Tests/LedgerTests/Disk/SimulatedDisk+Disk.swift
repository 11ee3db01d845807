import Ledger
import Platform
import Synchronization
import TestKit

extension SimulatedDisk {
  func open(_ path: String, _ access: DiskAccess) throws -> any DiskFile {
    if access == .create {
      return try operate("open", path) { state, _ in
        guard state.names[path] == nil else {
          throw SystemError(code: 17, operation: "open", path: path)
        }
        let node = state.nodes.count + 1
        state.nodes[node] = Node()
        state.names[path] = node
        state.pendingNames.append(.set(path, node))
        return SimulatedFile(self, node: node, path: path)
      }
    }
    return try look { state in
      guard let node = state.names[path] else {
        throw SystemError(code: 2, operation: "open", path: path)
      }
      return SimulatedFile(self, node: node, path: path)
    }
  }

  func list(_ directory: String) throws -> [String] {
    try look { state in
      state.names.keys.filter { $0.hasPrefix(directory + "/") }
        .map { String($0.dropFirst(directory.utf8.count + 1)) }.sorted()
    }
  }

  func exists(_ path: String) -> Bool {
    state.withLock { state in
      state.names[path] != nil || state.names.keys.contains { $0.hasPrefix(path + "/") }
    }
  }

  func createDirectory(_ path: String) throws {}

  func rename(_ path: String, to other: String) throws {
    try operate("rename", path) { state, _ in
      guard let node = state.names[path] else {
        throw SystemError(code: 2, operation: "rename", path: path)
      }
      state.names[path] = nil
      state.names[other] = node
      // One step: a crash leaves the one name or the other.
      state.pendingNames += [.set(other, node), .remove(path)]
    }
  }

  func remove(_ path: String) throws {
    try operate("unlink", path) { state, _ in
      guard state.names.removeValue(forKey: path) != nil else {
        throw SystemError(code: 2, operation: "unlink", path: path)
      }
      state.pendingNames.append(.remove(path))
    }
  }

  func sync(_ directory: String) throws {
    try operate("fsync", directory) { state, _ in
      guard syncs else { return }
      for change in state.pendingNames { state.durableNames.apply(change) }
      state.pendingNames = []
    }
  }
}

/// One open file of a simulated disk; it outlives its name.
final class SimulatedFile: DiskFile {
  let path: String
  private let disk: SimulatedDisk
  private let node: Int

  init(_ disk: SimulatedDisk, node: Int, path: String) {
    self.disk = disk
    self.node = node
    self.path = path
  }

  private func bytes(_ state: SimulatedDisk.State) -> [UInt8] { state.nodes[node]?.now ?? [] }

  func size() throws -> UInt64 { try disk.look { UInt64(bytes($0).count) } }

  func read(_ count: Int, at offset: UInt64) throws -> [UInt8] {
    try disk.look { state in
      let bytes = bytes(state)
      let start = min(Int(offset), bytes.count)
      return Array(bytes[start..<min(start + count, bytes.count)])
    }
  }

  func readCached(_ count: Int, at offset: UInt64) throws -> [UInt8]? {
    try read(count, at: offset)
  }

  func write(_ bytes: [UInt8], at offset: UInt64) throws {
    try disk.operate("pwrite", path, isTearable: true) { [node] state, isTorn in
      let done = isTorn ? Array(bytes[..<(bytes.count / 2)]) : bytes
      state.nodes[node]?.write(done, at: Int(offset))
    }
  }

  func allocate(_ size: UInt64) throws {
    try disk.operate("fallocate", path) { [node] state, _ in
      let now = bytes(state).count
      guard now < Int(size) else { return }
      if let room = state.room, state.used + Int(size) - now > room {
        throw SystemError(code: 28, operation: "fallocate", path: path)
      }
      state.nodes[node]?.resize(Int(size))
    }
  }

  func truncate(to size: UInt64) throws {
    try disk.operate("ftruncate", path) { [node] state, _ in
      state.nodes[node]?.resize(Int(size))
    }
  }

  func syncData() throws {
    try disk.operate("fdatasync", path) { [node, disk] state, _ in
      if disk.syncs { state.nodes[node]?.sync(withSize: false) }
    }
  }

  func syncAll() throws {
    try disk.operate("fsync", path) { [node, disk] state, _ in
      if disk.syncs { state.nodes[node]?.sync(withSize: true) }
    }
  }
}

extension SimulatedDisk.Node {
  mutating func write(_ bytes: [UInt8], at offset: Int) {
    if offset + bytes.count > now.count { resize(offset + bytes.count) }
    now.overlay(bytes, at: offset)
    pending.append(.write(offset: offset, bytes: bytes))
  }

  mutating func resize(_ size: Int) {
    now.resize(to: size)
    pending.append(.size(size))
  }

  /// Writes reach the disk; a new size only where it is asked for.
  mutating func sync(withSize: Bool) {
    if withSize { durableSize = now.count }
    durable = now
    pending = pending.filter { if case .size = $0 { !withSize } else { false } }
  }
}
