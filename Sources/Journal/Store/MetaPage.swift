/// What a meta page of an LMDB data file says: data version 1, on 64-bit machines.
struct MetaPage {
  /// Bytes of it that matter: the page header (16), then `MDB_meta` (136).
  static let count = 152
  static let pageSizes: [UInt64] = [4096, 8192, 16_384, 32_768, 65_536, 2048, 1024, 512]

  /// Bytes of every page.
  let pageSize: UInt64
  /// The root of the tree of free pages; `noPage` where it is empty.
  let freeRoot: UInt64
  /// The number of the last page in use.
  let lastPage: UInt64
  /// The transaction that wrote the page; the greater one counts.
  let transaction: UInt64

  static let noPage = UInt64.max

  /// Nil where `bytes` are no meta page number `page`.
  init?(_ bytes: [UInt8], page: UInt64) {
    guard bytes.count == Self.count, bytes.number(UInt64.self, at: 0) == page,
      bytes.number(UInt16.self, at: 10) & 0x08 != 0,  // P_META
      bytes.number(UInt32.self, at: 16) == 0xbeef_c0de,  // MDB_MAGIC
      bytes.number(UInt32.self, at: 20) == 1  // MDB_DATA_VERSION
    else { return nil }
    pageSize = UInt64(bytes.number(UInt32.self, at: 40))
    freeRoot = bytes.number(UInt64.self, at: 80)
    lastPage = bytes.number(UInt64.self, at: 136)
    transaction = bytes.number(UInt64.self, at: 144)
    guard Self.pageSizes.contains(pageSize), lastPage >= 1, lastPage < 1 << 44 else { return nil }
  }

  /// Whether its pages lie before its last one. The older of two may say otherwise: where a meta
  /// page could not be written, LMDB puts the old transaction back over the new roots.
  var isSound: Bool { freeRoot == Self.noPage || freeRoot <= lastPage }
}

extension [UInt8] {
  /// The number at `offset` in the machine's byte order, as LMDB writes them.
  func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _: Number.Type, at offset: Int
  ) -> Number {
    withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
  }
}
