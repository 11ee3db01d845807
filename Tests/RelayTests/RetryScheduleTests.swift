import Platform
import TestKit
import Testing

@testable import Relay

@Suite struct RetryScheduleTests {
  @Test func `attempts follow the schedule, then every four hours, until five days have passed`() {
    let schedule = RetrySchedule()
    var now = Timestamp(seconds: 1_800_000_000)
    let since = now
    var minutes: [Int64] = []
    var attempt = 1
    while let next = schedule.next(after: attempt, at: now, since: since) {
      now = next
      attempt += 1
      minutes.append((now.seconds - since.seconds) / 60)
    }
    check(Array(minutes.prefix(7)), [15, 45, 105, 225, 465, 705, 945])
    check(minutes.last, 5 * 24 * 60, "the last attempt is made at the end of the lifetime")
    check(minutes.count, 5 + 28 + 1)
    check(schedule.isDelayed(at: since.adding(seconds: 4 * 3_600 - 1), since: since), false)
    check(schedule.isDelayed(at: since.adding(seconds: 4 * 3_600), since: since), true)
  }
}
