import Events
import Platform

/// What a verification found, put together from its lines; it survives the process that verified.
public struct VerificationReport: Hashable, Sendable {
  /// Findings kept; of further ones only the number.
  public static let keptFindings = 100

  /// Up to where the journal was to be verified; nil where it could not even be opened.
  public private(set) var head: Position?
  /// Everything up to here was gone through.
  public private(set) var checked = Position.zero
  /// Bodies read.
  public private(set) var contents: UInt64 = 0
  /// The first findings, in the order in which they were made.
  public private(set) var findings: [VerificationFinding] = []
  /// The number of all findings.
  public private(set) var findingCount = 0
  /// The root of the tree at the head; nil where it was not reached.
  public private(set) var root: Digest?
  private var first: VerificationFinding?

  public init() {}

  /// Takes in a line.
  public mutating func hear(_ line: VerificationLine) {
    switch line {
    case .head(let position): head = position
    case .at(let position): checked = position
    case .contents(let count): contents = count
    case .finding(let finding): add(finding)
    case .done(let digest): root = digest
    }
  }

  /// Takes in that the verifying process ended, by a signal or otherwise, before it was through and
  /// without having said why.
  public mutating func hearEnd(signal: Int32?) {
    guard root == nil, signal != nil || findingCount == 0 else { return }
    let how = signal.map { "was killed by signal \($0)" } ?? "ended"
    add(
      VerificationFinding(
        position: checked.advanced(),
        what: "damaged at or soon after this position: the process that read it \(how)"))
  }

  /// Whether everything was gone through and nothing was found.
  public var isSound: Bool { root != nil && findingCount == 0 }

  /// The finding with the least position; one without a position where there are no others.
  public var firstBad: VerificationFinding? { first }

  private mutating func add(_ finding: VerificationFinding) {
    findingCount += 1
    if findings.count < Self.keptFindings { findings.append(finding) }
    guard let known = first else {
      first = finding
      return
    }
    guard let position = finding.position else { return }
    if known.position.map({ position < $0 }) ?? true { first = finding }
  }
}
