import TestKit
import Testing

@testable import Network

@Suite struct TimerWheelTests {
  final class Target: TimerTarget {
    let name: Int
    init(_ name: Int) { self.name = name }
    func timeIsUp(now: UInt64) -> UInt64? { nil }
  }

  static let slot = UInt64(1) << TimerWheel.shift

  @Test(arguments: UInt64(1)...8)
  func timersFireOnceNeverEarlyAndAtMostOneSlotLate(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var now = UInt64.random(in: 0...1 << 40, using: &random)
    var wheel = TimerWheel(now: now)
    var waiting: [Int: (handle: TimerHandle, due: UInt64)] = [:]
    for step in 0..<20_000 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0...4:
        let due = now &+ UInt64.random(in: 0...30_000_000_000, using: &random)
        waiting[step] = (wheel.add(Target(step), due: due), due)
      case 5:
        guard let (name, timer) = waiting.randomElement(using: &random) else { continue }
        wheel.remove(timer.handle)
        waiting[name] = nil
      case 6:
        guard let (name, timer) = waiting.randomElement(using: &random) else { continue }
        let due = now &+ UInt64.random(in: 0...60_000_000_000, using: &random)
        wheel.place(timer.handle, due: due)
        waiting[name] = (timer.handle, due)
      default:
        let next = wheel.next
        check((next == nil) == waiting.isEmpty, "next is nil only without timers")
        if let next, let first = waiting.values.map(\.due).min() {
          check(next <= max(first, now) + 2 * Self.slot, "\(next) wakes too late for \(first)")
        }
        now += UInt64.random(in: 0...40_000_000_000, using: &random) >> UInt64(step % 12)
        var fired = Set<Int>()
        for handle in wheel.takeExpired(now: now) {
          guard let target = wheel.target(handle) as? Target else { continue }
          fired.insert(target.name)
          wheel.remove(handle)
        }
        for name in fired {
          check((waiting[name]?.due ?? .max) <= now, "timer \(name) fired early")
          waiting[name] = nil
        }
        let late = waiting.values.filter { $0.due + Self.slot <= now }
        check(late.isEmpty, "\(late.count) timers are late at step \(step)")
      }
    }
    check(wheel.count, waiting.count)
  }

  @Test func farTimersWakeAnIdleLoopOnFewCommonTicks() {
    var wheel = TimerWheel(now: 0)
    for minute in UInt64(1)...1_000 {
      _ = wheel.add(Target(0), due: minute * 60_000_000_000)
    }
    var now: UInt64 = 0
    var wakes = 0
    while now < 60_000_000_000, let next = wheel.next {
      now = next
      wakes += 1
      _ = wheel.takeExpired(now: now)
    }
    check(wakes <= 8, "\(wakes) wakes in a minute")
  }
}
