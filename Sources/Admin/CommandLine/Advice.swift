import Glibc
import Network
import Platform

/// What to do about an error of the operating system, said behind what it was.
enum Advice {
  static func of(_ error: SystemError) -> String {
    let advice =
      switch error.code {
      case EACCES, EPERM: "; run it as the user whose files they are, or as root"
      case ENOENT, ENOTDIR: "; check the path: the directory above it must be there"
      case ENOSPC, EDQUOT: "; free some space and try again"
      case EROFS: "; the file system is mounted for reading only"
      default: ""
      }
    return error.description + advice
  }

  static func of(_ refusal: ListenerRefusal) -> String {
    guard case .system(_, let error) = refusal else { return refusal.description }
    let advice =
      switch error.code {
      case EADDRINUSE:
        "; another program has the port: stop it, or use --port-offset or the settings listen.*"
      case EACCES: "; ports below 1024 are for root: run it as root, or use --port-offset"
      case EADDRNOTAVAIL:
        "; this machine has no such address: see --listen and the setting listen.addresses"
      default: ""
      }
    return refusal.description + advice
  }
}
