import MailFormat
import TestKit
import Testing

/// Parameters of MIME fields. RFC 2045 §5.1, RFC 2231
@Suite struct ParameterTests {
  /// A `Content-Type` value and its parts, as `type/subtype name=value ...`; `-` where it is none.
  static let table: [(field: String, expected: String)] = [
    ("text/plain", "text/plain"),
    ("TEXT/Plain; CharSet=UTF-8", "text/plain charset=UTF-8"),
    ("text/plain; charset=\"us-ascii\" (Plain text)", "text/plain charset=us-ascii"),
    ("text/plain ; charset = utf-8 ; format=flowed;", "text/plain charset=utf-8 format=flowed"),
    ("text (a) / (b) plain (c); (d) charset (e) = (f) x", "text/plain charset=x"),
    ("text/plain (a;b=c); charset=x", "text/plain charset=x"),
    ("a/b; x=\"q \\\" \\\\ ;\"; y=1", "a/b x=q \" \\ ; y=1"),
    ("a/b; x=\"unclosed; y=1", "a/b x=unclosed; y=1"),
    ("a/b; name=my file.txt; y=1", "a/b name=my file.txt y=1"),
    ("a/b; boundary=a=b/c:d?e", "a/b boundary=a=b/c:d?e"),
    ("a/b; x; =1; y=2; ;; z", "a/b y=2"),
    ("a/b junk; x=1", "a/b x=1"),
    ("a/b; x=", "a/b x="), ("a/b; x=\"\"", "a/b x="),
    ("", "-"), ("text", "-"), ("text/", "-"), ("/plain", "-"), ("; x=1", "-"), ("te xt/plain", "-"),
    ("a/b; n*0=x; n*1=y", "a/b n=xy"),
    ("a/b; n*1=y; n*0=x; m=1", "a/b n=xy m=1"),
    ("a/b; n*0*=utf-8''%C3; n*1*=%A9; n*2=\"(c)\"", "a/b n*=utf-8''%C3%A9%28c%29"),
    ("a/b; n*0=a b; n*1*=%41", "a/b n*=''a%20b%41"),
    ("a/b; n*0=x; n*2=z", "a/b n=x"), ("a/b; n*1=x", "a/b n="),
    ("a/b; n*0=x; n*0=y; n*1=z", "a/b n=xz"),
    ("a/b; n*x=1; *0=2; n**=3; n*9999999=4", "a/b n*x=1 *0=2 n**=3 n*9999999=4"),
    ("a/b; n*=utf-8''x; n=y", "a/b n*=utf-8''x n=y"),
  ]

  @Test func everyFormIsRead() {
    for (field, expected) in ParameterTests.table {
      let media = MediaType(field: [UInt8](field))
      let words = media.map { media in
        ["\(media.type.text)/\(media.subtype.text)"]
          + media.parameters.map { "\($0.name.text)=\($0.value.text)" }
      }
      check(words?.joined(separator: " ") ?? "-", expected, field)
    }
  }

  /// A `Content-Disposition` value and the text of its file name.
  static let names: [(field: String, text: String?)] = [
    ("attachment", nil),
    ("attachment; filename=a.txt", "a.txt"),
    ("attachment; filename=a.txt; filename*=utf-8''b.txt", "b.txt"),
    ("attachment; filename*=UTF-8'de'%E2%82%AC.txt", "€.txt"),
    ("attachment; filename*0*=iso-8859-1''%E9; filename*1=.txt", "é.txt"),
    ("attachment; filename*=''%C3%A9", "é"),
    ("attachment; filename*=koi8-r''%C3%A9", "koi8-r''%C3%A9"),
    ("attachment; filename*=broken", "broken"),
    ("attachment; filename*=utf-8''a%0D%0Ab%00%zz%", "a  b %zz%"),
    ("attachment; filename=\"=?utf-8?q?=E2=82=AC?=.txt\"", "€.txt"),
  ]

  @Test func fileNamesAreText() {
    for (field, text) in ParameterTests.names {
      let disposition = Disposition(field: [UInt8](field))
      check(disposition?.kind.text, "attachment", field)
      check(disposition?.parameters.text("filename")?.text, text, field)
    }
    check(Disposition(field: [UInt8]("; filename=x")), nil, "no kind")
  }
}
