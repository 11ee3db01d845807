import MailFormat

extension ResponseWriter {
  // envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP
  //   env-cc SP env-bcc SP env-in-reply-to SP env-message-id ")"
  mutating func envelope(_ envelope: Envelope) {
    open()
    nstring(envelope.date)
    space()
    nstring(envelope.subject)
    let lists = [
      envelope.from, envelope.sender, envelope.replyTo, envelope.to, envelope.cc, envelope.bcc,
    ]
    for list in lists {
      space()
      addresses(list)
    }
    space()
    nstring(envelope.inReplyTo)
    space()
    nstring(envelope.messageID)
    close()
  }

  // env-from = "(" 1*address ")" / nil
  private mutating func addresses(_ list: [MailAddress]) {
    guard !list.isEmpty else { return raw("NIL") }
    open()
    for address in list { self.address(address) }
    close()
  }

  // address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
  private mutating func address(_ address: MailAddress) {
    open()
    nstring(address.name)
    space()
    nstring(address.route)
    space()
    nstring(address.mailbox)
    space()
    nstring(address.host)
    close()
  }
}
