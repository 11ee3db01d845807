import Events
import Platform

/// The times of greylisting as the settings have them.
public struct GreylistTimes: Hashable, Sendable {
  /// An unknown triplet is refused so long; zero switches greylisting off.
  public let delay: Duration
  /// So long after that it may come again and pass.
  public let pass: Duration
  /// So long it is remembered after it has passed.
  public let memory: Duration

  public init(delay: Duration, pass: Duration, memory: Duration) {
    self.delay = delay
    self.pass = pass
    self.memory = memory
  }
}

/// What is known of a triplet.
public struct GreylistEntry: Hashable, Sendable {
  /// Whether it has come again in time.
  public let hasPassed: Bool
  /// When it first came, or was last let through.
  public let since: ClockMark

  public init(hasPassed: Bool, since: ClockMark) {
    self.hasPassed = hasPassed
    self.since = since
  }
}

/// What greylisting says of a triplet.
public enum GreylistVerdict: Hashable, Sendable {
  /// Refused; it is to be remembered as seen now.
  case unknown
  /// Refused; it came again too soon.
  case early
  /// Let through. Where it is news it is to be remembered as passed now.
  case passes(isNews: Bool)
}

extension GreylistTimes {
  /// A triplet that goes on passing is journaled again after so long.
  static let renewal = Duration.seconds(86_400)

  /// The verdict on a triplet of which `entry` is known. Pure. SPEC §6
  public func verdict(on entry: GreylistEntry?, at now: ClockMark) -> GreylistVerdict {
    guard let entry, let age = entry.since.age(at: now), age <= lifetime(entry.hasPassed) else {
      return .unknown
    }
    if entry.hasPassed { return .passes(isNews: age >= Self.renewal) }
    return age < delay ? .early : .passes(isNews: true)
  }

  /// How long an entry is of use.
  func lifetime(_ hasPassed: Bool) -> Duration { hasPassed ? memory : delay + pass }
}

extension StateView {
  public func greylistTimes() throws -> GreylistTimes {
    GreylistTimes(
      delay: .seconds(60 * (try value(Settings.greylistDelay, for: .system))),
      pass: .seconds(3_600 * (try value(Settings.greylistPass, for: .system))),
      memory: .seconds(86_400 * (try value(Settings.greylistMemory, for: .system))))
  }

  /// Whether mail that goes such a way is greylisted: no alias, user or domain on it has it
  /// disabled. SPEC §2.2
  public func isGreylisted(_ route: Route) throws -> Bool {
    guard !route.hasUngreylistedAlias else { return false }
    let places =
      route.locals.map { ($0.domain, Optional($0.user)) }
      + route.remotes.map { ($0.domain, $0.user) }
    for (domain, user) in places {
      if try value(Settings.greylistDisabled, for: .domain(domain)) { return false }
      if let user, try value(Settings.greylistDisabled, for: .user(user)) { return false }
    }
    return true
  }
}
