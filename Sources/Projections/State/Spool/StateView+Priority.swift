import Events

extension StateView {
  /// The priority of a message, and what gives it: of the classes that are switched on, the last of
  /// standard, its kind, over size, attempt X, attempt Y. SPEC §2.6
  func priority(
    of kind: SpoolKind, size: UInt64, attempts: Int, in domain: DomainID
  ) throws -> (Int, PriorityReason) {
    var reasons: [PriorityReason] = [.standard, PriorityReason(kind)]
    let threshold = try value(Settings.overSizeThreshold, for: .domain(domain))
    if size > UInt64(threshold) * 1_024 { reasons.append(.overSize) }
    if try attempts >= value(Settings.attemptX, for: .domain(domain)) { reasons.append(.attemptX) }
    if try attempts >= value(Settings.attemptY, for: .domain(domain)) { reasons.append(.attemptY) }
    for reason in reasons.reversed() {
      guard let found = Settings.priorityClasses[reason],
        try value(found.isEnabled, for: .domain(domain))
      else { continue }
      return (try value(found.value, for: .domain(domain)), reason)
    }
    return (Settings.priorityClasses[.standard]?.value.standard ?? 5, .standard)
  }
}
