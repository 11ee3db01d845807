/// A heap of numbered things, the first in rank at its top; each can be moved and removed.
struct RankedHeap<Rank: Comparable & Sendable>: Sendable {
  private var nodes: [(rank: Rank, id: Int)] = []
  private var places: [Int: Int] = [:]

  var isEmpty: Bool { nodes.isEmpty }
  var count: Int { nodes.count }
  var first: Int? { nodes.first?.id }
  var firstRank: Rank? { nodes.first?.rank }
  /// All of them, in no order.
  var ids: [Int] { nodes.map(\.id) }

  /// Puts a thing where its rank belongs, whether it was here or not. Comparisons are counted.
  mutating func set(_ id: Int, _ rank: Rank, _ steps: inout Int) {
    if let place = places[id] {
      nodes[place].rank = rank
      sink(rise(place, &steps), &steps)
    } else {
      nodes.append((rank, id))
      places[id] = nodes.count - 1
      _ = rise(nodes.count - 1, &steps)
    }
  }

  mutating func remove(_ id: Int, _ steps: inout Int) {
    guard let place = places.removeValue(forKey: id) else { return }
    let last = nodes.removeLast()
    guard place < nodes.count else { return }
    nodes[place] = last
    places[last.id] = place
    sink(rise(place, &steps), &steps)
  }

  private mutating func rise(_ start: Int, _ steps: inout Int) -> Int {
    var place = start
    while place > 0 {
      let parent = (place - 1) / 2
      steps += 1
      guard nodes[place].rank < nodes[parent].rank else { break }
      exchange(place, parent)
      place = parent
    }
    return place
  }

  private mutating func sink(_ start: Int, _ steps: inout Int) {
    var place = start
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < nodes.count {
        steps += 1
        if nodes[child].rank < nodes[least].rank { least = child }
      }
      guard least != place else { return }
      exchange(place, least)
      place = least
    }
  }

  private mutating func exchange(_ one: Int, _ other: Int) {
    nodes.swapAt(one, other)
    places[nodes[one].id] = one
    places[nodes[other].id] = other
  }
}
