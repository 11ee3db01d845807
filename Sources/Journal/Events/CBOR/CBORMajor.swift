/// The major types that occur in a record. RFC 8949 §3.1
enum CBORMajor {
  static let unsigned: UInt8 = 0
  static let negative: UInt8 = 1
  static let bytes: UInt8 = 2
  static let text: UInt8 = 3
  static let array: UInt8 = 4
  static let map: UInt8 = 5
  static let simple: UInt8 = 7

  /// The simple values that occur. RFC 8949 §3.3
  static let `false`: UInt64 = 20
  static let `true`: UInt64 = 21
  static let null: UInt64 = 22
}
