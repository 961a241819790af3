"""The tables, as named steps written once in the SQL that SQLite and PostgreSQL share.

A step is never changed after a release; a new one follows it. `event` is the truth; what stands below
`-- read` can be made again from it (`sportello rebuild`), and `print_job` is work to do.
"""

from collections.abc import Mapping

FIRST = (
    """CREATE TABLE event (
        centre TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
        day TEXT, wall_ms INTEGER NOT NULL, mono_ms INTEGER NOT NULL, boot TEXT NOT NULL,
        trusted INTEGER NOT NULL, actor TEXT NOT NULL, command_id TEXT NOT NULL,
        kind TEXT NOT NULL, data TEXT NOT NULL, hash TEXT NOT NULL,
        PRIMARY KEY (centre, epoch, seq))""",
    "CREATE INDEX event_day ON event (centre, day, epoch, seq)",
    # commands of the last days, so that one sent twice happens once
    """CREATE TABLE command (
        centre TEXT NOT NULL, id TEXT NOT NULL, fingerprint TEXT NOT NULL,
        epoch INTEGER NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
        wall_ms INTEGER NOT NULL,
        PRIMARY KEY (centre, id))""",
    "CREATE INDEX command_wall ON command (centre, wall_ms)",
    # -- read
    """CREATE TABLE plan (
        centre TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
        wall_ms INTEGER NOT NULL, data TEXT NOT NULL,
        PRIMARY KEY (centre, epoch, seq))""",
    """CREATE TABLE charter (
        centre TEXT NOT NULL, id TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
        valid_from TEXT NOT NULL, valid_to TEXT, wall_ms INTEGER NOT NULL, data TEXT NOT NULL,
        PRIMARY KEY (centre, id))""",
    """CREATE TABLE service_day (
        centre TEXT NOT NULL, number INTEGER NOT NULL, label TEXT NOT NULL, charter TEXT NOT NULL,
        epoch INTEGER NOT NULL, seq INTEGER NOT NULL, opened_ms INTEGER NOT NULL, desk_ms INTEGER,
        closed_ms INTEGER,
        PRIMARY KEY (centre, number))""",
    """CREATE TABLE ticket (
        centre TEXT NOT NULL, id TEXT NOT NULL, day TEXT NOT NULL, number TEXT NOT NULL,
        service TEXT NOT NULL, priority INTEGER NOT NULL, channel TEXT NOT NULL, language TEXT NOT NULL,
        charter TEXT, standard TEXT, threshold_s INTEGER, source TEXT NOT NULL, demo INTEGER NOT NULL,
        arrival_ms INTEGER NOT NULL, clock_start_ms INTEGER NOT NULL, called_ms INTEGER,
        started_ms INTEGER, ended_ms INTEGER, status TEXT NOT NULL, counter TEXT, calls INTEGER NOT NULL,
        reason TEXT NOT NULL, legs INTEGER NOT NULL, passages INTEGER NOT NULL, wait_s INTEGER, start_s INTEGER,
        served_s INTEGER, walk_s INTEGER, service_s INTEGER, journey_s INTEGER, clock TEXT NOT NULL,
        hour INTEGER NOT NULL, quote_low_s INTEGER, quote_high_s INTEGER,
        PRIMARY KEY (centre, id))""",
    "CREATE INDEX ticket_day ON ticket (centre, day, service)",
    # passages after the first: a transfer after a call makes one
    """CREATE TABLE passage (
        centre TEXT NOT NULL, ticket TEXT NOT NULL, n INTEGER NOT NULL, day TEXT NOT NULL, hour INTEGER NOT NULL,
        service TEXT NOT NULL, priority INTEGER NOT NULL, channel TEXT NOT NULL, language TEXT NOT NULL,
        charter TEXT, status TEXT NOT NULL, counter TEXT, queued_ms INTEGER NOT NULL, called_ms INTEGER,
        started_ms INTEGER, ended_ms INTEGER, wait_s INTEGER, start_s INTEGER, served_s INTEGER, clock TEXT NOT NULL,
        PRIMARY KEY (centre, ticket, n))""",
    "CREATE INDEX passage_day ON passage (centre, day)",
    # when the box was not recording, and what an act excuses
    """CREATE TABLE silence (
        centre TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
        since_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,
        PRIMARY KEY (centre, epoch, seq))""",
    """CREATE TABLE force_majeure (
        centre TEXT NOT NULL, record TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
        since_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL, first_day TEXT NOT NULL, last_day TEXT NOT NULL,
        service TEXT NOT NULL, act TEXT NOT NULL, why TEXT NOT NULL, recorded_ms INTEGER NOT NULL, withdrawn TEXT,
        PRIMARY KEY (centre, record))""",
    """CREATE TABLE turned_away (
        centre TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, day TEXT NOT NULL,
        service TEXT NOT NULL, why TEXT NOT NULL, wall_ms INTEGER NOT NULL,
        PRIMARY KEY (centre, epoch, seq))""",
    "CREATE INDEX turned_away_day ON turned_away (centre, day)",
    # exact histograms of closed days and of their months (see `tallies`)
    """CREATE TABLE tally (
        centre TEXT NOT NULL, level TEXT NOT NULL, period TEXT NOT NULL, service TEXT NOT NULL,
        priority INTEGER NOT NULL, channel TEXT NOT NULL, charter TEXT NOT NULL, kind TEXT NOT NULL,
        n INTEGER NOT NULL, counts BLOB NOT NULL,
        PRIMARY KEY (centre, level, period, service, priority, channel, charter, kind))""",
    # what managers declare, with its evidence: never counted from tickets
    """CREATE TABLE evidence (
        centre TEXT NOT NULL, charter TEXT NOT NULL, standard TEXT NOT NULL,
        first_day TEXT NOT NULL, last_day TEXT NOT NULL, value TEXT NOT NULL, outcome TEXT NOT NULL,
        document TEXT NOT NULL, dated TEXT NOT NULL, office TEXT NOT NULL, wall_ms INTEGER NOT NULL,
        PRIMARY KEY (centre, charter, standard, first_day, last_day))""",
    """CREATE TABLE lep_check (
        centre TEXT NOT NULL, year INTEGER NOT NULL, lep TEXT NOT NULL, delivered TEXT NOT NULL,
        evidence TEXT NOT NULL, office TEXT NOT NULL, wall_ms INTEGER NOT NULL,
        PRIMARY KEY (centre, year, lep))""",
    """CREATE TABLE lep_letter (
        centre TEXT NOT NULL, lep TEXT NOT NULL, letter TEXT NOT NULL,
        PRIMARY KEY (centre, lep))""",
    # -- work and access
    # charters being written: not in the log, as nothing is promised yet
    """CREATE TABLE charter_draft (
        id TEXT PRIMARY KEY, content TEXT NOT NULL, revision INTEGER NOT NULL,
        made_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL)""",
    """CREATE TABLE print_job (
        id INTEGER PRIMARY KEY, ticket TEXT NOT NULL, copy INTEGER NOT NULL, printer TEXT NOT NULL,
        state TEXT NOT NULL, slip TEXT NOT NULL, created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL,
        evidence INTEGER NOT NULL, detail TEXT NOT NULL,
        UNIQUE (ticket, copy))""",
    "CREATE INDEX print_job_state ON print_job (state, printer)",
    # what the booking system told: codes without names, forgotten when their day is over
    """CREATE TABLE appointment (
        day TEXT NOT NULL, code TEXT NOT NULL, service TEXT NOT NULL, booked_ms INTEGER NOT NULL,
        PRIMARY KEY (day, code))""",
    # how visitors said it went: counts, of nobody in particular
    """CREATE TABLE opinion (
        day TEXT NOT NULL, service TEXT NOT NULL, score INTEGER NOT NULL, n INTEGER NOT NULL,
        PRIMARY KEY (day, service, score))""",
    """CREATE TABLE person (
        name TEXT PRIMARY KEY, role TEXT NOT NULL, password TEXT NOT NULL, created_ms INTEGER NOT NULL,
        once INTEGER NOT NULL, disabled INTEGER NOT NULL)""",
    """CREATE TABLE token (
        digest TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, created_ms INTEGER NOT NULL,
        revoked_ms INTEGER)""",
    # yearly verifications: what is being written, and each version that was published with its files
    """CREATE TABLE verification_draft (
        centre TEXT NOT NULL, first_day TEXT NOT NULL, last_day TEXT NOT NULL, data TEXT NOT NULL,
        changed_ms INTEGER NOT NULL,
        PRIMARY KEY (centre, first_day, last_day))""",
    """CREATE TABLE publication (
        centre TEXT NOT NULL, first_day TEXT NOT NULL, last_day TEXT NOT NULL, version INTEGER NOT NULL,
        role TEXT NOT NULL, act TEXT NOT NULL, data TEXT NOT NULL, data_hash TEXT NOT NULL,
        published_ms INTEGER NOT NULL,
        PRIMARY KEY (centre, first_day, last_day, version))""",
    """CREATE TABLE publication_file (
        centre TEXT NOT NULL, first_day TEXT NOT NULL, last_day TEXT NOT NULL, version INTEGER NOT NULL,
        name TEXT NOT NULL, sha256 TEXT NOT NULL, content BLOB NOT NULL,
        PRIMARY KEY (centre, first_day, last_day, version, name))""",
    # screens let in: lengths in tenths of an inch, of a metre; hundredths of a pixel for a millimetre
    """CREATE TABLE device (
        id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, name TEXT NOT NULL, face TEXT NOT NULL,
        room TEXT NOT NULL, diagonal INTEGER NOT NULL, distance INTEGER NOT NULL, voice INTEGER NOT NULL,
        volume INTEGER NOT NULL, mm INTEGER, approved_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL,
        revoked_ms INTEGER)""",
)

PAPER = (
    # how far a job has come, and what must be known to tell its fate after a crash
    "ALTER TABLE print_job ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE print_job ADD COLUMN process_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE print_job ADD COLUMN counter INTEGER",
    "ALTER TABLE print_job ADD COLUMN diverted_from TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE print_job ADD COLUMN mm INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE print_job ADD COLUMN sending_ms INTEGER",
    "ALTER TABLE print_job ADD COLUMN sent_ms INTEGER",
    "ALTER TABLE print_job ADD COLUMN done_ms INTEGER",
    "UPDATE print_job SET done_ms = changed_ms WHERE state NOT IN ('queued', 'sending')",
    # printers set up on the pages, and what was learnt of those in centre.toml
    """CREATE TABLE printer (
        name TEXT PRIMARY KEY, uri TEXT NOT NULL, width INTEGER NOT NULL, dialect TEXT NOT NULL,
        capabilities TEXT NOT NULL, role TEXT NOT NULL, backup TEXT NOT NULL, roll_mm INTEGER NOT NULL,
        speed_mm_s INTEGER NOT NULL, changed_ms INTEGER NOT NULL)""",
    # what was printed on the roll that is in a printer
    """CREATE TABLE roll (
        printer TEXT PRIMARY KEY, mm INTEGER NOT NULL, slips INTEGER NOT NULL, changed_ms INTEGER NOT NULL)""",
)

NOTES = (
    # what managers write beside a picture: a text that can be taken back, so it is not in the log
    """CREATE TABLE chart_note (
        centre TEXT NOT NULL, id TEXT NOT NULL, day TEXT NOT NULL, service TEXT NOT NULL, text TEXT NOT NULL,
        restart INTEGER NOT NULL, written_ms INTEGER NOT NULL,
        PRIMARY KEY (centre, id))""",
)

STEPS: Mapping[str, tuple[str, ...]] = {"0001_first": FIRST, "0002_paper": PAPER, "0003_chart_note": NOTES}

READ = ("plan", "charter", "service_day", "ticket", "passage", "turned_away", "silence",
        "force_majeure", "tally", "evidence", "lep_check",
        "lep_letter")  # fmt: skip
