import CLMDB
import Glibc
import Platform

extension Environment {
  /// Brings every commit to the disk, for an `unsynced` environment.
  ///
  /// Throws `outcomeUnknown`; never call it again then.
  public func sync() throws(StoreError) {
    _ = try enter(for: .writing)
    defer { leave(nil) }
    let code = mdb_env_sync(raw, 1)
    if code != MDB_SUCCESS { throw failed(.outcomeUnknown(code: code, operation: "sync")) }
  }

  /// Writes a copy of this moment, synced, into the new or empty directory `target`.
  ///
  /// `compacting` leaves free pages out, and takes longer. It is a read transaction for as long as
  /// it takes, so the file may grow meanwhile.
  public func copy(to target: String, compacting: Bool) throws(StoreError) {
    _ = try enter(for: .upkeep)
    defer { leave(nil) }
    do throws(SystemError) {
      try Directory.create(target)
      let file = try Descriptor.open("\(target)/data.mdb", [.write, .create, .exclusive])
      let code = mdb_env_copyfd2(raw, file.raw, UInt32(compacting ? MDB_CP_COMPACT : 0))
      guard code == MDB_SUCCESS else {
        throw SystemError(code: code, operation: "copy to", path: target)
      }
      try file.fsync()
      try Directory.sync(target)
    } catch {
      throw StoreError(error)
    }
  }

  /// Bytes of the file up to its last page, free ones among them counted.
  public var usedBytes: Int {
    get throws(StoreError) {
      _ = try enter(for: .upkeep)
      defer { leave(nil) }
      var information = MDB_envinfo()
      var status = MDB_stat()
      try StoreError.check(mdb_env_info(raw, &information), "look at the environment")
      try StoreError.check(mdb_env_stat(raw, &status), "look at the environment")
      return (information.me_last_pgno + 1) * Int(status.ms_psize)
    }
  }

  /// What the error of a commit means.
  ///
  /// LMDB writes the pages, syncs them, and only then writes the meta page that makes the change
  /// visible. Where it failed in that last step it refuses all further writing (MDB_PANIC), and the
  /// outcome is unknown. Before it, nothing was changed; that is told only of a full disk, which
  /// people can mend. LMDB reports a write cut short by a full disk as EIO, so the disk is asked.
  func commitFailure(_ code: Int32) -> StoreError {
    if code == MDB_MAP_FULL { return .full }
    if code == MDB_BAD_TXN { return .other(code: code, operation: "commit") }
    let maybeFull = code == ENOSPC || code == EDQUOT || (code == EIO && isVolumeFull)
    guard maybeFull else {
      return failed(.outcomeUnknown(code: code, operation: "commit"))
    }
    var probe: OpaquePointer?
    guard mdb_txn_begin(raw, nil, 0, &probe) == MDB_SUCCESS, let probe else {
      return failed(.outcomeUnknown(code: code, operation: "commit"))
    }
    mdb_txn_abort(probe)
    return .full
  }

  private var isVolumeFull: Bool {
    guard let volume = try? Directory.volume(path) else { return false }
    return volume.freeBytes < 1 << 20
  }
}
