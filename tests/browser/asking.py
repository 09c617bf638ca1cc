"""Somebody who is asked: a patient with a check-in due today, and a link to it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from data import clock
from data.actions.checkin_links import make_link
from data.actions.infusions import record_infusion
from data.actions.patients import register_patient
from data.database import reading
from models.entries import InfusionEntry
from models.outcomes.history import Moment
from models.policy import OPERATOR
from models.registration import PatientEntry
from models.tables import Patient, Site


def new_patient(engine) -> UUID:
    """Register somebody with pain who had an infusion a week ago; return who it is."""
    with reading(engine) as connection:
        query = select(Site.site_id, Site.time_zone).order_by(Site.name)
        site = connection.execute(query).first()
    code = f"CHK-{uuid4().hex[:8]}"
    entry = PatientEntry(code, site.site_id, name="Quinn Private", indication="chronic_pain")
    patient_id = register_patient(engine, OPERATOR, entry=entry)
    given = InfusionEntry(Moment(clock.today(site.time_zone) - timedelta(days=7)), route="IV")
    record_infusion(engine, OPERATOR, patient_id=patient_id, entry=given)
    return patient_id


def new_link(engine, patient_id=None, mode="link"):
    """Return a link of a form that is due today, and whose it is."""
    patient_id = patient_id or new_patient(engine)
    with reading(engine) as connection:
        here = Patient.patient_id == patient_id
        zone = select(Site.time_zone).join(Patient, Patient.site_id == Site.site_id).where(here)
        due_on = clock.today(connection.scalar(zone))
    made = make_link(engine, OPERATOR, patient_id=patient_id, due_on=due_on, mode=mode)
    return made, patient_id
