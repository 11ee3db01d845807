import CommandLine
import Glibc

exit(await DaybookCommand.run())
