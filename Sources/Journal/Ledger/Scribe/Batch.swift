import Events
import Platform
import Store

/// The requests that are committed together, and what they add.
struct Batch<State: FoldingState> {
  /// What became of one request, as far as the batch can tell; it holds once the batch is durable.
  enum Verdict {
    /// Decided; without a receipt where nothing happened.
    case decided(Receipt?)
    case failed(ScribeError)
  }

  var records: RecordBatch
  var slots: [NewSlot] = []
  var destroyed: [Slot] = []
  var bodies: [SealedBody] = []
  /// The feed numbers that the domains' next published events get, where the batch knows them.
  var feeds: [DomainID: UInt64] = [:]
  /// The slot the next new slot gets.
  var nextSlot: Slot
  private(set) var verdicts: [(request: any Request<State>, verdict: Verdict)] = []

  init(first: Position, nextSlot: Slot, capacity: Int) {
    records = RecordBatch(first: first, capacity: capacity)
    self.nextSlot = nextSlot
    verdicts.reserveCapacity(capacity)
  }

  /// How many requests have a verdict.
  var count: Int { verdicts.count }

  mutating func settle(_ request: any Request<State>, _ verdict: Verdict) {
    verdicts.append((request, verdict))
  }

  /// Tells every asker. Only after the batch is durable.
  func answer() {
    for (request, verdict) in verdicts {
      switch verdict {
      case .decided(let receipt): request.succeed(receipt)
      case .failed(let error): request.fail(error)
      }
    }
  }
}

extension Batch {
  /// Tells every asker that there is no verdict, or the error that holds whatever happened.
  func answerWithoutVerdict() {
    for (request, verdict) in verdicts {
      switch verdict {
      case .decided: request.fail(.stopped)
      case .failed(let error): request.fail(error)
      }
    }
  }
}

/// Why a batch did not come about.
enum BatchFailure: Error {
  /// Nothing happened; there was no space.
  case full(String)
  /// Nothing happened; the state cannot be used as it is.
  case broken(String)
  /// Nothing happened; folding the request at this index failed.
  case culprit(Int, String)
  /// Nobody knows what happened.
  case unknown(String)

  /// What an error means that came up in a step of the commit.
  init(_ error: any Error, in step: CommitStep) {
    if isFull(error) {
      self = .full("\(error)")
    } else if step == .begin {
      self = .broken("\(error)")
    } else {
      self = .unknown("\(step.rawValue): \(error)")
    }
  }
}

/// Whether an error says that the disk, a quota or a memory map has no room left.
func isFull(_ error: any Error) -> Bool {
  switch error {
  case let error as SystemError: error.isFull
  case StoreError.full: true
  default: false
  }
}
