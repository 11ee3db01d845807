import Events
import Platform

/// Brings a state up to the journal's head: folds what it lacks, page by page.
///
/// Also how a state is rebuilt from nothing. The state must be used by nobody else meanwhile.
public struct FoldForward {
  /// Events after which the state is committed.
  private static let stride: UInt64 = 20_000

  private let reader: JournalReader

  public init(_ reader: JournalReader) {
    self.reader = reader
  }

  /// Folds from the state's checkpoint to the head, or to a position before it.
  ///
  /// - Parameter onFold: told now and then how far it is: folded, and where it ends; it throws to
  ///   stop.
  /// - Throws: what reading, folding and `onFold` throw; the state is then as of its last commit.
  public func run<State: FoldingState>(
    _ state: State, through last: Position = Position(.max),
    onFold: (Position, Position) throws -> Void = { _, _ in }
  ) throws {
    let decoder = reader.decoder()
    let log = reader.log
    var position = try state.checkpoint?.position ?? .zero
    var head = min(try reader.head, last)
    while position < head {
      let end = min(head, position.advanced(by: Self.stride))
      do {
        try state.begin()
        position = try fold(position, through: end, state, decoder)
        try state.commit(
          checkpoint: StateCheckpoint(log: log, position: end, root: try reader.root(at: end)))
      } catch {
        state.abort()
        throw error
      }
      head = min(try reader.head, last)
      try onFold(position, head)
    }
  }

  private func fold<State: FoldingState>(
    _ start: Position, through end: Position, _ state: State, _ decoder: RecordDecoder
  ) throws -> Position {
    var position = start
    while position < end {
      let page = try reader.page(
        after: position, limit: Int(clamping: end.rawValue - position.rawValue))
      for index in 0..<page.count { try state.fold(try decoder.decode(page[index])) }
      position = page.last
    }
    return position
  }
}
