import Platform
import TestKit
import Testing

@Suite struct ClockTests {
  @Test func theSystemClockRuns() {
    let clock = SystemClock()
    let (time, boot) = (clock.now(), clock.sinceBoot())
    check(time > Timestamp(seconds: 1_700_000_000), "after 2023: \(time)")
    while clock.sinceBoot() == boot {}
    check(clock.sinceBoot() > boot, "it goes forward")
    check(clock.bootID() != .zero, "the kernel names this boot")
    check(clock.bootID(), SystemClock().bootID())
  }

  @Test func theManualClockMovesWhenItIsMoved() {
    let clock = ManualClock(now: Timestamp(seconds: 1000))
    let (boot, id) = (clock.sinceBoot(), clock.bootID())
    check(clock.now(), Timestamp(seconds: 1000))
    clock.advance(by: .milliseconds(1500))
    check(clock.now(), Timestamp(microseconds: 1_001_500_000))
    check(clock.sinceBoot() - boot, 1_500_000_000)
    clock.set(now: Timestamp(seconds: 5))
    check(clock.now(), Timestamp(seconds: 5))
    check(clock.sinceBoot() - boot, 1_500_000_000, "a step of the wall clock moves no other")
    clock.reboot(as: ID(high: 1, low: 2))
    check(clock.bootID() != id, "another boot")
  }
}
