"""Every row that tools/bench can measure, in the order of its table."""
import journal_rows
import mail_rows
import outbound_rows

#: A file of rows for each group; a group's figures do not depend on another's.
ALL = journal_rows.ROWS + mail_rows.ROWS + outbound_rows.ROWS
