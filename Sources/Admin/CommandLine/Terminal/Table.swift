import Control

/// Rows laid out in columns under their names.
struct Table {
  let lines: [String]

  init(_ rows: [Row]) {
    guard let names = rows.first?.names else {
      lines = []
      return
    }
    let cells = [names] + rows.map { row in names.map { row[$0]?.cell ?? "-" } }
    let widths = names.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    lines = cells.map { line in
      zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
        .joined(separator: "  ").trimmingTrailingSpaces
    }
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
  }
}
