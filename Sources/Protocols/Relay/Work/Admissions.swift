import Ledger
import Network
import Platform
import State
import Synchronization

/// Asks for deliveries to be admitted: what comes while a decision is under way goes with the next,
/// so that many deliveries cost one event.
final class Admissions: Sendable {
  /// Recipients in one decision, at most, where there is more than one delivery in it.
  private static let most = 1_000

  private struct Request {
    let item: AdmitDeliveries.Item
    let answer: CheckedContinuation<AdmitDeliveries.Admission, any Error>
  }

  private struct Contents {
    var waiting: [Request] = []
    var isUnderWay = false

    /// What goes with the next decision; where there is nothing, none is under way any more.
    mutating func take() -> [Request] {
      var (count, recipients) = (0, 0)
      for request in waiting {
        recipients += request.item.recipients.count
        if count > 0, recipients > Admissions.most { break }
        count += 1
      }
      defer { waiting.removeFirst(count) }
      isUnderWay = count > 0
      return Array(waiting.prefix(count))
    }
  }

  private let node: Node
  private let loop: EventLoop
  private let contents = Mutex(Contents())

  init(_ node: Node, on loop: EventLoop) {
    self.node = node
    self.loop = loop
  }

  /// - Throws: `ScribeError`.
  func admit(_ item: AdmitDeliveries.Item) async throws -> AdmitDeliveries.Admission {
    try await withCheckedThrowingContinuation { answer in
      let isFirst = contents.withLock { contents in
        contents.waiting.append(Request(item: item, answer: answer))
        defer { contents.isUnderWay = true }
        return !contents.isUnderWay
      }
      if isFirst { Task(executorPreference: loop) { await self.decide() } }
    }
  }

  private func decide() async {
    while true {
      let requests = contents.withLock { $0.take() }
      guard !requests.isEmpty else { return }
      do {
        let admissions = try await node.scribe.perform(
          AdmitDeliveries(requests.map(\.item)), origin: .server
        ).answer
        for (request, admission) in zip(requests, admissions) {
          request.answer.resume(returning: admission)
        }
      } catch {
        for request in requests { request.answer.resume(throwing: error) }
      }
    }
  }
}
