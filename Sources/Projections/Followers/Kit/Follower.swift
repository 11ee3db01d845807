import Events
import Store

/// A projection of its own: it reads the journal in order, may lag, and can be folded anew.
///
/// A follower says which tables it has and how one event changes them. When it runs, on which
/// thread, and where it stands is the runner's.
public protocol Follower: Sendable {
  /// What a fold needs besides the event; made before the transaction is opened.
  associatedtype Prepared: Sendable

  /// Frozen: the name of its directory below `followers`.
  static var name: String { get }
  /// Frozen: names of its tables; they are part of the logical digest.
  static var tables: [String] { get }
  /// Changes with every change of a row or a fold; another format is folded anew.
  static var format: UInt64 { get }

  /// Whether the fold looks at personal fields; where it does not they stay sealed, and it sees all
  /// of them as erased.
  static var readsPersonal: Bool { get }

  /// Reads whatever the fold needs besides the event, such as a body. May block.
  func prepare(_ recorded: Recorded) throws -> Prepared

  /// Folds one event: a pure function of the rows, the event and what was prepared.
  func fold(
    _ recorded: Recorded, _ prepared: Prepared, _ tables: FollowerTables,
    _ transaction: borrowing WriteTransaction
  ) throws
}

extension Follower where Prepared == Void {
  public func prepare(_ recorded: Recorded) throws {}
}

/// The handles of a follower's tables in one open environment.
public struct FollowerTables: Sendable {
  static let meta = "meta"
  private let tables: [String: Table]
  /// Those that are folded.
  let folded: [Table]
  let meta: Table

  init(_ environment: Store.Environment, _ names: [String]) {
    folded = names.map { environment.table($0) }
    tables = Dictionary(uniqueKeysWithValues: zip(names, folded))
    meta = environment.table(Self.meta)
  }

  /// The table of that name, which must be one the follower declared.
  public subscript(_ name: String) -> Table {
    guard let table = tables[name] else { preconditionFailure("no table \(name) was declared") }
    return table
  }
}
