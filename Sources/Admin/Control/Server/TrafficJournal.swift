import Events
import Ledger
import Network
import Platform
import State

/// Journals once a minute what happened without events of its own, summed per service and address:
/// a flood is at most one event per minute, service and address, and at most 10,001 of them.
struct TrafficJournal {
  private static let minute: Int64 = 60_000_000

  let node: Node
  let listeners: Listeners

  /// Journals every minute until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      let began = node.clock.now()
      do { try await Task.sleep(for: .seconds(60)) } catch { return }
      await journal(since: began)
    }
  }

  /// Journals what was counted since the last time. What cannot be journaled is kept for the next.
  func journal(since began: Timestamp) async {
    let minute = Timestamp(
      microseconds: began.microseconds - began.microseconds % Self.minute)
    var late = listeners.takeTraffic()[...]
    while !late.isEmpty {
      let batch = late.prefix(RecordTraffic.most)
      do {
        _ = try await node.scribe.perform(
          RecordTraffic(traffic: batch.map { TrafficSummarised($0, minute) }), origin: .server)
      } catch {
        node.diagnostics.log(.warning, "traffic_not_journaled", [("why", "\(error)")])
        return listeners.putBack(Array(late))
      }
      late = late.dropFirst(batch.count)
    }
  }
}

extension TrafficSummarised {
  fileprivate init(_ traffic: Traffic, _ minute: Timestamp) {
    self.init(
      bad: traffic.badCommands, minute: minute, refused: traffic.refused,
      service: traffic.service, commands: traffic.commands, connections: traffic.connections,
      client: traffic.client?.description)
  }
}
