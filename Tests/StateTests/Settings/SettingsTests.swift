import Events
import Platform
import TestKit
import Testing

@testable import State

@Suite struct SettingsTests {
  @Test func everySettingIsDeclaredOnceAndWell() {
    check(Set(Settings.all.map(\.key)).count, Settings.all.count, "keys are unique")
    for declaration in Settings.all {
      let isPlain = declaration.key.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || byte == 0x2E || byte == 0x5F || (0x30...0x39).contains(byte)
      }
      check(isPlain && declaration.key.contains("."), "\(declaration.key) is not family.name")
      check(!declaration.levels.isEmpty, "\(declaration.key) can be set nowhere")
      check(declaration.help.count < 100 && !declaration.help.hasSuffix("."), declaration.key)
      guard !declaration.standard.isEmpty else { continue }
      do throws(Refusal) {
        let canonical = try declaration.canonical(declaration.standard)
        check(canonical, declaration.standard, declaration.key)
      } catch { Issue.record("\(declaration.key): the default is refused: \(error)") }
    }
  }

  /// The numbers of SPEC §2: none is forgotten, and what is not built says so.
  @Test func theCountsAreThoseOfTheSpecification() {
    let awaited = Settings.all.count { $0.enforcement.isAwaited }
    check(Settings.all.count, 194, "settings declared")
    check(awaited, 58, "settings that await their feature")
    check(Settings.features.count, 17, "features, SPEC §2.3")
    check(Settings.sharing.count, 6, "shared things, SPEC §2.5")
    check(Settings.publication.count, 14, "event restrictions, SPEC §2.8")
  }

  @Test func textIsReadPrintedAndRefused() {
    let table: [(SettingDeclaration, String, String?)] = [
      (Settings.domainDisabled.declaration, " YES ", "on"),
      (Settings.domainDisabled.declaration, "maybe", nil),
      (Settings.diskSpace.declaration, "10,000", "10000"),
      (Settings.diskSpace.declaration, "0", "0"),
      (Settings.diskSpace.declaration, "-1", nil),
      (Settings.diskSpace.declaration, "1e3", nil),
      (Settings.diskSpace.declaration, "99999999999999999999", nil),
      (Settings.imapIdle.declaration, "0", nil),
      (Settings.tlsFloor.declaration, "1.3", "1.3"),
      (Settings.tlsFloor.declaration, "1.1", nil),
      (Settings.verifyPolicy.declaration, "Users", "users"),
      (Settings.hostName.declaration, "Mail.Example.COM", "mail.example.com"),
      (Settings.hostName.declaration, "a b", nil),
      (Settings.hostName.declaration, "", ""),
      (Settings.checkpointCopy.declaration, "/mnt//usb/x", "/mnt/usb/x"),
      (Settings.checkpointCopy.declaration, "/mnt/../etc", nil),
      (Settings.checkpointCopy.declaration, "relative", nil),
      (Settings.listenAddresses.declaration, "127.0.0.1, ::1", "127.0.0.1,::1"),
      (Settings.listenAddresses.declaration, "127.0.0.256", nil),
      (Settings.listenAddresses.declaration, "1:2:3:4:5:6:7:8:9", nil),
      (Settings.listenAddresses.declaration, "a,,b", nil),
      (Settings.certificates.declaration, "mx.test=/a.pem:/b.pem", "mx.test=/a.pem:/b.pem"),
      (Settings.certificates.declaration, "mx.test=a.pem", nil),
      (Settings.displayName.declaration, "Bob\r\nBcc: x", nil),
    ]
    for (declaration, raw, expected) in table {
      var canonical: String?
      do { canonical = try declaration.canonical(raw) } catch { canonical = nil }
      check(canonical, expected, "\(declaration.key) = \(raw)")
    }
  }
}
