import CommandLine
import Glibc

DaybookCommand.prepare()
exit(await DaybookCommand.run())
