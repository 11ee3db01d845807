import Platform
import Store

/// What a projection says, whatever its file looks like: SHA-256 over its tables by name, and over
/// each table's keys and values in key order, every part with its length before it. DESIGN §5
public enum LogicalDigest {
  /// The digest of `tables` as one transaction sees them.
  public static func of<Transaction: Reading & ~Copyable>(
    _ tables: [Table], _ transaction: borrowing Transaction
  ) throws -> Digest {
    var stream = SHA256Stream()
    var lengths = RowWriter(capacity: 8)
    for table in tables.sorted(by: { $0.name < $1.name }) {
      add(table.name.utf8.count, &lengths, &stream)
      stream.update(Array(table.name.utf8))
      add(try transaction.count(table), &lengths, &stream)
      try transaction.scan(table, prefix: []) { key, row in
        add(key.byteCount, &lengths, &stream)
        stream.update(key)
        add(row.byteCount, &lengths, &stream)
        stream.update(row)
        return true
      }
    }
    return stream.finish()
  }

  private static func add(
    _ length: Int, _ writer: inout RowWriter, _ stream: inout SHA256Stream
  ) {
    writer.clear()
    writer.uint64(UInt64(length))
    stream.update(writer.bytes)
  }
}
