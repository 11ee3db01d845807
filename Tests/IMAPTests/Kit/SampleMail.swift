/// Messages that transcripts speak of.
enum SampleMail {
  static func named(_ name: String) -> [UInt8] {
    let text =
      switch name {
      case "mixed": mixed
      case "nested": nested
      default: simple
      }
    return Array(
      text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n").utf8)
  }

  /// The message of the example in RFC 3501 §8, with another body.
  private static let simple = """
    Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)
    From: Terry Gray <gray@cac.washington.edu>
    Subject: IMAP4rev1 WG mtg summary and minutes
    To: imap@cac.washington.edu
    cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>
    Message-Id: <B27397-0100000@cac.washington.edu>
    MIME-Version: 1.0
    Content-Type: TEXT/PLAIN; CHARSET=US-ASCII

    0001 alpha
    0002 beta

    """

  /// Text in quoted-printable, an attachment in base64, a message.
  private static let mixed = """
    Date: Thu, 18 Jul 1996 10:00:00 +0200
    From: =?utf-8?Q?J=C3=BCrgen?= <j@example.org>
    To: "Group \\"x\\"": a@example.org, b@example.org;
    Subject: Parts
    Message-ID: <mixed@example.org>
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="b1"

    preamble
    --b1
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

    Caf=C3=A9 gam=
    ma
    --b1
    Content-Type: application/octet-stream; name="data \\"1\\".bin"
    Content-Disposition: attachment; filename="data.bin"
    Content-Transfer-Encoding: base64

    AAECAw==
    --b1
    Content-Type: message/rfc822

    Subject: inner
    From: inner@example.org

    inside
    --b1--

    """

  /// The message whose part numbers RFC 3501 §6.4.5 gives as its example.
  private static let nested = """
    Subject: outer
    Content-Type: multipart/mixed; boundary=a

    --a
    Content-Type: text/plain

    one
    --a
    Content-Type: application/octet-stream

    two
    --a
    Content-Type: message/rfc822

    Subject: third
    Content-Type: multipart/mixed; boundary=b

    --b
    Content-Type: text/plain

    three one
    --b
    Content-Type: application/octet-stream

    three two
    --b--
    --a
    Content-Type: multipart/mixed; boundary=c

    --c
    Content-Type: image/gif

    four one
    --c
    Content-Type: message/rfc822

    Subject: fourth
    Content-Type: multipart/mixed; boundary=d

    --d
    Content-Type: text/plain

    four two one
    --d
    Content-Type: multipart/alternative; boundary=e

    --e
    Content-Type: text/plain

    plain
    --e
    Content-Type: text/richtext

    rich
    --e--
    --d--
    --c--
    --a--

    """
}
