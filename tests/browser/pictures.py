"""Takes the pictures of the README from a pretend group: `make pictures`. Then look at each.

The group is made anew as of today, so the people on the pictures change from day to day.
"""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine, func, select

from data.actions.forecasts import refresh_forecasts
from data.database import connect, reading
from models.outcomes.standing import Situation
from models.policy import OPERATOR, Role
from models.tables import Standing, StoredEpisode
from tests.browser.asking import new_link
from tests.browser.entering import add_user, token_of
from tests.browser.serving import environment_for, make_demo, running_server
from tests.browser.visiting import CHROMIUM_FLAGS, opened_page, settle
from tests.browser_setup import SORRY, find_chromium

FOLDER = Path(__file__).with_name("pictures")
PATIENTS = 1500
MOST_COURSES = 6  # more would not be told apart on a picture of this size
LATELY = 12  # days
COLOURS = 256
MOST_BYTES = 200_000
DRAWN = 1500  # milliseconds until a figure has come to rest


@dataclass(frozen=True)
class Picture:
    name: str
    address: str
    width: int
    height: int
    scheme: str = "light"

    @property
    def shape(self) -> dict[str, Any]:
        size = {"width": self.width, "height": self.height}
        return {"viewport": size, "color_scheme": self.scheme, "is_mobile": self.width < 640}


PICTURES = (
    Picture("patient", "/patient?id={id}", 1280, 1120),
    Picture("today", "/", 1280, 800),
    Picture("durations", "/durations", 1280, 1000),
    Picture("patient-phone", "/patient?id={id}", 390, 1000),
    Picture("check-in", "/c/{link}", 390, 760),
    Picture("today-dark", "/", 1280, 800, "dark"),
)


def take_pictures() -> None:
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(SORRY)
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        database = Path(place) / "pictures.sqlite"
        environment = environment_for(database)
        make_demo(environment, PATIENTS)
        engine = connect(f"sqlite:///{database}")
        refresh_forecasts(engine, OPERATOR)
        shown = {"id": choose_patient(engine), "link": new_link(engine)[0].token}
        token = token_of(engine, add_user(engine, "Jamie Roe", Role.CLINICIAN))
        with (
            running_server(environment, Path(place) / "server.log") as address,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
            for picture in PICTURES:
                take_picture(browser, address, picture, shown, token)
            browser.close()


def choose_patient(engine: Engine) -> UUID:
    """Return somebody who responds now, was heard of lately, and has lost most often."""
    episode = StoredEpisode
    here = Standing.patient_id == episode.patient_id
    with reading(engine) as connection:
        last = connection.scalar(select(func.max(Standing.last_assessed_on)))
        query = (
            select(episode.patient_id)
            .join(Standing, here)
            .where(episode.instrument == "PHQ-9", Standing.instrument == "PHQ-9")
            .where(Standing.situation == Situation.OPEN.value)
            .where(Standing.last_assessed_on > last - timedelta(days=LATELY))
            .group_by(episode.patient_id)
            .having(func.count() <= MOST_COURSES)
            .order_by(func.count(episode.upper_days).desc(), episode.patient_id)
        )
        return connection.scalars(query.limit(1)).one()


def take_picture(
    browser: Browser, address: str, picture: Picture, shown: dict[str, Any], token: str
) -> None:
    with opened_page(browser, address, picture.shape, token) as page:
        page.goto(picture.address.format(**shown))
        if not picture.address.startswith("/c/"):
            settle(page)
            page.wait_for_timeout(DRAWN)
            settle(page)
        size = keep_small(page.screenshot(), FOLDER / f"{picture.name}.png")
    print(f"{picture.name}: {size:,} bytes")


def keep_small(content: bytes, path: Path) -> int:
    """Write a picture in as few colours as it needs; return its size."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    # The method that keeps rare colours apart: red tags are few, amber ones fewer.
    few = image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{path} has {size:,} bytes; a README is no place for so much.")
    return size


if __name__ == "__main__":
    take_pictures()
