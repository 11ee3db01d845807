import Store

/// The handles of State's tables in one open environment.
struct StateTables: Sendable {
  private let tables: [Table]

  init(_ environment: Store.Environment) {
    tables = StateTable.allCases.map { environment.table($0.name) }
  }

  @inline(__always)
  subscript(_ table: StateTable) -> Table { tables[table.rawValue] }
}
