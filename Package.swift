// swift-tools-version: 6.2
import PackageDescription

// No package dependencies, by decision (docs/decisions/0001-no-packages.md): the C libraries
// below, glibc and what the Swift toolchain ships are all there is.

/// Settings of every Swift target. Warnings are errors; nonisolated async functions run on their
/// caller, so that a connection's work stays on its event loop.
let common: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// Settings of the rooms that touch C, memory and descriptors: Platform, Store and Network.
let guarded = common

/// Settings everywhere else: each unsafe call must say `unsafe`.
let strict = common + [.strictMemorySafety()]

func room(
  _ wing: String, _ name: String, _ dependencies: [Target.Dependency], _ settings: [SwiftSetting]
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(wing)/\(name)",
    swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies + ["TestKit"], path: "Tests/\(name)Tests",
    swiftSettings: common)
}

let journal: [Target.Dependency] = ["Platform", "Store", "Events", "Ledger"]
let mail: [Target.Dependency] = journal + ["MailFormat", "State"]

let package = Package(
  name: "daybook",
  products: [.executable(name: "daybook", targets: ["daybook"])],
  targets: [
    .systemLibrary(
      name: "CLMDB", path: "Sources/Journal/CLMDB", pkgConfig: "lmdb",
      providers: [.apt(["liblmdb-dev"])]),
    .systemLibrary(
      name: "COpenSSL", path: "Sources/Journal/COpenSSL", pkgConfig: "openssl",
      providers: [.apt(["libssl-dev"])]),
    .target(name: "CPlatform", path: "Sources/Journal/CPlatform"),
    room("Journal", "Platform", ["CPlatform", "COpenSSL"], guarded),
    room("Journal", "Store", ["CLMDB", "CPlatform", "Platform"], guarded),
    room("Journal", "MailFormat", [], strict),
    room("Journal", "Events", ["Platform", "MailFormat"], strict),
    // A decision reads a view that cannot be copied, which an associated type can only say so.
    room(
      "Journal", "Ledger", ["Platform", "Store", "Events"],
      strict + [.enableExperimentalFeature("SuppressedAssociatedTypes")]),

    room("Projections", "State", ["Platform", "Store", "Events", "Ledger", "MailFormat"], strict),
    room("Projections", "Followers", mail, strict),

    room("Protocols", "Network", ["CPlatform", "COpenSSL", "Platform"], guarded),
    room("Protocols", "Delivery", ["Platform", "MailFormat", "Events", "Network"], strict),
    room("Protocols", "Authentication", mail, strict),
    room("Protocols", "Protection", mail + ["Network"], strict),
    room("Protocols", "SMTP", mail + ["Network", "Authentication", "Protection"], strict),
    room("Protocols", "Relay", mail + ["Network", "Delivery"], strict),
    room("Protocols", "IMAP", mail + ["Network", "Authentication"], strict),
    room("Protocols", "POP", mail + ["Network", "Authentication"], strict),

    room(
      "Admin", "Control",
      mail + ["Followers", "Network", "Authentication", "Protection", "SMTP", "IMAP", "POP"]
        + ["Delivery", "Relay"],
      strict),
    room("Admin", "CommandLine", mail + ["Followers", "Network", "Control"], strict),
    .executableTarget(
      name: "daybook", dependencies: ["CommandLine"], path: "Sources/Admin/daybook",
      swiftSettings: strict),

    .target(
      name: "TestKit", dependencies: ["Platform"], path: "Tests/TestKit", swiftSettings: common),
    tests("Platform", ["Platform", "CPlatform"]),
    tests("Store", ["Platform", "Store"]),
    tests("MailFormat", ["MailFormat"]),
    tests("Events", ["Platform", "MailFormat", "Events"]),
    tests("Ledger", journal),
    tests("State", mail),
    tests("Followers", mail + ["Followers"]),
    tests("Network", ["Platform", "CPlatform", "COpenSSL", "Network"]),
    tests("Delivery", ["Platform", "Network", "Delivery"]),
    tests("Authentication", mail + ["Authentication"]),
    tests("Protection", mail + ["Network", "Protection"]),
    tests("SMTP", mail + ["Network", "Authentication", "Protection", "SMTP"]),
    tests("Relay", mail + ["Network", "Delivery", "Relay"]),
    tests("IMAP", mail + ["Network", "Authentication", "IMAP"]),
    tests("POP", mail + ["Network", "Authentication", "POP"]),
    tests("Control", mail + ["Followers", "Network", "Control"]),
    tests("CommandLine", mail + ["Followers", "Control", "CommandLine"]),
    tests("Tidy", []),
  ]
)
