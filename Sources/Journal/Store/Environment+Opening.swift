import CLMDB
import Glibc
import Platform

extension Environment {
  /// Makes the directory, and refuses what must not be mapped.
  static func prepare(_ path: String, _ options: Options) throws(StoreError) {
    let volume: Volume
    do throws(SystemError) {
      if options.access == .readWrite { try Directory.create(path) }
      volume = try Directory.volume(path)
    } catch {
      throw error.isNotFound ? .notFound("directory \(path)") : StoreError(error)
    }
    if let kind = volume.remoteKind { throw .remoteVolume(kind) }
    try DataFile.check("\(path)/data.mdb", mustExist: options.access != .readWrite)
  }

  static func open(_ path: String, _ options: Options) throws(StoreError) -> OpaquePointer {
    var created: OpaquePointer?
    try StoreError.check(mdb_env_create(&created), "create")
    guard let raw = created else { throw .other(code: ENOMEM, operation: "create") }
    // No WRITEMAP: a stray write through a pointer would change the journal. No read-ahead: reads
    // are small and scattered. NOTLS: a read transaction belongs to whoever holds it, not to a
    // thread, so tasks may use it.
    var flags = MDB_NOTLS | MDB_NORDAHEAD
    if options.durability == .unsynced { flags |= MDB_NOSYNC }
    if options.access != .readWrite { flags |= MDB_RDONLY }
    if options.access == .observing { flags |= MDB_NOLOCK }
    do throws(StoreError) {
      try StoreError.check(mdb_env_set_mapsize(raw, options.mapSize), "set the map size")
      try StoreError.check(mdb_env_set_maxdbs(raw, MDB_dbi(options.maxTables)), "set the tables")
      try StoreError.check(
        mdb_env_set_maxreaders(raw, UInt32(options.maxReaders)), "set the readers")
      try StoreError.check(mdb_env_open(raw, path, UInt32(flags), 0o600), "open")
      var dead: Int32 = 0
      // Readers of processes that were killed would hold their pages back for ever.
      try StoreError.check(mdb_reader_check(raw, &dead), "clear dead readers")
    } catch {
      mdb_env_close(raw)
      throw error
    }
    return raw
  }

  static func openTables(
    _ raw: OpaquePointer, _ names: [String], _ options: Options, _ path: String
  ) throws(StoreError) -> [String: Table] {
    let isReadOnly = options.access != .readWrite
    var begun: OpaquePointer?
    try StoreError.check(
      mdb_txn_begin(raw, nil, UInt32(isReadOnly ? MDB_RDONLY : 0), &begun), "open the tables")
    guard let transaction = begun else {
      throw .other(code: MDB_PANIC, operation: "open the tables")
    }
    var tables: [String: Table] = [:]
    for name in names {
      var index: MDB_dbi = 0
      let code = mdb_dbi_open(transaction, name, UInt32(isReadOnly ? 0 : MDB_CREATE), &index)
      guard code == MDB_SUCCESS else {
        mdb_txn_abort(transaction)
        throw code == MDB_NOTFOUND
          ? .notFound("table \(name) in \(path)/data.mdb")
          : StoreError(code: code, operation: "open table \(name)")
      }
      tables[name] = Table(name: name, index: index)
    }
    // A read transaction, too, must be committed for its table handles to stay.
    try StoreError.check(mdb_txn_commit(transaction), "open the tables")
    return tables
  }
}
