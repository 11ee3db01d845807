/// Commands with what their bytes are. Whole lines with literals, as on the wire.
enum CommandFixtures {
  static let values = [
    "a001 CAPABILITY", "a noop", "A LOGOUT", "abcd CHECK", "x CLOSE", "x UNSELECT", "1 IDLE",
    "a STARTTLS", "a NAMESPACE", "a EXPUNGE", "a UID EXPUNGE 3000:3002,*",
    "a001 LOGIN SMITH SESAME", "a LOGIN \"a b\" \"q\\\"\\\\\"",
    "A001 LOGIN {11}\r\nFRED FOOBAR {7}\r\nfat man", "a LOGIN {0+}\r\n {1+}\r\n\"",
    "a AUTHENTICATE PLAIN", "a AUTHENTICATE SCRAM-SHA-256-PLUS biws", "a AUTHENTICATE PLAIN =",
    "a AUTHENTICATE PLAIN AHRlc3QAdGVzdA==",
    "a023 ID NIL", "a ID (\"name\" \"sodr\" \"version\" NIL)", "a ID ()",
    "A142 SELECT INBOX", "A EXAMINE \"blurdybloop\"", "a SELECT {3}\r\na]b", "a SELECT [x]",
    "A003 CREATE owatagusiam/", "A DELETE foo", "A682 RENAME INBOX old-mail",
    "A002 SUBSCRIBE #news.comp.mail.mime", "A UNSUBSCRIBE &U,BTFw-",
    "A101 LIST \"\" \"\"", "A LIST #news.comp.mail.misc \"\"", "A LIST ~/Mail/ %", "A LIST \"\" *",
    "a LIST \"\" \"%/%\"", "a LIST (SPECIAL-USE) \"\" \"*\"", "a LIST () \"\" (INBOX \"Sent/%\")",
    "a LIST \"\" % RETURN (SPECIAL-USE CHILDREN)", "a LIST \"\" * RETURN ()",
    "A002 LSUB \"#news.\" \"comp.mail.*\"",
    "A042 STATUS blurdybloop (UIDNEXT MESSAGES)", "a status INBOX (unseen recent uidvalidity)",
    "A003 APPEND saved-messages (\\Seen) {310}", "a APPEND INBOX {0+}",
    "a APPEND {5}\r\nINBOX () \" 7-Feb-1994 21:52:25 -0800\" {5+}",
    "a APPEND INBOX \"07-Feb-1994 21:52:25 +0000\" {99}",
    "A282 SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"",
    "A284 SEARCH CHARSET UTF-8 TEXT {6}\r\n\u{4E16}\u{754C}", "a UID SEARCH UID 1:*,7",
    "a SEARCH OR (SEEN ANSWERED) (NOT DELETED LARGER 5000)",
    "a SEARCH 2:4,* SENTON \"01-Jan-2020\"",
    "a SEARCH HEADER Message-ID <x@y>", "a SEARCH KEYWORD $Forwarded UNKEYWORD x OLD NEW",
    "a SEARCH RETURN () ALL", "a UID SEARCH RETURN (MIN MAX COUNT ALL) CHARSET US-ASCII UNSEEN",
    "A654 FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])", "a FETCH 1 FAST", "a FETCH * full",
    "a fetch 1:* (uid body.peek[])", "a UID FETCH 4827313 BODY[1.2.HEADER]<0.2048>",
    "a FETCH 1 BODY[4.2.2.MIME]", "a FETCH 1 BODY", "a FETCH 1 BODY[HEADER.FIELDS.NOT (\"a b\")]",
    "a FETCH 1 (RFC822 RFC822.SIZE RFC822.HEADER RFC822.TEXT BODYSTRUCTURE ENVELOPE)",
    "a FETCH 1 BODY[]<4294967295.4294967295>", "a FETCH 4294967295 BODY[TEXT]",
    "A003 STORE 2:4 +FLAGS (\\Deleted)", "a UID STORE 1 -FLAGS.SILENT \\Seen \\Flagged",
    "a STORE 1:* FLAGS ()", "a STORE 1 FLAGS ($Junk NonJunk \\Recent)",
    "A003 COPY 2:4 MEETING", "a UID MOVE 42:69 foo", "a MOVE 1 {3+}\r\nfoo",
  ].map { $0 + "\r\n" }

  static let malformed = [
    " CAPABILITY\r\n", "+ NOOP\r\n", "a\r\n", "a \r\n", "a  NOOP\r\n", "(a NOOP\r\n",
    "a NOOP \r\n", "a NOOP x\r\n", "a NOOP\n", "a NOOP\r\r\n", "a LOGIN x\r\n", "a LOGIN x y z\r\n",
    "a LOGIN \"x y\r\n", "a LOGIN \"\\x\" y\r\n", "a LOGIN {3} abc y\r\n", "a LOGIN {x}\r\n",
    "a LOGIN {99999999999999999999}\r\n", "a LOGIN {-1}\r\n", "a LOGIN {3\r\n", "a LOGIN {}\r\n",
    "a LOGIN {2}\r\n\0x y\r\n", "a LOGIN caf\u{e9} x\r\n", "a LOGIN \"\0\" x\r\n",
    "a SELECT\r\n", "a SELECT a b\r\n", "a SELECT (a)\r\n", "a SELECT %\r\n", "a SELECT \"a\"b\r\n",
    "a LIST \"\"\r\n", "a LIST (FOO) \"\" *\r\n", "a LIST \"\" ()\r\n", "a LIST \"\" * FOO\r\n",
    "a LIST \"\" * RETURN (FOO)\r\n", "a STATUS x ()\r\n", "a STATUS x (FOO)\r\n",
    "a STATUS x MESSAGES\r\n", "a APPEND x\r\n", "a APPEND x \"y\"\r\n",
    "a APPEND x (\\Foo) {1}\r\n",
    "a APPEND x \"32-Jan-2020 00:00:00 +0000\" {1}\r\n", "a APPEND x {1} \r\n",
    "a SEARCH\r\n", "a SEARCH FOO\r\n", "a SEARCH NOT\r\n", "a SEARCH OR SEEN\r\n",
    "a SEARCH ()\r\n", "a SEARCH (SEEN\r\n", "a SEARCH SEEN)\r\n", "a SEARCH 0\r\n",
    "a SEARCH 1:\r\n", "a SEARCH 4294967296\r\n", "a SEARCH LARGER 4294967296\r\n",
    "a SEARCH SINCE 31-Feb-2020\r\n", "a SEARCH SINCE 1-Jan-20\r\n",
    "a SEARCH RETURN (FOO) ALL\r\n",
    "a SEARCH BEFORE 1-Janu-2020\r\n", "a FETCH 1\r\n", "a FETCH 1 FOO\r\n", "a FETCH 0 FLAGS\r\n",
    "a FETCH 1 ()\r\n", "a FETCH 1 (FLAGS FAST)\r\n", "a FETCH 1 BODY[\r\n",
    "a FETCH 1 BODY[0]\r\n",
    "a FETCH 1 BODY[1.]\r\n", "a FETCH 1 BODY[MIME]\r\n", "a FETCH 1 BODY[FOO]\r\n",
    "a FETCH 1 BODY[]<0.0>\r\n", "a FETCH 1 BODY[]<0>\r\n", "a FETCH 1 BODY[]<4294967296.1>\r\n",
    "a FETCH 1 BODY[HEADER.FIELDS]\r\n", "a FETCH 1 BODY[HEADER.FIELDS ()]\r\n",
    "a FETCH 1 BODY.PEEK\r\n", "a FETCH 1,,2 FLAGS\r\n", "a FETCH 1;2 FLAGS\r\n",
    "a FETCH 1:2:3 FLAGS\r\n", "a FETCH -1 FLAGS\r\n", "a STORE 1 FLAGS\r\n",
    "a STORE 1 +FLAGS (\\Foo)\r\n", "a STORE 1 *FLAGS ()\r\n", "a STORE 1 FLAGS (\\*)\r\n",
    "a STORE 1 FLAGS.LOUD ()\r\n", "a STORE 1 FLAGS (a  b)\r\n", "a COPY 1\r\n", "a COPY x y\r\n",
    "a UID EXPUNGE\r\n", "a ID\r\n", "a ID (\"x\")\r\n", "a ID (NIL NIL)\r\n", "a ID (x y)\r\n",
    "a AUTHENTICATE\r\n", "a AUTHENTICATE PLAIN \r\n", "a AUTHENTICATE PLAIN x y\r\n",
  ]

  private static func many(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  /// I1, I3, I4: beyond the limits.
  static let long = [
    many("a", 257) + " NOOP\r\n",
    "a SEARCH " + many("NOT ", 101) + "ALL\r\n",
    "a SEARCH " + many("(", 101) + "ALL" + many(")", 101) + "\r\n",
    "a SEARCH " + many("OR ALL ", 101) + "ALL\r\n",
    "a FETCH 1 BODY[" + many("1.", 101) + "1]\r\n",
    "a FETCH " + many("1,", 16_384) + "1 FLAGS\r\n",
    "a FETCH 1 (" + many("UID ", 1_000) + "UID)\r\n",
    "a FETCH 1 BODY[HEADER.FIELDS (" + many("a ", 1_000) + "a)]\r\n",
    "a STORE 1 FLAGS (" + many("a ", 100) + "a)\r\n",
    "a STORE 1 FLAGS " + many("a ", 100) + "a\r\n",
    "a STORE 1 FLAGS (" + many("a", 101) + ")\r\n",
    "a ID (" + many("\"a\" NIL ", 30) + "\"a\" NIL)\r\n",
    "a LIST \"\" (" + many("a ", 100) + "a)\r\n",
    "a SEARCH " + many("X", 33) + "\r\n",
  ]

  /// Just within them.
  static let longest = [
    many("a", 256) + " NOOP\r\n",
    "a SEARCH " + many("NOT ", 100) + "ALL\r\n",
    "a SEARCH " + many("(", 100) + "ALL" + many(")", 100) + "\r\n",
    "a FETCH 1 BODY[" + many("1.", 99) + "1]\r\n",
    "a FETCH " + many("1,", 16_383) + "1 FLAGS\r\n",
    "a STORE 1 FLAGS (" + many("a ", 99) + "a)\r\n",
    "a SEARCH " + many("ALL ", 10_000) + "ALL\r\n",
  ]
}
