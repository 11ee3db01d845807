import Platform
import TestKit
import Testing

@testable import Ledger

@Suite struct CheckpointFilesTests {
  let scratch: ScratchDirectory
  let time = Timestamp(seconds: 1_700_000_000)
  var files: CheckpointFiles { CheckpointFiles(directory: scratch.path, outside: nil) }
  var path: String { scratch.path("\(time.description.prefix(10)).notes") }

  init() throws { scratch = try ScratchDirectory() }

  private func note(_ size: UInt64) throws -> String {
    let head = try Checkpoint(origin: "mail.test/log", size: size, root: SHA256.digest([1]))
    return try SignedNoteTests.signer().sign(head).description
  }

  /// A power cut leaves of the last note any part of its sectors, and zeros for the others.
  @Test func whateverIsTornOfTheLastNoteTheNextOneIsRead() throws {
    let notes = try [1, 2, 3].map(note)
    for size in 1...2 { _ = try files.publish(notes[size - 1], at: time) }
    let whole = try Descriptor.open(path, [.read]).readAll()
    let second = whole.count - notes[1].utf8.count - 1
    let zeros = [UInt8](repeating: 0, count: whole.count - second)
    for cut in second..<whole.count {
      let (kept, lost) = (Array(whole[..<cut]), whole.count - cut)
      let late = Array(whole[..<second] + zeros[..<(cut - second + 1)] + whole[(cut + 1)...])
      for torn in [kept, kept + zeros[..<lost], late] {
        let file = try Descriptor.open(path, [.write, .truncate])
        try file.pwrite(torn, at: 0)
        check(try files.newest()?.description, notes[0], "read, torn at \(cut)")
        try files.mend()
        _ = try files.publish(notes[2], at: time)
        let read = try files.notes(in: "\(time.description.prefix(10)).notes").map(\.description)
        check(read, [notes[0], notes[2]], "torn at \(cut)")
      }
    }
  }

  @Test func aDamagedNoteBeforeOthersIsDamage() throws {
    for size in UInt64(1)...3 { _ = try files.publish(try note(size), at: time) }
    let file = try Descriptor.open(path, [.read, .write])
    try file.pwrite([0], at: 40)
    #expect(throws: LedgerError.self) { try files.newest() }
    #expect(throws: LedgerError.self) { try files.mend() }
  }
}
