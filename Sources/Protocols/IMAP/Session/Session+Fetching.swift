import Events
import MailFormat
import Network
import Platform
import State

extension Session {
  /// Sends what `plan` asks for of the messages in `ranges`; answers how many there were.
  ///
  /// Rows come in blocks, each in a transaction of its own, and a slow client is waited for between
  /// them: what is in memory is one block and one piece of a body. I6
  func fetch(_ ranges: [ClosedRange<UInt32>], _ plan: FetchPlan) async throws -> Int {
    let view = try selectedView()
    let news = plan.setsSeen ? try await markSeen(ranges) : UIDList()
    let access = MessageAccess(node: service.node, key: try signedInUser().key)
    let needsStored = plan.needsFacts || plan.needsOctets
    let leavesLoop = needsStored && ranges.total > IMAPService.largestBlock
    var left = ranges
    var count = 0
    while !left.isEmpty {
      let load = { @Sendable [service, left] in
        try service.fetchBlock(view.mailbox, left, needsStored: needsStored)
      }
      let block = leavesLoop ? try await service.node.pool.run(load) : try load()
      count += block.messages.count
      try await send(block.messages, plan, access, news)
      guard let next = block.next else { break }
      left = UIDList(left).intersection([next ... .max])
      await Task.yield()
      try Task.checkCancellation()
    }
    return count
  }

  /// Fetching the octets of a message sets \Seen; answers which messages were not. Where it cannot
  /// be stored now, the messages are shown all the same. RFC 3501 §6.4.5
  private func markSeen(_ ranges: [ClosedRange<UInt32>]) async throws -> UIDList {
    let view = try selectedView()
    let unseen = try await service.read(rows: UInt32(clamping: ranges.total)) { state in
      var unseen = UIDList()
      try state.messages(in: view.mailbox, uids: UIDSet(ranges)) { uid, row in
        if !row.flags.contains(.seen) { unseen.append(uid.rawValue) }
        return true
      }
      return unseen
    }
    guard !unseen.isEmpty else { return unseen }
    do {
      _ = try await store(unseen.ranges, .add, FlagSet(.seen), isSilent: true)
    } catch {
      _ = try reply(to: error)
    }
    return unseen
  }

  private func send(
    _ messages: [FetchMessage], _ plan: FetchPlan, _ access: MessageAccess, _ news: UIDList
  ) async throws {
    guard let view else { return }
    guard plan.needsOctets || plan.needsFacts else {
      say { writer in
        for message in messages {
          guard let number = view.uids.number(of: message.uid) else { continue }
          writer.fetchStart(number)
          for (index, item) in plan.items.enumerated() {
            if index > 0 { writer.space() }
            writer.rowItem(item, of: message, in: view)
          }
          writer.fetchEnd()
        }
      }
      return try await connection.drain()
    }
    for message in messages {
      guard let number = view.uids.number(of: message.uid) else { continue }
      let tellsFlags = news.contains(message.uid) && !plan.items.contains(.flags)
      let items = tellsFlags ? plan.items + [.flags] : plan.items
      try await send(items, of: message, number: number, access, view)
      try await connection.drain()
    }
  }

  private func send(
    _ items: [FetchItem], of message: FetchMessage, number: UInt32, _ access: MessageAccess,
    _ view: MailboxView
  ) async throws {
    var sources = MessageSources(message, access)
    var writer = ResponseWriter()
    writer.fetchStart(number)
    for (index, item) in items.enumerated() {
      if index > 0 { writer.space() }
      switch item {
      case .flags, .uid, .internalDate, .size: writer.rowItem(item, of: message, in: view)
      case .envelope:
        writer.raw("ENVELOPE ")
        writer.envelope(try await sources.envelope())
      case .structure(let isExtensible):
        writer.raw(isExtensible ? "BODYSTRUCTURE " : "BODY ")
        writer.structure(try await sources.structure(), isExtensible: isExtensible)
      case .content(let content):
        try await send(content, try await sources.locate(content.section), sources, &writer)
      }
    }
    writer.fetchEnd()
    connection.write(writer.take())
  }

  /// Sends one section as a literal. Its first piece is read before it is announced, so that a body
  /// that cannot be read is an error and not half a response.
  private func send(
    _ content: FetchContent, _ section: SectionOctets, _ sources: MessageSources,
    _ writer: inout ResponseWriter
  ) async throws {
    writer.contentName(content)
    guard var stream = try await sources.stream(section, content.partial) else {
      return writer.raw("NIL")
    }
    var piece = try await stream.next()
    writer.literalHeader(stream.length)
    connection.write(writer.take())
    while !piece.isEmpty {
      connection.write(piece)
      try await connection.drain()
      piece = try await stream.next()
    }
  }
}

extension ResponseWriter {
  mutating func fetchStart(_ number: UInt32) {
    raw("* ")
    self.number(number)
    raw(" FETCH (")
  }

  mutating func fetchEnd() { raw(")\r\n") }

  // msg-att-static / msg-att-dynamic, as far as the row holds them
  mutating func rowItem(_ item: FetchItem, of message: FetchMessage, in view: MailboxView) {
    switch item {
    case .uid:
      raw("UID ")
      number(message.uid)
    case .flags:
      raw("FLAGS ")
      var system = FlagList.System(message.row.flags)
      if view.recent.contains(message.uid) { system.insert(.recent) }
      flags(system, keywords: message.row.keywords, names: view.keywords)
    case .internalDate:
      raw("INTERNALDATE ")
      dateTime(secondsSinceEpoch: message.row.internalDate.seconds)
    case .size:
      raw("RFC822.SIZE ")
      number(message.row.size)
    case .envelope, .structure, .content: return
    }
  }
}
