import Events
import Ledger
import Platform
import State

/// Messages of 4 KiB as a session hands them over, decided, stored and filed: what is below the
/// SMTP session. Fifty callers; a message counts once, however many recipients it has.
final class MailWorkload: Workload {
  let name = "accept"
  let size: Int

  init(recipients: Int) { size = recipients }

  func measure(in scratch: BenchScratch, for time: Duration) async throws -> Sample {
    let path = scratch.next()
    defer { scratch.drop(path) }
    let town = try await BenchTown(at: path, users: 100)
    let (count, users) = (size, town.users)
    do {
      let sample = try await town.drive(callers: 50, for: time) { node, _ in
        let mail = BenchMail(size: 4_096, node.entropy)
        let first = Int(node.entropy.number(in: 0...UInt64(users.count - count)))
        let answer = try await node.scribe.perform(
          mail.acceptance(for: Array(users[first..<first + count]), carriesBody: true),
          origin: .server, bodies: mail.bodies
        ).answer
        guard answer.isAccepted else {
          throw Failure(code: .refused, message: "a message was not accepted: \(answer.filings)")
        }
        return 1
      }
      await town.close()
      return sample
    } catch {
      await town.close()
      throw error
    }
  }
}
