"""What happens in a run: events, the log they add up to, and their record as JSON Lines."""

from runlaw.events.event import UNKNOWN as UNKNOWN
from runlaw.events.event import Custom as Custom
from runlaw.events.event import Event as Event
from runlaw.events.event import RecordedError as RecordedError
from runlaw.events.event import RunEnded as RunEnded
from runlaw.events.event import RunFailed as RunFailed
from runlaw.events.event import RunStarted as RunStarted
from runlaw.events.event import RunStreamed as RunStreamed
from runlaw.events.jsonl import from_jsonl as from_jsonl
from runlaw.events.jsonl import to_jsonl as to_jsonl
from runlaw.events.reduce import fold as fold
from runlaw.events.run_info import RunInfo as RunInfo
from runlaw.events.state import LogEntry as LogEntry
from runlaw.events.state import RunState as RunState
from runlaw.events.state import replay as replay
