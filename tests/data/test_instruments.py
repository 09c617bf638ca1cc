"""The shipped definitions load, say where they come from, and a clinic can add its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.instruments import OWN_FOLDER, SHIPPED, catalogue, find, forget, read_instrument
from models.errors import DefinitionError
from models.instrument import normalise_name

FILES = sorted(SHIPPED.glob("*.toml"))

CODES = {
    "PHQ-9", "GAD-7", "PCL-5", "PACS", "NRS-11", "OCD-NRS", "CRAVING-NRS", "DISSOCIATION-NRS",
    "PEG", "BPI", "MADRS", "QIDS-SR16", "WHO-5", "Y-BOCS", "OCI-R", "ISI", "AUDIT-C", "C-SSRS",
    "CADSS-6", "MOOD-11",
}  # fmt: skip

OWN = """
code = "MOOD-10"
title = "Mood, 0 to 10"
measures = "mood"
indications = ["depression"]
aliases = ["mood"]
recall = "today"
items_count = 1
lowest_answer = 0
highest_answer = 10
lowest = 0
highest = 10
scoring = "single"
direction = "higher_is_better"
whole_numbers = true
licence = "ours"
source = "made up for a test"
checked_by = ""
revision = 1
bands = [{ label = "low", up_to = 4 }, { label = "fair", up_to = 10 }]
"""


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """A clinic's own folder; what is read from it is forgotten afterwards."""
    monkeypatch.setenv(OWN_FOLDER, str(tmp_path))
    forget()
    yield tmp_path
    forget()


def write_own(folder: Path, text: str = OWN, name: str = "mood.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_catalogue_holds_every_shipped_file_once():
    assert set(catalogue()) == CODES
    assert len(FILES) == len(CODES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_file_says_where_it_comes_from(path):
    instrument = read_instrument(path)
    assert instrument.code.lower() == path.stem
    assert len(instrument.source) > 40
    assert len(instrument.licence) > 10
    assert instrument.recall_days is not None


def test_text_is_shipped_only_where_the_licence_allows_it():
    with_text = {code for code, instrument in catalogue().items() if instrument.has_text}
    assert with_text == {
        "PHQ-9", "GAD-7", "PCL-5", "NRS-11", "OCD-NRS", "CRAVING-NRS", "DISSOCIATION-NRS",
        "MOOD-11",
    }  # fmt: skip
    for code, instrument in catalogue().items():
        if code not in with_text:
            assert not any(item.text for item in instrument.items), code


def test_the_notice_the_rights_holder_asks_for_is_shipped():
    for code in ("PHQ-9", "GAD-7"):
        notice = catalogue()[code].notice
        assert "Pfizer" in notice
        assert "No permission required to reproduce, translate, display or distribute" in notice
    assert "National Center for PTSD" in catalogue()["PCL-5"].notice
    assert "https://cssrs.columbia.edu" in catalogue()["C-SSRS"].notice


@pytest.mark.parametrize("code", ["PHQ-9", "GAD-7"])
def test_the_spanish_words_are_those_of_the_united_states_with_their_notice(code):
    """Other versions say "Nunca" or "Para nada", and "con qué frecuencia"."""
    words = catalogue()[code].in_language("es")
    assert words.instruction == (
        "Durante las últimas 2 semanas, ¿qué tan seguido ha tenido molestias debido a los "
        "siguientes problemas?"
    )
    assert words.options == (
        *("Ningún día", "Varios días", "Más de la mitad de los días", "Casi todos los días"),
    )
    assert "No se requiere permiso para reproducir, traducir, presentar o distribuir" in (
        words.notice
    )


def test_every_translation_says_where_it_is_from_and_none_is_made_up():
    translated = {code: it for code, it in catalogue().items() if it.translations}
    assert set(translated) == {"PHQ-9", "GAD-7", "NRS-11", "MOOD-11", "OCD-NRS", "CRAVING-NRS"}
    for code, instrument in translated.items():
        [words] = instrument.translations
        ours = "Our own" in instrument.licence
        assert ("Our own" in words.licence) == ours, code
        assert ours or "copies" in words.source or "programs" in words.source
    assert catalogue()["GAD-7"].in_language("fr") is None


def test_what_is_for_staff_is_not_in_the_notice():
    assert "must not be entered" in catalogue()["PCL-5"].staff_note
    assert "must not be entered" not in catalogue()["PCL-5"].notice


def test_phq9_codes_are_in_the_order_of_the_items_not_of_the_numbers():
    phq9 = catalogue()["PHQ-9"]
    assert [item.loinc for item in phq9.items] == [
        "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3",
        "44260-8",
    ]  # fmt: skip
    assert [option.loinc for option in phq9.options] == [
        "LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9",
    ]  # fmt: skip
    assert (phq9.loinc_panel, phq9.loinc_total) == ("44249-1", "44261-6")


def test_gad7_codes_are_in_the_order_of_the_items():
    gad7 = catalogue()["GAD-7"]
    assert [item.loinc for item in gad7.items] == [
        "69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7",
    ]  # fmt: skip
    assert gad7.loinc_panel == "69737-5"


def test_no_code_is_given_to_two_things():
    codes = [
        code
        for instrument in catalogue().values()
        for code in (
            instrument.loinc_panel,
            instrument.loinc_total,
            *(item.loinc for item in instrument.items),
        )
        if code
    ]
    assert len(codes) == len(set(codes))


def test_item_9_of_the_phq9_is_the_only_safety_item():
    marked = {code: each.safety_item for code, each in catalogue().items() if each.safety_item}
    assert marked == {"PHQ-9": 9}
    assert "better off dead" in catalogue()["PHQ-9"].items[8].text


def test_screens_and_session_ratings_have_no_response_rule():
    without = {code for code, each in catalogue().items() if each.response_drop is None}
    assert without == {"AUDIT-C", "C-SSRS", "CADSS-6", "DISSOCIATION-NRS", "MOOD-11"}


def test_every_indication_has_an_instrument_with_a_response_rule():
    covered = {
        indication
        for instrument in catalogue().values()
        if instrument.response_drop
        for indication in instrument.indications
    }
    assert covered == {"depression", "anxiety", "ptsd", "ocd", "addiction", "chronic_pain"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("PHQ9", "PHQ-9"),
        ("phq-9", "PHQ-9"),
        ("PHQ_9", "PHQ-9"),
        ("phq 9", "PHQ-9"),
        ("GAD7", "GAD-7"),
        ("pain", "NRS-11"),
        ("NRS", "NRS-11"),
        ("PAIN_NRS", "NRS-11"),
        ("nrs11", "NRS-11"),
        ("qids", "QIDS-SR16"),
        ("YBOCS", "Y-BOCS"),
        ("WHO5", "WHO-5"),
        ("cssrs", "C-SSRS"),
    ],
)
def test_an_instrument_is_found_by_a_loose_name(name, code):
    assert find(name).code == code


@pytest.mark.parametrize("name", ["", "PHQ", "PHQ-2", "PHQ-99", "PCL-C", "BDI"])
def test_a_name_of_no_instrument_finds_none(name):
    assert find(name) is None


def test_a_clinic_adds_an_instrument_by_adding_a_file(own_folder):
    write_own(own_folder)
    mood = find("Mood")
    assert mood is catalogue()["MOOD-10"]
    assert set(catalogue()) == CODES | {"MOOD-10"}
    assert mood.total([7]).value == 7
    assert mood.band(4).label == "low"


def test_an_empty_folder_of_its_own_adds_nothing(own_folder):
    assert set(catalogue()) == CODES


def test_a_folder_that_is_not_there_is_named(own_folder, monkeypatch):
    monkeypatch.setenv(OWN_FOLDER, str(own_folder / "absent"))
    with pytest.raises(DefinitionError, match=r"AFTERGLOW_INSTRUMENTS names .*absent"):
        catalogue()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('recall = "today"', "", r"mood\.toml: missing key 'recall'"),
        ('recall = "today"', 'recal = "today"', r"mood\.toml: unknown key 'recal'"),
        ("up_to = 4", "upto = 4", r"mood\.toml: bands 1: unknown key 'upto'"),
        ('label = "low", ', "", r"mood\.toml: bands 1: missing key 'label'"),
        ("highest = 10", 'highest = "10"', r"mood\.toml: 'highest' must be float"),
        ("items_count = 1", "items_count = 1.5", r"mood\.toml: 'items_count' must be int"),
        ("whole_numbers = true", "whole_numbers = 1", r"mood\.toml: 'whole_numbers' must be bool"),
        ('["mood"]', '"mood"', r"mood\.toml: 'aliases' must be tuple"),
        ('["mood"]', "[1]", r"mood\.toml: 'aliases' must be tuple"),
        ("revision = 1", "revision = true", r"mood\.toml: 'revision' must be int"),
        ("revision = 1", "revision = 1\nitems = 3", r"mood\.toml: items must be a list of tables"),
        ("revision = 1", "revision = 1\ndomains = [1]", r"mood\.toml: domains must be lists"),
        ("lowest = 0", "lowest = 1", r"mood\.toml: MOOD-10: lowest and highest"),
        ("revision = 1", "revision 1", r"mood\.toml: .*line"),
        ('"MOOD-10"', '"phq 9"', r"mood\.toml: the name 'phq9' is already taken by phq-9\.toml"),
        ('["mood"]', '["Pain"]', r"mood\.toml: the name 'pain' is already taken by nrs-11\.toml"),
    ],
)
def test_a_faulty_file_is_refused_by_file_and_key(own_folder, old, new, says):
    assert old in OWN
    write_own(own_folder, OWN.replace(old, new, 1))
    with pytest.raises(DefinitionError, match=says):
        catalogue()


def test_a_file_that_is_not_utf8_is_named(own_folder):
    (own_folder / "latin.toml").write_bytes(
        OWN.replace("ours", "Montgomery-Åsberg").encode("latin-1")
    )
    with pytest.raises(DefinitionError, match=r"latin\.toml"):
        catalogue()


def test_names_are_unique_across_all_files():
    seen: dict[str, str] = {}
    for instrument in catalogue().values():
        for name in {normalise_name(each) for each in (instrument.code, *instrument.aliases)}:
            assert seen.setdefault(name, instrument.code) == instrument.code
