import Events
import Ledger
import MailFormat
import Platform
import State

/// The octets of one stored message: its prefix, then the body that its copies share.
///
/// Only verified plaintext comes out. Nothing is kept: a piece at a time is read.
struct MessageOctets: Sendable {
  /// How much of a header is looked into; what is beyond is not searched and not picked from.
  static let longestHeader: UInt64 = 1_048_576
  /// How many octets are opened at a time on the loop, where other sessions wait.
  static let pieceOnLoop: UInt64 = 262_144

  let prefix: [UInt8]
  /// Octets of the body.
  let length: UInt64
  let body: ContentID
  let dataKey: Key
  let node: Node

  /// The first octets of a range of the body: at least one, where the range has any. Blocks, so it
  /// is for the pool.
  func read(_ range: Range<UInt64>) throws -> [UInt8] {
    let piece = try node.journal.content.read(body, dataKey: dataKey, range)
    // A body shorter than its event says would otherwise be asked for again and again.
    guard range.isEmpty || !piece.isEmpty else { throw ContentError.absent(body) }
    return piece
  }

  /// The same from the loop: at once where the page is cached, else from the pool.
  func piece(_ range: Range<UInt64>) async throws -> [UInt8] {
    let first = range.lowerBound..<min(range.upperBound, range.lowerBound + Self.pieceOnLoop)
    let cached = try node.journal.content.readIfCached(body, dataKey: dataKey, first)
    if let cached, range.isEmpty || !cached.isEmpty { return cached }
    return try await node.pool.run { try read(range) }
  }

  /// A header that lies in a range of the body, the prefix in front where it belongs to it.
  func header(hasPrefix: Bool, in range: Range<UInt64>) async throws -> [UInt8] {
    var header = hasPrefix ? prefix : []
    var rest = range.lowerBound..<min(range.upperBound, range.lowerBound + Self.longestHeader)
    while !rest.isEmpty {
      let piece = try await piece(rest)
      header += piece
      rest = rest.lowerBound + UInt64(piece.count)..<rest.upperBound
    }
    return header
  }

  /// The message's own header with the prefix. Blocks.
  func header() throws -> HeaderBlock {
    var octets = prefix
    var next: UInt64 = 0
    while next < min(length, Self.longestHeader) {
      let piece = try read(next..<length)
      octets += piece
      next += UInt64(piece.count)
      let block = HeaderBlock(octets)
      if block.length < octets.count { return block }
    }
    return HeaderBlock(octets)
  }

  /// What a scan of the whole body finds out. Blocks.
  func facts() throws -> MessageFacts {
    var scanner = MessageScanner()
    var next: UInt64 = 0
    while next < length {
      let piece = try read(next..<length)
      scanner.feed(piece)
      next += UInt64(piece.count)
    }
    return scanner.finish()
  }
}
