"""Page reruns on 100,000 patients beside an empty Streamlit page: PYTHONPATH=. python THIS

Starts both on this machine with the same configuration and sends them reruns by turns over the
websocket, as a browser does. Prints, per page, the ratio of wall time and of processor time: for a
run of the whole page, and where the page has a part that reruns by itself, for what a click there
sends. The empty page always runs whole.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect as open_socket

from data import clock
from data.database import connect
from models.policy import Role
from tests.benchmarks.group_of_100000 import fill
from tests.browser.entering import COOKIE, add_user, token_of

ROOT = Path(__file__).resolve().parents[2]
EMPTY_APP = "from pathlib import Path\nimport streamlit as st\n" + (
    'app = st.App(Path(__file__).with_name("main.py"))\n'
)
EMPTY_PAGE = 'import streamlit as st\nst.title("x")\nst.button("again")\n'


class Visitor:
    """One browser tab, without the browser: it remembers widgets and what it has chosen."""

    def __init__(self, port: int, page: str = "", query: str = "", token: str = "") -> None:
        host = f"localhost:{port}"
        self.socket = open_socket(
            f"ws://{host}/_stcore/stream",
            origin=f"http://{host}",
            subprotocols=["streamlit"],
            max_size=None,
            compression=None,
            legacy=True,
            additional_headers={"Cookie": f"{COOKIE}={token}"} if token else None,
        )
        self.page, self.query, self.script, self.part = page, query, "", ""
        self.widgets: dict[str, str] = {}
        self.chosen: dict[str, str] = {}
        self.elements = 0

    def rerun(self, press: str | None = None, *, only_part: bool = False) -> float:
        """Ask for one run; return the seconds until the script has finished."""
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_script_hash = self.query, self.script
        run.page_name = "" if self.script else self.page
        run.fragment_id = self.part if only_part else ""
        for label, value in self.chosen.items():
            widget = self.widgets[label]
            state = run.widget_states.widgets.add(id=widget)
            state.string_value = value
        if press is not None:
            run.widget_states.widgets.add(id=self.widgets[press], trigger_value=True)
        body = message.SerializeToString()
        started = time.perf_counter()
        self.socket.send(body)
        replies = self._until_finished()
        seconds = time.perf_counter() - started
        self._learn(replies)
        return seconds

    def _until_finished(self) -> list[ForwardMsg]:
        replies = []
        while True:
            reply = ForwardMsg.FromString(self.socket.recv())
            replies.append(reply)
            if reply.WhichOneof("type") == "script_finished":
                return replies

    def _learn(self, replies: list[ForwardMsg]) -> None:
        self.elements = 0
        for reply in replies:
            kind = reply.WhichOneof("type")
            self.part = self.part or reply.delta.fragment_id
            if kind == "navigation":
                self.script = reply.navigation.page_script_hash
            elif kind == "delta" or kind == "ref_hash":
                self.elements += 1
            if kind == "delta" and reply.delta.WhichOneof("type") == "new_element":
                element = reply.delta.new_element
                name = element.WhichOneof("type")
                widget = getattr(element, name)
                if name == "alert" or name == "exception":
                    raise RuntimeError(str(widget))
                if name in ("selectbox", "text_input", "button"):
                    self.widgets[widget.label] = widget.id


@contextmanager
def serving(folder: Path, script: str, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Yield (port, process id) of a Streamlit server that answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("localhost", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nothing answers on port {port}")


def processor_seconds(process: int) -> float:
    """Return what a process has used of the processors so far (Linux only)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def compare(
    ours: Visitor,
    empty: Visitor,
    processes: tuple[int, int],
    runs: int,
    rounds: int,
    *,
    only_part: bool = False,
) -> str:
    """Return the ratios of `rounds` rounds of `runs` reruns each, taken by turns."""
    for _ in range(20):
        ours.rerun(only_part=only_part), empty.rerun()
    walls, works, medians = [], [], []
    for _ in range(rounds):
        times: tuple[list[float], list[float]] = ([], [])
        before = [processor_seconds(process) for process in processes]
        for _ in range(runs):
            times[0].append(ours.rerun(only_part=only_part))
            times[1].append(empty.rerun())
        used = [processor_seconds(process) for process in processes]
        middle = [statistics.median(side) for side in times]
        medians.append(middle)
        walls.append(middle[0] / middle[1])
        works.append((used[0] - before[0]) / (used[1] - before[1]))
    ours_ms, empty_ms = (statistics.median(m[side] for m in medians) * 1000 for side in (0, 1))
    return (
        f"wall {_spread(walls)}  processor {_spread(works)}  "
        f"({ours_ms:.1f} / {empty_ms:.1f} ms, {ours.elements} elements)"
    )


def _spread(ratios: list[float]) -> str:
    return f"{min(ratios):.2f} / {statistics.median(ratios):.2f} / {max(ratios):.2f}"


def first_runs(page: str, token: str, ports: tuple[int, int], sessions: int = 30) -> str:
    """Compare the first run of a new session, by turns."""
    ratios = []
    for _ in range(sessions):
        ours, empty = Visitor(ports[0], page, token=token), Visitor(ports[1])
        ratios.append(ours.rerun() / empty.rerun())
        ours.socket.close(), empty.socket.close()
    return f"wall {_spread(ratios[3:])}"


def cases(port: int, token: str, patient_id: UUID) -> Iterator[tuple[str, Callable[[], Visitor]]]:
    def patients(**chosen: str) -> Visitor:
        visitor = Visitor(port, "patients", token=token)
        visitor.rerun()
        visitor.chosen = {label.replace("_", " "): value for label, value in chosen.items()}
        return visitor

    def third() -> Visitor:
        visitor = patients()
        visitor.rerun(press="Next")
        visitor.rerun(press="Next")
        return visitor

    def plain(page: str, query: str = "") -> Visitor:
        visitor = Visitor(port, page, query, token)
        visitor.rerun()
        return visitor

    yield "Patients", patients
    yield "Patients, status Unknown", lambda: patients(Status="Unknown (silent)")
    yield "Patients, one site", lambda: patients(Site="Site 042")
    yield "Patients, search by number", lambda: patients(Name_or_number="P0421")
    yield "Patients, search by name", lambda: patients(Name_or_number="Hoffmann")
    yield "Patients, by last check-in", lambda: patients(Order_by="last check-in")
    yield "Patients, third page", third
    yield "Patient", lambda: plain("patient", f"id={patient_id}")
    yield "Today", lambda: plain("today")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--keep", type=Path, help="folder to keep the database in, and reuse")
    asked = parser.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / 'group.sqlite'}"
    patient_id = fill(url)
    engine = connect(url)
    token = token_of(engine, add_user(engine, f"Visitor {clock.now()}", Role.CLINICIAN))
    engine.dispose()
    (folder / "app.py").write_text(EMPTY_APP)
    (folder / "main.py").write_text(EMPTY_PAGE)
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit", dirs_exist_ok=True)
    with (
        serving(ROOT, "dashboard/app.py", {"DATABASE_URL": url}) as (port, ours),
        serving(folder, "app.py", {}) as (empty_port, empty),
    ):
        print("ours / empty: lowest / median / highest ratio of the rounds")
        for name, visit in cases(port, token, patient_id):
            if asked.only in name:
                visitor = visit()
                for only_part in (True, False) if visitor.part else (False,):
                    ratios = compare(
                        visitor,
                        Visitor(empty_port),
                        (ours, empty),
                        asked.runs,
                        asked.rounds,
                        only_part=only_part,
                    )
                    what = f"{name}, a click" if only_part else name
                    print(f"{what:<36} {ratios}", flush=True)
        print(f"{'First run of Patients':<36} {first_runs('patients', token, (port, empty_port))}")
    if not asked.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
