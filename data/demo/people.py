"""Pretend people: invented names and the few facts a clinic keeps about a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from numpy.random import Generator

INDICATIONS = {
    "depression": 0.50,
    "ptsd": 0.14,
    "anxiety": 0.12,
    "chronic_pain": 0.11,
    "addiction": 0.07,
    "ocd": 0.06,
}

WOMEN = (
    "Abena Adriana Agnes Aiko Alice Amara Anjali Anneke Aroha Astrid Ayesha Beatriz Bronwen "
    "Camila Chiara Clara Dalia Daria Deepa Dolores Ebele Eileen Elena Esther Fatima Femke "
    "Florence Gabriela Grace Hanna Haruka Ines Ingrid Irina Ivy Jasmine Joan Josefina Kalinda "
    "Karin Leila Lina Lucia Mairead Malia Margit Marisol Mei Mina Nadia Naledi Nora Odile Olga "
    "Paloma Petra Priya Rachel Rosa Ruth Sabine Salma Shanice Sigrid Soo-jin Tamar Thandi Thuy "
    "Ursula Valeria Wanjiru Xiomara Yara Yuki Zainab Zofia"
).split()
MEN = (
    "Abdul Adrian Akira Alejandro Anders Anil Antonio Arjun Arthur Baraka Benedek Bogdan Bram "
    "Callum Carlos Cedric Chidi Connor Daichi Dario Dmitri Duc Eduardo Eitan Elias Emeka Emil "
    "Farid Felix Fernando Finn Gareth George Giorgio Hamza Harold Hector Hiroshi Ibrahim Ivan "
    "Jamal Javier Jens Joaquin Jorge Kaleo Karim Kofi Lars Lorenzo Luka Malik Marcus Mateo "
    "Miguel Min-jun Nikhil Oleg Oscar Owen Pablo Pavel Quentin Rafael Rashid Ravi Rhys Samir "
    "Sanjay Sione Stefan Tariq Thabo Tomas Viktor Walter Wei Yusuf Zoltan"
).split()
LAST = (
    "Abbott Abebe Achterberg Aguirre Akande Aldana Almeida Amsel Andrade Aoki Appiah Arslan "
    "Ashdown Bakker Balogun Barzani Bellweather Benitez Bhandari Bjornstad Blackmoor Bondarenko "
    "Boateng Brightwater Calloway Carvalho Castellan Chaudhry Chikwanha Cisneros Colquhoun "
    "Corrigan Dahl Dalgaard Delacroix Desrosiers Dhillon Diallo Dombrowski Doan Eastlake "
    "Eberhardt Ekwueme Elmasri Escalante Fairweather Faleolo Farrukh Fitzroy Fonseca Fujimori "
    "Galloway Gebre Ghorbani Goldfarb Grabowski Greenhalgh Guerrero Haddad Halvorsen Hartigan "
    "Hashimoto Hofstede Holloway Ibekwe Ilves Iyer Jankowski Jaramillo Jovanovic Kahananui "
    "Kapoor Karlsson Katz Kealoha Kimura Kowalczyk Lachance Landry Larkspur Lindqvist Lombardi "
    "Mahlangu Makinen Malhotra Marchetti Matsuda Mbeki McAllister Mendoza Mikkelsen Montoya "
    "Moravec Mwangi Nakagawa Navarro Ngata Nguyen Nordstrom Novak Obando Odell Ogilvie Okafor "
    "Olander Ortega Ostrowski Papadakis Park Pennington Petrov Pham Quiroga Rahman Rasmussen "
    "Redfern Reyes Rosenthal Rousseau Rutkowski Sadiq Salazar Sandoval Schreiber Serrano "
    "Shapiro Sheridan Silveira Sokolov Strand Tafoya Takeda Tanaka Teixeira Thorne Tran Tsosie "
    "Uchida Ulloa Vainio Valdivia Vandermeer Vasquez Villanueva Virtanen Wachira Walentowicz "
    "Weatherby Whitlock Winterbourne Wozniak Yamada Yazzie Yilmaz Zamora Zeleke Zielinski"
).split()


@dataclass(frozen=True, slots=True)
class PretendPerson:
    name: str
    sex: str
    birth_year: int
    weight_kg: float
    indication: str
    covariates: dict[str, str]


def invent_person(rng: Generator, registered_on: date) -> PretendPerson:
    """Make up one person; ages and the share of women are roughly those of such clinics."""
    sex = "female" if rng.random() < 0.58 else "male"
    first = _pick(rng, WOMEN if sex == "female" else MEN)
    age = int(min(max(rng.normal(43, 13), 19), 82))
    weight = rng.normal(76 if sex == "female" else 89, 16)
    return PretendPerson(
        name=f"{first} {_pick(rng, LAST)}",
        sex=sex if rng.random() > 0.015 else "other",
        birth_year=registered_on.year - age,
        weight_kg=round(float(min(max(weight, 46), 155)), 1),
        indication=str(rng.choice(list(INDICATIONS), p=list(INDICATIONS.values()))),
        covariates={
            "prior_treatment_failures": str(int(min(rng.poisson(2.4), 6))),
            "smoker": "yes" if rng.random() < 0.19 else "no",
        },
    )


def _pick(rng: Generator, names: list[str]) -> str:
    return names[int(rng.integers(len(names)))]
