/// Whether a batch waits for those who were answered a moment ago to ask again, and how long.
///
/// Taken at once, what came during a commit would be the next batch, and who is answered now would
/// ask just too late for it: two halves take turns, and each pays a commit of its own. So until a
/// part of the last batch's time has passed the next one waits for as many as there are: those who
/// were answered and those who came meanwhile. Where they do not come it soon stops to wait.
struct Gathering {
  /// What the next batch waits for.
  struct Goal: Hashable {
    var count: Int
    /// A boot clock reading after which it waits no longer.
    var until: UInt64
  }

  /// The longest wait: 10 ms.
  static let longest: UInt64 = 10_000_000
  /// Batches that do not wait after as many waits in vain in a row as there are bits.
  static let mostPauses = 63

  private(set) var goal: Goal?
  private var answered = 0
  private var misses = 0
  private var pauses = 0

  /// A batch has been answered.
  ///
  /// - Parameters:
  ///   - answered: how many asked for it.
  ///   - waiting: how many wait now.
  ///   - time: the nanoseconds it took.
  ///   - now: the boot clock.
  mutating func ended(_ answered: Int, waiting: Int, after time: UInt64, at now: UInt64) {
    self.answered = answered
    goal = nil
    guard answered > 0, answered + waiting > 1 else { return }
    guard pauses == 0 else {
      pauses -= 1
      return
    }
    goal = Goal(count: answered + waiting, until: now + min(time / 2, Self.longest))
  }

  /// The next batch has begun, with so many requests.
  mutating func began(with count: Int) {
    guard let goal, count > 0 else { return }
    let returned = count - (goal.count - answered)
    if returned * 4 >= answered {
      misses = 0
    } else {
      misses = min(misses + 1, 6)
      pauses = min(1 << misses - 1, Self.mostPauses)
    }
  }
}
