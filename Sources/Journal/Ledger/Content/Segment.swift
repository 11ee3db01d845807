import Events
import Platform

/// One segment file, open: bodies one after another behind its head.
final class Segment: Sendable {
  /// Bytes after which nothing is appended any more.
  static let limit: UInt64 = 256 << 20
  /// Bytes by which the file grows, so that a sync seldom has to bring a new size to the disk.
  static let step: UInt64 = 16 << 20

  let number: UInt32
  let file: any DiskFile

  init(number: UInt32, file: any DiskFile) {
    self.number = number
    self.file = file
  }

  static func name(_ number: UInt32) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits + ".seg"
  }

  static func number(of name: String) -> UInt32? {
    guard name.hasSuffix(".seg"), name.utf8.count == 20 else { return nil }
    return UInt32(name.dropLast(4), radix: 16)
  }

  /// The head of the body at an offset; nil where there is none that lies whole in the file.
  func head(at offset: UInt64, size: UInt64) throws -> BodyHead? {
    guard offset + UInt64(BodyHead.size) <= size,
      let head = BodyHead(try file.read(BodyHead.size, at: offset), in: number),
      offset + UInt64(BodyHead.size) + head.sealedLength <= size
    else { return nil }
    return head
  }

  /// Goes through the bodies from the front; the end of the last one.
  func walk(_ body: (BodyHead, UInt64) throws -> Void) throws -> UInt64 {
    let size = try file.size()
    var offset = UInt64(SegmentHead.size)
    while let head = try head(at: offset, size: size) {
      try body(head, offset)
      offset += head.span
    }
    return offset
  }

  /// Sees to it that the file reaches to `end`, its size on the disk.
  func reserve(_ end: UInt64) throws {
    let size = try file.size()
    guard size < end else { return }
    try file.allocate((end + Self.step - 1) / Self.step * Self.step)
    try file.syncAll()
  }
}
