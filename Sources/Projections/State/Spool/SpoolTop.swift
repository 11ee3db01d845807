import Events
import Platform

/// The first entries in an order, of all that are shown to it: a heap whose root is the last.
struct SpoolTop {
  private typealias Rank = (key: Int64, id: Position)

  private let order: SpoolOrder
  private let limit: Int
  private var heap: [(rank: Rank, entry: SpoolEntry)] = []

  init(_ order: SpoolOrder, limit: Int) {
    self.order = order
    self.limit = limit
  }

  /// In order.
  var entries: [SpoolEntry] { heap.sorted { $0.rank < $1.rank }.map(\.entry) }

  /// - Parameter next: when it is attempted next, where the order asks for it.
  mutating func add(_ entry: SpoolEntry, next: Timestamp?) {
    let key: Int64 =
      switch order {
      case .time: 0
      case .priority: -Int64(entry.priority)
      case .size: -Int64(clamping: entry.size)
      case .attempts: -Int64(entry.attempts)
      case .next: next?.microseconds ?? .max
      }
    let rank: Rank = (key, entry.id)
    if heap.count < limit {
      heap.append((rank, entry))
      rise(heap.count - 1)
    } else if let last = heap.first, rank < last.rank {
      heap[0] = (rank, entry)
      sink(0)
    }
  }

  private mutating func rise(_ index: Int) {
    var index = index
    while index > 0, heap[(index - 1) / 2].rank < heap[index].rank {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  private mutating func sink(_ index: Int) {
    var index = index
    while true {
      var largest = index
      for child in [2 * index + 1, 2 * index + 2] where child < heap.count {
        if heap[largest].rank < heap[child].rank { largest = child }
      }
      guard largest != index else { return }
      heap.swapAt(index, largest)
      index = largest
    }
  }
}
